"""Tasks: what plans say of them, and what becomes of them, folded into the read model."""

from collections.abc import Sequence

from contracts import Envelope
from contracts.events.plans import PlanEvent
from contracts.events.tasks import TaskEvent
from reporting.domain.tasks import left_out, planned, told
from reporting.store import tasks as store
from servicekit.database import Connection


async def apply(connection: Connection, envelopes: Sequence[Envelope]) -> None:
    """Apply task events, each task's in order, in a number of statements that is always the same."""
    events = [(event, envelope.sequence) for envelope in envelopes if isinstance(event := envelope.data, TaskEvent)]
    if not events:
        return
    known = await store.lock(connection, {event.task_id: (event.plan_id, event.task) for event, _ in events})
    for event, sequence in events:
        known[event.task_id] = told(known.get(event.task_id), event, sequence)
    await store.write(connection, known.values())


async def of_plan(connection: Connection, event: PlanEvent, sequence: int) -> None:
    """Bring the tasks of a plan in line with its newest event: those that it names, and those that it names no more."""
    named = {task.task_id: (event.plan_id, task.id) for task in event.tasks}
    gone = await store.others(connection, event.plan_id, named)
    if not named and not gone:
        return
    known = await store.lock(connection, named | gone)
    for position, task in enumerate(event.tasks):
        known[task.task_id] = planned(known.get(task.task_id), event, task, position, sequence)
    after = [left_out(task, sequence) if task_id in gone else task for task_id, task in known.items()]
    await store.write(connection, after)
