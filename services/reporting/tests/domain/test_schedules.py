"""When reports of other rhythms than the daily one open, are due and close."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendars import china
from contracts.rhythms import periods
from contracts.schedules import DueDay, Schedule
from contracts.strategies import schedules
from reporting.domain.periods import (
    LAST_ONE_OPEN,
    NotKnownYet,
    PeriodInstants,
    Terms,
    daily,
    first_due_day,
    instants_of,
    next_owed,
    same_days,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
ISSUED = datetime(2021, 2, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda count: datetime(2020, 6, 1, tzinfo=UTC) + timedelta(minutes=count))
QUARTERLY = Schedule(every="quarter", about="previous", on=(DueDay(month=1, day=10),))
TWICE = Schedule(every="month", on=(DueDay(day=10), DueDay(day=25)), at=time(17))
DATES = Schedule(every="dates", dates=(date(2021, 3, 18), date(2021, 4, 15)))


def terms(schedule: Schedule, in_force_from: datetime = ISSUED) -> Terms:
    return Terms(schedule, SHANGHAI, (), (), in_force_from, china())


def owed(schedule: Schedule, first: date, last: date) -> list[PeriodInstants]:
    return [instants_of(terms(schedule), each) for each in periods(schedule, first, last, china())]


def local(day: str, clock: str = "00:00") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), SHANGHAI)


def test_a_report_about_the_quarter_before_opens_when_that_is_over_and_closes_with_the_next() -> None:
    (april,) = owed(QUARTERLY, date(2021, 4, 1), date(2021, 4, 30))
    assert (april.period, april.first_day, april.last_day) == (date(2021, 1, 1), date(2021, 1, 1), date(2021, 3, 31))
    assert (april.opens_at, april.cutoff_at, april.closes_at) == (local("2021-04-01"), local("2021-04-11"), local("2021-07-11"))


def test_a_report_about_the_present_period_opens_with_it() -> None:
    first, second = owed(TWICE, date(2021, 3, 1), date(2021, 3, 31))
    assert (first.opens_at, first.cutoff_at, first.closes_at) == (
        local("2021-03-01"),
        local("2021-03-10", "17:00"),
        local("2021-03-25", "17:00"),
    )
    assert (second.period, second.opens_at, second.closes_at) == (
        date(2021, 3, 11),
        local("2021-03-11"),
        local("2021-04-10", "17:00"),
    )


def test_the_first_of_named_dates_opens_with_the_plan_and_the_last_stays_open_for_long() -> None:
    first, last = owed(DATES, date(2021, 3, 1), date(2021, 4, 30))
    assert (first.period, first.first_day, first.opens_at) == (date(2021, 3, 18), date(2021, 2, 1), ISSUED)
    assert (last.period, last.opens_at) == (date(2021, 3, 19), local("2021-03-19"))
    assert last.closes_at == local("2021-04-15") + LAST_ONE_OPEN


def test_the_last_one_before_the_end_closes_as_if_another_one_followed() -> None:
    (last,) = owed(daily(time(14)).model_copy(update={"effective_until": date(2021, 3, 2)}), date(2021, 3, 2), date(2021, 3, 31))
    assert last.closes_at == local("2021-03-04")


def test_a_due_day_moved_before_its_period_is_open_in_time() -> None:
    early = Schedule(every="month", on=(DueDay(day=1),), on_holiday="previous_working_day")
    (may,) = owed(early, date(2021, 4, 30), date(2021, 4, 30))
    assert (may.period, may.opens_at, may.cutoff_at) == (date(2021, 5, 1), local("2021-04-30"), local("2021-05-01"))


def test_past_the_horizon_of_the_calendar_nothing_is_owed_by_guess() -> None:
    counted = Schedule(every="month", on=(DueDay(working_day=1),))
    with pytest.raises(NotKnownYet):
        next_owed(terms(counted), date(2026, 12, 2), ISSUED)


def test_a_rhythm_keeps_its_periods_when_only_the_clock_or_the_wording_changes() -> None:
    assert same_days(TWICE, TWICE.model_copy(update={"at": time(12), "text": "每月10日、25日12时前"}))
    assert not same_days(TWICE, TWICE.model_copy(update={"effective_until": date(2022, 1, 1)}))
    assert same_days(daily(time(14)), Schedule(every="day"))


@given(schedules(date(2020, 1, 1), date(2022, 12, 31)), INSTANTS)
def test_the_first_owed_is_the_first_whose_cutoff_is_still_to_come(schedule: Schedule, since: datetime) -> None:
    here = terms(schedule, since)
    found = next_owed(here, first_due_day(since, here), since)
    later = [
        each
        for each in periods(schedule, since.date() - timedelta(days=20), date(2023, 6, 30), china())
        if here.cutoff_of(each) > since
    ]
    assert found == (later[0] if later else None)


@given(schedules(date(2020, 1, 1), date(2022, 12, 31)))
def test_every_period_opens_before_it_is_due_and_closes_after_it(schedule: Schedule) -> None:
    for each in owed(schedule, date(2021, 1, 1), date(2021, 12, 31)):
        assert each.opens_at < each.cutoff_at < each.closes_at
        assert each.materialise_at < each.opens_at
        assert each.first_day <= each.last_day
        assert each.closes_at - each.cutoff_at >= timedelta(hours=24)
