"""Letting deadlines of tasks pass: whoever touches a task does it first, the sweep does it for the rest."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from contracts.events.tasks import TaskOverdue
from plans.domain.tasks.record import TrackedTask, overdue_event_id
from plans.domain.tasks.state import Milestone, fallen_due
from plans.store import tasks as store
from plans.store.tasks import Changed
from servicekit import outbox
from servicekit.database import Connection
from servicekit.outbox import Outgoing


async def settled(connection: Connection, held: Iterable[TrackedTask], until: datetime, at: datetime) -> list[TrackedTask]:
    """Let the deadlines of locked tasks up to `until` pass and tell of them; return the tasks that changed.

    The events occurred at the deadlines, whenever they are noticed.
    """
    changed: list[Changed] = []
    events: list[Outgoing] = []
    for task in held:
        if task.fires_at is None or task.fires_at > until:
            continue
        state, passed = fallen_due(task.state, task.by_id, task.zone_info, until)
        after = replace(task, state=state, version=task.version + 1, sequence=task.sequence + len(passed))
        changed.append(Changed(after, passed[-1].due_at or at))
        events += [_event(after, each, task.sequence + place, at) for place, each in enumerate(passed, 1)]
    if changed:
        await store.write(connection, "overdue", changed, None, at)
        await outbox.append(connection, events)
    return [each.task for each in changed]


def _event(task: TrackedTask, milestone: Milestone, sequence: int, at: datetime) -> Outgoing:
    due_at = milestone.due_at or at
    event = TaskOverdue(
        **task.named(),
        occurred_at=due_at,
        recorded_at=at,
        deadline=milestone.deadline,
        due_at=due_at,
        printed=milestone.text,
        strength=milestone.strength,
    )
    return Outgoing(event, sequence, overdue_event_id(task, milestone))
