"""Going through a draft that was read from a document, item by item, beside its source."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, ValidationError

from contracts.events.plans import Obligation
from contracts.values import Instant, Name, UnitCode
from plans.api.access import readable_plan
from plans.api.obligations import ObligationBody
from plans.api.plans import Amended, Version
from plans.api.units import Body
from plans.commands import review as commands
from plans.commands.refusals import refuse
from plans.commands.review import Judgement
from plans.domain.content import Party
from plans.domain.findings import Finding
from plans.domain.plan import Text as PlanText
from plans.domain.reviewing import KINDS, OBLIGATIONS, Item, item_of, kind_of
from plans.store import reviews as store
from plans.store.reviews import Decision
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.problems import not_found

router = APIRouter(tags=["plans"])
_MOST_LINES = 50
ItemPath = Annotated[str, Field(pattern=r"^[a-z]+/[0-9A-Za-z_.:-]{1,128}(/deadlines/[0-9A-Za-z_.-]{1,64})?$")]


class DecisionBody(Body):
    """A decision about one item. A correction brings the whole item as the plan shows it, with the same id."""

    item: ItemPath = Field(examples=["tasks/task-1-2", "tasks/task-1-2/deadlines/deadline-1", "obligations/village-daily"])
    decision: Literal["accept", "correct", "reject"]
    value: dict[str, Any] | None = None

    def to_domain(self, path: str) -> Judgement:
        if (self.decision == "correct") is (self.value is None):
            refuse([Finding("invalid", f"{path}.value", "a correction brings a value, other decisions bring none")])
        return Judgement(self.item, self.decision, None if self.value is None else _value(self.item, self.value, path))


class ReviewBody(Body):
    """Decisions about items of the version that the caller has read; all or none."""

    version: Version
    decisions: Annotated[tuple[DecisionBody, ...], Field(min_length=1, max_length=200)]


class MeaningBody(Body):
    """Whom a printed name means: a unit of the tree, several bodies, or somebody who is no unit."""

    kind: Literal["unit", "group", "outside"] = "unit"
    unit: UnitCode | None = None


class ResolveBody(Body):
    """Whom printed names mean, wherever the draft names them."""

    version: Version
    names: Annotated[dict[Name, MeaningBody], Field(min_length=1, max_length=200)]

    def to_domain(self) -> dict[str, Party]:
        refuse(
            [
                Finding("invalid", f"names.{name}.unit", "give a unit for kind unit, and only there")
                for name, each in self.names.items()
                if (each.kind == "unit") is (each.unit is None)
            ]
        )
        return {name: Party(name=name, kind=each.kind, unit=each.unit) for name, each in self.names.items()}


class ReviewItem(BaseModel):
    """Something that was read: the lines of the source, and what the plan makes of it now (null: taken out)."""

    item: str
    first_line: int
    last_line: int
    source: list[str]
    printed: str
    confidence: float
    decision: Decision
    decided_at: Instant | None
    decided_by: Name | None
    value: dict[str, Any] | None

    @classmethod
    def of(cls, row: Any, lines: tuple[str, ...], text: PlanText) -> Self:
        fields = {name: row[name] for name in cls.model_fields if name not in {"source", "value"}}
        source = list(lines[row["first_line"] - 1 : row["last_line"]][:_MOST_LINES])
        return cls(**fields, source=source, value=_shown(item_of(text, row["item"])))


class Review(BaseModel):
    """What was read for a plan, in the order of the source. `next` goes into `after`; null: this is the last page."""

    import_id: UUID
    position: int
    version: int
    pending: int
    items: list[ReviewItem]
    next: int | None


@router.get("/plans/{plan_id}/review", summary="核对导入 What was read for a draft, beside its source")
async def read(
    kit: KitDep,
    principal: PrincipalDep,
    plan_id: UUID,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Review:
    plan = await readable_plan(kit.pool, principal, plan_id)
    origin = await store.origin(kit.pool, plan_id)
    if origin is None:
        raise not_found("review", plan_id)
    rows = await store.page(kit.pool, plan_id, after, limit + 1)
    return Review(
        import_id=origin.import_id,
        position=origin.position,
        version=plan.version,
        pending=await store.pending(kit.pool, plan_id),
        items=[ReviewItem.of(row, origin.lines, plan.text) for row in rows[:limit]],
        next=rows[limit - 1]["number"] if len(rows) > limit else None,
    )


@router.post("/plans/{plan_id}/review", response_model=Amended, summary="采纳、更正或删除 Decide on items of a draft")
async def judge(kit: KitDep, request: CommandDep, plan_id: UUID, body: ReviewBody) -> Response:
    judgements = [each.to_domain(f"decisions.{index}") for index, each in enumerate(body.decisions)]

    async def run(connection: Connection) -> Amended:
        return Amended.by(
            await commands.judge(connection, request.principal, plan_id, body.version, judgements, request.received_at)
        )

    return respond(await kit.answer(request, 200, run))


@router.post("/plans/{plan_id}/resolve", response_model=Amended, summary="对应单位 Say whom printed names mean")
async def resolve(kit: KitDep, request: CommandDep, plan_id: UUID, body: ResolveBody) -> Response:
    meant = body.to_domain()

    async def run(connection: Connection) -> Amended:
        return Amended.by(
            await commands.resolve(connection, request.principal, plan_id, body.version, meant, request.received_at)
        )

    return respond(await kit.answer(request, 200, run))


def _value(item: str, value: dict[str, Any], path: str) -> Item:
    kind = kind_of(item)
    if kind != OBLIGATIONS and kind not in KINDS:
        refuse([Finding("invalid", f"{path}.item", "no such part of a plan")])
    try:
        return ObligationBody.model_validate(value).to_domain() if kind == OBLIGATIONS else KINDS[kind].model_validate(value)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        refuse([Finding("invalid", ".".join([f"{path}.value", *map(str, each["loc"])]), each["msg"]) for each in wrong])
        raise


def _shown(item: Item | None) -> dict[str, Any] | None:
    if isinstance(item, Obligation):
        return ObligationBody.of(item).model_dump(mode="json")
    return None if item is None else item.model_dump(mode="json")
