"""What a plan says beside its obligations, over HTTP on a real database."""

from typing import Any

import pytest

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
