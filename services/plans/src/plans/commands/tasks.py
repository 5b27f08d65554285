"""Following up the tasks of plans in force: told, verified, completed, confirmed, listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts import Actor
from contracts.events.tasks import (
    IndicatorValue,
    TaskCompleted,
    TaskConfirmed,
    TaskDelisted,
    TaskEvent,
    TaskListed,
    TaskProgressed,
    TaskReturned,
    TaskVerified,
)
from plans.commands.overdue import settled
from plans.domain.plan import Plan
from plans.domain.tasks import access
from plans.domain.tasks import state as rules
from plans.domain.tasks.access import Action
from plans.domain.tasks.record import TrackedTask, in_force
from plans.domain.tasks.state import Lag, Listing, Milestone, MilestoneState, Reading, TaskState
from plans.store import plans as plan_store
from plans.store import tasks as store
from plans.store.tasks import Changed
from servicekit import outbox, units
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.outbox import Outgoing
from servicekit.problems import conflict, forbidden, invalid, not_found


@dataclass(frozen=True, slots=True)
class Told:
    """How far a task is, as a unit tells it. A lag reason that is left out takes an earlier one away."""

    percent: int | None
    values: Mapping[str, Decimal]
    note: str | None
    lag_reason: str | None = None
    expected_on: date | None = None


async def put_in_force(connection: Connection, plan: Plan, change: str, actor: Actor, at: datetime) -> None:
    """Write the tasks of a plan that was just issued or amended. What had fallen due by then is told first."""
    known = await store.lock_plan(connection, plan.plan_id)
    due = [task for task in known.values() if task.fires_at is not None and task.fires_at <= plan.changed_at]
    known |= {task.task: task for task in await settled(connection, due, plan.changed_at, at)}
    found = in_force(plan, known)
    changed = [Changed(replace(task, version=task.version + 1), plan.changed_at) for task in found]
    if changed:
        await store.write(connection, change, changed, actor, at)
        await store.assign(connection, plan.plan_id)


async def progress(
    connection: Connection, principal: Principal, plan_id: UUID, task: str, told: Told, at: datetime
) -> TrackedTask:
    """Tell how far a task is.

    Raises:
        Problem: 403 neither lead nor support, or wrong role; 404 unknown; 409 finished; 422 no such indicator, or nothing told.
    """
    held = await _held(connection, principal, plan_id, task, "progress", at)
    if held.state.finished:
        raise conflict("the task is finished", "state")
    await _require_indicators(connection, held, told)
    if told == Told(None, {}, None):
        raise invalid("percent", "tell something: a percentage, values, a note or a reason")
    unit = principal.acting_unit()
    said = told.percent is not None or bool(told.values)
    reading = _reading(held.state.claimed, told, unit, at) if said else held.state.claimed
    lag = None if told.lag_reason is None else Lag(at=at, reason=told.lag_reason, expected_on=told.expected_on)
    state = held.state.model_copy(update={"claimed": reading, "lag": lag})
    more = {"unit": unit, "note": told.note, "lag_reason": told.lag_reason, "expected_on": told.expected_on}
    return await _apply(connection, principal, held, state, TaskProgressed, at, **_values(told), **more)


async def verify(connection: Connection, principal: Principal, plan_id: UUID, task: str, told: Told, at: datetime) -> TrackedTask:
    """Say how far a task really is. What was claimed stays beside it.

    Raises:
        Problem: 403 neither the issuer nor above it, or wrong role; 404 unknown; 422 no such indicator, or nothing told.
    """
    held = await _held(connection, principal, plan_id, task, "verify", at)
    await _require_indicators(connection, held, told)
    if told.percent is None and not told.values:
        raise invalid("percent", "verify something: a percentage or values")
    unit = principal.acting_unit()
    state = held.state.model_copy(update={"verified": _reading(held.state.verified, told, unit, at)})
    return await _apply(
        connection, principal, held, state, TaskVerified, at, unit=unit, note=told.note, **_values(told)
    )  # fmt: skip


async def complete(
    connection: Connection,
    principal: Principal,
    plan_id: UUID,
    task: str,
    *,
    deadlines: Sequence[str],
    note: str | None,
    at: datetime,
) -> TrackedTask:
    """Say as a lead that what is due by the named deadlines is done; without names, everything that is open.

    Raises:
        Problem: 403 no lead, or wrong role; 404 unknown; 409 nothing of it is open.
    """
    held = await _held(connection, principal, plan_id, task, "complete", at)
    chosen = _chosen(held, deadlines, "open")
    state = rules.completed(held.state, chosen, principal.subject, at)
    names = tuple(each.deadline for each in chosen)
    unit = principal.acting_unit()
    return await _apply(connection, principal, held, state, TaskCompleted, at, unit=unit, deadlines=names, note=note)


async def confirm(
    connection: Connection, principal: Principal, plan_id: UUID, task: str, deadlines: Sequence[str], at: datetime
) -> TrackedTask:
    """Accept completions. Whoever said that it is done does not confirm it.

    Raises:
        Problem: 403 neither the issuer nor above it, wrong role, or the same person; 404 unknown; 409 nothing waits.
    """
    held = await _held(connection, principal, plan_id, task, "confirm", at)
    chosen = _chosen(held, deadlines, "completed")
    if any(each.completed_by == principal.subject for each in chosen):
        raise forbidden("whoever completed it does not confirm it: somebody else must")
    state = rules.confirmed(held.state, chosen, held.by_id, held.zone_info, at)
    names = tuple(each.deadline for each in chosen)
    unit = principal.acting_unit()
    return await _apply(
        connection, principal, held, state, TaskConfirmed, at, unit=unit, deadlines=names, finished=state.finished
    )  # fmt: skip


async def give_back(
    connection: Connection,
    principal: Principal,
    plan_id: UUID,
    task: str,
    *,
    deadlines: Sequence[str],
    reason: str,
    at: datetime,
) -> TrackedTask:
    """Return completions that are not accepted. A deadline that has passed meanwhile is overdue since then.

    Raises:
        Problem: 403 neither the issuer nor above it, or wrong role; 404 unknown; 409 nothing waits.
    """
    held = await _held(connection, principal, plan_id, task, "return", at)
    chosen = _chosen(held, deadlines, "completed")
    names = tuple(each.deadline for each in chosen)
    state = rules.returned(held.state, chosen)
    unit = principal.acting_unit()
    after = await _apply(
        connection, principal, held, state, TaskReturned, at, unit=unit, deadlines=names, reason=reason
    )  # fmt: skip
    return (await settled(connection, [after], at, at) or [after])[0]


async def list_(connection: Connection, principal: Principal, plan_id: UUID, task: str, reason: str, at: datetime) -> TrackedTask:
    """Put an overdue task under supervision (挂牌督办).

    Raises:
        Problem: 403 neither the issuer nor above it, or wrong role; 404 unknown; 409 not overdue, or listed already.
    """
    held = await _held(connection, principal, plan_id, task, "list", at)
    if held.state.listing is not None:
        raise conflict(f"the task is listed by {held.state.listing.unit}", "state")
    if not _overdue(held.state, at):
        raise conflict("only an overdue task is listed", "state")
    unit = principal.acting_unit()
    state = held.state.model_copy(update={"listing": Listing(at=at, unit=unit, reason=reason)})
    return await _apply(connection, principal, held, state, TaskListed, at, listing_unit=unit, reason=reason)


async def delist(
    connection: Connection, principal: Principal, plan_id: UUID, task: str, reason: str, at: datetime
) -> TrackedTask:
    """End the supervision (摘牌), by the body that began it, once nothing is overdue.

    Raises:
        Problem: 403 not the listing body, or wrong role; 404 unknown; 409 not listed, or still overdue.
    """
    held = await _held(connection, principal, plan_id, task, "delist", at)
    unit = principal.acting_unit()
    if held.state.listing is None:
        raise conflict("the task is not listed", "state")
    if held.state.listing.unit != unit:
        raise forbidden(f"only {held.state.listing.unit}, which listed the task, delists it")
    if _overdue(held.state, at):
        raise conflict("the task is still overdue: confirm what was due first", "state")
    state = held.state.model_copy(update={"listing": None})
    return await _apply(connection, principal, held, state, TaskDelisted, at, listing_unit=unit, reason=reason)


async def _held(
    connection: Connection, principal: Principal, plan_id: UUID, task: str, action: Action, at: datetime
) -> TrackedTask:
    principal.require(*access.ROLES[action])
    caller = principal.acting_unit()
    held = await store.lock(connection, plan_id, task)
    if held is None or not held.in_force:
        raise not_found("task", task)
    reached = await units.reached(connection, {held.issuer, *held.leads, *held.supports}, caller)
    if access.MAY[action].isdisjoint(access.relations(caller, held.issuer, held.leads, held.supports, reached)):
        raise forbidden(f"{caller} has no part in this task that allows to {action} it")
    # What has fallen due by now is told before anything else happens to the task.
    return (await settled(connection, [held], at, at) or [held])[0]


async def _apply(
    connection: Connection,
    principal: Principal,
    held: TrackedTask,
    state: TaskState,
    event: type[TaskEvent],
    at: datetime,
    **facts: Any,
) -> TrackedTask:
    after = replace(held, state=state, version=held.version + 1, sequence=held.sequence + 1)
    actor = principal.actor()
    change = event.__name__.removeprefix("Task").lower()
    await store.write(connection, change, [Changed(after, at)], actor, at)
    told = event(**after.named(), occurred_at=at, recorded_at=at, actor=actor, **facts)
    await outbox.append(connection, [Outgoing(told, after.sequence)])
    return after


async def _require_indicators(connection: Connection, task: TrackedTask, told: Told) -> None:
    if not told.values:
        return
    plan = await plan_store.find(connection, task.plan_id)
    known = {each.id for each in plan.content.indicators if task.task in each.tasks} if plan is not None else set()
    for name in told.values:
        if name not in known:
            raise invalid(f"values.{name}", "no indicator of this task has this id")


def _reading(before: Reading | None, told: Told, unit: str, at: datetime) -> Reading:
    """Values that are not told again stay."""
    percent = told.percent if told.percent is not None or before is None else before.percent
    return Reading(at=at, unit=unit, percent=percent, values={**(before.values if before else {}), **told.values})


def _values(told: Told) -> dict[str, Any]:
    values = tuple(IndicatorValue(indicator=name, value=value) for name, value in told.values.items())
    return {"percent": told.percent, "values": values}


def _chosen(task: TrackedTask, deadlines: Sequence[str], state: MilestoneState) -> list[Milestone]:
    chosen = rules.picked(task.state, deadlines, state)
    missing = set(deadlines) - {each.deadline for each in chosen}
    if missing or not chosen:
        raise conflict(f"nothing of it is {state}{': ' + ', '.join(sorted(missing)[:5]) if missing else ''}", "deadlines")
    return chosen


def _overdue(state: TaskState, now: datetime) -> bool:
    return any(each.state != "confirmed" and each.overdue(now) for each in state.milestones)
