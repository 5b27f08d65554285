"""What is wrong with a schedule: which fields go together, in which order, and which words have a meaning so far."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from contracts.schedules import DueDay, Schedule

MONTHS: Final = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""Months in a period of this length."""
RHYTHMS: Final = ("day", "working_day", "week", *MONTHS, "dates", "event")
ABOUT: Final = ("current", "previous")
HOLIDAY_RULES: Final = ("keep", "next_working_day", "previous_working_day")


class UnknownRhythmError(Exception):
    """A schedule says something that this version does not understand: a word of a newer producer, or a contradiction."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A field by its path, and what is wrong with it, without its value."""

    field: str
    reason: str


def flaws(schedule: Schedule) -> tuple[Flaw, ...]:
    """Everything that is wrong with a schedule; empty if it can be followed."""
    return tuple(_flaws(schedule))


def _flaws(schedule: Schedule) -> Iterator[Flaw]:
    if schedule.every not in RHYTHMS:
        yield Flaw("every", f"one of {', '.join(RHYTHMS)}")
        return
    if schedule.about not in ABOUT:
        yield Flaw("about", f"one of {', '.join(ABOUT)}")
    elif schedule.about == "previous" and schedule.every in ("dates", "event"):
        yield Flaw("about", f"there is no period before with {schedule.every}")
    if schedule.on_holiday not in HOLIDAY_RULES:
        yield Flaw("on_holiday", f"one of {', '.join(HOLIDAY_RULES)}")
    if schedule.effective_from and schedule.effective_until and schedule.effective_from > schedule.effective_until:
        yield Flaw("effective_until", "lies before effective_from")
    yield from _due_days(schedule)
    yield from _dates(schedule)
    yield from _limit(schedule)


def _due_days(schedule: Schedule) -> Iterator[Flaw]:
    if schedule.every != "week" and schedule.every not in MONTHS:
        if schedule.on:
            yield Flaw("on", f"goes with week and longer periods, not with {schedule.every}")
        return
    for index, each in enumerate(schedule.on):
        if reason := _due_day(schedule.every, each):
            yield Flaw(f"on.{index}", reason)
            return
    if len(schedule.on) > 1 and any(each.working_day is not None for each in schedule.on):
        # The second report is keyed by the due day before it, and a key must not depend on the calendar.
        yield Flaw("on", "a due day counted in working days stands alone")
    elif any(_position(later) <= _position(earlier) for earlier, later in pairwise(schedule.on)):
        yield Flaw("on", "each due day comes later than the one before")


def _due_day(every: str, each: DueDay) -> str | None:
    if every == "week":
        if each.weekday is None or {each.month, each.day, each.working_day} != {None}:
            return "in a week, give the weekday and nothing else"
        return None
    if each.weekday is not None:
        return "weekday goes with week only"
    if (each.day is None) == (each.working_day is None):
        return "give exactly one of day and working_day"
    months = MONTHS[every]
    if months == 1:
        return None if each.month is None else "month goes with periods longer than a month"
    return None if each.month is not None and each.month <= months else f"give the month of the {every}, 1 to {months}"


def _position(each: DueDay) -> tuple[int, int]:
    return each.month or 1, each.weekday or each.day or each.working_day or 0


def _dates(schedule: Schedule) -> Iterator[Flaw]:
    if (schedule.every == "dates") != bool(schedule.dates):
        yield Flaw("dates", "goes with every: dates, and that needs at least one")
    elif any(later <= earlier for earlier, later in pairwise(schedule.dates)):
        yield Flaw("dates", "each date comes later than the one before")


def _limit(schedule: Schedule) -> Iterator[Flaw]:
    if (schedule.every == "event") != (schedule.trigger is not None):
        yield Flaw("trigger", "goes with every: event, and that needs it")
    within = schedule.within
    if schedule.every != "event" and within is not None:
        yield Flaw("within", "goes with every: event")
    elif within is not None:
        if sum(length is not None for length in (within.hours, within.days, within.working_days)) != 1:
            yield Flaw("within", "give exactly one of hours, days and working_days")
        elif within.hours is not None and schedule.at is not None:
            yield Flaw("at", "a limit in hours ends by itself")
