"""Listing, hand-over, suspended use. Each action names the version that the caller has seen."""

from uuid import UUID

from fastapi import APIRouter, Response

from hazards.api.acting import act
from hazards.api.bodies import ActionBody, ListBody, ProgressBody, PublishBody, ReasonBody, SuspendBody, TransferBody
from hazards.api.views import HazardState
from hazards.commands import supervising
from servicekit.http import CommandDep, KitDep

router = APIRouter(prefix="/hazards/{hazard_id}", tags=["supervision"])


@router.post("/list", response_model=HazardState, summary="挂牌督办 Put it under supervision")
async def put_on_list(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ListBody) -> Response:
    return await act(
        kit,
        request,
        hazard_id,
        body,
        supervising.put_on_list,
        trigger=body.trigger,
        reason=body.reason,
        progress_every_days=body.progress_every_days,
    )


@router.post("/publish", response_model=HazardState, summary="公布挂牌 Say where the listing was made public")
async def publish(kit: KitDep, request: CommandDep, hazard_id: UUID, body: PublishBody) -> Response:
    return await act(kit, request, hazard_id, body, supervising.publish, where=body.where)


@router.post("/raise", response_model=HazardState, summary="提级督办 Take the supervision over")
async def raise_to(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ReasonBody) -> Response:
    return await act(kit, request, hazard_id, body, supervising.raise_to, reason=body.reason)


@router.post("/tell-progress", response_model=HazardState, summary="报送督办进展 Tell how far it is")
async def tell_progress(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ProgressBody) -> Response:
    return await act(kit, request, hazard_id, body, supervising.tell_progress, text=body.text)


@router.post("/delist", response_model=HazardState, summary="摘牌 End the supervision")
async def delist(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ReasonBody) -> Response:
    return await act(kit, request, hazard_id, body, supervising.delist, reason=body.reason)


@router.post("/suspend", response_model=HazardState, summary="责令停用 Stop the use")
async def suspend(kit: KitDep, request: CommandDep, hazard_id: UUID, body: SuspendBody) -> Response:
    return await act(kit, request, hazard_id, body, supervising.suspend, what=body.what, reason=body.reason)


@router.post("/resume", response_model=HazardState, summary="恢复使用 Let the use go on")
async def resume(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ReasonBody) -> Response:
    return await act(kit, request, hazard_id, body, supervising.resume, reason=body.reason)


@router.post("/transfer", response_model=HazardState, summary="移送 Offer it to another body")
async def transfer(kit: KitDep, request: CommandDep, hazard_id: UUID, body: TransferBody) -> Response:
    return await act(
        kit,
        request,
        hazard_id,
        body,
        supervising.transfer,
        to_unit=body.to_unit,
        reason=body.reason,
        acknowledge_by=body.acknowledge_by,
    )


@router.post("/acknowledge", response_model=HazardState, summary="接收 Take it over")
async def acknowledge(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ActionBody) -> Response:
    return await act(kit, request, hazard_id, body, supervising.acknowledge)


@router.post("/return", response_model=HazardState, summary="退回移送 Return it to who offered it")
async def give_back(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ReasonBody) -> Response:
    return await act(kit, request, hazard_id, body, supervising.give_back, reason=body.reason)
