"""plans.plan.v1: plans and the reporting obligations they create."""

from typing import ClassVar

from pydantic import Field

from contracts.base import Event, Part
from contracts.values import Duration, Key, LocalTime, Name, Text, UnitCode


class Reporters(Part):
    """Who must report, inside the issuer's subtree: a level, a group, or units by code or name. One of the three is set."""

    level: Key | None = None
    group: Name | None = None
    units: tuple[Name, ...] | None = None


class Obligation(Part):
    """Who reports what to whom by when (报送制度).

    `recipients` empty means the reporter's parent. `cutoff` is local time in the plan's zone; received at the cut-off is
    late. `remind_before` and `escalate_after` are offsets from the cut-off, each list ascending in effect.
    """

    id: Key
    type: Key
    reporters: Reporters
    recipients: tuple[UnitCode, ...] = ()
    every: Key = "day"
    cutoff: LocalTime
    remind_before: tuple[Duration, ...] = ()
    escalate_after: tuple[Duration, ...] = ()
    rolls_up_into: Key | None = None


class PlanEvent(Event):
    """The obligations in force after the change; `revision` counts from 1 at issue."""

    topic: ClassVar[str] = "plans.plan.v1"

    plan_id: Key
    title: Text
    document_number: Name | None = None
    issuer: UnitCode
    zone: Name
    revision: int = Field(ge=1)
    obligations: tuple[Obligation, ...]

    def key(self) -> str:
        return self.plan_id


class PlanIssued(PlanEvent):
    """A plan came into force; cut-offs after `occurred_at` are owed."""


class PlanAmended(PlanEvent):
    """A plan in force was changed; cut-offs after `occurred_at` follow the new obligations.

    `changes` says in words, one line each, what differs from the revision before.
    """

    changes: tuple[Text, ...]
