"""Reporting hazards and reading them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from hazards.api.bodies import AcceptAllBody, ReportBody
from hazards.api.searching import Wanted
from hazards.api.views import Accepted, ChangeView, HazardPage, HazardState, HazardView, History
from hazards.commands import batches
from hazards.commands import report as reporting
from hazards.commands.acting import require_readable
from hazards.store import history, search
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.units import in_scope

router = APIRouter(tags=["hazards"])


@router.post("/hazards", status_code=201, response_model=HazardState, summary="上报隐患 Report a hazard")
async def report(kit: KitDep, request: CommandDep, body: ReportBody) -> Response:
    async def run(connection: Connection) -> HazardState:
        return HazardState.of(await reporting.report(connection, request.principal, body.said(), request.received_at))

    return respond(await kit.answer(request, 201, run))


@router.post("/hazards/accept", response_model=Accepted, summary="批量验收 Accept many rectifications, all or none")
async def accept_all(kit: KitDep, request: CommandDep, body: AcceptAllBody) -> Response:
    async def run(connection: Connection) -> Accepted:
        items = [(each.hazard_id, each.version) for each in body.items]
        done = await batches.accept_all(connection, request.principal, items, body.note, request.received_at)
        return Accepted(items=[HazardState.of(hazard) for hazard in done])

    return respond(await kit.answer(request, 200, run))


@router.get("/hazards/{hazard_id}", summary="查询隐患 A hazard that the caller's unit sees")
async def read(kit: KitDep, principal: PrincipalDep, hazard_id: UUID) -> HazardView:
    return HazardView.at(await require_readable(kit.pool, principal, hazard_id), kit.clock.now())


@router.get("/hazards/{hazard_id}/history", summary="隐患档案 Every change of a hazard, with who made it")
async def read_history(
    kit: KitDep,
    principal: PrincipalDep,
    hazard_id: UUID,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> History:
    await require_readable(kit.pool, principal, hazard_id)
    found = await history.of_hazard(kit.pool, hazard_id, after, limit + 1)
    items = [ChangeView.of(each) for each in found[:limit]]
    return History(items=items, next=items[-1].version if len(found) > limit else None)


@router.get("/hazards", summary="列出隐患 Hazards of a subtree")
async def read_list(kit: KitDep, principal: PrincipalDep, wanted: Annotated[Wanted, Query()]) -> HazardPage:
    unit = wanted.unit or principal.unit
    if unit is not None:
        await in_scope(kit.pool, principal, unit)
    else:
        principal.require("admin")
    found = await search.page(kit.pool, wanted.filter(unit), wanted.after, wanted.limit + 1)
    now = kit.clock.now()
    items = [HazardView.at(hazard, now) for hazard in found[: wanted.limit]]
    return HazardPage(items=items, next=items[-1].hazard_id if len(found) > wanted.limit else None)
