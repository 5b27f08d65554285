"""Reporting a hazard."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from hazards.commands import standards
from hazards.commands.keeping import Doing, keep
from hazards.commands.recurring import recurrence
from hazards.domain import numbers
from hazards.domain.record import Details, Hazard
from hazards.domain.transitions import filing
from hazards.store import hazards as store
from hazards.store import tasks
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.problems import conflict, invalid
from servicekit.units import Unit

ROLES = ("submitter", "office", "supervisor")


@dataclass(frozen=True, slots=True)
class Report:
    """What a caller says of a hazard; without a unit it is in the caller's own."""

    unit: str | None
    category: str
    title: str
    description: str | None
    occurred_at: datetime
    plan_id: str | None = None
    task: str | None = None
    details: Details = field(default_factory=Details)
    recurs: UUID | None = None


async def report(connection: Connection, principal: Principal, said: Report, at: datetime) -> Hazard:
    """Register a hazard of a unit in the caller's subtree under a number that is never used again.

    Where the enterprise had one of the same category within the time that the policy says, or the caller says that it is a closed
    one again, that is told as well.

    Raises:
        Problem: 403 wrong role or foreign unit; 404 unknown unit; 409 retired unit, or it recurs one that is not closed;
            422 it occurred in the future, it recurs one that is not known in the unit's line, or the plan is none of its.
    """
    principal.require(*ROLES)
    await store.keep_lines(connection)
    unit = await units.in_scope(connection, principal, said.unit or principal.acting_unit())
    if unit.retired(at):
        raise conflict(f"unit {unit.code} is retired", "unit")
    if reason := numbers.against_occurrence(said.occurred_at, at):
        raise invalid("occurred_at", reason)
    earlier = None if said.recurs is None else await _closed(connection, principal, said.recurs)
    line = await units.lineage(connection, unit.code)
    await _require_plan(connection, said, line)
    actor = principal.actor(unit.code)
    said = replace(said, details=await standards.resolved(connection, unit.code, said.details))
    hazard = (await numbered(connection, unit.code, line, [said], at))[0]
    steps = [filing.reported(hazard, actor, at)]
    again = await recurrence(connection, steps[0].after, earlier, actor, at)
    role = min(principal.roles.intersection(ROLES))
    return (await keep(connection, [*steps, *again], Doing(role)))[0]


async def _require_plan(connection: Connection, said: Report, line: Sequence[Unit]) -> None:
    """A hazard is found under a plan of its unit's line. Plans are followed by their events: the newest may come late."""
    if said.plan_id is None:
        if said.task is not None:
            raise invalid("plan_id", "name the plan that the task is of")
        return
    issuer = await tasks.issuer(connection, said.plan_id)
    if issuer is None:
        raise invalid("plan_id", "no plan of this id is known here: if it was issued a moment ago, try again")
    if issuer not in {unit.code for unit in line}:
        raise invalid("plan_id", f"the plan is of {issuer}, which does not stand above {line[0].code}")


async def numbered(
    connection: Connection, unit: str, line: Sequence[Unit], reports: Sequence[Report], at: datetime
) -> list[Hazard]:
    """Give hazards of one unit their ids and numbers; version 0 says that they are not stored yet."""
    county, year = numbers.county_of([(each.code, each.level) for each in line]), numbers.number_year(at)
    counts = await store.next_numbers(connection, county, year, len(reports))
    ids = await store.new_ids(connection, len(reports))
    return [
        Hazard(
            hazard_id=hazard_id,
            number=numbers.number(county, year, count),
            unit=unit,
            plan_id=said.plan_id,
            task=said.task,
            category=said.category,
            title=said.title,
            description=said.description,
            occurred_at=said.occurred_at,
            reported_at=at,
            recurs=said.recurs,
            details=said.details,
            version=0,
        )
        for hazard_id, count, said in zip(ids, counts, reports, strict=True)
    ]


async def _closed(connection: Connection, principal: Principal, hazard_id: UUID) -> Hazard:
    earlier = await store.find(connection, hazard_id)
    unit = principal.subtree()
    if earlier is None or (unit is not None and not await store.is_seen(connection, unit, hazard_id)):
        raise invalid("recurs", "no hazard of the caller's subtree has this id")
    if earlier.state != "closed":
        raise conflict(f"{earlier.number} is {earlier.state}: only a closed hazard comes again", "recurs")
    return earlier
