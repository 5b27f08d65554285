"""Callers at the same moment: whatever the order, the tree stays a tree and a version is issued once."""

import asyncio

import pytest

from contracts.events.plans import PlanIssued

pytestmark = pytest.mark.io


async def test_two_movers_cannot_make_a_circle_together(plans) -> None:
    one, other = await asyncio.gather(
        plans.post("/units/330802101/move", {"parent": "330802102"}, unit="330802"),
        plans.post("/units/330802102/move", {"parent": "330802101"}, unit="330802"),
    )

    assert sorted([one.status_code, other.status_code]) == [200, 409]
    assert (await plans.get("/units/330802101201", unit="330802")).status_code == 200


async def test_two_moves_of_one_unit_take_their_turns(plans) -> None:
    answers = await asyncio.gather(
        *(plans.post("/units/330802101201/move", {"parent": parent}, unit="330802") for parent in ("330802102", "330802")),
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(answer.json()["version"] for answer in answers) == [2, 3]
    assert [sequence for sequence, _ in await plans.outbox()] == [2, 3]


async def test_of_many_who_register_one_code_one_wins(plans) -> None:
    new = {"code": "330802101209", "name": "新村", "level": "village", "parent": "330802101"}

    answers = await asyncio.gather(*(plans.post("/units", new, unit="330802") for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(await plans.outbox()) == 1


async def test_nobody_registers_under_a_unit_that_is_being_retired(plans) -> None:
    new = {"code": "330802102201", "name": "新村", "level": "village", "parent": "330802102"}

    registered, retired = await asyncio.gather(
        plans.post("/units", new, unit="330802"), plans.post("/units/330802102/retire", {}, unit="330802")
    )

    assert (registered.status_code, retired.status_code) in {(201, 409), (409, 200)}


async def test_of_two_issuers_one_wins(plans, daily) -> None:
    plan_id = (await plans.post("/plans", daily, unit="330802")).json()["plan_id"]

    answers = await asyncio.gather(*(plans.post(f"/plans/{plan_id}/issue", {"version": 1}, unit="330802") for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await plans.outbox(PlanIssued)) == 1


async def test_of_two_amendments_of_one_version_one_wins(plans, daily) -> None:
    plan_id = (await plans.post("/plans", daily, unit="330802")).json()["plan_id"]
    await plans.post(f"/plans/{plan_id}/issue", {"version": 1}, unit="330802")
    village, town = daily["obligations"]

    answers = await asyncio.gather(
        *(
            plans.post(
                f"/plans/{plan_id}/amend", {"version": 2, "obligations": [{**village, "cutoff": cutoff}, town]}, unit="330802"
            )
            for cutoff in ("13:00", "13:30")
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_everybody_who_tells_at_once_is_heard_in_a_sequence_without_gaps(campaign) -> None:
    units = ["330802101201", "330802102"] * 4

    answers = await asyncio.gather(
        *(campaign.post(campaign.task(action="progress"), {"percent": 10 + place}, unit=unit) for place, unit in enumerate(units))
    )

    assert {answer.status_code for answer in answers} == {200}
    assert sorted(sequence for sequence, _ in await campaign.outbox()) == list(range(1, 9))


async def test_of_two_completions_and_of_two_confirmations_one_wins(campaign) -> None:
    lead, issuer = "330802101201", "330802"
    completions = [campaign.post(campaign.task(action="complete"), {}, unit=lead) for _ in range(2)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*completions)) == [200, 409]
    headers = {"Authorization": f"Bearer {campaign.issuer.token(issuer, 'office', sub='another')}"}
    confirmations = [campaign.client.post(campaign.task(action="confirm"), json={}, headers=headers) for _ in range(2)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*confirmations)) == [200, 409]


async def test_a_task_is_told_of_while_its_plan_is_amended(campaign) -> None:
    content = (await campaign.get(f"/plans/{campaign.plan_id}", unit="330802")).json()["content"]
    content["tasks"][0]["deadlines"][0]["date"] = "2026-05-31"

    told, amended = await asyncio.gather(
        campaign.post(campaign.task(action="progress"), {"percent": 50}, unit="330802101201"),
        campaign.post(f"/plans/{campaign.plan_id}/amend", {"version": 2, "content": content}, unit="330802"),
    )

    assert (told.status_code, amended.status_code) == (200, 200)
    task = (await campaign.get(campaign.task(), unit="330802")).json()
    assert (task["claimed"]["percent"], task["milestones"][0]["date"], task["version"]) == (50, "2026-05-31", 3)
