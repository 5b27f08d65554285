"""The dead-letter limit, and what stands in a letter."""

from collections import deque

import pytest
from counting.events import NOW, RawRecord, envelope, raw
from hypothesis import given
from hypothesis import strategies as st

from servicekit.deadletters import DeadLetter, DeadLetterLimit, dead_letter_topic


def limit(consecutive: int = 10, ratio: float = 0.05, window: int = 1000) -> DeadLetterLimit:
    return DeadLetterLimit(max_consecutive=consecutive, max_ratio=ratio, window=window)


def test_so_many_in_a_row_and_no_more() -> None:
    counted = limit(consecutive=3, ratio=1)
    assert [counted.allows_another() for _ in range(5)] == [True, True, True, False, False]


def test_a_good_record_ends_the_row() -> None:
    counted = limit(consecutive=2, ratio=1)
    for _ in range(10):
        assert counted.allows_another()
        assert counted.allows_another()
        counted.good()


def test_a_share_counts_only_when_enough_has_been_seen() -> None:
    counted = limit(ratio=0.05, window=1000)
    assert counted.allows_another(), "the first record of all may be bad"
    for _ in range(98):
        counted.good()
    assert counted.allows_another()
    assert [counted.allows_another() for _ in range(5)].count(True) == 3, "5 of 104 is within 5 %, 6 of 105 is not"


def test_what_left_the_window_is_forgotten() -> None:
    counted = limit(consecutive=100, ratio=0.1, window=100)
    for _ in range(10):
        for _ in range(9):
            counted.good()
        assert counted.allows_another()
    for _ in range(100):
        counted.good()
    assert [counted.allows_another() for _ in range(11)] == [True] * 10 + [False]


def test_counting_on_trial_changes_nothing() -> None:
    counted = limit(consecutive=2, ratio=1)
    trial = counted.copy()
    assert [trial.allows_another() for _ in range(3)] == [True, True, False]
    assert [counted.allows_another() for _ in range(3)] == [True, True, False]


@given(st.lists(st.integers(0, 30), max_size=60), st.integers(1, 8), st.floats(0.01, 1), st.integers(10, 100))
def test_the_limit_is_what_its_description_says(runs: list[int], consecutive: int, ratio: float, window: int) -> None:
    """Against a plain model that remembers everything; a run is so many good records, none of them a bad one."""
    counted = limit(consecutive, ratio, window)
    seen: deque[bool] = deque(maxlen=window)
    row = 0
    for good in runs:
        if good:
            counted.good(good)
            seen.extend([False] * good)
            row = 0
            continue
        total = len(seen) + 1
        too_many = row + 1 > consecutive or (total > max(1, window // 10) and (sum(seen) + 1) / total > ratio)
        assert counted.allows_another() is not too_many
        if not too_many:
            seen.append(True)
            row += 1


def test_a_letter_keeps_the_headers_and_adds_the_reason() -> None:
    record = RawRecord(b"x", [("odd", b"\xff"), ("none", None)], b"k", "t", 3, 42)
    headers = DeadLetter(record, "bad_json", "detail 1").headers("reporting", NOW)
    assert headers[:2] == record.headers
    assert dict(headers[2:]) == {
        "dlt_reason": b"bad_json",
        "dlt_detail": b"detail 1",
        "dlt_consumer": b"reporting",
        "dlt_topic": b"t",
        "dlt_partition": b"3",
        "dlt_offset": b"42",
        "dlt_at": b"2026-03-02T06:00:00+00:00",
    }


@pytest.mark.parametrize("detail", ["x" * 10_000, "\ud800"])
def test_any_detail_makes_a_header(detail: str) -> None:
    headers = dict(DeadLetter(raw(envelope()), "wrong_schema", detail).headers("c", NOW))
    assert len(headers["dlt_detail"] or b"") <= 500


def test_a_dead_letter_topic_belongs_to_one_consumer() -> None:
    assert dead_letter_topic("plans.unit.v1", "notify") == "plans.unit.v1.notify.dlt"
