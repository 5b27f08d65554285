"""The HTTP API of hazards."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Amount, Instant, Name, Text, UnitCode
from hazards import commands, store
from hazards.commands import Elements, Report
from hazards.domain import Hazard, State
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.problems import forbidden, not_found
from servicekit.units import in_scope

_FIRST = UUID(int=0)
router = APIRouter(tags=["hazards"])


class Body(BaseModel):
    """A request body: a misspelt field is told, not ignored."""

    model_config = ConfigDict(extra="forbid")


class ReportBody(Body):
    """A hazard of a unit in the caller's subtree; the default is the caller's own unit."""

    unit: UnitCode | None = None
    category: Name = Field(examples=["用火"])
    title: Text = Field(examples=["林边堆放柴草"])
    occurred_at: Instant = Field(description="when it was there, with an offset; not in the future")
    description: Text | None = None


class OrderBody(Body):
    """The five elements; none may be blank."""

    due: Instant = Field(description="the time limit, with an offset; after now")
    measures: Text
    responsible: UnitCode
    funds: Amount = Field(description="yuan")
    contingency: Text


class HazardState(BaseModel):
    """Where a hazard stands."""

    hazard_id: UUID
    number: str
    state: State
    version: int

    @classmethod
    def of(cls, hazard: Hazard) -> Self:
        return cls(hazard_id=hazard.hazard_id, number=hazard.number, state=hazard.state, version=hazard.version)


class OrderView(BaseModel):
    """An order."""

    due: Instant
    measures: str
    responsible: UnitCode
    funds: Amount
    contingency: str
    ordering_unit: UnitCode
    ordered_at: Instant


class HazardView(HazardState):
    """A hazard. `overdue_since` is the due instant once it has passed."""

    unit: UnitCode
    category: str
    title: str
    description: str | None
    occurred_at: Instant
    reported_at: Instant
    order: OrderView | None
    overdue_since: Instant | None

    @classmethod
    def at(cls, hazard: Hazard, now: datetime) -> Self:
        """The hazard as it is seen at `now`."""
        order = hazard.order
        return cls(
            **HazardState.of(hazard).model_dump(),
            unit=hazard.unit,
            category=hazard.category,
            title=hazard.title,
            description=hazard.description,
            occurred_at=hazard.occurred_at,
            reported_at=hazard.reported_at,
            order=None
            if order is None
            else OrderView(
                due=order.due_at,
                measures=order.measures,
                responsible=order.responsible,
                funds=order.funds,
                contingency=order.contingency,
                ordering_unit=order.ordering_unit,
                ordered_at=order.ordered_at,
            ),
            overdue_since=hazard.overdue(now),
        )


class HazardPage(BaseModel):
    """Hazards, the oldest report first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[HazardView]
    next: UUID | None


@router.post("/hazards", status_code=201, response_model=HazardState, summary="上报隐患 Report a hazard")
async def report(kit: KitDep, request: CommandDep, body: ReportBody) -> Response:
    said = Report(body.unit, body.category, body.title, body.description, body.occurred_at)

    async def run(connection: Connection) -> HazardState:
        return HazardState.of(await commands.report(connection, request.principal, said, request.received_at))

    return respond(await kit.answer(request, 201, run))


@router.post("/hazards/{hazard_id}/order", response_model=HazardState, summary="下达整改 Order the rectification")
async def order(kit: KitDep, request: CommandDep, hazard_id: UUID, body: OrderBody) -> Response:
    elements = Elements(body.due, body.measures, body.responsible, body.funds, body.contingency)

    async def run(connection: Connection) -> HazardState:
        return HazardState.of(await commands.order(connection, request.principal, hazard_id, elements, request.received_at))

    return respond(await kit.answer(request, 200, run))


@router.get("/hazards/{hazard_id}", summary="查询隐患 A hazard of the caller's subtree")
async def read(kit: KitDep, principal: PrincipalDep, hazard_id: UUID) -> HazardView:
    hazard = await store.find(kit.pool, hazard_id)
    if hazard is None:
        raise not_found("hazard_id", hazard_id)
    if principal.unit is None:
        principal.require("admin")
    elif not await store.is_listed(kit.pool, principal.unit, hazard_id):
        raise forbidden(f"the hazard lies outside the subtree of {principal.unit}")
    return HazardView.at(hazard, kit.clock.now())


@router.get("/hazards", summary="列出隐患 Hazards of a subtree")
async def read_list(
    kit: KitDep,
    principal: PrincipalDep,
    unit: Annotated[UnitCode | None, Query(description="its subtree; default: the caller's unit")] = None,
    state: State | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> HazardPage:
    unit = unit or principal.unit
    if unit is not None:
        await in_scope(kit.pool, principal, unit)
    else:
        principal.require("admin")
    found = await store.page(kit.pool, store.EVERYWHERE if unit is None else unit, state, after or _FIRST, limit + 1)
    now = kit.clock.now()
    items = [HazardView.at(hazard, now) for hazard in found[:limit]]
    return HazardPage(items=items, next=items[-1].hazard_id if len(found) > limit else None)
