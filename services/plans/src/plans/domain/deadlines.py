"""Every due day of a plan's obligations, in the order in which they fall due."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.calendars import BeyondHorizonError, WorkingCalendar
from contracts.events.plans import Obligation
from contracts.rhythms import Due, Instance, due_at, in_words, known_periods, needs_calendar
from plans.domain.obligations import rhythm

_DAY: Final = timedelta(days=1)
_STRETCH: Final = timedelta(days=31)
"""How many days are looked at before it is asked whether a page is full."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a list of deadlines stands: after this one."""

    day: date
    obligation: str
    period: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due day of an obligation, with its explanation."""

    obligation: Obligation
    instance: Instance
    due: Due

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.instance.due, self.obligation.id, self.instance.key)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How an obligation recurs, in words, and the first day that had to be known and is not, with the reason."""

    obligation: str
    words: str
    unknown_from: date | None
    reason: str | None


def deadlines(
    obligations: Sequence[Obligation], zone: ZoneInfo, first: date, last: date, after: Place | None, calendar: WorkingCalendar
) -> Iterator[Deadline]:
    """Deadlines from `first` to `last` that come after a place; lazily, so that a page costs no more than a page."""
    day = first if after is None else max(first, after.day)
    while day <= last:
        end = min(last, day + _STRETCH)
        found = [
            Deadline(each, instance, due_at(rhythm(each), instance, zone, calendar))
            for each in obligations
            for instance in known_periods(rhythm(each), day, end, calendar)[0]
        ]
        yield from sorted((each for each in found if after is None or each.place > after), key=lambda each: each.place)
        day = end + _DAY


def rhythms(obligations: Sequence[Obligation], first: date, last: date, calendar: WorkingCalendar) -> list[Rhythm]:
    """Say of every obligation how it recurs, and whether the calendar is silent on some of its days."""
    found: list[Rhythm] = []
    for each in obligations:
        schedule = rhythm(each)
        beyond = known_periods(schedule, first, last, calendar)[1] if needs_calendar(schedule) else None
        found.append(_rhythm(each, beyond))
    return found


def in_force(deadline: Deadline, since: datetime | None, until: datetime | None) -> bool:
    """Whether a deadline is owed: it falls due after the instant of issue and not after the plan was closed."""
    return (since is None or deadline.due.at > since) and (until is None or deadline.due.at <= until)


def _rhythm(each: Obligation, beyond: BeyondHorizonError | None) -> Rhythm:
    words = in_words(rhythm(each))
    return Rhythm(each.id, words, None, None) if beyond is None else Rhythm(each.id, words, beyond.day, beyond.reason)
