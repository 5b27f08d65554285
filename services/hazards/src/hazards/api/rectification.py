"""Registering, grading, ordering and telling rectifications. Each action names the version that the caller has seen."""

from uuid import UUID

from fastapi import APIRouter, Response

from hazards.api.acting import act
from hazards.api.bodies import (
    ApproveBody,
    AskBody,
    DeferBody,
    GradeBody,
    MonitorBody,
    OrderBody,
    ReasonBody,
    RegisterBody,
    SubmitBody,
)
from hazards.api.views import HazardState
from hazards.commands import extending, rectifying
from servicekit.http import CommandDep, KitDep

router = APIRouter(prefix="/hazards/{hazard_id}", tags=["rectification"])


@router.post("/register", response_model=HazardState, summary="登记建档 Open or complete the file")
async def register(kit: KitDep, request: CommandDep, hazard_id: UUID, body: RegisterBody) -> Response:
    return await act(kit, request, hazard_id, body, rectifying.register, category=body.category, details=body.details())


@router.post("/grade", response_model=HazardState, summary="定级 Decide the grade")
async def grade(kit: KitDep, request: CommandDep, hazard_id: UUID, body: GradeBody) -> Response:
    return await act(kit, request, hazard_id, body, rectifying.grade, grade=body.grade, reason=body.reason)


@router.post("/order", response_model=HazardState, summary="下达整改 Order the rectification")
async def order(kit: KitDep, request: CommandDep, hazard_id: UUID, body: OrderBody) -> Response:
    return await act(kit, request, hazard_id, body, rectifying.order, wanted=body.wanted())


@router.post("/defer", response_model=HazardState, summary="列入计划整改 Rectify by a plan with a time limit")
async def defer(kit: KitDep, request: CommandDep, hazard_id: UUID, body: DeferBody) -> Response:
    return await act(kit, request, hazard_id, body, rectifying.defer, wanted=body.wanted(), plan=body.plan)


@router.post("/monitor", response_model=HazardState, summary="实施监控 Watch a major hazard instead")
async def monitor(kit: KitDep, request: CommandDep, hazard_id: UUID, body: MonitorBody) -> Response:
    return await act(
        kit, request, hazard_id, body, rectifying.monitor, reason=body.reason, measures=body.measures, review_on=body.review_on
    )


@router.post("/rectify", response_model=HazardState, summary="立查立改 Rectified on the spot")
async def rectify(kit: KitDep, request: CommandDep, hazard_id: UUID, body: SubmitBody) -> Response:
    return await act(kit, request, hazard_id, body, rectifying.submit, action="rectify", text=body.text, funds=body.funds)


@router.post("/submit", response_model=HazardState, summary="报送整改结果 Say that it is done")
async def submit(kit: KitDep, request: CommandDep, hazard_id: UUID, body: SubmitBody) -> Response:
    return await act(kit, request, hazard_id, body, rectifying.submit, action="submit", text=body.text, funds=body.funds)


@router.post("/ask-extension", response_model=HazardState, summary="申请延期 Ask for more time")
async def ask_extension(kit: KitDep, request: CommandDep, hazard_id: UUID, body: AskBody) -> Response:
    return await act(kit, request, hazard_id, body, extending.ask, reason=body.reason, due=body.due)


@router.post("/approve-extension", response_model=HazardState, summary="批准延期 Give more time")
async def approve_extension(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ApproveBody) -> Response:
    return await act(kit, request, hazard_id, body, extending.approve, due=body.due, note=body.note)


@router.post("/refuse-extension", response_model=HazardState, summary="不予延期 Refuse more time")
async def refuse_extension(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ReasonBody) -> Response:
    return await act(kit, request, hazard_id, body, extending.refuse, reason=body.reason)
