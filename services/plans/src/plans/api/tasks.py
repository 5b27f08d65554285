"""Following up the tasks of plans in force."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from contracts.values import Instant, UnitCode
from plans.api.access import readable_plan, readable_task
from plans.api.task_views import (
    Comparison,
    CompleteBody,
    ConfirmBody,
    CoverageView,
    MemberView,
    ProgressBody,
    ReasonBody,
    ReturnBody,
    StepView,
    TaskChange,
    TaskItem,
    TaskPage,
    TaskView,
    VerifyBody,
)
from plans.commands import tasks as commands
from plans.domain.tasks.comparison import Point, compared, point
from plans.domain.tasks.coverage import Member, coverage
from plans.domain.tasks.record import TrackedTask
from plans.settings import Settings
from plans.store import tasks as store
from plans.store import units as unit_store
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.kit import Kit, Request
from servicekit.problems import invalid
from servicekit.units import in_scope

router = APIRouter(tags=["tasks"])
_FIRST = UUID(int=0)
_HISTORY = 100
_MEMBERS = 1000
TaskPath = Annotated[str, Path(pattern=r"^[0-9A-Za-z_.-]{1,64}$")]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/plans/{plan_id}/tasks", summary="列出任务 The tasks of a plan in force")
async def read_list(
    kit: KitDep,
    principal: PrincipalDep,
    plan_id: UUID,
    after: Annotated[str | None, Query(pattern=r"^[0-9]{1,9}:[0-9A-Za-z_.-]{1,64}$")] = None,
    limit: Limit = 100,
) -> TaskPage:
    await readable_plan(kit.pool, principal, plan_id)
    position, _, task = (after or "-1:").partition(":")
    found = await store.page(kit.pool, plan_id, (int(position), task), limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return TaskPage(items=_items(kit, found[:limit]), next=f"{last.position}:{last.task}" if last else None)


@router.get("/tasks", summary="本单位任务 The tasks in which a unit of the caller's subtree has a part")
async def read_of_unit(
    kit: KitDep,
    principal: PrincipalDep,
    unit: Annotated[UnitCode | None, Query(description="default: the caller's unit")] = None,
    after: Annotated[str | None, Query(pattern=r"^[0-9a-f-]{36}:[0-9A-Za-z_.-]{1,64}$")] = None,
    limit: Limit = 100,
) -> TaskPage:
    unit = unit or principal.acting_unit()
    await in_scope(kit.pool, principal, unit)
    found = await store.of_unit(kit.pool, unit, _cursor(after), limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return TaskPage(items=_items(kit, found[:limit]), next=last.key if last else None)


@router.get("/plans/{plan_id}/tasks/{task}", summary="查询任务 A task with its newest changes")
async def read(kit: KitDep, principal: PrincipalDep, plan_id: UUID, task: TaskPath) -> TaskView:
    found = await readable_task(kit.pool, principal, plan_id, task)
    rows = await store.history(kit.pool, plan_id, task, _HISTORY)
    item = TaskItem.of(found, kit.clock.now(), _settings(kit).due_soon)
    return TaskView(**item.model_dump(), history=[TaskChange(**row) for row in rows])


@router.get("/plans/{plan_id}/coverage", summary="覆盖检查 What nobody does, and who has nothing to do")
async def read_coverage(kit: KitDep, principal: PrincipalDep, plan_id: UUID) -> CoverageView:
    plan = await readable_plan(kit.pool, principal, plan_id)
    rows = await unit_store.children(kit.pool, plan.issuer, "", _MEMBERS)
    members = [Member(row["code"], row["name"], tuple(row["groups"])) for row in rows if row["retired_at"] is None]
    found = coverage(plan.content, members)
    return CoverageView(
        topics_without_unit=list(found.topics_without_unit),
        tasks_without_unit=list(found.tasks_without_unit),
        units_without_task=[MemberView(code=each.code, name=each.name) for each in found.units_without_task],
    )


@router.get("/plans/{plan_id}/comparison", summary="进度对比 How far tasks came since a baseline")
async def compare(
    kit: KitDep,
    principal: PrincipalDep,
    plan_id: UUID,
    baseline: Annotated[Instant, Query(description="an instant with offset")],
    as_of: Annotated[Instant | None, Query(description="default: now")] = None,
) -> Comparison:
    """What was recorded up to each instant, judged at that instant."""
    await readable_plan(kit.pool, principal, plan_id)
    later = as_of or kit.clock.now()
    soon = _settings(kit).due_soon

    async def points(instant: Instant) -> dict[str, Point]:
        return {task: point(state, instant, soon) for task, state in (await store.as_of(kit.pool, plan_id, instant)).items()}

    steps = compared(await points(baseline), await points(later))
    return Comparison(baseline=baseline, as_of=later, items=[StepView.of(step) for step in steps])


@router.post("/plans/{plan_id}/tasks/{task}/progress", response_model=TaskItem, summary="填报进度 Tell how far a task is")
async def progress(kit: KitDep, request: CommandDep, plan_id: UUID, task: TaskPath, body: ProgressBody) -> Response:
    told = body.to_domain()
    return await _answer(
        kit, request, lambda conn: commands.progress(conn, request.principal, plan_id, task, told, request.received_at)
    )


@router.post("/plans/{plan_id}/tasks/{task}/verify", response_model=TaskItem, summary="核实进度 Say how far a task really is")
async def verify(kit: KitDep, request: CommandDep, plan_id: UUID, task: TaskPath, body: VerifyBody) -> Response:
    told = body.to_domain()
    return await _answer(
        kit, request, lambda conn: commands.verify(conn, request.principal, plan_id, task, told, request.received_at)
    )


@router.post("/plans/{plan_id}/tasks/{task}/complete", response_model=TaskItem, summary="申报完成 Say that it is done")
async def complete(kit: KitDep, request: CommandDep, plan_id: UUID, task: TaskPath, body: CompleteBody) -> Response:
    async def run(conn: Connection) -> TrackedTask:
        who, at = request.principal, request.received_at
        return await commands.complete(conn, who, plan_id, task, deadlines=body.deadlines, note=body.note, at=at)

    return await _answer(kit, request, run)


@router.post("/plans/{plan_id}/tasks/{task}/confirm", response_model=TaskItem, summary="确认完成 Accept a completion")
async def confirm(kit: KitDep, request: CommandDep, plan_id: UUID, task: TaskPath, body: ConfirmBody) -> Response:
    return await _answer(
        kit, request, lambda conn: commands.confirm(conn, request.principal, plan_id, task, body.deadlines, request.received_at)
    )


@router.post("/plans/{plan_id}/tasks/{task}/return", response_model=TaskItem, summary="退回 Do not accept a completion")
async def give_back(kit: KitDep, request: CommandDep, plan_id: UUID, task: TaskPath, body: ReturnBody) -> Response:
    async def run(conn: Connection) -> TrackedTask:
        who, at = request.principal, request.received_at
        return await commands.give_back(conn, who, plan_id, task, deadlines=body.deadlines, reason=body.reason, at=at)

    return await _answer(kit, request, run)


@router.post("/plans/{plan_id}/tasks/{task}/list", response_model=TaskItem, summary="挂牌督办 Supervise an overdue task")
async def list_(kit: KitDep, request: CommandDep, plan_id: UUID, task: TaskPath, body: ReasonBody) -> Response:
    return await _answer(
        kit, request, lambda conn: commands.list_(conn, request.principal, plan_id, task, body.reason, request.received_at)
    )


@router.post("/plans/{plan_id}/tasks/{task}/delist", response_model=TaskItem, summary="摘牌 End the supervision")
async def delist(kit: KitDep, request: CommandDep, plan_id: UUID, task: TaskPath, body: ReasonBody) -> Response:
    return await _answer(
        kit, request, lambda conn: commands.delist(conn, request.principal, plan_id, task, body.reason, request.received_at)
    )


async def _answer(kit: Kit, request: Request, command: Callable[[Connection], Awaitable[TrackedTask]]) -> Response:
    async def run(connection: Connection) -> TaskItem:
        return TaskItem.of(await command(connection), request.received_at, _settings(kit).due_soon)

    return respond(await kit.answer(request, 200, run))


def _items(kit: Kit, tasks: list[TrackedTask]) -> list[TaskItem]:
    now, soon = kit.clock.now(), _settings(kit).due_soon
    return [TaskItem.of(task, now, soon) for task in tasks]


def _settings(kit: Kit) -> Settings:
    assert isinstance(kit.settings, Settings)  # noqa: S101 - the service is made with them
    return kit.settings


def _cursor(after: str | None) -> tuple[UUID, str]:
    if after is None:
        return _FIRST, ""
    plan_id, _, task = after.partition(":")
    try:
        return UUID(plan_id), task
    except ValueError as error:
        raise invalid("after", "not a cursor of this list") from error
