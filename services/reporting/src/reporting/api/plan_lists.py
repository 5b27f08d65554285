"""Lists of plans (两个清单): what they are composed of, and their rows."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from contracts.values import Key
from reporting.api.cursors import After, Limit, parts_of
from reporting.api.task_views import ListRow, ListView
from reporting.api.tasks import task_place
from reporting.api.views import Page
from reporting.store import lists as store
from reporting.store.lists import Definition
from reporting.store.tasks import row_of
from servicekit.database import Pool
from servicekit.http import KitDep, PrincipalDep
from servicekit.problems import not_found

router = APIRouter()
_OF_HAZARDS = "hazard~"


@router.get("/lists")
async def lists(kit: KitDep, principal: PrincipalDep, plan_id: Annotated[Key, Query()]) -> Page[ListView]:
    """The lists of a plan that was issued above the caller, or in its subtree."""
    found = await store.definitions(kit.pool, principal.subtree(), plan_id)
    if found is None:
        raise not_found("plan_id", plan_id)
    counts = await store.counts(kit.pool, principal.subtree(), plan_id) if found else {}
    items = [
        {
            "plan_id": each.plan_id,
            "list_id": each.list_id,
            "name": each.name,
            "parts": [{**part, "rows": counts.get(part["kind"], 0)} for part in each.parts],
        }
        for each in found
    ]
    return Page[ListView].model_validate({"items": items, "next": None})


@router.get("/lists/{plan_id}/{list_id}")
async def list_rows(
    kit: KitDep,
    principal: PrincipalDep,
    plan_id: Annotated[Key, Path()],
    list_id: Annotated[Key, Path()],
    after: After = None,
    limit: Limit = 100,
) -> Page[ListRow]:
    """The rows of a list that concern the caller's subtree: tasks in the plan's order, then hazards."""
    found = await store.definitions(kit.pool, principal.subtree(), plan_id, list_id)
    if not found:
        raise not_found("list_id", f"{plan_id}/{list_id}")
    items, following = await _rows(kit.pool, principal.subtree(), found[0], after, limit)
    return Page[ListRow].model_validate({"items": items, "next": following})


async def _rows(
    pool: Pool, caller: str | None, definition: Definition, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    items: list[dict[str, Any]] = []
    if (names := definition.names("tasks")) and not (after or "").startswith(_OF_HAZARDS):
        tasks = await store.task_rows(pool, caller, definition.plan_id, task_place(after), limit)
        items = [{"parts": names, "task": row_of(task)} for task in tasks]
        if len(tasks) == limit:
            return items, f"{tasks[-1].plan_id}~{tasks[-1].position}~{tasks[-1].task}"
        after = None
    parts = parts_of(after, 2)
    # One row fewer than asked for would end the list, so it takes what room is left, which is at least one.
    hazards = await store.hazard_rows(pool, caller, definition, None if parts is None else parts[1], limit - len(items))
    items += [{"parts": store.parts_of(definition, hazard), "hazard": hazard} for hazard in hazards]
    return items, f"{_OF_HAZARDS}{hazards[-1]['hazard_id']}" if hazards and len(items) == limit else None
