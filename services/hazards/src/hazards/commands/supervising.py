"""Supervision by name, hand-over, suspended use."""

from datetime import datetime

from contracts.calendars import china
from hazards.commands import listing_duties, policies
from hazards.commands.acting import Call, hold
from hazards.domain.policy import days_after
from hazards.domain.record import Hazard, Trigger
from hazards.domain.transitions import handing, supervising
from servicekit import units
from servicekit.problems import conflict, invalid, not_found


async def put_on_list(
    call: Call,
    *,
    trigger: Trigger,
    reason: str,
    progress_every_days: int | None,
) -> Hazard:
    """Put it under supervision; the listing body's policy says by when it is published and how often progress is told.

    Raises:
        Problem: as `acting.hold`; 403 the policy names another level; 409 it is listed;
            422 the trigger does not hold, or the calendar does not reach far enough.
    """
    held = await hold(call, "list")
    lister = call.principal.acting_unit()
    duties = await listing_duties.of(call.connection, lister, held.hazard.grade, held.hazard.plan_id, call.at)
    every = progress_every_days or duties.progress_every_days
    return await held.apply(supervising.put_on_list, trigger, reason, publish_by=duties.publish_by, every_days=every)


async def publish(call: Call, *, where: str) -> Hazard:
    """Say where the listing was made public. Raises what `acting.hold` raises; 409 it was."""
    held = await hold(call, "publish")
    return await held.apply(supervising.publish, where)


async def raise_to(call: Call, *, reason: str) -> Hazard:
    """Take the supervision over from a lower body. Raises what `acting.hold` raises; 409 it is not listed."""
    held = await hold(call, "raise")
    return await held.apply(supervising.raise_to, reason)


async def tell_progress(call: Call, *, text: str) -> Hazard:
    """Tell the listing body how far it is. Raises what `acting.hold` raises; 409 it is not listed."""
    held = await hold(call, "tell_progress")
    return await held.apply(supervising.tell_progress, text)


async def delist(call: Call, *, reason: str) -> Hazard:
    """End the supervision. Raises what `acting.hold` raises; 409 its rectification is not accepted by all."""
    held = await hold(call, "delist")
    return await held.apply(supervising.delist, reason)


async def suspend(call: Call, *, what: str, reason: str) -> Hazard:
    """Stop the use at once. Raises what `acting.hold` raises; 409 it is stopped."""
    held = await hold(call, "suspend")
    return await held.apply(supervising.suspend, what, reason)


async def resume(call: Call, *, reason: str) -> Hazard:
    """Let the use go on. Raises what `acting.hold` raises; 409 it is not stopped."""
    held = await hold(call, "resume")
    return await held.apply(supervising.resume, reason)


async def transfer(
    call: Call,
    *,
    to_unit: str,
    reason: str,
    acknowledge_by: datetime | None,
) -> Hazard:
    """Offer it to another competent body, anywhere in the tree.

    Raises:
        Problem: as `acting.hold`; 404 unknown body; 409 it is retired; 422 nobody says by when to answer, or not in the future.
    """
    held = await hold(call, "transfer")
    body = await units.find(call.connection, to_unit)
    if body is None:
        raise not_found("to_unit", to_unit)
    if body.retired(call.at):
        raise conflict(f"unit {body.code} is retired", "to_unit")
    if acknowledge_by is None:
        days = (await policies.of(call.connection, held.hazard.unit)).policy.acknowledge_within_days
        if days is None:
            raise invalid("acknowledge_by", "say by when to answer: no policy has a default")
        acknowledge_by = days_after(call.at, days, working=False, calendar=china()).at
    return await held.apply(handing.transfer, body.code, reason, acknowledge_by)


async def acknowledge(call: Call) -> Hazard:
    """Take it over. Raises what `acting.hold` raises."""
    held = await hold(call, "acknowledge")
    return await held.apply(handing.acknowledge)


async def give_back(call: Call, *, reason: str) -> Hazard:
    """Return it to who offered it. Raises what `acting.hold` raises."""
    held = await hold(call, "return")
    return await held.apply(handing.give_back, reason)
