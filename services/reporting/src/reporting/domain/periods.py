"""When a report opens, is due and closes, for any schedule (DOMAIN 2 and 7).

"每天14点前" means received strictly before the cut-off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.calendars import BeyondHorizonError, WorkingCalendar
from contracts.rhythms import Due, Instance, UnknownRhythmError, due_at
from contracts.rhythms import following as following_by_rhythm
from contracts.schedules import Schedule
from reporting.domain.limits import Assumed, due_of, instance_of, starts_with_occurrence, starts_with_plan

_DAY: Final = timedelta(days=1)
AHEAD: Final = _DAY
"""Expected reports are written at least so long before their period opens."""
LAST_ONE_OPEN: Final = timedelta(days=366)
"""How long a report is accepted after its due day when no other one follows it."""
_LONGEST_SHIFT: Final = timedelta(days=15)
"""A holiday rule moves no due day farther than this."""
NotKnownYet: Final = (BeyondHorizonError, UnknownRhythmError)
"""What is raised when due days depend on a calendar not published yet, or on words of a newer producer: nothing is guessed."""


@dataclass(frozen=True, slots=True)
class PeriodInstants:
    """The instants of one period: open from `opens_at`, late from `cutoff_at`, closed for first reports from `closes_at`.

    `period` is the key; `first_day` to `last_day` is what is reported about, and `label` says it where it is not just that day.
    `explanation` says by which rule the cut-off is what it is.
    """

    period: date
    first_day: date
    last_day: date
    label: str | None
    explanation: str | None
    opens_at: datetime
    cutoff_at: datetime
    closes_at: datetime
    reminders: tuple[datetime, ...]
    escalations: tuple[datetime, ...]

    @property
    def materialise_at(self) -> datetime:
        """When the expected reports are written: a day before the period opens, and not after its first reminder."""
        return min([self.opens_at - AHEAD, *self.reminders[:1]])


@dataclass(frozen=True, slots=True)
class Terms:
    """When an obligation is owed: its schedule in a zone, its steps around each cut-off, since when it is in force at all,
    and the working days it looks at."""

    schedule: Schedule
    zone: ZoneInfo
    remind_before: tuple[timedelta, ...]
    escalate_after: tuple[timedelta, ...]
    in_force_from: datetime
    calendar: WorkingCalendar
    assumed: Assumed = field(default_factory=Assumed)

    def due(self, instance: Instance) -> Due:
        """The cut-off of an instance, explained."""
        if starts_with_plan(self.schedule):
            return due_of(self.schedule, self.in_force_from, self.zone, self.calendar, self.assumed)
        return due_at(self.schedule, instance, self.zone, self.calendar)

    def cutoff_of(self, instance: Instance) -> datetime:
        """The cut-off of an instance."""
        return self.due(instance).at


def daily(cutoff: time) -> Schedule:
    """The schedule of an obligation that names a cut-off only."""
    return Schedule(every="day", at=cutoff)


def same_days(one: Schedule, other: Schedule) -> bool:
    """Whether two schedules have the same instances, apart from the time of day, or the length of a limit after one event."""
    return _days(one) == _days(other)


def _days(schedule: Schedule) -> Schedule:
    days = schedule.model_copy(update={"at": None, "text": None})
    if starts_with_plan(schedule) or starts_with_occurrence(schedule):
        trigger = None if starts_with_plan(schedule) else schedule.trigger
        return days.model_copy(update={"trigger": trigger, "within": None, "on_holiday": "keep"})
    return days


def following(terms: Terms, due_day: date) -> Instance | None:
    """The first instance printed for a day or later; None when there is none any more.

    What starts with the plan itself has one instance, printed for the day since when it is in force. What starts with another
    event has none until it is declared.

    Raises:
        NotKnownYet: it cannot be known, now.
    """
    if not starts_with_plan(terms.schedule):
        return following_by_rhythm(terms.schedule, due_day, terms.calendar)
    instance = instance_of(terms.schedule, terms.in_force_from, terms.zone, terms.calendar, terms.assumed)
    return instance if instance is not None and instance.printed >= due_day else None


def next_owed(terms: Terms, due_day: date, after: datetime) -> Instance | None:
    """The first instance printed for a day or later whose cut-off lies after an instant; None when there is none any more.

    Raises:
        NotKnownYet: it cannot be known, now.
    """
    instance = following(terms, due_day)
    while instance is not None and terms.cutoff_of(instance) <= after:
        instance = following(terms, instance.printed + _DAY)
    return instance


def first_due_day(since: datetime, terms: Terms) -> date:
    """A printed due day before which nothing can have its cut-off after an instant."""
    if starts_with_plan(terms.schedule):
        return local_day(terms.in_force_from, terms.zone)
    shift = timedelta(0) if terms.schedule.on_holiday == "keep" else _LONGEST_SHIFT
    return local_day(since, terms.zone) - shift


def instants_of(terms: Terms, instance: Instance) -> PeriodInstants:
    """Compute the instants of an instance.

    It opens with what it is about, or when that is over (`previous`), and never later than on the due day. It takes late first
    reports until 24:00 of the day after the due day, or until the next one is due if that is later.

    Raises:
        NotKnownYet: it cannot be known, now.
    """
    due = terms.due(instance)
    cutoff_at, event = due.at, terms.schedule.every == "event"
    return PeriodInstants(
        period=instance.key,
        first_day=instance.first or min(local_day(terms.in_force_from, terms.zone), instance.last),
        last_day=instance.last,
        label=None if instance.first == instance.last == instance.key and not event else instance.label,
        explanation=due.explanation,
        opens_at=_opens(terms, instance),
        cutoff_at=cutoff_at,
        closes_at=_closes(terms, instance),
        reminders=tuple(sorted(cutoff_at - before for before in set(terms.remind_before))),
        escalations=tuple(sorted(cutoff_at + after for after in set(terms.escalate_after))),
    )


def instants_after(terms: Terms, occurred: Sequence[datetime], told_at: datetime) -> PeriodInstants | None:
    """Compute the instants of what is owed for one or several occurrences of one local day: the earliest limit stands.

    It opens with the first of them. Reminders up to `told_at`, when it was told, are left out: they can remind nobody. None where
    the schedule is not in effect.

    Raises:
        NotKnownYet: it cannot be known, now.
    """
    first = min(occurred)
    instance = instance_of(terms.schedule, first, terms.zone, terms.calendar, terms.assumed)
    if instance is None:
        return None
    limits = [due_of(terms.schedule, each, terms.zone, terms.calendar, terms.assumed) for each in occurred]
    due = min(limits, key=lambda each: each.at)
    return PeriodInstants(
        period=instance.key,
        first_day=instance.key,
        last_day=instance.key,
        label=instance.label,
        explanation=due.explanation,
        opens_at=first,
        cutoff_at=due.at,
        closes_at=_midnight(local_day(due.at, terms.zone) + LAST_ONE_OPEN, terms.zone),
        reminders=tuple(sorted(at for before in set(terms.remind_before) if (at := due.at - before) > told_at)),
        escalations=tuple(sorted(due.at + after for after in set(terms.escalate_after))),
    )


def _opens(terms: Terms, instance: Instance) -> datetime:
    if starts_with_plan(terms.schedule):
        return terms.in_force_from
    due_day = _midnight(instance.due, terms.zone)
    if instance.first is None:
        return min(terms.in_force_from, due_day)
    about = instance.first if terms.schedule.about == "current" else instance.last + _DAY
    return min(_midnight(about, terms.zone), due_day)


def _closes(terms: Terms, instance: Instance) -> datetime:
    for_ever = terms.schedule.model_copy(update={"effective_until": None})
    try:
        coming = following_by_rhythm(for_ever, instance.printed + _DAY, terms.calendar)
        if coming is not None:
            next_day = instance.due + _DAY
            return _midnight(next_day + _DAY, terms.zone) if coming.due <= next_day else terms.cutoff_of(coming)
    except NotKnownYet:
        pass
    return _midnight(instance.due + LAST_ONE_OPEN, terms.zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The local date of an instant."""
    return instant.astimezone(zone).date()
