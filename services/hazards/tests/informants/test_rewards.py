"""Rewards over HTTP on a real database: proposed, decided by another person, paid."""

import asyncio
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.io
COUNTY, TOWN, VILLAGE, OTHER = "330802", "330802101", "330802101202", "330803"
PAYMENT = {"paid_at": "2026-03-02T13:00:00+08:00", "receipt": "JL-2026-0007"}


@pytest.fixture
def call_as(hazards):
    """Calls as a person of a unit."""

    async def call(person: str, unit: str, path: str, body: dict[str, Any], *roles: str) -> httpx.Response:
        token = hazards.issuer.token(unit, *(roles or ("office",)), sub=person)
        return await hazards.client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})

    return call


@pytest.fixture
async def told(hazards, firewood) -> tuple[str, str]:
    """Where the rewards of a hazard are, and an informant of it."""
    hazard_id = (await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]
    answer = await hazards.post(f"/hazards/{hazard_id}/informant", {"mobile": "13800138000"}, unit=VILLAGE)
    return f"/hazards/{hazard_id}/reward", answer.json()["informant_id"]


@pytest.fixture
def proposal(told) -> dict[str, Any]:
    return {"informant_id": told[1], "amount": "500.50", "ground": "一般隐患，按办法第八条"}


@pytest.fixture
async def proposed(told, proposal, call_as) -> str:
    """Where a reward is that the town's 甲 proposed."""
    answer = await call_as("甲", TOWN, told[0], proposal)
    assert answer.status_code == 201, answer.text
    return f"{told[0]}/{answer.json()['reward_id']}"


async def test_a_reward_is_proposed_decided_and_paid(hazards, told, proposed, call_as) -> None:
    decided = await call_as("乙", COUNTY, f"{proposed}/decide", {"approved": True, "note": "同意"}, "supervisor")
    paid = await call_as("丙", TOWN, f"{proposed}/pay", PAYMENT)

    assert (decided.status_code, decided.json()["state"]) == (200, "approved")
    assert (paid.status_code, paid.json()["state"]) == (200, "paid")
    page = await hazards.get(told[0], unit=COUNTY, roles=("auditor",))
    [reward] = page.json()["items"]
    assert reward["amount"] == "500.5"
    assert (reward["proposed_by"], reward["decided_by"], reward["paid_by"]) == ("甲", "乙", "丙")
    assert (reward["paid_at"], reward["receipt"]) == ("2026-03-02T05:00:00Z", "JL-2026-0007")
    assert [event.type() for _, event in await hazards.outbox()] == ["bihuan.hazards.HazardReported.v1"]


async def test_the_proposer_does_not_decide_whatever_the_unit(proposed, call_as) -> None:
    assert (await call_as("甲", COUNTY, f"{proposed}/decide", {"approved": True})).status_code == 403
    assert (await call_as("甲", TOWN, f"{proposed}/decide", {"approved": False})).status_code == 403
    assert (await call_as("乙", TOWN, f"{proposed}/decide", {"approved": True})).status_code == 200


async def test_units_below_the_proposer_and_foreign_ones_do_not_decide(proposed, call_as) -> None:
    for unit in (VILLAGE, OTHER):
        assert (await call_as("乙", unit, f"{proposed}/decide", {"approved": True})).status_code == 403
    assert (await call_as("乙", COUNTY, f"{proposed}/decide", {"approved": True}, "submitter", "auditor")).status_code == 403


async def test_each_step_happens_once_and_in_order(proposed, call_as) -> None:
    assert (await call_as("丙", TOWN, f"{proposed}/pay", PAYMENT)).status_code == 409
    statuses = [
        answer.status_code
        for answer in await asyncio.gather(
            *(call_as(person, COUNTY, f"{proposed}/decide", {"approved": True}) for person in ("乙", "丙", "丁"))
        )
    ]
    assert sorted(statuses) == [200, 409, 409]
    assert (await call_as("丙", TOWN, f"{proposed}/pay", PAYMENT)).status_code == 200
    assert (await call_as("丙", TOWN, f"{proposed}/pay", PAYMENT)).status_code == 409


async def test_nobody_is_rewarded_twice_but_a_refused_proposal_makes_room(told, proposal, proposed, call_as) -> None:
    assert (await call_as("甲", TOWN, told[0], proposal)).status_code == 409
    assert (await call_as("乙", COUNTY, f"{proposed}/decide", {"approved": False, "note": "金额不符"})).json()[
        "state"
    ] == "refused"
    assert (await call_as("甲", TOWN, told[0], {**proposal, "amount": 300})).status_code == 201


async def test_a_payment_lies_between_its_decision_and_now(proposed, call_as) -> None:
    await call_as("乙", COUNTY, f"{proposed}/decide", {"approved": True})

    for paid_at in ("2026-03-02T13:00:01+08:00", "2026-03-02T12:59:59+08:00"):
        assert (await call_as("丙", TOWN, f"{proposed}/pay", {**PAYMENT, "paid_at": paid_at})).status_code == 422


async def test_what_cannot_be_a_reward_is_refused(told, proposal, call_as) -> None:
    for wrong in ({"amount": 0}, {"amount": "-1"}, {"amount": "1.005"}, {"ground": ""}, {"amont": 5}):
        assert (await call_as("甲", TOWN, told[0], proposal | wrong)).status_code == 422
    unknown = "00000000-0000-0000-0000-000000000000"
    assert (await call_as("甲", TOWN, told[0], proposal | {"informant_id": unknown})).status_code == 404
    assert (await call_as("甲", TOWN, f"{told[0]}/{unknown}/decide", {"approved": True})).status_code == 404
    assert (await call_as("甲", OTHER, told[0], proposal)).status_code == 403
    assert (await call_as("甲", TOWN, told[0], proposal, "submitter")).status_code == 403


async def test_rewards_are_read_a_page_at_a_time(hazards, told, proposal, call_as) -> None:
    for _ in range(3):
        reward_id = (await call_as("甲", TOWN, told[0], proposal)).json()["reward_id"]
        await call_as("乙", COUNTY, f"{told[0]}/{reward_id}/decide", {"approved": False})

    first = (await hazards.get(told[0], unit=COUNTY, params={"limit": 2})).json()
    rest = (await hazards.get(told[0], unit=COUNTY, params={"limit": 2, "after": first["next"]})).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert (await hazards.get(told[0], unit=OTHER)).status_code == 403
