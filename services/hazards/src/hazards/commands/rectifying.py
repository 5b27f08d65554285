"""Registering and grading a hazard, ordering its rectification or letting it wait, saying that it is done."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from contracts.calendars import BeyondHorizonError, china
from hazards.commands import policies, standards
from hazards.commands.acting import Call, Held, hold
from hazards.commands.keeping import keep
from hazards.commands.recurring import recurrence
from hazards.domain import refusals
from hazards.domain.policy import ZONE, Source, limit_by, limit_from
from hazards.domain.record import Details, Grade, Hazard, LimitRule
from hazards.domain.states import Action
from hazards.domain.transitions import filing, rectifying
from hazards.domain.transitions.rectifying import Elements
from servicekit import units
from servicekit.auth import Principal
from servicekit.problems import conflict, invalid
from servicekit.units import Unit


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as the caller says it; without `due` the policy's default limit holds."""

    due: datetime | None
    measures: str
    responsible: str
    funds: Decimal
    contingency: str
    person: str | None = None


async def register(
    call: Call,
    *,
    category: str | None,
    details: Details,
) -> Hazard:
    """Open or complete the file of a hazard; where that says of which type it is, a recurrence of the type is told as well.

    Raises what `acting.hold` raises.
    """
    held = await hold(call, "register")
    before = held.hazard
    details = await standards.resolved(call.connection, before.unit, details)
    after = await held.apply(filing.register, category or before.category, details)
    if (after.category, _owner(after)) == (before.category, _owner(before)) or after.recurs is not None:
        return after
    again = await recurrence(call.connection, after, None, held.moment.actor, call.at)
    return (await keep(call.connection, again, held.doing))[0] if again else after


def _owner(hazard: Hazard) -> str | None:
    return hazard.details.owner.code if hazard.details.owner else None


async def grade(call: Call, *, grade: Grade, reason: str | None) -> Hazard:
    """Decide the grade. Raises what `acting.hold` raises; 409 it has this grade."""
    held = await hold(call, "grade")
    return await held.apply(filing.grade, grade, reason)


async def order(call: Call, *, wanted: Wanted) -> Hazard:
    """Order the rectification; its time limit becomes a deadline.

    Raises:
        Problem: as `acting.hold`; 403 or 404 the responsible unit is foreign or unknown; 409 it is retired, or a standing order
            would be replaced by a later limit, or by who names no version; 422 the limit does not lie ahead, or nobody names
            one and neither library nor policy has a default.
    """
    held = await hold(call, "order")
    if held.hazard.state == "ordered" and call.said.version is None:
        raise held.problem(refusals.conflict("version", "it is ordered already: name the version whose order is replaced"))
    return await held.apply(rectifying.order, await _elements(held, call.principal, wanted))


async def defer(call: Call, *, wanted: Wanted, plan: str) -> Hazard:
    """Let a hazard be rectified by a plan with a time limit. Raises what `order` raises."""
    held = await hold(call, "defer")
    return await held.apply(rectifying.defer, await _elements(held, call.principal, wanted), plan)


async def monitor(
    call: Call,
    *,
    reason: str,
    measures: str,
    review_on: date,
) -> Hazard:
    """Watch a major hazard instead of rectifying it. Raises what `acting.hold` raises; 409 not major; 422 no day ahead."""
    held = await hold(call, "monitor")
    ends = datetime.combine(review_on + timedelta(days=1), time(), ZONE)
    return await held.apply(rectifying.monitor, rectifying.monitoring(held.moment, reason, measures, review_on, ends))


async def submit(
    call: Call,
    *,
    action: Action,
    text: str,
    funds: Decimal | None,
) -> Hazard:
    """Say that it is done: what was ordered (`submit`), or on the spot (`rectify`). Raises what `acting.hold` raises."""
    held = await hold(call, action)
    return await held.apply(rectifying.submit if action == "submit" else rectifying.rectify, text, funds)


async def _elements(held: Held, principal: Principal, wanted: Wanted) -> Elements:
    responsible = await _responsible(held, principal, wanted.responsible)
    due, rule = (wanted.due, None) if wanted.due is not None else await _default(held, responsible.code)
    before = await units.find(held.connection, held.hazard.order.responsible) if held.hazard.order else None
    succeeds = before is not None and before.retired(held.moment.at)
    return Elements(due, wanted.measures, responsible.code, wanted.funds, wanted.contingency, rule, succeeds, wanted.person)


async def _responsible(held: Held, principal: Principal, code: str) -> Unit:
    """Below the caller, or where the hazard is: a body that took it over may stand in another branch of the tree."""
    at_home = await units.find(held.connection, code) if code == held.hazard.unit else None
    responsible = at_home or await units.in_scope(held.connection, principal, code, "responsible")
    if responsible.retired(held.moment.at):
        raise conflict(f"unit {responsible.code} is retired", "responsible")
    return responsible


async def _default(held: Held, responsible: str) -> tuple[datetime, LimitRule]:
    """The days of the standard hazard, or else of the policy that binds who rectifies (DOMAIN 3: no number of days is law)."""
    hazard, at = held.hazard, held.moment.at
    standard = await standards.of(held.connection, hazard)
    try:
        if standard is not None and standard.days is not None and standard.unit != responsible:
            source = Source("library", standard.unit, standard.version)
            return limit_by(source, standard.days, at, working=standard.day_kind == "working", calendar=china())
        found = limit_from(await policies.over(held.connection, responsible), hazard.grade, hazard.category, at, china())
    except BeyondHorizonError as error:
        raise invalid("due", f"name the time limit: {error}") from error
    if found is None:
        raise invalid("due", "name the time limit: neither library nor policy has a default for it")
    return found
