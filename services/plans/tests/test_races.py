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
