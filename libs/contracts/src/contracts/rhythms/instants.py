"""The instant at which an instance or a limit falls due, with an explanation that a person can check."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.calendars import WorkingCalendar
from contracts.rhythms import words
from contracts.rhythms.flaws import UnknownRhythmError, flaws
from contracts.rhythms.instances import Instance, needs_calendar
from contracts.schedules import Schedule

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due: what is received strictly before `at` is on time."""

    at: datetime
    """UTC."""
    explanation: str
    """In Chinese: about what, by which rule, hence when; which days were skipped and by which notice."""
    calendar: str | None = None
    """The version of the calendar that it depends on; None when it depends on none."""


def due_at(schedule: Schedule, instance: Instance, zone: ZoneInfo, calendar: WorkingCalendar) -> Due:
    """The instant of an instance of the schedule.

    Raises:
        BeyondHorizonError: the explanation needs days that the calendar does not know.
    """
    number = _number(schedule, instance)
    if schedule.every == "dates":
        said = f"{instance.label}:{instance.printed.isoformat()}"
    else:
        said = f"{instance.label}:{words.rule(schedule, number)}，即{instance.printed.isoformat()}"
    if number is not None and schedule.on[number].working_day is not None:
        said += words.days_off(instance.printed.replace(day=1), instance.printed, calendar)
    said += f"{_moved(schedule, instance.printed, instance.due, calendar)} {words.clock(schedule.at)}前"
    return _due(schedule, instance.due, zone, calendar, said)


def due_after(schedule: Schedule, trigger: datetime, zone: ZoneInfo, calendar: WorkingCalendar) -> Due:
    """The instant of an `event` schedule that was started at an instant. The day of the event does not count.

    Raises:
        BeyondHorizonError: it depends on working days that the calendar does not know.
        UnknownRhythmError: the schedule has no limit, or cannot be followed.
    """
    within = schedule.within
    if schedule.every != "event" or within is None or flaws(schedule):
        raise UnknownRhythmError("not a limit that starts with an event")
    began = trigger.astimezone(zone)
    said = f"{words.limit(schedule)}:自{began.date().isoformat()} {began:%H:%M}起"
    if not (within.hours or within.days or within.working_days):
        return Due(trigger.astimezone(UTC), f"{said}立即")
    if within.hours:
        ends = trigger.astimezone(UTC) + timedelta(hours=within.hours)
        local = ends.astimezone(zone)
        return Due(ends, f"{said}满{within.hours}小时，即{local.date().isoformat()} {local:%H:%M}前")
    printed = began.date() + (within.days or 0) * _DAY
    skipped = ""
    if within.working_days:
        printed = _working_days_after(began.date(), within.working_days, calendar)
        skipped = words.days_off(began.date() + _DAY, printed, calendar)
    due = _by_rule(printed, schedule.on_holiday, calendar)
    moved = _moved(schedule, printed, due, calendar)
    return _due(
        schedule, due, zone, calendar, f"{said}，当日不计，即{printed.isoformat()}{skipped}{moved} {words.clock(schedule.at)}前"
    )


def _due(schedule: Schedule, day: date, zone: ZoneInfo, calendar: WorkingCalendar, said: str) -> Due:
    version = calendar.version if needs_calendar(schedule) else None
    if version is not None:
        said += f";依据{calendar.sources.get(day.year, version)}"
    elif schedule.every != "day":
        said += ";节假日不顺延"
    at = datetime.combine(day, schedule.at, zone) if schedule.at is not None else datetime.combine(day + _DAY, time(0), zone)
    return Due(at.astimezone(UTC), said, version)


def _number(schedule: Schedule, instance: Instance) -> int | None:
    """Which of the due days of its period an instance falls on, from 0; None where the period's last day is meant."""
    if not schedule.on:
        return None
    if schedule.every == "week":
        return next(n for n, each in enumerate(schedule.on) if each.weekday == instance.printed.isoweekday())
    if len(schedule.on) == 1:
        return 0
    length = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[schedule.every]
    month = (instance.printed.month - 1) % length + 1
    last = (instance.printed + _DAY).month != instance.printed.month
    day = instance.printed.day
    return next(
        n for n, each in enumerate(schedule.on)
        if (each.month or 1) == month and (each.day == day or (last and (each.day or 0) > day))
    )  # fmt: skip


def _moved(schedule: Schedule, printed: date, due: date, calendar: WorkingCalendar) -> str:
    if schedule.on_holiday == "keep":
        return ""
    if printed == due:
        return "(工作日，不作调整)"
    verb = "顺延" if due > printed else "提前"
    return f"({calendar.reason(printed)}，{verb}至{due.isoformat()})"


def _by_rule(day: date, rule: str, calendar: WorkingCalendar) -> date:
    step = {"next_working_day": _DAY, "previous_working_day": -_DAY}.get(rule)
    while step is not None and not calendar.is_working(day):
        day += step
    return day


def _working_days_after(day: date, count: int, calendar: WorkingCalendar) -> date:
    while count:
        day += _DAY
        count -= calendar.is_working(day)
    return day
