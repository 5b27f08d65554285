"""Tasks of plans as far as their supervision goes: which deadlines passed, and who listed them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from contracts.events.tasks import TaskCompleted, TaskConfirmed, TaskDelisted, TaskEvent, TaskListed, TaskOverdue, TaskReturned
from contracts.values import Instant, Key, Text, UnitCode
from hazards.domain.record import Value


class PassedDeadline(Value):
    """A deadline that passed before a lead said that it is met. `met_at`: when one said so afterwards."""

    due_at: Instant
    printed: Text | None = None
    met_at: Instant | None = None


class FollowedTask(Value):
    """A task after the event with number `sequence`."""

    task_id: Key
    sequence: Annotated[int, Field(ge=0)] = 0
    plan_id: Key
    task: Key
    title: Text
    issuer: UnitCode
    leads: tuple[UnitCode, ...] = ()
    listed_by: UnitCode | None = None
    passed: dict[Key, PassedDeadline] = Field(default={})

    @property
    def overdue_since(self) -> datetime | None:
        """The earliest deadline that passed and that no lead has said to be met since."""
        return min((each.due_at for each in self.passed.values() if each.met_at is None), default=None)


def followed(event: TaskEvent) -> FollowedTask:
    """A task that was not heard of before this event."""
    return FollowedTask(
        task_id=event.task_id, plan_id=event.plan_id, task=event.task, title=event.text, issuer=event.issuer, leads=event.leads
    )


def after(task: FollowedTask, event: TaskEvent, sequence: int) -> FollowedTask:
    """The task after an event; one that was met before changes nothing."""
    if sequence <= task.sequence:
        return task
    known = {"sequence": sequence, "title": event.text, "issuer": event.issuer, "leads": event.leads}
    return task.model_copy(update={**known, **_changes(task, event)})


def _changes(task: FollowedTask, event: TaskEvent) -> dict[str, object]:  # noqa: PLR0911 - one for each event
    match event:
        case TaskOverdue():
            deadline = PassedDeadline(due_at=event.due_at, printed=event.printed)
            return {"passed": {**task.passed, event.deadline: deadline}}
        case TaskCompleted():
            return {"passed": _with(task, event.deadlines, event.occurred_at)}
        case TaskReturned():
            return {"passed": _with(task, event.deadlines, None)}
        case TaskConfirmed():
            ended = set(task.passed if event.finished else event.deadlines or task.passed)
            return {"passed": {key: each for key, each in task.passed.items() if key not in ended}}
        case TaskListed():
            return {"listed_by": event.listing_unit}
        case TaskDelisted():
            return {"listed_by": None}
        case _:
            return {}


def _with(task: FollowedTask, deadlines: tuple[str, ...], met_at: datetime | None) -> dict[str, PassedDeadline]:
    """Nobody named: the whole task."""
    meant = set(deadlines or task.passed)
    return {
        key: each.model_copy(update={"met_at": met_at}) if key in meant else each for key, each in task.passed.items()
    }  # fmt: skip
