"""Issuing, acknowledging, replying to, closing and withdrawing measures of accountability."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, ParamSpec
from uuid import UUID

from hazards.commands.accountability import tell, terms_of
from hazards.domain.accountability import measures
from hazards.domain.accountability.measures import BY_BODY, Measure, MeasureAction, MeasureStep, Terms
from hazards.domain.refusals import RefusedError
from hazards.domain.steps import Moment
from hazards.store import measures as store
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.problems import conflict, forbidden, invalid, not_found

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class MeasureCall:
    """An action on a measure as it came in, in its transaction. `at`: when the request arrived."""

    connection: Connection
    principal: Principal
    measure_id: UUID
    version: int
    at: datetime


async def issue(call: MeasureCall, terms: Terms) -> Measure:
    """Decide it, as a person of the competent body. What is not said of its deadlines is as the rule says.

    Raises:
        Problem: as `_held`; 422 a deadline is not in the future.
    """
    measure = await _held(call, "issue")
    usual = terms_of(measure, call.at)
    said = replace(
        terms, acknowledge_by=terms.acknowledge_by or usual.acknowledge_by, reply_by=terms.reply_by or usual.reply_by
    )  # fmt: skip
    return await _apply(call, measure, measures.issue, said)


async def acknowledge(call: MeasureCall) -> Measure:
    """Confirm for the addressee that it has it. Raises what `_held` raises."""
    return await _apply(call, await _held(call, "acknowledge"), measures.acknowledge)


async def reply(call: MeasureCall, *, text: str) -> Measure:
    """Say for the addressee what is done about it. Raises what `_held` raises."""
    return await _apply(call, await _held(call, "reply"), measures.reply, text)


async def close(call: MeasureCall, *, note: str | None) -> Measure:
    """End it as settled. Raises what `_held` raises; 409 a reply was asked for and has not come."""
    return await _apply(call, await _held(call, "close"), measures.close, note)


async def withdraw(call: MeasureCall, *, reason: str) -> Measure:
    """Drop it. Raises what `_held` raises."""
    return await _apply(call, await _held(call, "withdraw"), measures.withdraw, reason)


async def require_readable(pool: Pool, principal: Principal, measure_id: UUID) -> Measure:
    """Return a measure that concerns the caller's subtree.

    Raises:
        Problem: 403 foreign, or a proposal about the caller; 404 unknown.
    """
    measure = await store.find(pool, measure_id)
    if measure is None:
        raise not_found("measure_id", measure_id)
    if not await _concerns(pool, principal, measure):
        raise forbidden("the measure concerns no unit of the caller's subtree")
    return measure


async def settled(connection: Connection, held: Sequence[Measure], now: datetime) -> list[Measure]:
    """Let deadlines of locked measures pass; return them as they stand then (docs/adr/0007)."""
    steps = [step for each in held for step in measures.passed(each, now)]
    last = {step.after.measure_id: step.after for step in steps}
    if last:
        await store.update(connection, list(last.values()))
        await tell(connection, steps)
    return [last.get(each.measure_id, each) for each in held]


async def _held(call: MeasureCall, action: MeasureAction) -> Measure:
    """Hold a measure for the body, or for the addressee.

    Raises:
        Problem: 403 wrong role, foreign unit or another part in it; 404 unknown; 409 another version, or not in this state.
    """
    call.principal.require(*(("office",) if action in BY_BODY else ("office", "submitter")))
    caller = call.principal.acting_unit()
    measure = await store.lock(call.connection, call.measure_id)
    if measure is None:
        raise not_found("measure_id", call.measure_id)
    if not await _concerns(call.connection, call.principal, measure):
        raise forbidden("the measure concerns no unit of the caller's subtree")
    measure = (await settled(call.connection, [measure], call.at))[0]
    if measure.version != call.version:
        raise conflict(f"the measure is at version {measure.version}: read it again", "version", version=measure.version)
    wanted = measure.body_unit if action in BY_BODY else measure.unit
    if caller != wanted:
        raise forbidden(f"{action} is for {wanted}")
    return measure


async def _concerns(database: Connection | Pool, principal: Principal, measure: Measure) -> bool:
    unit = principal.subtree()
    named = {measure.body_unit, *({measure.unit} if measure.issued_at is not None else ())}
    return unit is None or bool(await units.reached(database, named, unit))


async def _apply(
    call: MeasureCall,
    measure: Measure,
    decide: Callable[Concatenate[Measure, Moment, P], MeasureStep],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Measure:
    principal = call.principal
    moment = Moment(call.at, principal.actor(), principal.acting_unit(), call.at)
    try:
        step = decide(measure, moment, *args, **kwargs)
    except RefusedError as refused:
        if refused.kind == "invalid":
            raise invalid(refused.field, refused.reason) from refused
        raise conflict(refused.reason, refused.field, version=measure.version) from refused
    await store.update(call.connection, [step.after])
    await tell(call.connection, [step])
    return step.after
