"""When a day's report opens, is due and closes, in any zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendars import china
from contracts.rhythms import periods
from reporting.domain.periods import AHEAD, PeriodInstants, Terms, daily, first_due_day, local_day, next_owed
from reporting.domain.periods import instants_of as instants_of_instance

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
DAY = date(2026, 3, 2)
zones = st.sampled_from([SHANGHAI, NEW_YORK, *map(ZoneInfo, ("UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"))])
days = st.dates(date(2011, 12, 1), date(2030, 12, 31))
cutoffs = st.times()
offsets = st.lists(st.integers(0, 7 * 86_400).map(lambda seconds: timedelta(seconds=seconds)), max_size=4).map(tuple)


Offsets = tuple[timedelta, ...]


def instants_of(day: date, cutoff: time, zone: ZoneInfo, remind: Offsets, escalate: Offsets) -> PeriodInstants:
    """Those of a day on which a daily report is owed."""
    terms = Terms(daily(cutoff), zone, remind, escalate, datetime(2011, 1, 1, tzinfo=UTC), china())
    (instance,) = periods(terms.schedule, day, day, china())
    return instants_of_instance(terms, instance)


def first_period(in_force_from: datetime, cutoff: time, zone: ZoneInfo) -> date:
    terms = Terms(daily(cutoff), zone, (), (), in_force_from, china())
    instance = next_owed(terms, first_due_day(in_force_from, terms), in_force_from)
    assert instance is not None
    return instance.key


def local(clock: str, day: date, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)


def test_a_day_is_open_from_its_midnight_to_the_end_of_the_next_day() -> None:
    instants = instants_of(DAY, time(14), SHANGHAI, (timedelta(minutes=30),), (timedelta(0), timedelta(minutes=10)))
    assert instants.opens_at == local("00:00", DAY)
    assert instants.cutoff_at == local("14:00", DAY)
    assert instants.closes_at == local("00:00", date(2026, 3, 4))
    assert instants.reminders == (local("13:30", DAY),)
    assert instants.escalations == (local("14:00", DAY), local("14:10", DAY))
    assert {instant.tzinfo for instant in (instants.opens_at, instants.cutoff_at, instants.closes_at)} == {UTC}


@pytest.mark.parametrize(
    ("day", "cutoff", "open_hours"),
    [
        (date(2026, 3, 8), "2026-03-08T18:00+00:00", 47),  # the clock goes forward at 02:00 of the day itself
        (date(2026, 3, 7), "2026-03-07T19:00+00:00", 47),  # … and of the day after
        (date(2026, 3, 9), "2026-03-09T18:00+00:00", 48),
        (date(2026, 11, 1), "2026-11-01T19:00+00:00", 49),  # back at 02:00
    ],
)
def test_the_cutoff_keeps_the_wall_clock_when_the_clocks_change(day: date, cutoff: str, open_hours: int) -> None:
    instants = instants_of(day, time(14), NEW_YORK, (), ())
    assert instants.cutoff_at == datetime.fromisoformat(cutoff)
    assert instants.closes_at - instants.opens_at == timedelta(hours=open_hours)


def test_a_wall_clock_that_is_skipped_or_comes_twice_is_one_instant() -> None:
    skipped = instants_of(date(2026, 3, 8), time(2, 30), NEW_YORK, (), ()).cutoff_at
    twice = instants_of(date(2026, 11, 1), time(1, 30), NEW_YORK, (), ()).cutoff_at
    assert skipped == local("03:30", date(2026, 3, 8), NEW_YORK)
    assert twice == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_expected_reports_are_written_before_the_period_opens_and_before_its_first_reminder() -> None:
    assert instants_of(DAY, time(14), SHANGHAI, (timedelta(minutes=30),), ()).materialise_at == local("00:00", DAY) - AHEAD
    reminders = (timedelta(minutes=30), timedelta(days=3))
    assert instants_of(DAY, time(14), SHANGHAI, reminders, ()).materialise_at == local("14:00", date(2026, 2, 27))


@pytest.mark.parametrize(
    ("in_force", "first"),
    [
        ("13:59:59.999999", DAY),
        ("14:00", date(2026, 3, 3)),
        ("14:00:00.000001", date(2026, 3, 3)),
        ("00:00", DAY),
        ("23:59:59.999999", date(2026, 3, 3)),
    ],
)
def test_a_cutoff_is_owed_when_it_lies_after_the_instant_of_issue(in_force: str, first: date) -> None:
    assert first_period(local(in_force, DAY), time(14), SHANGHAI) == first


@given(day=days, cutoff=cutoffs, zone=zones, remind=offsets, escalate=offsets)
def test_instants_are_in_order_and_the_local_day_is_the_period(
    day: date, cutoff: time, zone: ZoneInfo, remind: tuple[timedelta, ...], escalate: tuple[timedelta, ...]
) -> None:
    instants = instants_of(day, cutoff, zone, remind, escalate)
    assert instants.opens_at <= instants.cutoff_at <= instants.closes_at
    assert instants.materialise_at < instants.opens_at
    assert all(instants.materialise_at <= reminder <= instants.cutoff_at for reminder in instants.reminders)
    assert all(step >= instants.cutoff_at for step in instants.escalations)
    assert list(instants.reminders) == sorted(set(instants.reminders))
    assert list(instants.escalations) == sorted(set(instants.escalations))
    if not (zone.key == "Pacific/Apia" and day == date(2011, 12, 30)):  # a day that Samoa left out
        assert local_day(instants.opens_at, zone) == day == local_day(instants.cutoff_at, zone)


@given(day=days, cutoff=cutoffs, zone=zones)
def test_a_period_opens_when_the_one_before_last_closes(day: date, cutoff: time, zone: ZoneInfo) -> None:
    later = instants_of(day + timedelta(days=2), cutoff, zone, (), ())
    assert instants_of(day, cutoff, zone, (), ()).closes_at == later.opens_at


@given(day=days, clock=st.times(), cutoff=cutoffs, zone=zones)
def test_the_first_period_is_the_first_one_whose_cutoff_is_still_to_come(
    day: date, clock: time, cutoff: time, zone: ZoneInfo
) -> None:
    instant = datetime.combine(day, clock, UTC)
    first = first_period(instant, cutoff, zone)
    before = first - timedelta(days=1)
    assert instants_of(before, cutoff, zone, (), ()).cutoff_at <= instant < instants_of(first, cutoff, zone, (), ()).cutoff_at
