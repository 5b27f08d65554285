"""The read model of tasks on a real database, and its list."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from reporting_world import World, at

from contracts import Envelope
from contracts.campaigns import PlanTask, TaskDue
from contracts.events.plans import PlanAmended, PlanClosed, PlanEvent, PlanIssued
from contracts.events.tasks import TaskCompleted, TaskConfirmed, TaskEvent, TaskListed, TaskOverdue, TaskProgressed

pytestmark = pytest.mark.io
JUNE = datetime(2026, 6, 30, 16, tzinfo=UTC)
AUDITOR = {"unit": None, "roles": ("auditor",)}


def task(name: str, leads: tuple[str, ...], supports: tuple[str, ...] = ()) -> PlanTask:
    deadlines = (TaskDue(id="d1", text="6月底前", due_at=JUNE),)
    return PlanTask(task_id=f"plan-1:{name}", id=name, text=f"任务{name}", leads=leads, supports=supports, deadlines=deadlines)


TASKS = [task("t1", ("T1",), ("V21",)), task("t2", ("T2", "V11")), task("t10", ("T2",))]


def plan(world: World, cls: type[PlanEvent], *tasks: PlanTask, when: str = "08:00") -> Envelope:
    changes = {"changes": ["改"]} if cls is PlanAmended else {}
    return world.envelope(
        cls.model_validate(
            {"occurred_at": at(when), "recorded_at": at(when), "plan_id": "plan-1", "title": "燃气", "issuer": "C"}
            | {"zone": "Asia/Shanghai", "revision": world.sequences.get("plan-1", 0) + 1, "obligations": [], "tasks": tasks}
            | changes
        )
    )


def happens(world: World, cls: type[TaskEvent], name: str, **more: Any) -> Envelope:
    common = {"occurred_at": JUNE, "recorded_at": JUNE, "task_id": f"plan-1:{name}", "plan_id": "plan-1", "task": name}
    facts = {"text": f"任务{name}", "issuer": "C", "leads": ["T2"]}
    return world.envelope(cls.model_validate(common | facts | more))


async def stored(world: World) -> dict[str, tuple[str, bool, bool]]:
    rows = await world.pool.fetch("SELECT task, state, in_force, overdue_since IS NOT NULL AS late FROM task")
    return {row["task"]: (row["state"], row["in_force"], row["late"]) for row in rows}


async def everything(world: World) -> list[str]:
    return [row["row"] for row in await world.pool.fetch("SELECT t::text AS row FROM task t ORDER BY task_id")]


async def test_tasks_are_folded_from_their_plan_and_their_own_events(world: World) -> None:
    await world.deliver([plan(world, PlanIssued, *TASKS)], at("08:00"))
    overdue = [happens(world, TaskOverdue, name, deadline="d1", due_at=JUNE) for name in ("t1", "t2")]
    done = [
        happens(world, TaskCompleted, "t2", unit="T2", deadlines=["d1"]),
        happens(world, TaskConfirmed, "t2", unit="C", deadlines=["d1"], finished=True),
    ]
    await world.deliver([*overdue, *done], at("09:00"))
    assert await stored(world) == {"t1": ("open", True, True), "t2": ("finished", True, False), "t10": ("open", True, False)}

    await world.deliver([plan(world, PlanAmended, TASKS[0], when="10:00")], at("10:00"))
    assert {name: in_force for name, (_, in_force, _) in (await stored(world)).items()} == {"t1": True, "t2": False, "t10": False}


async def test_told_again_or_before_the_plan_it_comes_to_the_same(world: World) -> None:
    issued = plan(world, PlanIssued, *TASKS)
    closed = plan(world, PlanClosed, *TASKS, when="12:00")
    events = [
        happens(world, TaskProgressed, "t1", unit="T1", percent=30, values=[{"indicator": "i1", "value": "0.1"}]),
        happens(world, TaskOverdue, "t1", deadline="d1", due_at=JUNE),
        happens(world, TaskListed, "t1", listing_unit="C", reason="滞后"),
        happens(world, TaskOverdue, "t2", deadline="d1", due_at=JUNE),
    ]
    await world.deliver(events, at("09:00"))
    await world.deliver([issued], at("09:00"))
    before = await everything(world)
    for batch in ([issued, *events], events[:2], [issued], events[::-1]):
        await world.deliver(batch, at("10:00"))
        assert await everything(world) == before
    await world.deliver([closed], at("12:00"))
    assert (await stored(world))["t1"] == ("open", True, True)  # the plan's tasks go on


async def test_a_plan_and_its_tasks_heard_of_by_two_processes_at_once_lose_nothing(world: World) -> None:
    issued = plan(world, PlanIssued, *TASKS)
    overdue = [happens(world, TaskOverdue, name, deadline="d1", due_at=JUNE) for name in ("t10", "t1", "t2")]
    await asyncio.gather(world.deliver([issued], at("08:00")), *(world.deliver([each], at("08:00")) for each in overdue))
    assert await stored(world) == dict.fromkeys(("t1", "t2", "t10"), ("open", True, True))
    assert await world.pool.fetchval("SELECT count(*) FROM task WHERE parties @> ARRAY['V21']") == 1


async def names(service, query: str = "", **who: Any) -> list[str]:
    found: list[str] = []
    after = ""
    while True:
        page = (await service.get(f"/tasks?limit=2{query}{after}", **who)).json()
        found += [item["task"] for item in page["items"]]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


async def test_the_list_shows_what_became_of_a_task(service) -> None:
    world: World = service.world
    issued = plan(world, PlanAmended, *TASKS)
    progress = happens(
        world, TaskProgressed, "t1", unit="T1", percent=80, lag_reason="资金未到", values=[{"indicator": "i", "value": 3}]
    )
    events = [
        progress,
        happens(world, TaskOverdue, "t1", deadline="d1", due_at=JUNE),
        happens(world, TaskListed, "t1", listing_unit="C", reason="滞后"),
    ]
    await world.deliver([issued, *events], at("13:00"))

    (first,) = (await service.get("/tasks?overdue=true", unit="C")).json()["items"]

    assert (first["task_id"], first["state"], first["overdue_since"]) == ("plan-1:t1", "open", "2026-06-30T16:00:00Z")
    assert first["deadlines"] == [
        {"id": "d1", "text": "6月底前", "due_at": "2026-06-30T16:00:00Z", "strength": "plain", "yearly": False}
        | {"state": "open", "overdue_since": "2026-06-30T16:00:00Z"}
    ]
    assert (first["claimed"]["percent"], first["claimed"]["values"], first["verified"]) == (80, {"i": 3}, None)
    assert (first["lag"]["reason"], first["listing"]["unit"]) == ("资金未到", "C")

    assert await names(service, **AUDITOR) == await names(service, unit="C") == ["t1", "t2", "t10"]
    assert await names(service, unit="T1") == ["t1", "t2"]  # leads the first, and a village of it the second
    assert await names(service, unit="V21") == ["t1"]
    assert await names(service, unit="V12") == []
    assert await names(service, "&unit=T2", unit="C") == ["t2", "t10"]
    assert await names(service, "&overdue=false", unit="C") == ["t2", "t10"]
    assert await names(service, "&plan_id=plan-9", unit="C") == []
    assert (await service.get("/tasks?after=plan-1~x~t1", unit="C")).status_code == 422
