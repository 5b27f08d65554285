"""Tasks of a plan in force over HTTP on a real database: told, verified, completed, confirmed, listed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.events.tasks import (
    TaskCompleted,
    TaskConfirmed,
    TaskDelisted,
    TaskListed,
    TaskOverdue,
    TaskProgressed,
    TaskReturned,
    TaskVerified,
)
from plans.deadlines import TasksOverdue

pytestmark = pytest.mark.io
ISSUER, LEAD, SUPPORT = "330802", "330802101201", "330802102"
PASSES = datetime(2026, 6, 30, 16, tzinfo=UTC)
START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
UNITS = {
    "superior": "3308",
    "issuer": ISSUER,
    "ancestor": "330802101",
    "lead": LEAD,
    "support": SUPPORT,
    "bound": "330802102201",
    "none": "9",
}


async def confirm_as_another(campaign) -> httpx.Response:
    """Confirm as another person of the issuer than the one of all other calls."""
    token = campaign.issuer.token(ISSUER, "office", sub="another")
    headers = {"Authorization": f"Bearer {token}"}
    answer: httpx.Response = await campaign.client.post(campaign.task(action="confirm"), json={}, headers=headers)
    return answer


async def test_issuing_makes_a_task_of_what_the_plan_says(campaign) -> None:
    [task] = (await campaign.get(f"/plans/{campaign.plan_id}/tasks", unit=ISSUER)).json()["items"]

    assert (task["task"], task["leads"], task["supports"], task["issuer"]) == ("a", [LEAD], [SUPPORT], ISSUER)
    assert (task["standing"], task["light"], task["reasons"]) == ("open", "green", [])
    [milestone] = task["milestones"]
    assert (milestone["deadline"], milestone["date"], milestone["due_at"]) == ("d1", "2026-06-30", "2026-06-30T16:00:00Z")
    assert await TasksOverdue().next_due(campaign.kit.pool) == PASSES


async def test_claimed_and_verified_values_stand_side_by_side(campaign) -> None:
    claim = {"percent": 60, "values": {"i1": "97.5"}, "lag_reason": "两处停业", "expected_on": "2026-07-10"}
    assert (await campaign.post(campaign.task(action="progress"), claim, unit=LEAD)).status_code == 200
    answer = await campaign.post(campaign.task(action="verify"), {"percent": 50, "values": {"i1": 90}}, unit=ISSUER)

    task = answer.json()
    assert (task["claimed"]["percent"], task["claimed"]["values"]) == (60, {"i1": "97.5"})
    assert (task["verified"]["percent"], task["verified"]["values"], task["verified"]["unit"]) == (50, {"i1": 90}, ISSUER)
    assert (task["light"], task["reasons"]) == ("yellow", ["lagging", "verified_less"])
    (first, progressed), (second, verified) = await campaign.outbox()
    assert isinstance(progressed, TaskProgressed)
    assert isinstance(verified, TaskVerified)
    assert (first, second, progressed.key(), progressed.lag_reason) == (1, 2, f"{campaign.plan_id}:a", "两处停业")


async def test_a_task_is_completed_by_a_lead_and_confirmed_by_somebody_else(campaign) -> None:
    completed = await campaign.post(campaign.task(action="complete"), {"note": "台账已交"}, unit=LEAD)
    assert (completed.status_code, completed.json()["standing"]) == (200, "completed")
    assert (await campaign.post(campaign.task(action="complete"), {}, unit=LEAD)).status_code == 409
    same_person = await campaign.post(campaign.task(action="confirm"), {}, unit=ISSUER)
    assert same_person.status_code == 403

    confirmed = await confirm_as_another(campaign)

    assert confirmed.json()["standing"] == "confirmed"
    assert [type(event) for _, event in await campaign.outbox()] == [TaskCompleted, TaskConfirmed]
    assert (await campaign.post(campaign.task(action="progress"), {"percent": 1}, unit=LEAD)).status_code == 409
    assert await TasksOverdue().next_due(campaign.kit.pool) is None


async def test_a_returned_completion_is_overdue_since_its_deadline(campaign) -> None:
    await campaign.post(campaign.task(action="complete"), {}, unit=LEAD)
    campaign.clock.instant = PASSES + timedelta(days=2)

    answer = await campaign.post(campaign.task(action="return"), {"reason": "三处未整改"}, unit=ISSUER)

    assert (answer.json()["standing"], answer.json()["light"]) == ("overdue", "red")
    assert [(sequence, type(event)) for sequence, event in await campaign.outbox()] == [
        (1, TaskCompleted),
        (2, TaskReturned),
        (3, TaskOverdue),
    ]
    assert (await campaign.outbox(TaskOverdue))[0][1].occurred_at == PASSES


async def test_only_an_overdue_task_is_listed_and_only_by_the_lister_delisted_when_nothing_is_overdue(campaign) -> None:
    reason = {"reason": "逾期"}
    assert (await campaign.post(campaign.task(action="list"), reason, unit=ISSUER)).status_code == 409
    campaign.clock.instant = PASSES

    listed = await campaign.post(campaign.task(action="list"), reason, unit="3308")

    assert (listed.status_code, listed.json()["listing"]["unit"], listed.json()["reasons"]) == (
        200,
        "3308",
        ["overdue", "listed"],
    )
    assert (await campaign.post(campaign.task(action="list"), reason, unit=ISSUER)).status_code == 409
    assert (await campaign.post(campaign.task(action="delist"), reason, unit=ISSUER)).status_code == 403
    assert (await campaign.post(campaign.task(action="delist"), reason, unit="3308")).status_code == 409
    await campaign.post(campaign.task(action="complete"), {}, unit=LEAD)
    assert (await confirm_as_another(campaign)).status_code == 200
    assert (await campaign.get(campaign.task(), unit=ISSUER)).json()["light"] == "red"
    delisted = await campaign.post(campaign.task(action="delist"), {"reason": "已整改"}, unit="3308")
    assert (delisted.json()["listing"], delisted.json()["light"]) == (None, "green")
    kinds = [type(event) for _, event in await campaign.outbox()]
    assert kinds == [TaskOverdue, TaskListed, TaskCompleted, TaskConfirmed, TaskDelisted]
    assert [sequence for sequence, _ in await campaign.outbox()] == [1, 2, 3, 4, 5]


BODIES: dict[str, dict[str, Any]] = {
    "progress": {"percent": 10},
    "complete": {},
    "verify": {"percent": 10},
    "confirm": {},
    "return": {"reason": "退回"},
    "list": {"reason": "逾期"},
    "delist": {"reason": "整改"},
}
MAY_ACT = {
    "superior": {"verify", "confirm", "return", "list", "delist"},
    "issuer": {"verify", "confirm", "return", "list", "delist"},
    "ancestor": set(),
    "lead": {"progress", "complete"},
    "support": {"progress"},
    "bound": set(),
    "none": set(),
}


@pytest.mark.parametrize("relation", list(MAY_ACT))
async def test_who_may_do_what_is_refused_everything_else_and_changes_nothing(campaign, relation: str) -> None:
    before = await campaign.content()
    who = UNITS[relation]

    forbidden = {
        action
        for action, body in BODIES.items()
        if action not in MAY_ACT[relation]
        and (await campaign.post(campaign.task(action=action), body, unit=who)).status_code == 403
    }

    assert forbidden == BODIES.keys() - MAY_ACT[relation]
    assert await campaign.content() == before
    for action in MAY_ACT[relation]:
        assert (await campaign.post(campaign.task(action=action), BODIES[action], unit=who)).status_code in {200, 409}
    read = (await campaign.get(campaign.task(), unit=who)).status_code
    assert read == (403 if relation == "none" else 200)


@pytest.mark.parametrize(
    ("action", "unit", "roles"),
    [
        ("progress", LEAD, ("auditor",)),
        ("complete", LEAD, ("submitter",)),
        ("verify", ISSUER, ("submitter",)),
        ("confirm", ISSUER, ("supervisor",)),
        ("list", ISSUER, ("agency",)),
        ("progress", None, ("admin",)),
    ],
)
async def test_a_role_that_does_not_suffice_is_refused(campaign, action: str, unit: str | None, roles: tuple[str, ...]) -> None:
    answer = await campaign.post(campaign.task(action=action), BODIES[action], unit=unit, roles=roles)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("action", "body", "unit", "status"),
    [
        ("progress", {}, LEAD, 422),
        ("progress", {"percent": 101}, LEAD, 422),
        ("progress", {"values": {"nobody": 1}}, LEAD, 422),
        ("verify", {"note": "只有话"}, ISSUER, 422),
        ("complete", {"deadlines": ["x"]}, LEAD, 409),
        ("confirm", {}, ISSUER, 409),
        ("return", {}, ISSUER, 422),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(campaign, action: str, body: dict, unit: str, status: int) -> None:
    before = await campaign.content()

    assert (await campaign.post(campaign.task(action=action), body, unit=unit)).status_code == status
    assert (await campaign.post(campaign.task("none", action), BODIES[action], unit=unit)).status_code == 404
    assert await campaign.content() == before


async def test_the_units_own_tasks_are_listed_page_by_page(campaign) -> None:
    for unit, count in ((LEAD, 1), (SUPPORT, 1), ("330802101", 0)):
        page = (await campaign.get("/tasks", unit=unit)).json()
        assert (len(page["items"]), page["next"]) == (count, None)
    assert (await campaign.get(f"/tasks?unit={LEAD}", unit="330802101")).json()["items"][0]["task"] == "a"
    assert (await campaign.get(f"/tasks?unit={LEAD}", unit=SUPPORT)).status_code == 403
    assert (await campaign.get("/tasks?after=zzz", unit=LEAD)).status_code == 422
    zeros = "0" * 36
    assert (await campaign.get(f"/tasks?after={zeros}:a", unit=LEAD)).status_code == 422


async def test_two_instants_are_compared(campaign) -> None:
    await campaign.post(campaign.task(action="progress"), {"percent": 20, "values": {"i1": 40}}, unit=LEAD)
    campaign.clock.instant = START + timedelta(days=10)
    await campaign.post(campaign.task(action="progress"), {"percent": 70, "values": {"i1": "42.5"}}, unit=SUPPORT)
    campaign.clock.instant = START + timedelta(days=11)

    baseline = (START + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = await campaign.get(f"/plans/{campaign.plan_id}/comparison?baseline={baseline}", unit=ISSUER)

    [step] = answer.json()["items"]
    assert (step["before"]["percent"], step["after"]["percent"], step["percent_gained"]) == (20, 70, 50)
    assert step["gained"] == {"i1": "2.5"}
    early = (START - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    [new] = (await campaign.get(f"/plans/{campaign.plan_id}/comparison?baseline={early}", unit=ISSUER)).json()["items"]
    assert (new["before"], new["after"]["percent"]) == (None, 70)


async def test_who_has_nothing_to_do_is_named(campaign) -> None:
    found = (await campaign.get(f"/plans/{campaign.plan_id}/coverage", unit=ISSUER)).json()

    assert found == {
        "topics_without_unit": [],
        "tasks_without_unit": [],
        "units_without_task": [{"code": "330802101", "name": "白石镇"}],
    }


async def test_the_history_names_who_did_what(campaign) -> None:
    await campaign.post(campaign.task(action="progress"), {"percent": 20}, unit=LEAD)
    campaign.clock.instant = PASSES
    await TasksOverdue().fire(campaign.kit.pool, PASSES, 10)

    history = (await campaign.get(campaign.task(), unit=ISSUER)).json()["history"]

    assert [(entry["version"], entry["change"], entry["actor_unit"]) for entry in history] == [
        (3, "overdue", None),
        (2, "progressed", LEAD),
        (1, "issued", ISSUER),
    ]


async def test_a_department_beside_the_issuer_reads_the_plan_that_gives_it_a_task(campaign) -> None:
    path = f"/plans/{campaign.plan_id}"
    assert (await campaign.get(path, unit="9")).status_code == 403
    content = (await campaign.get(path, unit=ISSUER)).json()["content"]
    content["tasks"][0]["supports"].append({"name": "外省", "unit": "9"})
    await campaign.post(f"{path}/amend", {"version": 2, "content": content}, unit=ISSUER)

    for read in (path, f"{path}/tasks", campaign.task(), "/tasks"):
        assert (await campaign.get(read, unit="9")).status_code == 200
