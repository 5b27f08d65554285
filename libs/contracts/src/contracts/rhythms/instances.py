"""The instances of a schedule: every due day with the period that it reports about."""

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from contracts.calendars import BeyondHorizonError, WorkingCalendar
from contracts.rhythms.flaws import MONTHS, UnknownRhythmError, flaws
from contracts.schedules import DueDay, Schedule

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_LONGEST_SHIFT: Final = timedelta(days=15)
"""No run of days off is longer: where a holiday rule can move a due day from."""
_NUMERALS: Final = "一二三四"


@dataclass(frozen=True, slots=True)
class Instance:
    """One due day of a schedule. Two instances of a schedule never have the same key, nor the same printed day."""

    key: date
    """The first day of the period reported about. Further due days in one period: the day after the printed due day before."""
    first: date | None
    """First and last day reported about. `first` is None for the first of explicit dates: since the plan is in force."""
    last: date
    printed: date
    """The due day by the words of the plan."""
    due: date
    """The due day after the holiday rule."""
    label: str
    """What the report is about, in Chinese."""


def needs_calendar(schedule: Schedule) -> bool:
    """Whether its due days depend on the working-day calendar."""
    return (
        schedule.every == "working_day"
        or schedule.on_holiday != "keep"
        or any(each.working_day is not None for each in schedule.on)
        or (schedule.within is not None and schedule.within.working_days is not None)
    )


def keyed_alike(one: Schedule, other: Schedule) -> bool:
    """Whether instances of two schedules about the same time have the same keys, so that one can sum the other.

    The due days may differ, also by lying in the period or after it, as long as there is one in each period.
    """
    if one.every != other.every or one.every == "event":
        return False
    if one.every == "dates":
        return one.dates == other.dates
    return max(len(one.on), len(other.on)) < 2 or (one.on, one.about) == (other.on, other.about)


def periods(schedule: Schedule, first: date, last: date, calendar: WorkingCalendar) -> tuple[Instance, ...]:
    """Every instance whose due day lies between two days, both included, in order. An `event` schedule has none.

    Raises:
        BeyondHorizonError: it depends on working days that the calendar does not know.
        UnknownRhythmError: the schedule cannot be followed.
    """
    found, beyond = known_periods(schedule, first, last, calendar)
    if beyond is not None:
        raise beyond
    return found


def known_periods(
    schedule: Schedule, first: date, last: date, calendar: WorkingCalendar
) -> tuple[tuple[Instance, ...], BeyondHorizonError | None]:
    """As `periods`, but what is known before the calendar ends, and the error that ended it, if it did."""
    earliest = _minus(first, _LONGEST_SHIFT) if schedule.on_holiday == "next_working_day" else first
    latest = _plus(last, _LONGEST_SHIFT) if schedule.on_holiday == "previous_working_day" else last
    found: list[Instance] = []
    try:
        for each in _walk(schedule, earliest, latest, calendar):
            if each.due > last:
                break
            if each.due >= first:
                found.append(each)
    except BeyondHorizonError as error:
        return tuple(found), error
    return tuple(found), None


def following(schedule: Schedule, printed: date, calendar: WorkingCalendar) -> Instance | None:
    """The first instance whose printed due day is this day or later; None when there is none any more.

    Raises:
        BeyondHorizonError, UnknownRhythmError: as `periods`.
    """
    return next(_walk(schedule, printed, date.max, calendar), None)


def _walk(schedule: Schedule, first: date, last: date, calendar: WorkingCalendar) -> Iterator[Instance]:
    """Instances by printed day, from `first` to `last`. Lazy: it looks into the calendar only as far as it is asked."""
    if found := flaws(schedule):
        raise UnknownRhythmError("; ".join(f"{each.field}: {each.reason}" for each in found))
    first = max(first, schedule.effective_from or first)
    last = min(last, schedule.effective_until or last)
    for key, start, end, printed, label in _printed(schedule, first, last, calendar):
        if printed > last:
            return
        if printed >= first:
            yield Instance(key, start, end, printed, _shifted(printed, schedule.on_holiday, calendar), label)


_Slice = tuple[date, date | None, date, date, str]
"""Key, first and last day reported about, printed due day, label."""


def _printed(schedule: Schedule, first: date, last: date, calendar: WorkingCalendar) -> Iterator[_Slice]:
    match schedule.every:
        case "dates":
            yield from _of_dates(schedule)
        case "working_day":
            yield from _of_working_days(schedule, first, last, calendar)
        case "event":
            return
        case every:
            start = _start(every, first)
            while start <= last:
                yield from _of_period(schedule, start, last, calendar)
                if (following_start := _next(every, start)) is None:
                    return
                start = following_start


def _of_dates(schedule: Schedule) -> Iterator[_Slice]:
    before: date | None = None
    for number, day in enumerate(schedule.dates, start=1):
        label = f"第{number}次({_day(day)})" if len(schedule.dates) > 1 else f"一次性({_day(day)})"
        start = None if before is None else before + _DAY
        yield start or day, start, day, day, label
        before = day


def _of_working_days(schedule: Schedule, first: date, last: date, calendar: WorkingCalendar) -> Iterator[_Slice]:
    day = first
    while day <= last:
        if calendar.is_working(day):
            start, end = day, day
            if schedule.about == "previous":
                start, end = _shifted(day - _DAY, "previous_working_day", calendar), day - _DAY
            yield start, start, end, day, _day(start) if start == end else f"{_day(start)}至{_day(end)}"
        if day == date.max:
            return
        day += _DAY


def _of_period(schedule: Schedule, start: date, last: date, calendar: WorkingCalendar) -> Iterator[_Slice]:
    """The due days in the period that begins at `start`, up to `last`."""
    every = schedule.every
    about = start if schedule.about == "current" else _start(every, _minus(start, _DAY))
    days: list[date] = []
    for each in schedule.on:
        if _earliest(every, start, each) > last:
            break
        days.append(_due_day(every, start, each, calendar))
    printed = sorted(set(days)) if schedule.on else [_end(every, start)]
    several = len(schedule.on) > 1
    for number, day in enumerate(printed, start=1):
        key = about if number == 1 else printed[number - 2] + _DAY
        label = f"{_label(every, about)}第{number}次" if several else _label(every, about)
        if schedule.about == "previous":
            yield key, about, _end(every, about), day, label
        else:
            yield key, key, day if number < len(schedule.on) else _end(every, about), day, label


def _earliest(every: str, start: date, each: DueDay) -> date:
    return start if every == "week" else _month(start, each)


def _due_day(every: str, start: date, each: DueDay, calendar: WorkingCalendar) -> date:
    if every == "week":
        return start + (each.weekday or 7) * _DAY - _DAY
    month = _month(start, each)
    length = months.monthrange(month.year, month.month)[1]
    if each.working_day is None:
        return month.replace(day=min(each.day or length, length))
    working = (day for number in range(length) if calendar.is_working(day := month + number * _DAY))
    found = month
    for _, day in zip(range(each.working_day), working, strict=False):
        found = day
    return found


def _month(start: date, each: DueDay) -> date:
    return start.replace(month=start.month + (each.month or 1) - 1)


def _shifted(day: date, rule: str, calendar: WorkingCalendar) -> date:
    if rule != "keep":
        step = _DAY if rule == "next_working_day" else -_DAY
        while not calendar.is_working(day):
            day += step
    return day


def _start(every: str, day: date) -> date:
    if every == "day":
        return day
    if every == "week":
        return _minus(day, day.weekday() * _DAY)
    length = MONTHS[every]
    return day.replace(month=(day.month - 1) // length * length + 1, day=1)


def _next(every: str, start: date) -> date | None:
    """The start of the next period; None at the end of time."""
    try:
        if every in ("day", "week"):
            return start + (_DAY if every == "day" else _WEEK)
        number = start.year * 12 + start.month - 1 + MONTHS[every]
        return date(number // 12, number % 12 + 1, 1)
    except (OverflowError, ValueError):
        return None


def _end(every: str, start: date) -> date:
    following_start = _next(every, start)
    return date.max if following_start is None else following_start - _DAY


def _plus(day: date, length: timedelta) -> date:
    return date.max if date.max - day < length else day + length


def _minus(day: date, length: timedelta) -> date:
    return date.min if day - date.min < length else day - length


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _label(every: str, start: date) -> str:
    match every:
        case "day":
            return _day(start)
        case "week":
            end = _end(every, start)
            return f"{_day(start)}至{end.month}月{end.day}日这一周"
        case "month":
            return f"{start.year}年{start.month}月"
        case "quarter":
            return f"{start.year}年第{_NUMERALS[start.month // 3]}季度"
        case "half_year":
            return f"{start.year}年{'上' if start.month == 1 else '下'}半年"
        case _:
            return f"{start.year}年"
