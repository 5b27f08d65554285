"""Reads of tasks: what became of them, for those who have a part in them."""

from typing import Annotated

from fastapi import APIRouter, Query

from contracts.values import Key, UnitCode
from reporting.api.cursors import After, Limit, parsed, parts_of
from reporting.api.task_views import TaskView
from reporting.api.views import Page
from reporting.store import tasks as store
from servicekit.http import KitDep, PrincipalDep

router = APIRouter()
_LAST_POSITION = 2**31 - 1


@router.get("/tasks")
async def tasks(
    kit: KitDep,
    principal: PrincipalDep,
    plan_id: Annotated[Key | None, Query()] = None,
    unit: Annotated[UnitCode | None, Query()] = None,
    overdue: Annotated[bool | None, Query()] = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[TaskView]:
    """Tasks in force that the caller's subtree issues, leads or supports, by plan and place in it; `unit`: one of these."""
    rows = await store.listed(
        kit.pool, principal.subtree(), plan_id=plan_id, unit=unit, overdue=overdue, after=task_place(after), limit=limit
    )
    following = f"{rows[-1].plan_id}~{rows[-1].position}~{rows[-1].task}" if len(rows) == limit else None
    return Page[TaskView].model_validate({"items": [store.row_of(row) for row in rows], "next": following})


def task_place(after: str | None) -> tuple[str, int, str] | None:
    """Plan, position and id of the task that a cursor names."""
    parts = parts_of(after, 3)
    return None if parts is None else (parts[0], min(max(parsed(int, parts[1]), 0), _LAST_POSITION), parts[2])
