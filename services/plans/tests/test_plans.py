"""Plans over HTTP on a real database: draft, issue, amend."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.events.plans import PlanAmended, PlanIssued

pytestmark = pytest.mark.io
AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


async def issued(plans, daily: dict[str, Any]) -> str:
    plan_id: str = (await plans.post("/plans", daily, unit="330802")).json()["plan_id"]
    answer = await plans.post(f"/plans/{plan_id}/issue", {"version": 1}, unit="330802")
    assert answer.json() == {"plan_id": plan_id, "version": 2, "state": "issued"}
    return plan_id


async def test_a_draft_is_published_to_nobody(plans, daily) -> None:
    answer = await plans.post("/plans", daily, unit="330802")

    assert answer.status_code == 201
    assert (answer.json()["version"], answer.json()["state"]) == (1, "draft")
    assert await plans.outbox() == []


async def test_an_issued_plan_is_published_with_everything_in_force(plans, daily) -> None:
    plans.clock.instant = AT + timedelta(minutes=3)

    plan_id = await issued(plans, daily)

    [(sequence, event)] = await plans.outbox()
    assert isinstance(event, PlanIssued)
    assert (sequence, event.revision, event.plan_id, event.issuer, event.zone) == (1, 1, plan_id, "330802", "Asia/Shanghai")
    assert event.occurred_at == AT + timedelta(minutes=3)
    assert event.actor is not None
    assert (event.actor.subject, event.actor.unit) == ("tester", "330802")
    village, town = event.obligations
    assert (village.cutoff, village.recipients, village.rolls_up_into) == (time(14), (), "town-daily")
    assert village.remind_before == (timedelta(minutes=30),)
    assert village.escalate_after == (timedelta(0), timedelta(minutes=10))
    assert (town.recipients, town.escalate_after, town.rolls_up_into) == (("330802",), (), None)


async def test_an_amendment_says_what_it_changes_and_keeps_every_version(plans, daily) -> None:
    plan_id = await issued(plans, daily)
    village, town = daily["obligations"]
    plans.clock.instant = AT + timedelta(hours=1)

    answer = await plans.post(
        f"/plans/{plan_id}/amend", {"version": 2, "obligations": [{**village, "cutoff": "13:30"}, town]}, unit="330802"
    )

    changes = ["village-daily:截止时间由“14:00”改为“13:30”"]
    assert answer.json() == {"plan_id": plan_id, "version": 3, "state": "amended", "changes": changes}
    [(sequence, event)] = await plans.outbox(PlanAmended)
    assert (sequence, event.revision, list(event.changes)) == (2, 2, changes)
    assert event.obligations[0].cutoff == time(13, 30)
    read = (await plans.get(f"/plans/{plan_id}", unit="330802")).json()
    assert [(entry["version"], entry["state"], entry["changes"]) for entry in read["history"]] == [
        (1, "draft", []),
        (2, "issued", []),
        (3, "amended", changes),
    ]
    kept = await plans.kit.pool.fetch("SELECT obligations, actor_subject, actor_unit FROM plan_version ORDER BY version")
    assert [row["obligations"][0]["cutoff"] for row in kept] == ["14:00:00", "14:00:00", "13:30:00"]
    assert {(row["actor_subject"], row["actor_unit"]) for row in kept} == {("tester", "330802")}


async def test_a_plan_reads_back_as_it_is_written(plans, daily) -> None:
    plan_id = (await plans.post("/plans", daily, unit="330802")).json()["plan_id"]

    read = (await plans.get(f"/plans/{plan_id}", unit="330802")).json()

    village, town = read["obligations"]
    assert village == {
        **daily["obligations"][0],
        "remind_before": ["PT30M"],
        "escalate_after": ["PT0S", "PT10M"],
        "reporters": {"level": "village", "group": None, "units": None},
        "schedule": None,
    }
    assert (town["recipients"], town["remind_before"]) == (["330802"], [])
    again = {**daily, "obligations": read["obligations"]}
    assert (await plans.post("/plans", again, unit="330802")).status_code == 201


QUARTERLY = {
    "id": "q",
    "type": "progress",
    "reporters": {"level": "town"},
    "schedule": {"every": "quarter", "about": "previous", "on": [{"month": 1, "day": 10}], "text": "每季度首月10日前"},
}


async def test_a_plan_may_follow_any_schedule(plans, daily) -> None:
    obligations = [*daily["obligations"], QUARTERLY]
    plan_id = await issued(plans, {**daily, "obligations": obligations})

    read = (await plans.get(f"/plans/{plan_id}", unit="330802")).json()

    assert read["obligations"][-1]["schedule"]["on"] == [{"month": 1, "day": 10, "weekday": None, "working_day": None}]
    assert (read["obligations"][-1]["every"], read["obligations"][-1]["cutoff"]) == ("quarter", "00:00")
    [(_, event)] = await plans.outbox(PlanIssued)
    assert event.obligations[-1].schedule is not None
    assert event.obligations[-1].schedule.on[0].day == 10
    assert (await plans.post("/plans", {**daily, "obligations": read["obligations"]}, unit="330802")).status_code == 201


OBLIGATION = {"id": "a", "type": "zero_report", "reporters": {"level": "village"}, "cutoff": "14:00"}


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"zone": "Mars/Olympus"}, 422, "zone"),
        ({"obligations": []}, 422, "obligations"),
        ({"obligations": [OBLIGATION, OBLIGATION]}, 422, "obligations.1.id"),
        ({"obligations": [{**OBLIGATION, "recipients": ["330802", "999"]}]}, 404, "obligations.0.recipients.1"),
        ({"obligations": [{**OBLIGATION, "cutoff": "24:00"}]}, 422, "obligations.0.cutoff"),
        ({"obligations": [{**OBLIGATION, "cutoff": "14:00:00.5"}]}, 422, "obligations.0.cutoff"),
        ({"obligations": [{**OBLIGATION, "every": "week"}]}, 422, "obligations.0.every"),
        ({"obligations": [{**QUARTERLY, "every": "week"}]}, 422, "obligations.0.every"),
        ({"obligations": [{**QUARTERLY, "cutoff": "14:00"}]}, 422, "obligations.0.cutoff"),
        ({"obligations": [{**QUARTERLY, "schedule": None}]}, 422, "obligations.0.cutoff"),
        (
            {"obligations": [{**QUARTERLY, "schedule": {"every": "quarter", "on": [{"day": 1}]}}]},
            422,
            "obligations.0.schedule.on.0",
        ),
        ({"obligations": [{**QUARTERLY, "schedule": {"every": "fortnight"}}]}, 422, "obligations.0.schedule.every"),
        ({"obligations": [{**QUARTERLY, "schedule": {"every": "week", "evry": 1}}]}, 422, "obligations.0.schedule.evry"),
        ({"obligations": [{**OBLIGATION, "remind_before": ["half an hour"]}]}, 422, "obligations.0.remind_before.0"),
        ({"obligations": [{**OBLIGATION, "remind_before": [1800]}]}, 422, "obligations.0.remind_before.0"),
        ({"obligations": [{**OBLIGATION, "remind_before": ["0m"]}]}, 422, "obligations.0.remind_before"),
        ({"obligations": [{**OBLIGATION, "escalate_after": ["999d"]}]}, 422, "obligations.0.escalate_after.0"),
        ({"obligations": [{**OBLIGATION, "escalate_after": ["10m", "0m"]}]}, 422, "obligations.0.escalate_after"),
        ({"obligations": [{**OBLIGATION, "reporters": {}}]}, 422, "obligations.0.reporters"),
        ({"obligations": [{**OBLIGATION, "rolls_up_into": "b"}]}, 422, "obligations.0.rolls_up_into"),
        ({"title": " "}, 422, "title"),
        ({"author": "nobody"}, 422, "author"),
    ],
)
async def test_a_plan_that_cannot_stand_is_refused_by_field_and_changes_nothing(
    plans, daily, changed: dict[str, object], status: int, field: str
) -> None:
    before = await plans.content()

    answer = await plans.post("/plans", {**daily, **changed}, unit="330802")

    assert answer.status_code == status
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert await plans.content() == before


@pytest.mark.parametrize(
    ("action", "body", "who", "status"),
    [
        ("issue", {"version": 1}, {"unit": "330802"}, 409),
        ("issue", {"version": 2}, {"unit": "330802"}, 409),
        ("amend", {"version": 1}, {"unit": "330802"}, 409),
        ("amend", {"version": 2}, {"unit": "330802"}, 409),
        ("amend", {"version": 2}, {"unit": "330802101"}, 403),
        ("amend", {"version": 2}, {"unit": None, "roles": ("admin",)}, 403),
        ("amend", {"version": 2}, {"unit": "330802", "roles": ("submitter",)}, 403),
        ("amend", {"version": 0}, {"unit": "330802"}, 422),
        ("amend", {"version": 2**40}, {"unit": "330802"}, 422),
    ],
)
async def test_a_refused_change_of_an_issued_plan_changes_nothing(
    plans, daily, action: str, body: dict[str, Any], who: dict[str, Any], status: int
) -> None:
    plan_id = await issued(plans, daily)
    before = await plans.content()

    obligations = {"obligations": daily["obligations"]} if action == "amend" else {}
    answer = await plans.post(f"/plans/{plan_id}/{action}", {**body, **obligations}, **who)

    assert answer.status_code == status
    assert await plans.content() == before


async def test_a_draft_is_not_amended_and_an_unknown_plan_is_not_found(plans, daily) -> None:
    plan_id = (await plans.post("/plans", daily, unit="330802")).json()["plan_id"]
    body = {"version": 1, "obligations": daily["obligations"]}

    assert (await plans.post(f"/plans/{plan_id}/amend", body, unit="330802")).status_code == 409
    assert (await plans.post(f"/plans/{UUID(int=7)}/issue", {"version": 1}, unit="330802")).status_code == 404
    assert (await plans.post("/plans/no-uuid/issue", {"version": 1}, unit="330802")).status_code == 422
    assert (await plans.get(f"/plans/{UUID(int=7)}", unit="330802")).status_code == 404


async def test_a_unit_that_is_unknown_or_retired_issues_no_plan(plans, daily) -> None:
    await plans.post("/units/330802102/retire", {}, unit="330802")

    assert (await plans.post("/plans", daily, unit="999")).status_code == 404
    assert (await plans.post("/plans", daily, unit="330802102")).status_code == 409
    assert (await plans.post("/plans", daily, roles=("admin",))).status_code == 403


async def test_a_plan_is_read_along_its_line_only(plans, daily) -> None:
    town_plan = {**daily, "obligations": [daily["obligations"][1]]}
    plan_id = (await plans.post("/plans", town_plan, unit="330802101")).json()["plan_id"]

    seen = {
        unit: (await plans.get(f"/plans/{plan_id}", unit=unit, roles=("submitter",))).status_code
        for unit in ("330802", "330802101", "330802101201", "330802102")
    }
    assert seen == {"330802": 200, "330802101": 200, "330802101201": 200, "330802102": 403}
    assert (await plans.get(f"/plans/{plan_id}", roles=("admin",))).status_code == 200
    assert (await plans.get(f"/plans/{plan_id}", roles=("office",))).status_code == 403


async def test_plans_are_listed_by_issuer_page_by_page(plans, daily) -> None:
    county = [(await plans.post("/plans", daily, unit="330802")).json()["plan_id"] for _ in range(2)]
    town = (await plans.post("/plans", daily, unit="330802101")).json()["plan_id"]

    async def ids(query: str, **who: object) -> list[str]:
        return [item["plan_id"] for item in (await plans.get(f"/plans{query}", **who)).json()["items"]]

    assert await ids("", unit="330802101201") == [*county, town]
    assert await ids("?issuer=330802", unit="330802101201") == county
    assert await ids("", unit="330802102") == county
    assert await ids("?issuer=330802101", unit="330802") == [town]
    assert await ids("", roles=("admin",)) == [*county, town]
    assert await ids("?limit=1", unit="330802") == county[:1]
    assert await ids(f"?limit=1&after={county[0]}", unit="330802") == county[1:]
    assert (await plans.get("/plans?issuer=330802101", unit="330802102")).status_code == 403
    assert (await plans.get("/plans?issuer=999", unit="330802102")).status_code == 404
