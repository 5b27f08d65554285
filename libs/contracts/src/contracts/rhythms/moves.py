"""What a changed calendar changes: the instances whose due day moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from contracts.calendars import BeyondHorizonError, WorkingCalendar
from contracts.rhythms.instances import Instance, following, known_periods, needs_calendar
from contracts.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Move:
    """An instance of the schedule named `schedule` that is due on another day, is due no longer, or is due only now."""

    schedule: str
    key: date
    before: Instance | None
    after: Instance | None


def moved(
    old: WorkingCalendar, new: WorkingCalendar, schedules: Mapping[str, Schedule], first: date, last: date
) -> tuple[Move, ...]:
    """Every instance due between two days by either calendar whose due day differs, by schedule and key.

    What only the new calendar can know, past the horizon of the old one, did not move: nobody was told of it before.
    """
    found: list[Move] = []
    for name, schedule in schedules.items():
        if needs_calendar(schedule):
            found += _of_one(name, old, new, schedule, first, last)
    return tuple(found)


def _of_one(name: str, old: WorkingCalendar, new: WorkingCalendar, schedule: Schedule, first: date, last: date) -> list[Move]:
    before, _ = known_periods(schedule, first, last, old)
    after, _ = known_periods(schedule, first, last, new)
    was = {each.key: each for each in before}
    now = {each.key: each for each in after}
    moves: list[Move] = []
    for key in sorted(was.keys() | now.keys()):
        one = was.get(key) or _by_key(schedule, now[key], old)
        other = now.get(key) or _by_key(schedule, was[key], new)
        known = one is not None or now[key].printed <= old.horizon
        if known and (one and one.due) != (other and other.due):
            moves.append(Move(name, key, one, other))
    return moves


def _by_key(schedule: Schedule, like: Instance, calendar: WorkingCalendar) -> Instance | None:
    """The instance of the same key by another calendar, which may lie outside of the days that were asked for."""
    start = like.first or like.printed
    try:
        while (found := following(schedule, start, calendar)) is not None and found.key <= like.key:
            if found.key == like.key:
                return found
            start = found.printed.fromordinal(found.printed.toordinal() + 1)
    except BeyondHorizonError:
        return None
    return None
