"""A task as it is kept: what the plan says of it, and its state."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from plans.domain.content import TaskDeadline
from plans.domain.plan import Plan
from plans.domain.published import lead_units, supporting_units, task_id
from plans.domain.tasks.state import Milestone, TaskState, begun, rederived, suspended

_EVENTS: Final = UUID("0c3f6f0e-6a55-5a6e-9d0c-4a2b0f6a7d31")


@dataclass(frozen=True, slots=True)
class TrackedTask:
    """A task in force. `version` counts its changes, `sequence` those that were published; `position` is its place in the plan.

    `in_force` is false once an amendment has left the task out.
    """

    plan_id: UUID
    task: str
    position: int
    version: int
    sequence: int
    in_force: bool
    issuer: str
    zone: str
    topic: str | None
    text: str
    leads: tuple[str, ...]
    supports: tuple[str, ...]
    deadlines: tuple[TaskDeadline, ...]
    state: TaskState

    @property
    def key(self) -> str:
        """The key of its events."""
        return task_id(self.plan_id, self.task)

    @property
    def by_id(self) -> dict[str, TaskDeadline]:
        """Its deadlines by id."""
        return {each.id: each for each in self.deadlines}

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone of its deadlines."""
        return ZoneInfo(self.zone)

    @property
    def fires_at(self) -> datetime | None:
        """When its next deadline passes; nothing falls due of a task that is not in force."""
        return self.state.fires_at if self.in_force else None

    def named(self) -> dict[str, Any]:
        """What every event of the task says."""
        return {
            "task_id": self.key,
            "plan_id": str(self.plan_id),
            "task": self.task,
            "text": self.text,
            "issuer": self.issuer,
            "leads": self.leads,
            "supports": self.supports,
        }


def in_force(plan: Plan, known: dict[str, TrackedTask]) -> list[TrackedTask]:
    """The tasks of a plan that was issued or amended at its `changed_at`; `known` are those it had, by id.

    A task that was there keeps its progress, and its open deadlines follow the new text. One that the plan no longer names comes
    back as not in force. What did not change at all is left out.
    """
    topics = {topic.id: topic for topic in plan.content.topics}
    zone, at = ZoneInfo(plan.zone), plan.changed_at
    found = []
    for position, task in enumerate(plan.content.tasks):
        before = known.get(task.id)
        state = begun(task.deadlines, zone, at) if before is None else rederived(before.state, task.deadlines, zone, at)
        after = TrackedTask(
            plan_id=plan.plan_id,
            task=task.id,
            position=position,
            version=before.version if before else 0,
            sequence=before.sequence if before else 0,
            in_force=True,
            issuer=plan.issuer,
            zone=plan.zone,
            topic=task.topic,
            text=task.text,
            leads=lead_units(task, topics),
            supports=supporting_units(task, topics),
            deadlines=task.deadlines,
            state=state,
        )
        if after != before:
            found.append(after)
    present = {task.id for task in plan.content.tasks}
    return found + [
        replace(each, in_force=False, state=suspended(each.state))
        for each in known.values()
        if each.task not in present and each.in_force
    ]


def overdue_event_id(task: TrackedTask, milestone: Milestone) -> UUID:
    """The id of the event that a deadline makes: firing twice cannot make two events."""
    return uuid5(_EVENTS, f"{task.key}:{milestone.deadline}:{milestone.due_at}")
