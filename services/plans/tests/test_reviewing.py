"""A person goes through what was read from a document, beside its source, until it can be issued."""

from typing import Any

import pytest

pytestmark = pytest.mark.io
LINES = [
    "青山县渡口安全专项整治方案",
    "青安办〔2026〕4号",
    "为防范渡口渡船安全事故,结合我县实际,制定本方案。",
    "一、主要任务",
    "(一)排查渡口设施。2026年5月底前完成全县渡口登记造册。(县交通局牵头,白石镇配合)",
    "二、工作要求",
    "(一)实行零报告制度,各村每天14:00前将当日情况报镇政府,各镇每天15:00前报县安委办。",
]
OFFICE = {"unit": "330802"}


@pytest.fixture
async def drafted(plans) -> str:
    """The id of a plan that was drafted from a document."""
    token = plans.issuer.token("330802", "office")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
    answer = await plans.client.post(
        "/plans/imports", params={"name": "方案.txt"}, content="\n".join(LINES).encode(), headers=headers
    )
    assert answer.status_code == 201, answer.text
    drafted = await plans.post(f"/plans/imports/{answer.json()['import_id']}/proposals", {}, **OFFICE)
    plan_id: str = drafted.json()["plan_id"]
    return plan_id


async def review(plans, plan_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await plans.get(f"/plans/{plan_id}/review", **OFFICE)).json()
    return answer


async def test_every_item_is_shown_beside_the_lines_that_it_was_read_from(plans, drafted) -> None:
    found = await review(plans, drafted)

    items = {item["item"]: item for item in found["items"]}
    assert {"tasks/task-1-1", "tasks/task-1-1/deadlines/deadline-1", "obligations/village-daily"} <= items.keys()
    assert found["pending"] == len(items)
    deadline = items["tasks/task-1-1/deadlines/deadline-1"]
    assert (deadline["value"]["date"], deadline["decision"], deadline["source"]) == ("2026-05-31", "pending", [LINES[4]])
    assert items["obligations/village-daily"]["source"] == [LINES[6]]
    assert items["obligations/village-daily"]["value"]["cutoff"] == "14:00"
    assert [item["first_line"] for item in found["items"]] == sorted(item["first_line"] for item in found["items"])


async def test_a_draft_is_accepted_corrected_resolved_and_then_issued(plans, drafted) -> None:
    path = f"/plans/{drafted}"
    found = (await plans.get(f"{path}/findings", **OFFICE)).json()
    codes = {item["code"] for item in found["items"]}
    assert {"unit_unresolved", "task_without_unit", "review_pending"} <= codes
    resolved = await plans.post(f"{path}/resolve", {"version": 1, "names": {"县交通局": {"unit": "330802102"}}}, **OFFICE)
    assert resolved.json()["version"] == 2, resolved.text
    deadline = {"id": "deadline-1", "text": "2026年5月底前", "date": "2026-06-15", "strength": "ensure"}
    everything = [item["item"] for item in (await review(plans, drafted))["items"]]
    corrected = "tasks/task-1-1/deadlines/deadline-1"
    decisions = [{"item": item, "decision": "accept"} for item in everything if item != corrected]
    decisions += [{"item": corrected, "decision": "correct", "value": deadline}]

    judged = await plans.post(f"{path}/review", {"version": 2, "decisions": decisions}, **OFFICE)

    assert judged.json()["changes"] == [
        "任务 task-1-1:时限 deadline-1:日期由“2026年5月31日”改为“2026年6月15日”",
        "任务 task-1-1:时限 deadline-1:强度由“无”改为“确保”",
        *judged.json()["changes"][2:],
    ]
    after = await review(plans, drafted)
    assert after["pending"] == 0
    states = {item["item"]: (item["decision"], item["decided_by"]) for item in after["items"]}
    assert states[corrected] == ("corrected", "tester")
    assert set(states.values()) == {("accepted", "tester"), ("corrected", "tester")}
    found = (await plans.get(f"{path}/findings", **OFFICE)).json()
    assert found["issuable"]
    assert (await plans.post(f"{path}/issue", {"version": found["version"]}, **OFFICE)).status_code == 200
    late = {"version": found["version"] + 1, "decisions": [{"item": corrected, "decision": "accept"}]}
    assert (await plans.post(f"{path}/review", late, **OFFICE)).status_code == 409


async def test_a_rejected_item_leaves_the_plan_and_stays_readable_with_its_source(plans, drafted) -> None:
    decisions = [{"item": "tasks/task-1-1", "decision": "reject"}, {"item": "obligations/town-daily", "decision": "accept"}]

    answer = await plans.post(f"/plans/{drafted}/review", {"version": 1, "decisions": decisions}, **OFFICE)

    assert answer.json()["changes"][0].startswith("取消任务 task-1-1")
    items = {item["item"]: item for item in (await review(plans, drafted))["items"]}
    assert (items["tasks/task-1-1"]["value"], items["tasks/task-1-1"]["decision"]) == (None, "rejected")
    assert items["tasks/task-1-1"]["source"] == [LINES[4]]
    assert items["tasks/task-1-1/deadlines/deadline-1"]["value"] is None


async def test_accepting_alone_changes_no_version(plans, drafted) -> None:
    body = {"version": 1, "decisions": [{"item": "tasks/task-1-1", "decision": "accept"}]}

    assert (await plans.post(f"/plans/{drafted}/review", body, **OFFICE)).json()["version"] == 1


@pytest.mark.parametrize(
    ("decision", "status", "field"),
    [
        ({"item": "tasks/none", "decision": "accept"}, 404, "decisions.0.item"),
        ({"item": "tasks/task-1-1", "decision": "correct"}, 422, "decisions.0.value"),
        ({"item": "tasks/task-1-1", "decision": "accept", "value": {}}, 422, "decisions.0.value"),
        ({"item": "tasks/task-1-1", "decision": "correct", "value": {"id": "x", "text": "做"}}, 422, "decisions.0.value.id"),
        ({"item": "tasks/task-1-1", "decision": "correct", "value": {"id": "task-1-1"}}, 422, "decisions.0.value.text"),
        ({"item": "songs/task-1-1", "decision": "correct", "value": {"id": "task-1-1"}}, 422, "decisions.0.item"),
        ({"item": "tasks", "decision": "accept"}, 422, "decisions.0.item"),
    ],
)
async def test_a_decision_that_cannot_be_is_refused_and_changes_nothing(
    plans, drafted, decision: dict[str, Any], status: int, field: str
) -> None:
    before = await plans.content()

    answer = await plans.post(f"/plans/{drafted}/review", {"version": 1, "decisions": [decision]}, **OFFICE)

    assert answer.status_code == status, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert await plans.content() == before


async def test_only_the_issuer_reviews_and_only_what_was_read_can_be(plans, drafted, daily) -> None:
    body = {"version": 1, "decisions": [{"item": "tasks/task-1-1", "decision": "accept"}]}
    names = {"version": 1, "names": {"县交通局": {"kind": "outside"}}}
    assert (await plans.post(f"/plans/{drafted}/review", body, unit="330802101")).status_code == 403
    assert (await plans.post(f"/plans/{drafted}/resolve", names, unit="330802101")).status_code == 403
    assert (await plans.post(f"/plans/{drafted}/review", {**body, "version": 7}, **OFFICE)).status_code == 409
    wrong = {"version": 1, "names": {"县交通局": {"kind": "group", "unit": "330802102"}}}
    assert (await plans.post(f"/plans/{drafted}/resolve", wrong, **OFFICE)).status_code == 422
    assert (
        await plans.post(f"/plans/{drafted}/resolve", {"version": 1, "names": {"无此局": {"kind": "group"}}}, **OFFICE)
    ).status_code == 409
    written = (await plans.post("/plans", daily, **OFFICE)).json()["plan_id"]
    assert (await plans.get(f"/plans/{written}/review", **OFFICE)).status_code == 404
    assert (await plans.post(f"/plans/{written}/review", body, **OFFICE)).status_code == 404


async def test_a_draft_without_a_title_is_issued_only_after_a_person_gave_it_one(plans) -> None:
    headers = {"Authorization": f"Bearer {plans.issuer.token('330802', 'office')}", "Content-Type": "application/octet-stream"}
    fragment = "组长:\n副组长:\n一、工作要求\n(一)实行零报告制度,各镇每天15:00前将当日情况报县安委办。".encode()
    imported = await plans.client.post("/plans/imports", params={"name": "节选.txt"}, content=fragment, headers=headers)
    drafted = await plans.post(f"/plans/imports/{imported.json()['import_id']}/proposals", {}, **OFFICE)
    path = f"/plans/{drafted.json()['plan_id']}"

    refused = await plans.post(f"{path}/issue", {"version": 1}, **OFFICE)

    assert refused.status_code == 409
    assert [error["field"] for error in refused.json()["errors"]] == ["title"]
    assert "填写标题" in refused.json()["errors"][0]["reason"]
    titled = await plans.post(f"{path}/revise", {"version": 1, "title": "青山县防汛值班方案"}, **OFFICE)
    assert (await plans.post(f"{path}/issue", {"version": titled.json()["version"]}, **OFFICE)).status_code == 200
