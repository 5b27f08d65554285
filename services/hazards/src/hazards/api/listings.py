"""Every supervision by name, and what may be put under one."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from contracts.values import Instant, Key, UnitCode
from hazards.store import hazards as hazard_store
from hazards.store import listings as store
from hazards.store.listings import Kind, Wanted
from servicekit.database import Row
from servicekit.http import KitDep, PrincipalDep
from servicekit.problems import invalid
from servicekit.units import in_scope

_FIRST = UUID(int=0)
router = APIRouter(prefix="/listings", tags=["listings"])
Limit = Annotated[int, Query(ge=1, le=500)]
Subtree = Annotated[UnitCode | None, Query(description="its subtree; default: the caller's unit")]


class ListingView(BaseModel):
    """A supervision. `subject` is the hazard's or the task's id, or the enterprise's credit code.

    Publication and progress of a task are not followed here: its plan's issuer lists and delists it.
    """

    listing_id: UUID
    kind: Kind
    subject: str
    title: str
    units: list[UnitCode]
    listing_unit: UnitCode
    trigger: str
    reason: str
    grade: str | None
    plan_id: str | None
    listed_at: Instant
    publish_by: Instant | None
    published_at: Instant | None
    publication_overdue: bool
    """`publish_by` has passed, and it is not public."""
    progress_due_at: Instant | None
    delisted_at: Instant | None
    delist_reason: str | None


class ListingPage(BaseModel):
    """Supervisions, the oldest first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[ListingView]
    next: UUID | None


class Candidate(BaseModel):
    """Something that a trigger holds for and nobody has listed."""

    kind: Kind
    subject: str
    title: str
    units: list[UnitCode]
    triggers: list[Literal["overdue", "major"]]
    """overdue: a limit has passed, at any grade. major: major, and found at an inspection."""
    overdue_since: Instant | None
    grade: str | None
    plan_id: str | None


class CandidatePage(BaseModel):
    """Candidates by their ids. `next` goes into `after` for the following page; null: this is the last."""

    items: list[Candidate]
    next: str | None


@router.get("", summary="督办清单 Every supervision of a subtree: of hazards, tasks and enterprises")
async def read_list(
    kit: KitDep,
    principal: PrincipalDep,
    unit: Subtree = None,
    kind: Kind | None = None,
    listing_unit: UnitCode | None = None,
    open: Annotated[bool | None, Query(description="true: not delisted; false: delisted")] = None,
    after: UUID | None = None,
    limit: Limit = 100,
) -> ListingPage:
    below = unit or principal.subtree()
    if below is not None:
        await in_scope(kit.pool, principal, below)
    found = await store.page(kit.pool, below, Wanted(kind, listing_unit, open), after or _FIRST, limit + 1)
    now = kit.clock.now()
    items = [
        ListingView(
            **dict(row),
            publication_overdue=row["publish_by"] is not None and row["published_at"] is None and row["publish_by"] <= now,
        )
        for row in found[:limit]
    ]
    return ListingPage(items=items, next=items[-1].listing_id if len(found) > limit else None)


@router.get("/candidates", summary="待挂牌清单 What may be put under supervision: overdue, or major at inspection")
async def read_candidates(
    kit: KitDep,
    principal: PrincipalDep,
    kind: Annotated[Literal["hazard", "task"], Query(description="enterprises are for a body to judge")],
    unit: Subtree = None,
    after: Key | None = None,
    limit: Limit = 100,
) -> CandidatePage:
    below = unit or principal.subtree()
    if below is not None:
        await in_scope(kit.pool, principal, below)
    if kind == "task":
        tasks = await store.candidate_tasks(kit.pool, below, after or "", limit + 1)
        items = [_task(row) for row in tasks]
    else:
        rows = await store.candidate_hazards(
            kit.pool, hazard_store.EVERYWHERE if below is None else below, _uuid(after), limit + 1
        )  # fmt: skip
        items = [_hazard(row) for row in rows]
    return CandidatePage(items=items[:limit], next=items[limit - 1].subject if len(items) > limit else None)


def _uuid(after: str | None) -> UUID:
    if after is None:
        return _FIRST
    try:
        return UUID(after)
    except ValueError:
        raise invalid("after", "the next of the page before, as it came") from None


def _hazard(row: Row) -> Candidate:
    overdue = row["overdue_since"]
    return Candidate(
        kind="hazard",
        subject=str(row["hazard_id"]),
        title=f"{row['number']} {row['title']}",
        units=[row["unit"]],
        triggers=[*(["overdue"] if overdue else []), *(["major"] if row["inspected"] and row["grade"] == "major" else [])],
        overdue_since=overdue,
        grade=row["grade"],
        plan_id=row["plan_id"],
    )


def _task(row: Row) -> Candidate:
    return Candidate(
        kind="task",
        subject=row["task_id"],
        title=row["title"],
        units=row["leads"],
        triggers=["overdue"],
        overdue_since=row["overdue_since"],
        grade=None,
        plan_id=row["plan_id"],
    )
