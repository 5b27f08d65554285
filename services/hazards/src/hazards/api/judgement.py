"""Accepting, closing and looking back. Each action names the version that the caller has seen."""

from uuid import UUID

from fastapi import APIRouter, Response

from hazards.api.acting import act
from hazards.api.bodies import ActionBody, DismissBody, NoteBody, ReasonBody, RecheckBody
from hazards.api.views import HazardState
from hazards.commands import judging
from servicekit.http import CommandDep, KitDep

router = APIRouter(prefix="/hazards/{hazard_id}", tags=["judgement"])


@router.post("/accept", response_model=HazardState, summary="验收 Accept the rectification")
async def accept(kit: KitDep, request: CommandDep, hazard_id: UUID, body: NoteBody) -> Response:
    return await act(kit, request, hazard_id, body, judging.accept, note=body.note)


@router.post("/reject", response_model=HazardState, summary="退回整改 Send it back")
async def reject(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ReasonBody) -> Response:
    return await act(kit, request, hazard_id, body, judging.reject, reason=body.reason)


@router.post("/sign", response_model=HazardState, summary="签字上报 Sign the result")
async def sign(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ActionBody) -> Response:
    return await act(kit, request, hazard_id, body, judging.sign)


@router.post("/close", response_model=HazardState, summary="销号 Close it for good")
async def close(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ActionBody) -> Response:
    return await act(kit, request, hazard_id, body, judging.close)


@router.post("/dismiss", response_model=HazardState, summary="另行办结 End it otherwise")
async def dismiss(kit: KitDep, request: CommandDep, hazard_id: UUID, body: DismissBody) -> Response:
    return await act(
        kit, request, hazard_id, body, judging.dismiss, outcome=body.outcome, reason=body.reason, duplicate_of=body.duplicate_of
    )


@router.post("/recheck", response_model=HazardState, summary="回头看 Look back at a closed hazard")
async def recheck(kit: KitDep, request: CommandDep, hazard_id: UUID, body: RecheckBody) -> Response:
    return await act(
        kit,
        request,
        hazard_id,
        body,
        judging.recheck,
        finding=body.finding,
        text=body.text,
        campaign=body.campaign,
    )
