"""Look-back campaigns (回头看) over closed hazards."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from contracts.values import Instant, UnitCode
from hazards.commands import look_backs as commands
from hazards.domain.look_backs import LookBack, NewLookBack
from hazards.store import look_backs as store
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.units import in_scope

_FIRST = UUID(int=0)
router = APIRouter(prefix="/look-backs", tags=["look-backs"])


class LookBackPage(BaseModel):
    """Campaigns, the oldest first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[LookBack]
    next: UUID | None


class LookBackItem(BaseModel):
    """A hazard that was drawn, and what was found last."""

    hazard_id: UUID
    number: str
    title: str
    unit: UnitCode
    finding: Literal["sound", "fake"] | None
    checked_at: Instant | None
    checked_by: str | None
    overdue: bool


class LookBackItems(BaseModel):
    """Hazards by their ids. `next` goes into `after` for the following page; null: this is the last."""

    items: list[LookBackItem]
    next: UUID | None


@router.post("", status_code=201, response_model=LookBack, summary="开展回头看 Draw a campaign over closed hazards")
async def create(kit: KitDep, request: CommandDep, body: NewLookBack) -> Response:
    async def run(connection: Connection) -> LookBack:
        return await commands.create(connection, request.principal, body, request.received_at)

    return respond(await kit.answer(request, 201, run))


@router.get("", summary="回头看清单 Campaigns of a unit")
async def read_list(
    kit: KitDep,
    principal: PrincipalDep,
    unit: UnitCode,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> LookBackPage:
    await in_scope(kit.pool, principal, unit)
    found = await store.page(kit.pool, unit, after or _FIRST, limit + 1, kit.clock.now())
    return LookBackPage(items=found[:limit], next=found[limit - 1].campaign_id if len(found) > limit else None)


@router.get("/{campaign_id}", summary="回头看结果 How a campaign was drawn, and how far it is")
async def read(kit: KitDep, principal: PrincipalDep, campaign_id: UUID) -> LookBack:
    return await commands.require_readable(kit.pool, principal, campaign_id, kit.clock.now())


@router.get("/{campaign_id}/items", summary="回头看隐患 The hazards that a campaign drew")
async def read_items(
    kit: KitDep,
    principal: PrincipalDep,
    campaign_id: UUID,
    state: Literal["unchecked", "sound", "fake"] | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> LookBackItems:
    now = kit.clock.now()
    campaign = await commands.require_readable(kit.pool, principal, campaign_id, now)
    found = await store.items(kit.pool, campaign_id, state, after or _FIRST, limit + 1)
    items = [LookBackItem(**dict(row), overdue=row["finding"] is None and campaign.due <= now) for row in found[:limit]]
    return LookBackItems(items=items, next=items[-1].hazard_id if len(found) > limit else None)
