"""What a body has decided about times: configuration, never law. A blank means that nothing is due."""

from datetime import datetime, time
from typing import Annotated, Final, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from contracts.calendars import WorkingCalendar
from contracts.rhythms import Due, due_after
from contracts.schedules import Schedule, Within
from contracts.values import Key, LocalTime, Name, UnitCode
from hazards.domain.record import Grade, LimitRule, Value

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""Of every local day and time here (DOMAIN 7)."""
Days = Annotated[int, Field(ge=1, le=366)]
MOST_WORKING_DAYS: Final = 250


class LimitDefault(Value):
    """How many days a rectification gets where nobody sets a limit by hand. `days` None: the limit must be set by hand."""

    grade: Grade | None = None
    """None: any grade, or none yet."""
    category: Name | None = None
    """None: any category."""
    days: Days | None = None
    working_days: bool = False

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.working_days and self.days is not None and self.days > MOST_WORKING_DAYS:
            raise ValueError(f"at most {MOST_WORKING_DAYS} working days")
        return self


class ExtensionTerms(Value):
    """When more time may be asked for, and how much of it there is."""

    ask_before_days: Annotated[int, Field(ge=0, le=366)] | None = None
    decide_within_days: Days | None = None
    longest_days: Days | None = None
    """After the first limit."""
    most: Annotated[int, Field(ge=0, le=100)] | None = None


class Competence(Value):
    """That units of a level put things of a grade under supervision. `grade` None: of any grade, or of none yet."""

    level: Key
    grade: Grade | None = None
    plan_id: Key | None = None
    """Of a plan, which then goes before what holds for all (DOMAIN 3: the listing body depends on the plan)."""


class ListingTerms(Value):
    """The duties that come with a supervision by name, and which level makes it."""

    publish_within_working_days: Annotated[int, Field(ge=1, le=MOST_WORKING_DAYS)] | None = None
    progress_every_days: Annotated[int, Field(ge=1, le=366)] | None = None
    competent: Annotated[tuple[Competence, ...], Field(max_length=20)] = ()
    """Nothing that fits the grade: any body above."""

    def levels(self, grade: Grade | None, plan_id: str | None) -> frozenset[str]:
        """The levels that may list something of this grade and plan; empty: any."""
        fitting = [each for each in self.competent if each.grade in (None, grade) and each.plan_id in (None, plan_id)]
        own = [each for each in fitting if each.plan_id is not None]
        return frozenset(each.level for each in own or fitting)


class NoticeTerms(Value):
    """When a rectifying unit is told of its limits, one digest a day: days before, on the day, and after it in powers of two."""

    before_days: Annotated[tuple[Annotated[int, Field(ge=1, le=366)], ...], Field(max_length=20)] = ()
    on_the_day: bool = False
    most_after: Annotated[int, Field(ge=0, le=12)] = 0
    """So many notices after the limit: 1, 2, 4, 8… days after it."""
    at: LocalTime = time(9)


class Policy(Value):
    """Everything that a body decides about times. The default decides nothing."""

    limits: Annotated[tuple[LimitDefault, ...], Field(max_length=500)] = ()
    extension: ExtensionTerms = ExtensionTerms()
    listing: ListingTerms = ListingTerms()
    notices: NoticeTerms = NoticeTerms()
    acknowledge_within_days: Days | None = None
    """How long the other body has to answer a hand-over."""
    same_type_within_days: Days = 365
    """A hazard of the same category in the same enterprise within so many days is a recurrence of the type."""


class PolicyInForce(Value):
    """A policy, and whose it is. Version 0 of nobody is the default."""

    unit: UnitCode | None = None
    version: int = 0
    policy: Policy = Policy()


class Source(NamedTuple):
    """Who says how many days a rectification gets."""

    kind: Literal["library", "policy"]
    unit: str
    version: int


def limit_of(policy: Policy, grade: Grade | None, category: str) -> LimitDefault | None:
    """Return the most specific default: by grade and category, by category, by grade, for everything."""
    fitting = [each for each in policy.limits if each.grade in (None, grade) and each.category in (None, category)]
    return max(fitting, key=lambda each: (each.category is not None, each.grade is not None), default=None)


def limit_from(
    in_force: PolicyInForce, grade: Grade | None, category: str, start: datetime, calendar: WorkingCalendar
) -> tuple[datetime, LimitRule] | None:
    """Return the time limit that starts now, and the rule that it follows; None: there is no default.

    Raises:
        BeyondHorizonError: working days would be counted past the published calendar.
    """
    default = limit_of(in_force.policy, grade, category)
    if default is None or default.days is None or in_force.unit is None:
        return None
    source = Source("policy", in_force.unit, in_force.version)
    return limit_by(source, default.days, start, working=default.working_days, calendar=calendar)


def limit_by(
    source: Source, days: int, start: datetime, *, working: bool, calendar: WorkingCalendar
) -> tuple[datetime, LimitRule]:
    """Return the time limit of so many days that starts now, and the rule that it follows.

    Raises:
        BeyondHorizonError: working days would be counted past the published calendar.
    """
    due = days_after(start, days, working=working, calendar=calendar)
    rule = LimitRule(
        source=source.kind,
        unit=source.unit,
        version=source.version,
        days=days,
        working_days=working,
        explanation=due.explanation,
        calendar=due.calendar,
    )
    return due.at, rule


def days_after(start: datetime, days: int, *, working: bool, calendar: WorkingCalendar) -> Due:
    """The end of the so-manieth day after the day of `start`: the day of the event is not counted.

    Raises:
        BeyondHorizonError: working days would be counted past the published calendar.
    """
    within = Within(working_days=days) if working else Within(days=days)
    return due_after(Schedule(every="event", trigger="order", within=within), start, ZONE, calendar)
