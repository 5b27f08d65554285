"""plans.task.v1: what becomes of the tasks of plans in force."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.base import Event, Part
from contracts.values import Instant, Key, Quantity, Text, UnitCode

Percent = Annotated[int, Field(ge=0, le=100)]


class IndicatorValue(Part):
    """A value of an indicator of the plan."""

    indicator: Key
    value: Quantity


class TaskEvent(Event):
    """What every task event names. Leads and supports are those of the plan in force."""

    topic: ClassVar[str] = "plans.task.v1"

    task_id: Key
    plan_id: Key
    task: Key
    """The task's id inside its plan."""
    text: Text
    issuer: UnitCode
    leads: tuple[UnitCode, ...]
    supports: tuple[UnitCode, ...] = ()

    def key(self) -> str:
        return self.task_id


class TaskProgressed(TaskEvent):
    """A lead or supporting unit told how far it is. Claimed, not verified."""

    unit: UnitCode
    """Who tells."""
    percent: Percent | None = None
    values: tuple[IndicatorValue, ...] = ()
    note: Text | None = None
    lag_reason: Text | None = None
    """Why the task is behind."""
    expected_on: date | None = None
    """The day by which the unit expects to be done."""


class TaskVerified(TaskEvent):
    """The issuer, or a body above it, found how far the task really is. Money and scores use these values."""

    unit: UnitCode
    percent: Percent | None = None
    values: tuple[IndicatorValue, ...] = ()
    note: Text | None = None


class TaskCompleted(TaskEvent):
    """A lead says that the task, or the part due by the named deadlines, is done. It waits for the issuer's confirmation."""

    unit: UnitCode
    deadlines: tuple[Key, ...] = ()
    note: Text | None = None


class TaskReturned(TaskEvent):
    """The issuer does not accept a completion: the named deadlines are open again, and overdue if they have passed."""

    unit: UnitCode
    deadlines: tuple[Key, ...] = ()
    reason: Text


class TaskConfirmed(TaskEvent):
    """The issuer accepts a completion."""

    unit: UnitCode
    deadlines: tuple[Key, ...] = ()
    finished: bool
    """Nothing of the task is open any more."""


class TaskOverdue(TaskEvent):
    """A deadline passed and no lead had said that it is met; `occurred_at` is the deadline."""

    deadline: Key
    due_at: Instant
    """The first instant that is too late: 24:00 of the named day is 00:00 of the next."""
    printed: Text | None = None
    """The plan's words."""
    strength: Key = "plain"
    """So far plain, strive, ensure, must."""


class TaskListed(TaskEvent):
    """A body put an overdue task under its supervision (挂牌督办). The deadline stays what it is."""

    listing_unit: UnitCode
    reason: Text


class TaskDelisted(TaskEvent):
    """The listing body ended its supervision (摘牌)."""

    listing_unit: UnitCode
    reason: Text
