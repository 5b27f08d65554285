"""Limits that start with an event: with the plan itself, or with an occurrence that somebody declares (DOMAIN 2, on event)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from contracts.calendars import WorkingCalendar
from contracts.rhythms import Due, Instance, due_after
from contracts.rhythms.words import event, limit
from contracts.schedules import Schedule, Within

OWN_TRIGGERS: Final = frozenset({"plan_issued", "publication"})
"""Triggers that are the coming into force of the plan that names them. Whatever else happens has to be declared."""

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Assumed:
    """Limits in hours where a plan prints no length: 立即 and 随时 (at once), 及时 (promptly)."""

    at_once_hours: int = 1
    promptly_hours: int = 24


def starts_with_plan(schedule: Schedule) -> bool:
    """Whether the plan itself is the event: it is owed once."""
    return schedule.every == "event" and schedule.trigger in OWN_TRIGGERS


def starts_with_occurrence(schedule: Schedule) -> bool:
    """Whether something has to happen, and be declared, before anything is owed."""
    return schedule.every == "event" and schedule.trigger is not None and schedule.trigger not in OWN_TRIGGERS


def due_of(schedule: Schedule, since: datetime, zone: ZoneInfo, calendar: WorkingCalendar, assumed: Assumed) -> Due:
    """When a limit that started at an instant ends, always after that instant; a length that is not printed is assumed, and said.

    Raises:
        BeyondHorizonError, UnknownRhythmError: as `contracts.rhythms.due_after`.
    """
    if (kind := _unprinted(schedule)) is not None:
        hours = assumed.at_once_hours if kind == "at_once" else assumed.promptly_hours
        due = due_after(schedule.model_copy(update={"within": Within(hours=hours), "at": None}), since, zone, calendar)
        return replace(due, explanation=f"{due.explanation};原文“{limit(schedule)}”未写时限，按约定{hours}小时计")
    due = due_after(schedule, since, zone, calendar)
    if due.at <= since:  # brought forward to the working day before the event
        return due_after(schedule.model_copy(update={"on_holiday": "keep"}), since, zone, calendar)
    return due


def instance_of(
    schedule: Schedule, since: datetime, zone: ZoneInfo, calendar: WorkingCalendar, assumed: Assumed
) -> Instance | None:
    """What an event at an instant makes owed, keyed by its local date; None where the schedule is not in effect on the due day.

    Raises:
        BeyondHorizonError, UnknownRhythmError: as `due_of`.
    """
    day = since.astimezone(zone).date()
    due = (due_of(schedule, since, zone, calendar, assumed).at - _INSTANT).astimezone(zone).date()
    if not (schedule.effective_from or date.min) <= due <= (schedule.effective_until or date.max):
        return None
    label = f"{day.year}年{day.month}月{day.day}日{event(schedule)}"
    return Instance(key=day, first=day, last=day, printed=day, due=due, label=label)


def _unprinted(schedule: Schedule) -> Literal["at_once", "promptly"] | None:
    within = schedule.within
    if within is None:
        return "promptly"
    return None if within.hours or within.days or within.working_days else "at_once"
