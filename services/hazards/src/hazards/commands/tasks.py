"""What becomes of the tasks of plans, as far as their supervision goes."""

from collections.abc import Sequence
from datetime import datetime

from contracts import Envelope
from contracts.events.plans import PlanEvent
from contracts.events.tasks import TaskDelisted, TaskEvent, TaskListed, TaskOverdue
from hazards.commands import accountability
from hazards.domain import tasks
from hazards.domain.accountability.occurrences import of_task
from hazards.domain.tasks import FollowedTask
from hazards.store import listings
from hazards.store import tasks as store
from hazards.store.listings import Ending, Supervision
from servicekit.database import Connection

Told = tuple[Envelope, TaskEvent]


async def follow(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Follow plans and their tasks; events of other things are passed over."""
    plans = [(each.sequence, each.data) for each in envelopes if isinstance(each.data, PlanEvent)]
    if plans:
        newest = {event.plan_id: (sequence, event) for sequence, event in sorted(plans, key=lambda each: each[0])}
        await store.keep_plans(connection, list(newest.values()))
    told = sorted(
        ((each, each.data) for each in envelopes if isinstance(each.data, TaskEvent)), key=lambda each: each[0].sequence
    )
    if told:
        await _follow_tasks(connection, told, now)


async def _follow_tasks(connection: Connection, told: Sequence[Told], now: datetime) -> None:
    known = await store.lock(connection, {event.task_id for _, event in told})
    rounds: list[list[Told]] = []
    times: dict[str, int] = {}
    changed: dict[str, FollowedTask] = {}
    for envelope, event in told:
        task = changed.get(event.task_id) or known.get(event.task_id) or tasks.followed(event)
        if envelope.sequence <= task.sequence:
            continue
        changed[event.task_id] = tasks.after(task, event, envelope.sequence)
        if isinstance(event, TaskListed | TaskDelisted):
            place = times[event.task_id] = times.get(event.task_id, 0) + 1
            rounds += [[]] if place > len(rounds) else []
            rounds[place - 1].append((envelope, event))
    if changed:
        await store.keep(connection, list(changed.values()))
    # A task may be listed, delisted and listed again in one batch: each round has at most one of these a task.
    for each in rounds:
        listed = [_supervision(event) for _, event in each if isinstance(event, TaskListed)]
        ended = [_ending(event) for _, event in each if isinstance(event, TaskDelisted)]
        await listings.keep(connection, listed, ended)
    overdue = [(envelope, event) for envelope, event in told if isinstance(event, TaskOverdue)]
    await accountability.evaluate(connection, [one for each in overdue for one in of_task(each[1], each[0].id)], now)


def _supervision(event: TaskListed) -> Supervision:
    return Supervision(
        kind="task",
        subject=event.task_id,
        title=event.text,
        units=event.leads or (event.issuer,),
        listing_unit=event.listing_unit,
        trigger="overdue",
        reason=event.reason,
        listed_at=event.occurred_at,
        plan_id=event.plan_id,
    )


def _ending(event: TaskDelisted) -> Ending:
    return Ending("task", event.task_id, event.occurred_at, event.reason)
