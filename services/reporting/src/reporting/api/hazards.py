"""Reads of hazards: every one that the caller sees, its history, its lateness, and counts."""

from typing import Annotated

from fastapi import APIRouter, Query

from contracts.values import Key, Name, UnitCode
from reporting.api.cursors import After, Limit, parts_of
from reporting.api.hazard_views import HazardDetail, HazardEventView, HazardTotals, HazardView
from reporting.api.views import Page
from reporting.domain.hazards import HazardState
from reporting.store import hazards as store
from reporting.store.hazards import Wanted
from servicekit.http import KitDep, PrincipalDep
from servicekit.problems import not_found

router = APIRouter()
_LAST_SEQUENCE = 2**31 - 1


@router.get("/hazards")
async def hazards(
    kit: KitDep,
    principal: PrincipalDep,
    unit: Annotated[UnitCode | None, Query(description="seen by this unit: its subtree, and where it has a part")] = None,
    state: HazardState | None = None,
    grade: Annotated[Key | None, Query()] = None,
    category: Annotated[Name | None, Query()] = None,
    overdue: bool | None = None,
    listed: bool | None = None,
    plan_id: Annotated[Key | None, Query()] = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[HazardView]:
    """Hazards of the caller's subtree, or in which it has a part, in the order in which they were reported."""
    wanted = Wanted(unit, state, grade, category, overdue, listed, plan_id)
    place = parts_of(after, 1)
    found = await store.page(kit.pool, principal.subtree(), wanted, place[0] if place else None, limit)
    now = kit.clock.now()
    following = found[-1].hazard_id if len(found) == limit else None
    return Page[HazardView](items=[HazardView.at(each, now) for each in found], next=following)


@router.get("/hazards/{hazard_id}")
async def hazard(
    kit: KitDep,
    principal: PrincipalDep,
    hazard_id: Key,
    after: Annotated[int, Query(ge=0, le=_LAST_SEQUENCE, description="events after this sequence")] = 0,
    limit: Limit = 1000,
) -> HazardDetail:
    """One hazard with its history."""
    found = await store.find(kit.pool, principal.subtree(), hazard_id)
    if found is None:
        raise not_found("hazard_id", hazard_id)
    rows = await store.history(kit.pool, hazard_id, after, limit + 1)
    shown = HazardView.at(found, kit.clock.now()).model_dump()
    history = [HazardEventView(**row) for row in rows[:limit]]
    return HazardDetail(**shown, history=history, next=history[-1].sequence if len(rows) > limit else None)


@router.get("/hazard-totals")
async def totals(
    kit: KitDep,
    principal: PrincipalDep,
    unit: Annotated[UnitCode | None, Query(description="its subtree; default: the caller's")] = None,
    plan_id: Annotated[Key | None, Query()] = None,
) -> HazardTotals:
    """How many hazards were found in units of the subtree, and what became of them."""
    return HazardTotals.of(await store.totals(kit.pool, principal.subtree(), unit, plan_id))
