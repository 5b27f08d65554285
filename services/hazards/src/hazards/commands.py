"""What callers can do with hazards: report one, order its rectification. Each is one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.events.hazards import HazardReported, RectificationOrdered
from hazards import domain, store
from hazards.domain import Hazard, Order
from servicekit import outbox, units
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.outbox import Outgoing
from servicekit.problems import conflict, forbidden, invalid, not_found


@dataclass(frozen=True, slots=True)
class Report:
    """What a caller says of a hazard; without a unit it is in the caller's own."""

    unit: str | None
    category: str
    title: str
    description: str | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Elements:
    """The five elements of an order."""

    due: datetime
    measures: str
    responsible: str
    funds: Decimal
    contingency: str


async def report(connection: Connection, principal: Principal, said: Report, at: datetime) -> Hazard:
    """Register a hazard of a unit in the caller's subtree under a number that is never used again.

    Raises:
        Problem: 403 wrong role or foreign unit; 404 unknown unit; 409 retired unit; 422 it occurred in the future.
    """
    principal.require("submitter", "office", "supervisor")
    caller = principal.acting_unit()
    await store.keep_lines(connection)
    unit = await units.in_scope(connection, principal, said.unit or caller)
    if unit.retired(at):
        raise conflict(f"unit {unit.code} is retired", "unit")
    if reason := domain.against_occurrence(said.occurred_at, at):
        raise invalid("occurred_at", reason)
    line = [(each.code, each.level) for each in await units.lineage(connection, unit.code)]
    county, year = domain.county_of(line), domain.number_year(at)
    number = domain.number(county, year, await store.next_number(connection, county, year))
    new = store.NewHazard(unit.code, said.category, said.title, said.description, said.occurred_at, at)
    hazard = await store.insert(connection, number, new)
    actor = principal.actor(unit.code)
    event = HazardReported(
        **_named(hazard),
        occurred_at=at,
        recorded_at=at,
        actor=actor,
        category=hazard.category,
        hazard_occurred_at=hazard.occurred_at,
        description=hazard.description,
    )
    await store.record(connection, "reported", [(hazard, at)], at, actor)
    await outbox.append(connection, [Outgoing(event, hazard.version)])
    return hazard


async def order(connection: Connection, principal: Principal, hazard_id: UUID, elements: Elements, at: datetime) -> Hazard:
    """Order the rectification of a reported hazard; its time limit becomes a deadline.

    Raises:
        Problem: 403 wrong role, the hazard's or the responsible unit lies outside the caller's subtree; 404 unknown hazard or
            responsible unit; 409 not in state reported, or the responsible unit is retired; 422 the limit does not lie ahead.
    """
    principal.require("office")
    caller = principal.acting_unit()
    await store.keep_lines(connection)
    hazard = await store.lock(connection, hazard_id)
    if hazard is None:
        raise not_found("hazard_id", hazard_id)
    if not await units.within(connection, hazard.unit, caller):
        raise forbidden(f"the hazard lies outside the subtree of {caller}")
    state = domain.next_state(hazard.state, "order")
    if state is None:
        raise conflict(f"the hazard is {hazard.state}; only a reported one can be ordered", "state")
    if reason := domain.against_due(elements.due, at):
        raise invalid("due", reason)
    responsible = await units.in_scope(connection, principal, elements.responsible, "responsible")
    if responsible.retired(at):
        raise conflict(f"unit {responsible.code} is retired", "responsible")
    ordered = Order(
        ordering_unit=caller,
        ordered_at=at,
        due_at=elements.due,
        measures=elements.measures,
        responsible=responsible.code,
        funds=elements.funds,
        contingency=elements.contingency,
    )
    hazard = replace(hazard, state=state, version=hazard.version + 1, order=ordered)
    actor = principal.actor()
    event = RectificationOrdered(
        **_named(hazard),
        occurred_at=at,
        recorded_at=at,
        actor=actor,
        ordering_unit=caller,
        responsible_unit=ordered.responsible,
        due_at=ordered.due_at,
        measures=ordered.measures,
        funds=ordered.funds,
        contingency=ordered.contingency,
    )
    await store.order(connection, hazard, ordered)
    await store.record(connection, "ordered", [(hazard, at)], at, actor)
    await outbox.append(connection, [Outgoing(event, hazard.version)])
    return hazard


def _named(hazard: Hazard) -> dict[str, Any]:
    return {"hazard_id": str(hazard.hazard_id), "number": hazard.number, "unit": hazard.unit, "title": hazard.title}
