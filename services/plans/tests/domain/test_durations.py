"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.domain.durations import in_words, parse_duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", timedelta(minutes=30)),
        ("PT30M", timedelta(minutes=30)),
        ("0m", timedelta(0)),
        ("1h30m", timedelta(minutes=90)),
        ("PT1H30M", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("P1DT2H", timedelta(hours=26)),
        ("90s", timedelta(seconds=90)),
        ("P2D", timedelta(days=2)),
    ],
)
def test_both_ways_of_writing_are_read(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "30", "m", "-30m", "30 m", "30M", "PT30m", "1m1h", "P1M", "P1Y", "1.5h", "PT٣M", "30m\n"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write a duration as"):
        parse_duration(text)


@given(st.integers(0, 999), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_short_and_iso_forms_mean_the_same(days: int, hours: int, minutes: int, seconds: int) -> None:
    expected = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)

    assert parse_duration(f"{days}d{hours}h{minutes}m{seconds}s") == expected
    assert parse_duration(f"P{days}DT{hours}H{minutes}M{seconds}S") == expected


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(0), "0分钟"),
        (timedelta(minutes=30), "30分钟"),
        (timedelta(hours=1, minutes=30), "1小时30分钟"),
        (timedelta(days=1, seconds=5), "1天5秒"),
    ],
)
def test_a_duration_is_said_in_words(duration: timedelta, words: str) -> None:
    assert in_words(duration) == words
