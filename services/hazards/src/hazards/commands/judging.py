"""Accepting, rejecting, signing and closing a rectification; ending a hazard otherwise; looking back at it."""

from typing import Literal
from uuid import UUID

from hazards.commands.acting import Call, hold
from hazards.domain.record import Hazard, Outcome
from hazards.domain.transitions import judging
from hazards.store import hazards as store
from servicekit.problems import invalid


async def accept(call: Call, *, note: str | None) -> Hazard:
    """Accept a rectification. Raises what `acting.hold` raises; 409 by who submitted it, or by the same body twice."""
    held = await hold(call, "accept")
    return await held.apply(judging.accept, note)


async def reject(call: Call, *, reason: str) -> Hazard:
    """Send it back. Raises what `acting.hold` raises; 409 by who submitted it."""
    held = await hold(call, "reject")
    return await held.apply(judging.reject, reason)


async def sign(call: Call) -> Hazard:
    """Sign the result as the principal of the rectifying unit. Raises what `acting.hold` raises."""
    held = await hold(call, "sign")
    return await held.apply(judging.sign)


async def close(call: Call) -> Hazard:
    """Close it for good. Raises what `acting.hold` raises; 409 a listing asks for an acceptance that is missing."""
    held = await hold(call, "close")
    return await held.apply(judging.close)


async def dismiss(
    call: Call,
    *,
    outcome: Outcome,
    reason: str,
    duplicate_of: UUID | None,
) -> Hazard:
    """End it otherwise than by rectifying. Raises what `acting.hold` raises; 422 of what it is a duplicate."""
    held = await hold(call, "dismiss")
    if duplicate_of is not None and not await store.is_seen(call.connection, call.principal.acting_unit(), duplicate_of):
        raise invalid("duplicate_of", "no hazard of the caller's subtree has this id")
    return await held.apply(judging.dismiss, outcome, reason, duplicate_of)


async def recheck(
    call: Call,
    *,
    finding: Literal["sound", "fake"],
    text: str,
    campaign: UUID | None = None,
) -> Hazard:
    """Say what a look-back found. Raises what `acting.hold` raises; 409 by who accepted or closed it."""
    held = await hold(call, "recheck")
    return await held.apply(judging.recheck, finding, text, campaign)
