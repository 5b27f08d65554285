"""Plans: draft, revise, issue, amend, close, read."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from contracts.values import Instant, Name, Text, UnitCode
from plans.api.access import readable_plan, require_line
from plans.api.obligations import ObligationBody
from plans.api.units import Body
from plans.commands import plans as commands
from plans.commands.plans import Revision
from plans.domain.content import EMPTY, Content
from plans.domain.plan import Plan, State
from plans.domain.plan import Text as PlanText
from plans.store import plans as store
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.problems import not_found

_FIRST = UUID(int=0)
router = APIRouter(tags=["plans"])
Obligations = Annotated[tuple[ObligationBody, ...], Field(max_length=100)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="the version that the caller has read")]


class PlanBody(Body):
    """A plan to draft; the caller's unit issues it."""

    title: Text
    document_number: Name | None = Field(default=None, examples=["威环安发〔2020〕22号"])
    zone: Name = "Asia/Shanghai"
    obligations: Obligations = ()
    content: Content = EMPTY

    def to_domain(self) -> PlanText:
        return PlanText(
            self.title, self.document_number, tuple(each.to_domain() for each in self.obligations), self.content
        )  # fmt: skip


class IssueBody(Body):
    """Which version is issued."""

    version: Version


class CloseBody(Body):
    """Which version ends, and why."""

    version: Version
    reason: Text | None = None


class AmendBody(Body):
    """Which version is changed, and what it says afterwards: each part as a whole; a part that is left out stays as it is."""

    version: Version
    title: Text | None = None
    document_number: Name | None = None
    obligations: Obligations | None = None
    content: Content | None = None

    def to_domain(self) -> Revision:
        obligations = None if self.obligations is None else [each.to_domain() for each in self.obligations]
        return Revision(self.title, self.document_number, obligations, self.content)


class PlanState(BaseModel):
    """Where a plan stands."""

    plan_id: UUID
    version: int
    state: State

    @classmethod
    def of(cls, plan: Plan) -> Self:
        return cls(plan_id=plan.plan_id, version=plan.version, state=plan.state)


class Amended(PlanState):
    """What the revision or amendment changed, one line each."""

    changes: list[str]

    @classmethod
    def by(cls, changed: tuple[Plan, tuple[str, ...]]) -> Self:
        plan, changes = changed
        return cls(plan_id=plan.plan_id, version=plan.version, state=plan.state, changes=list(changes))


class PlanItem(PlanState):
    """A plan without what it says. `revision` counts what was published."""

    title: Text
    document_number: Name | None
    issuer: UnitCode
    zone: Name
    drafted_at: Instant
    issued_at: Instant | None
    changed_at: Instant
    revision: int
    closed_at: Instant | None


class VersionView(BaseModel):
    """A version that the plan had, and what it changed."""

    version: int
    state: State
    occurred_at: Instant
    changes: list[str]


class PlanView(PlanItem):
    """A plan with what its present version says, and every version it had."""

    obligations: list[ObligationBody]
    content: Content
    history: list[VersionView]


class PlanPage(BaseModel):
    """Plans in the order in which they were drafted. `next` goes into `after` for the following page; null: this is the last."""

    items: list[PlanItem]
    next: UUID | None


@router.post("/plans", status_code=201, response_model=PlanState, summary="起草方案 Draft a plan")
async def draft(kit: KitDep, request: CommandDep, body: PlanBody) -> Response:
    async def run(connection: Connection) -> PlanState:
        return PlanState.of(
            await commands.draft(connection, request.principal, body.zone, body.to_domain(), request.received_at)
        )  # fmt: skip

    return respond(await kit.answer(request, 201, run))


@router.post("/plans/{plan_id}/revise", response_model=Amended, summary="修改草案 Complete or correct a draft")
async def revise(kit: KitDep, request: CommandDep, plan_id: UUID, body: AmendBody) -> Response:
    async def run(connection: Connection) -> Amended:
        return Amended.by(
            await commands.revise(
                connection, request.principal, plan_id, body.version, body.to_domain(), request.received_at
            )
        )  # fmt: skip

    return respond(await kit.answer(request, 200, run))


@router.post("/plans/{plan_id}/issue", response_model=PlanState, summary="印发方案 Put a draft into force")
async def issue(kit: KitDep, request: CommandDep, plan_id: UUID, body: IssueBody) -> Response:
    async def run(connection: Connection) -> PlanState:
        return PlanState.of(await commands.issue(connection, request.principal, plan_id, body.version, request.received_at))

    return respond(await kit.answer(request, 200, run))


@router.post("/plans/{plan_id}/amend", response_model=Amended, summary="修订方案 Change what a plan in force says")
async def amend(kit: KitDep, request: CommandDep, plan_id: UUID, body: AmendBody) -> Response:
    async def run(connection: Connection) -> Amended:
        return Amended.by(
            await commands.amend(connection, request.principal, plan_id, body.version, body.to_domain(), request.received_at)
        )

    return respond(await kit.answer(request, 200, run))


@router.post("/plans/{plan_id}/close", response_model=PlanState, summary="终止方案 End a plan in force; its tasks go on")
async def close(kit: KitDep, request: CommandDep, plan_id: UUID, body: CloseBody) -> Response:
    async def run(connection: Connection) -> PlanState:
        return PlanState.of(
            await commands.close(connection, request.principal, plan_id, body.version, body.reason, request.received_at)
        )

    return respond(await kit.answer(request, 200, run))


@router.get("/plans/{plan_id}", summary="查询方案 A plan that binds the caller's unit or comes from its subtree")
async def read(kit: KitDep, principal: PrincipalDep, plan_id: UUID) -> PlanView:
    plan = await readable_plan(kit.pool, principal, plan_id)
    history = await store.history(kit.pool, plan_id)
    return PlanView(
        **_item(plan),
        obligations=[ObligationBody.of(each) for each in plan.obligations],
        content=plan.content,
        history=[VersionView(**row) for row in history],
    )


@router.get("/plans", summary="列出方案 Plans of one issuer")
async def read_list(
    kit: KitDep,
    principal: PrincipalDep,
    issuer: Annotated[UnitCode | None, Query(description="default: the caller's unit and its ancestors")] = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> PlanPage:
    plans = await store.listed(kit.pool, await _issuers(kit.pool, principal, issuer), after or _FIRST, limit + 1)
    items = [PlanItem(**_item(plan)) for plan in plans[:limit]]
    return PlanPage(items=items, next=items[-1].plan_id if len(plans) > limit else None)


async def _issuers(pool: Pool, principal: Principal, issuer: str | None) -> list[str] | None:
    """Whose plans to list: one issuer's, or those of the caller's line; None for every plan, which only the platform sees."""
    if issuer is not None:
        if await units.find(pool, issuer) is None:
            raise not_found("issuer", issuer)
        await require_line(pool, principal, issuer)
        return [issuer]
    if principal.unit is None:
        principal.require("admin")
        return None
    return [unit.code for unit in await units.lineage(pool, principal.unit)]


def _item(plan: Plan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in PlanItem.model_fields}
