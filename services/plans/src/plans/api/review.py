"""Looking at a plan before it is issued, and at what two versions of it differ in."""

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from contracts.values import Key, Name, UnitCode
from plans.api.access import readable_plan
from plans.commands import plans as commands
from plans.domain.differences import differences
from plans.domain.plan import Plan
from plans.domain.plan import Text as PlanText
from plans.domain.readiness import Note
from plans.store import plans as store
from servicekit.database import Pool
from servicekit.http import KitDep, PrincipalDep
from servicekit.problems import not_found

router = APIRouter(tags=["plans"])
VersionQuery = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


class CandidateView(BaseModel):
    """A unit that a printed name could mean."""

    code: UnitCode
    name: Name
    level: Key


class FindingView(BaseModel):
    """Something about a plan. `field` is its path in the plan."""

    severity: Literal["blocks", "warns"]
    code: str
    field: str
    message: str
    candidates: list[CandidateView]

    @classmethod
    def of(cls, note: Note) -> Self:
        candidates = [CandidateView.model_validate(each, from_attributes=True) for each in note.candidates]
        return cls(severity=note.severity, code=note.code, field=note.field, message=note.message, candidates=candidates)


class Findings(BaseModel):
    """What blocks issuing, then what warns."""

    version: int
    issuable: bool
    items: list[FindingView]


class Differences(BaseModel):
    """What the later version changed, one line each, in words."""

    earlier: int
    later: int
    changes: list[str]


@router.get("/plans/{plan_id}/findings", summary="核查方案 What blocks issuing a plan, and what a person should look at")
async def findings(kit: KitDep, principal: PrincipalDep, plan_id: UUID) -> Findings:
    plan = await readable_plan(kit.pool, principal, plan_id)
    notes = await commands.judged(kit.pool, plan, plan.text, kit.clock.now())
    issuable = all(note.severity == "warns" for note in notes)
    return Findings(version=plan.version, issuable=issuable, items=[FindingView.of(note) for note in notes])


@router.get("/plans/{plan_id}/differences", summary="比较版本 What two versions of a plan differ in")
async def compare(
    kit: KitDep,
    principal: PrincipalDep,
    plan_id: UUID,
    earlier: VersionQuery = None,
    later: VersionQuery = None,
) -> Differences:
    """Without versions the present one is compared with the one before it."""
    plan = await readable_plan(kit.pool, principal, plan_id)
    later = plan.version if later is None else later
    earlier = max(1, later - 1) if earlier is None else earlier
    before = await _text(kit.pool, plan, earlier, "earlier")
    after = await _text(kit.pool, plan, later, "later")
    return Differences(earlier=earlier, later=later, changes=list(differences(before, after)))


async def _text(pool: Pool, plan: Plan, version: int, field: str) -> PlanText:
    text = await store.text_of(pool, plan.plan_id, version)
    if text is None:
        raise not_found(field, version)
    return text
