"""From an import to a draft that a person completes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from contracts.values import Name
from plans.api.plans import PlanState
from plans.api.review import FindingView
from plans.api.units import Body
from plans.commands import proposals as commands
from plans.commands.proposals import Part, Wanted
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, respond

router = APIRouter(tags=["imports"])


class ProposalBody(Body):
    """Which plan of the import becomes a draft. What stays open is completed by `POST /plans/{plan_id}/revise`."""

    position: Annotated[int, Field(ge=1, le=1000)] = 1
    parts: Annotated[frozenset[Part], Field(min_length=1)] = frozenset({"obligations", "content"})
    zone: Name = "Asia/Shanghai"


class Proposed(PlanState):
    """The new draft, and what the reading left open; `field` is the path in the import's plan."""

    notes: list[FindingView]


@router.post(
    "/plans/imports/{import_id}/proposals",
    status_code=201,
    response_model=Proposed,
    summary="由导入结果起草方案 Draft a plan from what was read; nothing is issued",
)
async def propose(kit: KitDep, request: CommandDep, import_id: UUID, body: ProposalBody) -> Response:
    wanted = Wanted(import_id, body.position, body.parts, body.zone)

    async def run(connection: Connection) -> Proposed:
        plan, notes = await commands.propose(connection, request.principal, wanted, request.received_at)
        state = PlanState.of(plan)
        return Proposed(**state.model_dump(), notes=[FindingView.of(note) for note in notes])

    return respond(await kit.answer(request, 201, run))
