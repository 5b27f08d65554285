"""From an imported document to a plan in force, over HTTP on a real database."""

from collections.abc import Sequence
from typing import Any

import pytest

from contracts.events.plans import PlanIssued

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


async def imported(plans, lines: Sequence[str] = LINES) -> str:
    token = plans.issuer.token("330802", "office")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
    content = "\n".join(lines).encode()
    answer = await plans.client.post("/plans/imports", params={"name": "方案.txt"}, content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return str(found["import_id"])


async def test_the_chain_of_a_document_is_drafted_and_issued_without_a_hand_on_it(plans) -> None:
    import_id = await imported(plans)
    answer = await plans.post(f"/plans/imports/{import_id}/proposals", {"parts": ["obligations"]}, **OFFICE)
    assert answer.status_code == 201, answer.text
    drafted = answer.json()
    assert (drafted["state"], drafted["version"], drafted["notes"]) == ("draft", 1, [])
    plan = (await plans.get(f"/plans/{drafted['plan_id']}", **OFFICE)).json()
    assert (plan["title"], plan["document_number"]) == (LINES[0], LINES[1])
    assert [(each["id"], each["cutoff"], each["rolls_up_into"]) for each in plan["obligations"]] == [
        ("village-daily", "14:00", "town-daily"),
        ("town-daily", "15:00", None),
    ]
    assert await plans.outbox() == []
    issued = await plans.post(f"/plans/{drafted['plan_id']}/issue", {"version": 1}, **OFFICE)
    assert issued.status_code == 200, issued.text
    ((_, event),) = await plans.outbox(PlanIssued)
    assert [each.type for each in event.obligations] == ["zero_report", "roll_up"]


async def test_a_fragment_without_a_title_is_drafted_under_a_placeholder_that_a_note_names(plans) -> None:
    import_id = await imported(plans, ["组长:", "副组长:", *LINES[3:]])
    drafted = (await plans.post(f"/plans/imports/{import_id}/proposals", {}, **OFFICE)).json()
    assert drafted["notes"][0]["code"] == "title_missing"
    plan = (await plans.get(f"/plans/{drafted['plan_id']}", **OFFICE)).json()
    assert plan["title"] == "(未写明标题)"


async def test_a_unit_that_the_tree_does_not_know_blocks_issuing_until_a_person_has_named_it(plans) -> None:
    import_id = await imported(plans)
    drafted = (await plans.post(f"/plans/imports/{import_id}/proposals", {}, **OFFICE)).json()
    plan = (await plans.get(f"/plans/{drafted['plan_id']}", **OFFICE)).json()
    (task,) = plan["content"]["tasks"]
    assert [(party["name"], party["unit"]) for party in task["leads"] + task["supports"]] == [
        ("县交通局", None),
        ("白石镇", "330802101"),
    ]
    assert task["deadlines"][0]["date"] == "2026-05-31"
    refused = await plans.post(f"/plans/{drafted['plan_id']}/issue", {"version": 1}, **OFFICE)
    assert refused.status_code == 409
    assert "content.tasks.0.leads.0" in {error["field"] for error in refused.json()["errors"]}


async def test_only_the_unit_that_imported_makes_plans_of_it(plans) -> None:
    path = f"/plans/imports/{await imported(plans)}/proposals"
    assert (await plans.post(path, {}, unit="330802101")).status_code == 403
    assert (await plans.post(path, {"position": 2}, **OFFICE)).status_code == 404
    assert (await plans.post(path, {"parts": []}, **OFFICE)).status_code == 422
    assert (await plans.get("/plans", **OFFICE)).json()["items"] == []


async def test_inspections_by_role_and_what_found_no_place_are_shown_to_a_person(plans) -> None:
    lines = [*LINES, "(二)坚持负责人日检、科室周检、分管领导月检制度。", "(三)各镇2026年8月底前完成回头看。"]
    import_id = await imported(plans, lines)
    drafted = (await plans.post(f"/plans/imports/{import_id}/proposals", {}, **OFFICE)).json()
    assert [note["code"] for note in drafted["notes"] if note["code"] == "deadline_without_task"] == ["deadline_without_task"]
    plan = (await plans.get(f"/plans/{drafted['plan_id']}", **OFFICE)).json()
    assert [each["role"] for each in plan["content"]["inspections"]] == ["负责人", "科室", "分管领导"]
    review = (await plans.get(f"/plans/{drafted['plan_id']}/review", **OFFICE)).json()
    items = {each["item"] for each in review["items"]}
    assert {"inspections/inspection-1", "inspections/inspection-3", "obligations/village-daily"} <= items
