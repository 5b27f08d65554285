"""Lists of plans: composed as each plan says, shown as views over tasks and hazards."""

from datetime import timedelta
from typing import Any

import pytest
from reporting_world import World, at

from contracts import Envelope
from contracts.campaigns import ListPart, PlanList, PlanTask, TaskDue
from contracts.events.hazards import HazardReported, RectificationOrdered, RectificationOverdue
from contracts.events.plans import PlanAmended, PlanEvent, PlanIssued
from contracts.events.tasks import TaskOverdue

pytestmark = pytest.mark.io
TWO_LISTS = PlanList(
    id="l1", name="两个清单", parts=(ListPart(name="问题隐患", kind="hazards"), ListPart(name="制度措施", kind="tasks"))
)
MEASURES = PlanList(
    id="l2", name="整改清单", parts=(ListPart(name="整改措施", kind="measures"), ListPart(name="名录", kind="other"))
)
DUE = at("18:00")


def plan(world: World, cls: type[PlanEvent], *lists: PlanList, tasks: int = 3) -> Envelope:
    made = tuple(
        PlanTask(
            task_id=f"plan-9:t{n}",
            id=f"t{n}",
            text=f"任务{n}",
            leads=("T1" if n % 2 else "T2",),
            deadlines=(TaskDue(id="d", due_at=DUE),),
        )
        for n in range(tasks)
    )
    facts = {"occurred_at": at("12:30"), "recorded_at": at("12:30"), "plan_id": "plan-9", "title": "燃气", "issuer": "C"}
    more = {"changes": ["改"]} if cls is PlanAmended else {}
    number = world.sequences.get("plan-9", 0) + 1
    return world.envelope(
        cls.model_validate(
            facts | {"zone": "Asia/Shanghai", "revision": number, "obligations": [], "tasks": made, "lists": lists} | more
        )
    )


def found(world: World, hazard_id: str, unit: str, plan_id: str | None = "plan-9") -> Envelope:
    facts = {
        "occurred_at": at("12:40"),
        "recorded_at": at("12:40"),
        "hazard_id": hazard_id,
        "number": f"N-{hazard_id}",
        "unit": unit,
    }
    more = {"title": "软管老化", "category": "燃气", "hazard_occurred_at": at("12:00"), "plan_id": plan_id}
    return world.envelope(HazardReported.model_validate(facts | more))


def ordered(world: World, cls: type[RectificationOrdered | RectificationOverdue], hazard_id: str, unit: str) -> Envelope:
    facts = {
        "occurred_at": at("12:50"),
        "recorded_at": at("12:50"),
        "hazard_id": hazard_id,
        "number": f"N-{hazard_id}",
        "unit": unit,
    }
    order = {"title": "软管老化", "ordering_unit": "T1", "responsible_unit": unit, "due_at": at("12:59"), "plan_id": "plan-9"}
    elements = {"measures": "更换", "funds": 0, "contingency": "停气"} if cls is RectificationOrdered else {}
    return world.envelope(cls.model_validate(facts | order | elements))


@pytest.fixture
async def listed(service):
    """Two lists over three tasks, one of them overdue, and four hazards of the plan, one of them ordered and overdue."""
    world: World = service.world
    await world.deliver([plan(world, PlanIssued, TWO_LISTS, MEASURES)], at("12:30"))
    hazards = [found(world, f"h{n}", unit) for n, unit in enumerate(("V11", "V11", "V21", "V13"), start=1)]
    late = TaskOverdue(
        occurred_at=DUE,
        recorded_at=DUE,
        task_id="plan-9:t1",
        plan_id="plan-9",
        task="t1",
        text="任务1",
        issuer="C",
        leads=("T1",),
        deadline="d",
        due_at=DUE,
    )
    order = [ordered(world, RectificationOrdered, "h2", "V11"), ordered(world, RectificationOverdue, "h2", "V11")]
    await world.deliver([*hazards, found(world, "h9", "V11", None), *order, world.envelope(late)], at("12:59"))
    return service


async def rows(service, list_id: str, limit: int = 100, **who: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    after = ""
    while True:
        answer = await service.get(f"/lists/plan-9/{list_id}?limit={limit}{after}", **who)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        if page["next"] is None:
            return items
        after = f"&after={page['next']}"


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [(item["task"] or {}).get("task") or item["hazard"]["hazard_id"] for item in items]


async def test_lists_are_composed_as_the_plan_says_and_counted(listed) -> None:
    items = (await listed.get("/lists?plan_id=plan-9", unit="C")).json()["items"]
    assert [(item["list_id"], item["name"]) for item in items] == [("l1", "两个清单"), ("l2", "整改清单")]
    assert items[0]["parts"] == [
        {"name": "问题隐患", "kind": "hazards", "rows": 4},
        {"name": "制度措施", "kind": "tasks", "rows": 3},
    ]
    assert [(part["kind"], part["rows"]) for part in items[1]["parts"]] == [("measures", 1), ("other", 0)]
    of_town = (await listed.get("/lists?plan_id=plan-9", unit="T2")).json()["items"]
    assert [part["rows"] for part in of_town[0]["parts"]] == [1, 2]


async def test_rows_are_tasks_then_hazards_page_by_page(listed) -> None:
    whole = await rows(listed, "l1", unit="C")
    assert ids(whole) == ["t0", "t1", "t2", "h1", "h2", "h3", "h4"]
    for limit in (1, 2, 3, 4, 7, 8):
        assert await rows(listed, "l1", limit, unit="C") == whole
    assert [item["parts"] for item in whole] == [["制度措施"]] * 3 + [["问题隐患"]] * 4
    assert (whole[1]["task"]["overdue_since"], whole[1]["task"]["state"]) == ("2026-03-02T10:00:00Z", "open")
    assert (whole[4]["hazard"]["state"], whole[4]["hazard"]["responsible_unit"]) == ("ordered", "V11")
    assert whole[4]["hazard"]["overdue_since"] is not None
    (measure,) = await rows(listed, "l2", unit="C")
    assert (measure["hazard"]["hazard_id"], measure["hazard"]["measures"], measure["parts"]) == ("h2", "更换", ["整改措施"])


async def test_a_caller_sees_its_own_part_of_a_list_and_plans_of_its_own_line(listed) -> None:
    assert ids(await rows(listed, "l1", unit="T1")) == ["t1", "h1", "h2", "h4"]
    assert ids(await rows(listed, "l1", unit="V21")) == ["h3"]
    assert ids(await rows(listed, "l1", unit=None, roles=("auditor",))) == ["t0", "t1", "t2", "h1", "h2", "h3", "h4"]
    world: World = listed.world
    await world.register("X", "county", None, at("12:00"))
    for path in ("/lists?plan_id=plan-9", "/lists/plan-9/l1"):
        assert (await listed.get(path, unit="X")).status_code == 404
    for path in ("/lists?plan_id=plan-8", "/lists/plan-9/l9"):
        assert (await listed.get(path, unit="C")).status_code == 404
    assert (await listed.get("/lists/plan-9/l1?after=x", unit="C")).status_code == 422


async def test_an_amendment_composes_a_list_anew_and_an_older_event_changes_nothing(listed) -> None:
    world: World = listed.world
    amended = plan(world, PlanAmended, MEASURES.model_copy(update={"id": "l1"}), tasks=1)
    await world.deliver([amended], at("13:00"))
    await world.deliver([amended], at("13:00") + timedelta(minutes=1))
    (only,) = (await listed.get("/lists?plan_id=plan-9", unit="C")).json()["items"]
    assert (only["list_id"], only["name"]) == ("l1", "整改清单")
    assert ids(await rows(listed, "l1", unit="C")) == ["h2"]
