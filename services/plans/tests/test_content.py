"""What a plan says beside its obligations, over HTTP on a real database."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.events.plans import PlanClosed, PlanIssued

pytestmark = pytest.mark.io

CONTENT: dict[str, Any] = {
    "issued_on": "2026-02-20",
    "parents": [{"title": "市级总方案", "document_number": "衢安〔2026〕1号", "phase": "p1"}],
    "basis": [{"title": "安全生产法"}],
    "phases": [{"id": "p1", "name": "动员部署", "start": "2026-03-01", "end": "2026-04-30"}],
    "topics": [{"id": "t1", "title": "燃气安全", "leads": [{"name": "白石镇", "unit": "330802101"}]}],
    "tasks": [
        {
            "id": "t1.1",
            "topic": "t1",
            "text": "全面排查餐饮场所用气隐患",
            "leads": [
                {"name": "白石镇", "unit": "330802101", "scope": "沿街商铺"},
                {"name": "东坪镇", "unit": "330802102", "scope": "农贸市场"},
            ],
            "supports": [{"name": "各成员单位", "kind": "group"}],
            "open_list": True,
            "territorial": [{"name": "各村", "kind": "group"}],
            "responsible": [{"name": "镇长", "grade": "第一"}],
            "deadlines": [
                {"id": "d1", "text": "6月底前", "date": "2026-06-30", "strength": "strive"},
                {"id": "d2", "text": "每年12月25日前", "date": "2026-12-25", "yearly": True, "until": "2028-12-25"},
            ],
        }
    ],
    "indicators": [
        {"id": "i1", "name": "整改率", "target": {"direction": ">=", "value": "98.5", "unit": "%"}, "tasks": ["t1.1"]},
        {"id": "i2", "name": "死亡人数", "target": {"direction": "zero", "unit": "人"}, "strength": "must"},
    ],
    "lists": [{"id": "l1", "name": "两个清单", "parts": ["问题隐患", "制度措施"]}],
    "inspections": [{"id": "n1", "role": "分管领导", "what": "带队检查", "schedule": {"every": "month"}}],
    "meetings": [{"id": "m1", "name": "联席会议", "schedule": {"every": "quarter"}}],
    "accountability": [{"id": "r1", "trigger": "逾期未整改", "measure": "约谈", "body": "县安委办"}],
}


@pytest.fixture
def whole(daily: dict[str, Any]) -> dict[str, Any]:
    return {**daily, "content": CONTENT}


def said(written: Any, read: Any) -> bool:
    """Whether everything written is read back; what was left out has its default."""
    if isinstance(written, dict):
        return all(said(value, read[name]) for name, value in written.items())
    if isinstance(written, list):
        return len(written) == len(read) and all(map(said, written, read))
    return bool(written == read)


async def test_the_content_of_a_plan_reads_back_as_it_is_written(plans, whole) -> None:
    plan_id = (await plans.post("/plans", whole, unit="330802")).json()["plan_id"]

    read = (await plans.get(f"/plans/{plan_id}", unit="330802101201")).json()

    assert said(CONTENT, read["content"])
    again = {**whole, "content": read["content"]}
    assert (await plans.post("/plans", again, unit="330802")).status_code == 201


async def test_a_plan_of_tasks_alone_is_a_plan_and_one_that_says_nothing_is_not(plans) -> None:
    tasks = {"title": "任务方案", "content": {"tasks": [{"id": "a", "text": "排查"}]}}

    assert (await plans.post("/plans", tasks, unit="330802")).status_code == 201
    assert (await plans.post("/plans", {"title": "空"}, unit="330802")).status_code == 422


async def test_content_that_cannot_stand_is_refused_by_field(plans, whole) -> None:
    before = await plans.content()
    wrong = {**CONTENT, "tasks": [{"id": "a", "text": "做", "topic": "none"}], "indicators": []}

    answer = await plans.post("/plans", {**whole, "content": wrong}, unit="330802")

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["content.tasks.0.topic"]
    assert await plans.content() == before


async def test_a_draft_is_revised_by_its_version_and_tells_nobody(plans, whole) -> None:
    plan_id = (await plans.post("/plans", whole, unit="330802")).json()["plan_id"]
    wanted = {"version": 1, "title": "新标题", "content": {**CONTENT, "lists": []}}

    answer = await plans.post(f"/plans/{plan_id}/revise", wanted, unit="330802")

    changes = ["标题由“森林火灾隐患专项整治方案”改为“新标题”", "取消清单 l1“两个清单”"]
    assert answer.json() == {"plan_id": plan_id, "version": 2, "state": "draft", "changes": changes}
    assert (await plans.post(f"/plans/{plan_id}/revise", wanted, unit="330802")).status_code == 409
    assert (await plans.post(f"/plans/{plan_id}/revise", {**wanted, "version": 2}, unit="330802")).status_code == 409
    assert (await plans.post(f"/plans/{plan_id}/revise", {**wanted, "version": 2}, unit="330802101")).status_code == 403
    assert await plans.outbox() == []
    issued = await plans.post(f"/plans/{plan_id}/issue", {"version": 2}, unit="330802")
    assert issued.json()["version"] == 3
    [(sequence, event)] = await plans.outbox()
    assert (sequence, event.revision, event.title) == (1, 1, "新标题")
    assert (await plans.post(f"/plans/{plan_id}/revise", {"version": 3, "title": "晚"}, unit="330802")).status_code == 409


async def test_an_amendment_changes_the_parts_that_it_names(plans, whole) -> None:
    plan_id = (await plans.post("/plans", whole, unit="330802")).json()["plan_id"]
    await plans.post(f"/plans/{plan_id}/issue", {"version": 1}, unit="330802")

    content = {**CONTENT, "lists": []}
    answer = await plans.post(f"/plans/{plan_id}/amend", {"version": 2, "content": content}, unit="330802")

    assert answer.json()["changes"] == ["取消清单 l1“两个清单”"]
    read = (await plans.get(f"/plans/{plan_id}", unit="330802")).json()
    assert len(read["obligations"]) == 2
    assert read["content"]["lists"] == []


async def test_what_blocks_is_named_and_keeps_a_draft_from_being_issued(plans, whole) -> None:
    parties = [{"name": "东坪镇人民政府"}, {"name": "不存在的局"}]
    tasks = [{"id": "a", "text": "排查", "leads": parties}]
    plan_id = (await plans.post("/plans", {"title": "方案", "content": {"tasks": tasks}}, unit="330802")).json()["plan_id"]
    before = await plans.content()

    found = (await plans.get(f"/plans/{plan_id}/findings", unit="330802")).json()
    refused = await plans.post(f"/plans/{plan_id}/issue", {"version": 1}, unit="330802")

    assert (found["version"], found["issuable"]) == (1, False)
    blocks = [(item["code"], item["field"]) for item in found["items"] if item["severity"] == "blocks"]
    assert blocks == [
        ("unit_unresolved", "content.tasks.0.leads.0"),
        ("unit_unresolved", "content.tasks.0.leads.1"),
        ("task_without_unit", "content.tasks.0.leads"),
    ]
    assert found["items"][0]["candidates"] == [{"code": "330802102", "name": "东坪镇", "level": "town"}]
    assert refused.status_code == 409
    assert [error["field"] for error in refused.json()["errors"]] == [field for _, field in blocks]
    assert await plans.content() == before


async def test_an_amendment_that_would_block_is_refused(plans, whole) -> None:
    plan_id = (await plans.post("/plans", whole, unit="330802")).json()["plan_id"]
    await plans.post(f"/plans/{plan_id}/issue", {"version": 1}, unit="330802")

    content = {"tasks": [{"id": "a", "text": "排查", "leads": [{"name": "镇", "unit": "999"}]}]}
    answer = await plans.post(f"/plans/{plan_id}/amend", {"version": 2, "content": content}, unit="330802")

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["content.tasks.0.leads.0.unit"]


async def test_two_versions_are_compared_in_words(plans, whole) -> None:
    plan_id = (await plans.post("/plans", whole, unit="330802")).json()["plan_id"]
    for version, title in ((1, "二稿"), (2, "三稿")):
        await plans.post(f"/plans/{plan_id}/revise", {"version": version, "title": title}, unit="330802")

    async def compared(query: str) -> dict[str, Any]:
        answer: dict[str, Any] = (await plans.get(f"/plans/{plan_id}/differences{query}", unit="330802")).json()
        return answer

    assert await compared("") == {"earlier": 2, "later": 3, "changes": ["标题由“二稿”改为“三稿”"]}
    assert (await compared("?earlier=1&later=3"))["changes"] == ["标题由“森林火灾隐患专项整治方案”改为“三稿”"]
    assert (await compared("?earlier=3&later=3"))["changes"] == []
    assert (await plans.get(f"/plans/{plan_id}/differences?earlier=9", unit="330802")).status_code == 404
    assert (await plans.get(f"/plans/{plan_id}/differences", unit="330802101")).status_code == 200


async def test_a_plan_in_force_is_closed_once_and_says_so(plans, whole) -> None:
    plan_id = (await plans.post("/plans", whole, unit="330802")).json()["plan_id"]
    assert (await plans.post(f"/plans/{plan_id}/close", {"version": 1}, unit="330802")).status_code == 409
    await plans.post(f"/plans/{plan_id}/issue", {"version": 1}, unit="330802")
    assert (await plans.post(f"/plans/{plan_id}/close", {"version": 2}, unit="330802101")).status_code == 403

    answer = await plans.post(f"/plans/{plan_id}/close", {"version": 2, "reason": "任务完成"}, unit="330802")

    assert answer.json() == {"plan_id": plan_id, "version": 3, "state": "closed"}
    [(sequence, event)] = await plans.outbox(PlanClosed)
    assert (sequence, event.revision, event.obligations, event.reason) == (2, 2, (), "任务完成")
    assert [task.id for task in event.tasks] == ["t1.1"]
    assert (await plans.post(f"/plans/{plan_id}/close", {"version": 3}, unit="330802")).status_code == 409
    assert (await plans.post(f"/plans/{plan_id}/amend", {"version": 3, "title": "晚"}, unit="330802")).status_code == 409
    read = (await plans.get(f"/plans/{plan_id}", unit="330802")).json()
    assert (read["state"], read["history"][-1]["changes"]) == ("closed", ["终止方案:任务完成"])
    assert read["closed_at"] is not None


async def test_an_issued_plan_tells_its_tasks_with_their_units_and_instants(plans, whole) -> None:
    plan_id = (await plans.post("/plans", whole, unit="330802")).json()["plan_id"]
    await plans.post(f"/plans/{plan_id}/issue", {"version": 1}, unit="330802")

    [(_, event)] = await plans.outbox(PlanIssued)

    [task] = event.tasks
    assert (task.task_id, task.topic, task.leads, task.supports) == (f"{plan_id}:t1.1", "t1", ("330802101", "330802102"), ())
    assert [(due.id, due.due_at, due.yearly) for due in task.deadlines] == [
        ("d1", datetime(2026, 6, 30, 16, tzinfo=UTC), False),
        ("d2", datetime(2026, 12, 25, 16, tzinfo=UTC), True),
    ]
    assert [(phase.id, phase.name) for phase in event.phases] == [("p1", "动员部署")]
    assert [(each.name, [(part.name, part.kind) for part in each.parts]) for each in event.lists] == [
        ("两个清单", [("问题隐患", "hazards"), ("制度措施", "tasks")])
    ]
    assert "镇长" not in event.to_json().decode()


async def test_a_yearly_plan_hangs_under_one_in_force_and_keeps_to_its_days(plans, whole) -> None:
    parent = (await plans.post("/plans", whole, unit="330802")).json()["plan_id"]
    higher = {"plan_id": parent, "task": "t1.1", "deadline": "d1", "date": "2026-06-30"}
    lead = [{"name": "白石镇", "unit": "330802101"}]
    task = {"id": "a", "text": "排查", "leads": lead, "deadlines": [{"id": "d", "date": "2026-07-15", "inherited": higher}]}
    content = {"parents": [{"plan_id": parent, "phase": "p1"}], "tasks": [task]}
    child = (await plans.post("/plans", {"title": "年度方案", "content": content}, unit="330802101")).json()["plan_id"]

    async def found() -> list[str]:
        items = (await plans.get(f"/plans/{child}/findings", unit="330802101")).json()["items"]
        return [item["code"] for item in items]

    assert "parent_unknown" in await found()
    await plans.post(f"/plans/{parent}/issue", {"version": 1}, unit="330802")
    assert await found() == ["document_number_blank", "deadline_after_parent"]
    answer = await plans.post(f"/plans/{child}/issue", {"version": 1}, unit="330802101")
    assert answer.status_code == 200, answer.text
    assert [str(each.plan_id) for each in (await plans.outbox(PlanIssued))[-1][1].parents] == [parent]
