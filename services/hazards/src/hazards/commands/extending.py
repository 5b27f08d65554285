"""More time for a rectification: asked for by one, decided by another."""

from datetime import datetime

from contracts.calendars import china
from hazards.commands import policies
from hazards.commands.acting import Call, hold
from hazards.domain.policy import days_after
from hazards.domain.record import Hazard
from hazards.domain.transitions import extending


async def ask(call: Call, *, reason: str, due: datetime) -> Hazard:
    """Ask for more time. Raises what `acting.hold` raises; 409 the window is over or a request waits; 422 no later limit."""
    held = await hold(call, "ask_extension")
    terms = (await policies.over(call.connection, held.hazard.rectifier)).policy.extension
    within = terms.decide_within_days
    decide_by = None if within is None else days_after(call.at, within, working=False, calendar=china()).at
    return await held.apply(extending.ask, reason, due, terms, decide_by)


async def approve(
    call: Call,
    *,
    due: datetime | None,
    note: str | None,
) -> Hazard:
    """Give the time that was asked for, or less. Raises what `acting.hold` raises; 409 by who asked, or nothing was asked."""
    held = await hold(call, "approve_extension")
    terms = (await policies.over(call.connection, held.hazard.rectifier)).policy.extension
    return await held.apply(extending.approve, due, note, terms)


async def refuse(call: Call, *, reason: str) -> Hazard:
    """Refuse more time. Raises what `acting.hold` raises; 409 by who asked, or nothing was asked."""
    held = await hold(call, "refuse_extension")
    return await held.apply(extending.refuse, reason)
