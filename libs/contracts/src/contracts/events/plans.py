"""plans.plan.v1: plans and the reporting obligations they create."""

from typing import ClassVar

from pydantic import Field

from contracts.base import Event, Part
from contracts.campaigns import HigherPlan, PlanList, PlanPhase, PlanTask, PlanTopic
from contracts.schedules import Schedule
from contracts.values import Duration, Key, LocalTime, Name, Text, UnitCode


class Reporters(Part):
    """Who must report, inside the issuer's subtree. One of the three is set."""

    level: Key | None = None
    group: Name | None = None
    units: tuple[Name, ...] | None = None
    """Codes or names."""


class Obligation(Part):
    """Who reports what to whom by when (报送制度)."""

    id: Key
    type: Key
    """So far zero_report or roll_up."""
    reporters: Reporters
    recipients: tuple[UnitCode, ...] = ()
    """Nobody named: the reporter's parent."""
    every: Key = "day"
    """So far day, or what the schedule says."""
    cutoff: LocalTime
    """In the plan's zone; received at the cut-off is late. Where a schedule stands beside it, that decides."""
    schedule: Schedule | None = None
    """When it is owed and about which period; None: every day before `cutoff`."""
    remind_before: tuple[Duration, ...] = ()
    """Before the cut-off, while the unit is silent."""
    escalate_after: tuple[Duration, ...] = ()
    """After the cut-off, while the unit is silent; ascending."""
    rolls_up_into: Key | None = None
    """The obligation of the level above that sums this one."""


class PlanEvent(Event):
    """What is in force after the change."""

    topic: ClassVar[str] = "plans.plan.v1"

    plan_id: Key
    title: Text
    document_number: Name | None = None
    issuer: UnitCode
    zone: Name
    """IANA name of the time zone of every cut-off."""
    revision: int = Field(ge=1)
    """Counts from 1 at issue."""
    obligations: tuple[Obligation, ...]
    parents: tuple[HigherPlan, ...] = ()
    phases: tuple[PlanPhase, ...] = ()
    topics: tuple[PlanTopic, ...] = ()
    tasks: tuple[PlanTask, ...] = ()
    """All tasks in force after the change."""
    lists: tuple[PlanList, ...] = ()

    def key(self) -> str:
        return self.plan_id


class PlanIssued(PlanEvent):
    """A plan came into force; cut-offs after `occurred_at` are owed."""


class PlanAmended(PlanEvent):
    """A plan in force was changed; cut-offs after `occurred_at` follow the new obligations."""

    changes: tuple[Text, ...]
    """What differs from the revision before, in words, one line each."""


class PlanClosed(PlanEvent):
    """A plan ended: `obligations` is empty, and cut-offs after `occurred_at` are owed no longer.

    Its tasks go on until they are confirmed, and no hazard is closed by it.
    """

    reason: Text | None = None
