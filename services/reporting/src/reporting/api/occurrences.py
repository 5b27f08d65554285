"""What happens and calls for a report: declared by a person, listed with what is owed for it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from contracts.values import Key, UnitCode
from reporting.api.cursors import After, Limit, instant_of, parsed, parts_of, written
from reporting.api.views import Declared, HappeningBody, ListedOccurrence, Page
from reporting.commands.declare import Happening, declare
from reporting.store import occurrences
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond

router = APIRouter()


@router.post("/occurrences", status_code=201, response_model=Declared)
async def occurrence(kit: KitDep, request: CommandDep, body: HappeningBody) -> Response:
    """Declare what happened to one's own unit or one below it; a report about it is owed from then on."""
    unit = body.unit or request.principal.acting_unit()
    happening = Happening(body.obligation, unit, body.plan_id, body.occurred_at, body.what)

    async def run(connection: Connection) -> Declared:
        kept, report = await declare(connection, request.principal, happening, request.received_at)
        return Declared(
            occurrence_id=kept.occurrence_id,
            plan_id=kept.plan_id,
            obligation=kept.obligation,
            unit=kept.unit,
            period=kept.period,
            occurred_at=kept.occurred_at,
            declared_at=kept.declared_at,
            what=kept.what,
            report_id=report.report_id,
            cutoff_at=report.cutoff_at,
            explanation=report.instants.explanation,
        )

    return respond(await kit.answer(request, 201, run))


@router.get("/occurrences")
async def occurrence_list(
    kit: KitDep,
    principal: PrincipalDep,
    obligation: Annotated[Key | None, Query()] = None,
    plan_id: Annotated[Key | None, Query()] = None,
    unit: Annotated[UnitCode | None, Query()] = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[ListedOccurrence]:
    """What happened in the caller's subtree, in the order in which it happened."""
    parts = parts_of(after, 2)
    place = None if parts is None else (parsed(instant_of, parts[0]), parsed(UUID, parts[1]))
    filters = {"obligation": obligation, "plan_id": plan_id, "unit": unit}
    rows = await occurrences.listed(kit.pool, principal.subtree(), filters, place, limit)
    following = f"{written(rows[-1]['occurred_at'])}~{rows[-1]['occurrence_id']}" if len(rows) == limit else None
    return Page[ListedOccurrence].model_validate({"items": rows, "next": following})
