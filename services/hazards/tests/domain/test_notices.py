"""On which days a unit is told of which limits."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hazards.domain.notices import digest_id, last_day_of, limits_on, telling_after, told_of
from hazards.domain.policy import NoticeTerms

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 2)


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def test_nothing_is_told_unless_a_body_decides_so() -> None:
    assert told_of(NoticeTerms()) == ()


def test_days_before_the_day_itself_and_days_after_with_growing_pauses() -> None:
    terms = NoticeTerms(before_days=(1, 7, 3), on_the_day=True, most_after=4)
    assert told_of(terms) == (7, 3, 1, 0, -1, -2, -4, -8)


@pytest.mark.parametrize(
    ("instant", "last_day", "expected"),
    [
        (at("08:59:59.999999"), None, at("09:00")),
        (at("09:00"), None, at("09:00", DAY + timedelta(days=1))),
        (at("08:00"), DAY, at("09:00", DAY + timedelta(days=1))),
        (at("08:00"), DAY - timedelta(days=1), at("09:00")),
        (at("08:00"), DAY + timedelta(days=3), at("09:00", DAY + timedelta(days=4))),
    ],
)
def test_the_next_telling_lies_ahead_and_on_no_day_that_was_told_of(
    instant: datetime, last_day: date | None, expected: datetime
) -> None:
    assert telling_after(instant, time(9), last_day) == expected


@pytest.mark.parametrize("due", [at("00:00:00.000001"), at("14:30"), at("00:00", DAY + timedelta(days=1))])
def test_a_limit_belongs_to_the_last_day_before_it(due: datetime) -> None:
    assert last_day_of(due) == DAY
    for offset in (3, 0, -8):
        after, until = limits_on(DAY - timedelta(days=offset), offset)
        assert after < due <= until


def test_a_unit_and_a_day_have_one_digest() -> None:
    assert digest_id("V", DAY) == digest_id("V", DAY) != digest_id("V", DAY + timedelta(days=1)) != digest_id("W", DAY)
