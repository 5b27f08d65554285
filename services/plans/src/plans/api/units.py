"""Units: register, move, retire, read."""

from typing import Annotated, Final, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.values import Instant, Key, Name, Text, UnitCode
from plans.commands import units as commands
from plans.domain.tree import NewUnit, UnitState
from plans.store import units as store
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.problems import not_found
from servicekit.units import in_scope

MAX_BATCH: Final = 1000
router = APIRouter(tags=["units"])


class Body(BaseModel):
    """A request body: a misspelt field is told, not ignored."""

    model_config = ConfigDict(extra="forbid")


class UnitBody(Body):
    """A unit to register. Without a parent it is a root, which only an admin without a unit may make."""

    code: UnitCode
    name: Name
    level: Key = Field(examples=["county", "town", "village"])
    parent: UnitCode | None = None
    groups: Annotated[list[Name], Field(max_length=50)] = []

    @model_validator(mode="after")
    def _groups_are_a_set(self) -> Self:
        if len(set(self.groups)) < len(self.groups):
            raise ValueError("a group is named twice")
        return self

    def to_domain(self) -> NewUnit:
        return NewUnit(self.code, self.name, self.level, self.parent, tuple(self.groups))


class BatchBody(Body):
    """Units to register, parents first; all or none."""

    units: Annotated[list[UnitBody], Field(min_length=1, max_length=MAX_BATCH)]


class MoveBody(Body):
    """Where a unit goes."""

    parent: UnitCode


class RetireBody(Body):
    """Why a unit leaves."""

    reason: Text | None = None


class PlacementView(BaseModel):
    """A stretch of time under one parent: after `valid_from` up to and including `valid_until`."""

    parent: UnitCode | None
    valid_from: Instant
    valid_until: Instant | None


class UnitItem(BaseModel):
    """A unit as it stands. `version` counts its changes."""

    code: UnitCode
    name: Name
    level: Key
    parent: UnitCode | None
    groups: list[Name]
    registered_at: Instant
    retired_at: Instant | None
    version: int


class UnitView(UnitItem):
    """A unit with all its placements, the oldest first."""

    placements: list[PlacementView]

    @classmethod
    def of(cls, unit: UnitState) -> Self:
        return cls(
            code=unit.code,
            name=unit.name,
            level=unit.level,
            parent=unit.parent,
            groups=list(unit.groups),
            registered_at=unit.placements[0].valid_from,
            retired_at=unit.placements[-1].valid_until,
            version=unit.sequence,
            placements=[PlacementView.model_validate(place, from_attributes=True) for place in unit.placements],
        )


class Registered(BaseModel):
    """The codes that were registered, in order."""

    codes: list[UnitCode]


class UnitPage(BaseModel):
    """Units in the order of their codes. `next` goes into `after` for the following page; null: this is the last."""

    items: list[UnitItem]
    next: UnitCode | None


@router.post("/units", status_code=201, response_model=UnitView, summary="登记单位 Register a unit")
async def register(kit: KitDep, request: CommandDep, body: UnitBody) -> Response:
    async def run(connection: Connection) -> UnitView:
        registered = await commands.register(connection, request.principal, [body.to_domain()], request.received_at)
        return UnitView.of(registered[0])

    return respond(await kit.answer(request, 201, run))


@router.post("/units/batch", status_code=201, response_model=Registered, summary="批量登记单位 Register units, all or none")
async def register_batch(kit: KitDep, request: CommandDep, body: BatchBody) -> Response:
    new = [unit.to_domain() for unit in body.units]

    async def run(connection: Connection) -> Registered:
        registered = await commands.register(connection, request.principal, new, request.received_at, "units.{index}.")
        return Registered(codes=[unit.code for unit in registered])

    return respond(await kit.answer(request, 201, run))


@router.post("/units/{code}/move", response_model=UnitView, summary="调整隶属关系 Put a unit under another parent")
async def move(kit: KitDep, request: CommandDep, code: UnitCode, body: MoveBody) -> Response:
    async def run(connection: Connection) -> UnitView:
        return UnitView.of(await commands.move(connection, request.principal, code, body.parent, request.received_at))

    return respond(await kit.answer(request, 200, run))


@router.post("/units/{code}/retire", response_model=UnitView, summary="撤销单位 Let a unit leave the tree")
async def retire(kit: KitDep, request: CommandDep, code: UnitCode, body: RetireBody) -> Response:
    async def run(connection: Connection) -> UnitView:
        return UnitView.of(await commands.retire(connection, request.principal, code, body.reason, request.received_at))

    return respond(await kit.answer(request, 200, run))


@router.get("/units/{code}", summary="查询单位 A unit of the caller's subtree")
async def read(kit: KitDep, principal: PrincipalDep, code: UnitCode) -> UnitView:
    await in_scope(kit.pool, principal, code, "code")
    unit = await store.find(kit.pool, code)
    if unit is None:
        raise not_found("code", code)
    return UnitView.of(unit)


@router.get("/units", summary="列出下级单位 Units directly under a parent")
async def read_children(
    kit: KitDep,
    principal: PrincipalDep,
    parent: Annotated[
        UnitCode | None, Query(description="default: the caller's unit; for an admin without a unit the roots")
    ] = None,
    after: UnitCode | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> UnitPage:
    parent = parent or principal.unit
    if parent is not None:
        await in_scope(kit.pool, principal, parent, "parent")
    else:
        principal.require("admin")
    rows = await store.children(kit.pool, parent, after or "", limit + 1)
    items = [UnitItem(**row) for row in rows[:limit]]
    return UnitPage(items=items, next=items[-1].code if len(rows) > limit else None)
