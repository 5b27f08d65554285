"""Rules of accountability, and the measures that they propose. A proposal is never more until a person of the body decides."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Concatenate
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from contracts.values import Instant, Key, Text, UnitCode
from hazards.api.bodies import Body
from hazards.api.record_history import RecordHistory
from hazards.commands import accountability, measures
from hazards.commands.measures import MeasureCall
from hazards.domain.accountability.measures import Measure, MeasureState, Terms
from hazards.domain.accountability.rules import Rules, RuleSet
from hazards.store import accountability as rule_store
from hazards.store import changes, tasks
from hazards.store import measures as store
from hazards.store.measures import WantedMeasures
from servicekit import units
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.kit import Kit, Request
from servicekit.problems import not_found

router = APIRouter(tags=["accountability"])
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="an earlier version; default: the newest")]
PlanId = Annotated[Key, Path(max_length=100)]
Command = Callable[Concatenate[MeasureCall, ...], Awaitable[Measure]]


class MeasurePage(BaseModel):
    """Measures, the oldest first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[Measure]
    next: int | None


class MeasureBody(Body):
    """An action on what the caller has read."""

    version: Annotated[int, Field(ge=1)]


class IssueBody(MeasureBody):
    """What the addressee is told, and by when; what is missing is as the rule says."""

    text: Text | None = None
    acknowledge_by: Instant | None = None
    reply_by: Instant | None = None


class ReplyBody(MeasureBody):
    """What is done about it."""

    text: Text


class EndBody(MeasureBody):
    """A remark, if any."""

    note: Text | None = None


class WithdrawBody(MeasureBody):
    """Why."""

    reason: Text


@router.put("/accountability/rules/{unit}", response_model=RuleSet, summary="设定问责规则 Decide rules for a unit's subtree")
async def decide_for_unit(kit: KitDep, request: CommandDep, unit: UnitCode, body: Rules) -> Response:
    async def run(connection: Connection) -> RuleSet:
        return await accountability.decide_for_unit(connection, request.principal, unit, body, request.received_at)

    return respond(await kit.answer(request, 200, run))


@router.get("/accountability/rules/{unit}", summary="现行问责规则 The rules of a unit; those of the units above hold beside them")
async def read_rules(kit: KitDep, principal: PrincipalDep, unit: UnitCode, version: Version = None) -> RuleSet:
    await units.in_scope(kit.pool, principal, unit)
    return await _rules(kit, unit, version)


@router.put("/accountability/plans/{plan_id}/rules", response_model=RuleSet, summary="设定方案问责规则 Decide rules of a plan")
async def decide_for_plan(kit: KitDep, request: CommandDep, plan_id: PlanId, body: Rules) -> Response:
    async def run(connection: Connection) -> RuleSet:
        return await accountability.decide_for_plan(connection, request.principal, plan_id, body, request.received_at)

    return respond(await kit.answer(request, 200, run))


@router.get("/accountability/plans/{plan_id}/rules", summary="方案问责规则 The rules of a plan")
async def read_rules_of_plan(kit: KitDep, principal: PrincipalDep, plan_id: PlanId, version: Version = None) -> RuleSet:
    issuer = await tasks.issuer(kit.pool, plan_id)
    if issuer is None:
        raise not_found("plan_id", plan_id)
    await units.in_scope(kit.pool, principal, issuer, "plan_id")
    return await _rules(kit, accountability.of_plan(plan_id), version)


@router.get("/measures", summary="问责措施清单 Measures that concern a subtree; proposals are for their body only")
async def read_list(
    kit: KitDep,
    principal: PrincipalDep,
    state: MeasureState | None = None,
    unit: Annotated[UnitCode | None, Query(description="the addressee")] = None,
    body_unit: Annotated[UnitCode | None, Query(description="the competent body")] = None,
    subject: Annotated[Key | None, Query(description="the hazard, task, report or enterprise")] = None,
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> MeasurePage:
    wanted = WantedMeasures(state, unit, body_unit, subject)
    found = await store.page(kit.pool, principal.subtree(), wanted, after, limit + 1)
    following = found[limit - 1][0] if len(found) > limit else None
    return MeasurePage(items=[measure for _, measure in found[:limit]], next=following)


@router.get("/measures/{measure_id}", summary="查询问责措施 A measure")
async def read(kit: KitDep, principal: PrincipalDep, measure_id: UUID) -> Measure:
    return await measures.require_readable(kit.pool, principal, measure_id)


@router.get("/measures/{measure_id}/history", summary="问责措施档案 Every change of a measure")
async def read_history(
    kit: KitDep,
    principal: PrincipalDep,
    measure_id: UUID,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> RecordHistory:
    await measures.require_readable(kit.pool, principal, measure_id)
    return RecordHistory.of(await changes.of_record(kit.pool, "measure", str(measure_id), after, limit + 1), limit)


@router.post("/measures/{measure_id}/issue", response_model=Measure, summary="决定并下达 Decide it as a person of its body")
async def issue(kit: KitDep, request: CommandDep, measure_id: UUID, body: IssueBody) -> Response:
    terms = Terms(body.text, body.acknowledge_by, body.reply_by)
    return await _act(kit, request, measure_id, body, measures.issue, terms=terms)


@router.post("/measures/{measure_id}/acknowledge", response_model=Measure, summary="签收 Confirm that it was received")
async def acknowledge(kit: KitDep, request: CommandDep, measure_id: UUID, body: MeasureBody) -> Response:
    return await _act(kit, request, measure_id, body, measures.acknowledge)


@router.post("/measures/{measure_id}/reply", response_model=Measure, summary="反馈 Say what is done about it")
async def reply(kit: KitDep, request: CommandDep, measure_id: UUID, body: ReplyBody) -> Response:
    return await _act(kit, request, measure_id, body, measures.reply, text=body.text)


@router.post("/measures/{measure_id}/close", response_model=Measure, summary="办结 End it as settled")
async def close(kit: KitDep, request: CommandDep, measure_id: UUID, body: EndBody) -> Response:
    return await _act(kit, request, measure_id, body, measures.close, note=body.note)


@router.post("/measures/{measure_id}/withdraw", response_model=Measure, summary="撤销 Drop it")
async def withdraw(kit: KitDep, request: CommandDep, measure_id: UUID, body: WithdrawBody) -> Response:
    return await _act(kit, request, measure_id, body, measures.withdraw, reason=body.reason)


async def _act(kit: Kit, request: Request, measure_id: UUID, body: MeasureBody, command: Command, **said: Any) -> Response:
    async def run(connection: Connection) -> Measure:
        call = MeasureCall(connection, request.principal, measure_id, body.version, request.received_at)
        return await command(call, **said)

    return respond(await kit.answer(request, 200, run))


async def _rules(kit: Kit, owner: str, version: int | None) -> RuleSet:
    if version is not None:
        found = await rule_store.rules_of_version(kit.pool, owner, version)
        if found is None:
            raise not_found("version", version)
        return found
    return (await rule_store.newest_rules(kit.pool, [owner])).get(owner) or RuleSet(owner=owner)
