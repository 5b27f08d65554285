"""What is known of a task: what its plan says, and what became of it.

Both come as events on different topics, in any order. Each side keeps its own sequence, and what follows from both is worked out
when asked, so the order in which they arrive does not matter.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from contracts.base import Part
from contracts.campaigns import PlanTask, TaskDue
from contracts.events.plans import PlanEvent
from contracts.events.tasks import (
    TaskCompleted,
    TaskConfirmed,
    TaskDelisted,
    TaskEvent,
    TaskListed,
    TaskOverdue,
    TaskProgressed,
    TaskReturned,
    TaskVerified,
)
from contracts.values import Quantity

TaskState = Literal["open", "completed", "finished"]


class Reading(Part):
    """How far a task is, as somebody says; values that are not told again stay."""

    at: datetime
    unit: str
    percent: int | None = None
    values: dict[str, Quantity] = Field(default={})


class Lag(Part):
    """Why a task is behind."""

    at: datetime
    reason: str
    expected_on: date | None = None


class Listing(Part):
    """Who put the task under supervision (挂牌督办), when and why."""

    at: datetime
    unit: str
    reason: str


class Passed(Part):
    """A deadline that passed without a completion and is not confirmed since."""

    deadline: str
    due_at: datetime


class KnownTask(Part):
    """A task. `plan_sequence` is that of the newest event of its plan, `sequence` that of its own newest event; 0: none yet."""

    task_id: str
    plan_id: str
    task: str
    text: str
    issuer: str
    leads: tuple[str, ...]
    supports: tuple[str, ...] = ()
    topic: str | None = None
    position: int = 0
    in_force: bool = True
    deadlines: tuple[TaskDue, ...] = ()
    plan_sequence: int = 0
    sequence: int = 0
    completed: tuple[str, ...] = ()
    """Deadlines that a lead says are met, and that wait for confirmation."""
    confirmed: tuple[str, ...] = ()
    nothing_open: bool = False
    """By the newest confirmation."""
    passed: tuple[Passed, ...] = ()
    """In order; also those of days that the plan has moved since."""
    claimed: Reading | None = None
    verified: Reading | None = None
    lag: Lag | None = None
    listing: Listing | None = None

    @property
    def overdue(self) -> tuple[Passed, ...]:
        """Deadlines that passed and still hold: an amendment that moves the day takes them away, work does not."""
        if not self.plan_sequence:
            return self.passed
        known = {each.id: each for each in self.deadlines}
        return tuple(
            each for each in self.passed
            if (due := known.get(each.deadline)) is not None and (due.yearly or due.due_at == each.due_at)
        )  # fmt: skip

    @property
    def overdue_since(self) -> datetime | None:
        """Since when the task is overdue; None: it is not."""
        return min((each.due_at for each in self.overdue), default=None)

    @property
    def state(self) -> TaskState:
        """`completed` waits for confirmation; `finished`: nothing is open any more, not even what the plan added since."""
        if self.completed:
            return "completed"
        dated = {each.id for each in self.deadlines if each.due_at is not None}
        return "finished" if self.nothing_open and dated <= set(self.confirmed) else "open"


def planned(known: KnownTask | None, event: PlanEvent, task: PlanTask, position: int, sequence: int) -> KnownTask:
    """What the plan says of a task, over what was known of it."""
    if known is not None and sequence <= known.plan_sequence:
        return known
    said = {
        "text": task.text,
        "issuer": event.issuer,
        "leads": task.leads,
        "supports": task.supports,
        "topic": task.topic,
        "position": position,
        "in_force": True,
        "deadlines": task.deadlines,
        "plan_sequence": sequence,
    }
    if known is not None:
        return known.model_copy(update=said)
    return KnownTask.model_validate({"task_id": task.task_id, "plan_id": event.plan_id, "task": task.id} | said)


def left_out(known: KnownTask, sequence: int) -> KnownTask:
    """A task that the plan no longer names. Its history stays."""
    if sequence <= known.plan_sequence:
        return known
    return known.model_copy(update={"in_force": False, "plan_sequence": sequence})


def told(known: KnownTask | None, event: TaskEvent, sequence: int) -> KnownTask:
    """What an event of the task itself tells, over what was known; older ones than the newest change nothing."""
    before = known or KnownTask(
        task_id=event.task_id,
        plan_id=event.plan_id,
        task=event.task,
        text=event.text,
        issuer=event.issuer,
        leads=event.leads,
        supports=event.supports,
    )
    if sequence <= before.sequence:
        return before
    return before.model_copy(update={"sequence": sequence, **_change(before, event)})


def _change(known: KnownTask, event: TaskEvent) -> dict[str, object]:
    change: dict[str, object] = {}
    match event:
        case TaskProgressed():
            change = {"claimed": _reading(known.claimed, event), "lag": _lag(event)}
        case TaskVerified():
            change = {"verified": _reading(known.verified, event)}
        case TaskCompleted():
            change = {"completed": (*_without(known.completed, event.deadlines), *event.deadlines), "nothing_open": False}
        case TaskReturned():
            change = {"completed": _without(known.completed, event.deadlines), "nothing_open": False}
        case TaskConfirmed():
            change = _confirmation(known, event)
        case TaskOverdue():
            passed = (*known.passed, Passed(deadline=event.deadline, due_at=event.due_at))
            change = {"passed": tuple(sorted(passed, key=lambda each: each.due_at)), "nothing_open": False}
        case TaskListed():
            change = {"listing": Listing(at=event.occurred_at, unit=event.listing_unit, reason=event.reason)}
        case TaskDelisted():
            change = {"listing": None}
    return change


def _lag(event: TaskProgressed) -> Lag | None:
    if event.lag_reason is None:
        return None
    return Lag(at=event.occurred_at, reason=event.lag_reason, expected_on=event.expected_on)


def _confirmation(known: KnownTask, event: TaskConfirmed) -> dict[str, object]:
    earliest = {each.deadline: each for each in reversed(known.passed) if each.deadline in event.deadlines}
    return {
        "completed": _without(known.completed, event.deadlines),
        "confirmed": (*_without(known.confirmed, event.deadlines), *event.deadlines),
        # Of a yearly deadline the earliest year is confirmed.
        "passed": () if event.finished else tuple(each for each in known.passed if each not in earliest.values()),
        "nothing_open": event.finished,
    }


def _without(names: Collection[str], gone: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in gone)


def _reading(before: Reading | None, event: TaskProgressed | TaskVerified) -> Reading | None:
    if event.percent is None and not event.values:
        return before
    percent = event.percent if event.percent is not None or before is None else before.percent
    values = {**(before.values if before else {}), **{each.indicator: each.value for each in event.values}}
    return Reading(at=event.occurred_at, unit=event.unit, percent=percent, values=values)
