"""Limits that start with an event: when they end, what is assumed where none is printed, how they explain themselves."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendars import china
from contracts.schedules import Schedule, Within
from reporting.domain.limits import Assumed, due_of, instance_of, starts_with_occurrence, starts_with_plan
from reporting.domain.periods import LAST_ONE_OPEN, Terms, first_due_day, instants_of, next_owed, same_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
INSTANTS = st.integers(0, 5 * 365 * 24 * 60).map(lambda count: datetime(2020, 6, 1, tzinfo=UTC) + timedelta(minutes=count))
LIMITS = st.one_of(
    st.none(),
    st.builds(Within, hours=st.integers(0, 100)),
    st.builds(Within, days=st.integers(0, 40)),
    st.builds(Within, working_days=st.integers(0, 40)),
)
RULES = st.sampled_from(["keep", "next_working_day", "previous_working_day"])


def local(day: str, clock: str = "00:00") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), SHANGHAI)


def fire(within: Within | None, **more: object) -> Schedule:
    return Schedule.model_validate({"every": "event", "trigger": "fire", "within": within} | more)


def due(schedule: Schedule, since: datetime) -> datetime:
    return due_of(schedule, since, SHANGHAI, china(), Assumed(at_once_hours=2, promptly_hours=30)).at


@given(LIMITS, RULES, INSTANTS)
def test_nothing_is_due_before_or_when_it_happened(within: Within | None, rule: str, since: datetime) -> None:
    schedule = fire(within, on_holiday=rule)
    assert due(schedule, since) > since
    found = instance_of(schedule, since, SHANGHAI, china(), Assumed())
    assert found is not None
    assert found.key == found.first == found.last == found.printed == since.astimezone(SHANGHAI).date()
    assert found.due >= found.key


@given(st.integers(1, 40), INSTANTS)
def test_so_many_working_days_lie_behind_the_day_of_the_event(count: int, since: datetime) -> None:
    limit = due(fire(Within(working_days=count)), since)
    day, counted = since.astimezone(SHANGHAI).date(), 0
    while day < (limit - timedelta(microseconds=1)).astimezone(SHANGHAI).date():
        day += timedelta(days=1)
        counted += china().is_working(day)
    assert counted == count
    assert china().is_working(day)
    assert limit == local(day.isoformat()) + timedelta(days=1)


@pytest.mark.parametrize(
    ("within", "hours", "words"),
    [(Within(hours=0), 2, "火情发生后立即"), (Within(days=0), 2, "火情发生后立即"), (None, 30, "火情发生后及时")],
)
def test_a_limit_that_is_not_printed_is_assumed_and_says_so(within: Within | None, hours: int, words: str) -> None:
    happened = local("2026-03-02", "23:30")
    found = due_of(fire(within), happened, SHANGHAI, china(), Assumed(at_once_hours=2, promptly_hours=30))
    assert found.at == happened + timedelta(hours=hours)
    assert f"原文“{words}”未写时限，按约定{hours}小时计" in found.explanation


def test_a_day_off_brings_no_limit_forward_to_before_the_event() -> None:
    saturday = local("2026-03-07", "09:00")
    assert due(fire(Within(days=1), on_holiday="previous_working_day"), saturday) == local("2026-03-09")


def test_what_is_due_outside_the_effective_days_is_not_owed() -> None:
    until = fire(Within(days=3), effective_until=date(2026, 3, 5))
    since = fire(Within(days=3), effective_from=date(2026, 3, 5))
    assert instance_of(until, local("2026-03-02", "09:00"), SHANGHAI, china(), Assumed()) is not None
    assert instance_of(until, local("2026-03-03", "09:00"), SHANGHAI, china(), Assumed()) is None
    assert instance_of(since, local("2026-03-02", "09:00"), SHANGHAI, china(), Assumed()) is not None
    assert instance_of(since, local("2026-03-01", "09:00"), SHANGHAI, china(), Assumed()) is None


@pytest.mark.parametrize("trigger", ["plan_issued", "publication"])
def test_what_starts_with_the_plan_is_owed_once_and_open_from_its_issue(trigger: str) -> None:
    issued = local("2026-09-29", "09:00")
    schedule = Schedule(every="event", trigger=trigger, within=Within(working_days=3))
    terms = Terms(schedule, SHANGHAI, (timedelta(days=1),), (timedelta(0),), issued, china())
    assert starts_with_plan(schedule)
    assert not starts_with_occurrence(schedule)

    found = next_owed(terms, first_due_day(issued, terms), issued)

    assert found is not None
    instants = instants_of(terms, found)
    assert (instants.period, instants.opens_at) == (date(2026, 9, 29), issued)
    assert instants.cutoff_at == local("2026-10-10")  # 30 September, 8 and 9 October: a week of holidays lies between
    assert instants.closes_at == local("2026-10-09") + LAST_ONE_OPEN
    assert instants.label is not None
    assert instants.label.startswith("2026年9月29日")
    assert next_owed(terms, found.printed + timedelta(days=1), issued) is None


def test_another_length_is_the_same_limit_and_another_trigger_is_not() -> None:
    assert same_days(fire(Within(hours=2)), fire(None))
    assert not same_days(fire(None), fire(None, trigger="incident"))
    assert same_days(fire(None, trigger="plan_issued"), fire(Within(days=2), trigger="publication"))
    assert not same_days(fire(None, trigger="plan_issued"), fire(None))
