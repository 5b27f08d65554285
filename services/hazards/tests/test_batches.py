"""Accepting many rectifications at once."""

import asyncio
from typing import Any

import pytest

from contracts.events.hazards import RectificationAccepted

pytestmark = pytest.mark.io
VILLAGE, TOWN, COUNTY = "330802101202", "330802101", "330802"


@pytest.fixture
async def submitted(hazards, firewood) -> list[dict[str, Any]]:
    """Five hazards that were rectified on the spot, as items of a batch."""
    items = []
    for _ in range(5):
        hazard_id = (await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]
        body = {"version": 1, "text": "已清运"}
        answer = await hazards.post(f"/hazards/{hazard_id}/rectify", body, unit=VILLAGE, subject="fixer")
        assert answer.status_code == 200, answer.text
        items.append({"hazard_id": hazard_id, "version": 2})
    return items


async def test_all_are_accepted_in_the_order_asked_for(hazards, submitted) -> None:
    asked = submitted[::-1]

    answer = await hazards.post("/hazards/accept", {"items": asked, "note": "现场核实"}, unit=TOWN)

    assert answer.status_code == 200, answer.text
    assert [(item["hazard_id"], item["state"]) for item in answer.json()["items"]] == [
        (item["hazard_id"], "accepted") for item in asked
    ]
    assert len(await hazards.outbox(RectificationAccepted)) == 5


async def test_one_that_cannot_be_accepted_stops_all_and_every_one_is_named(hazards, submitted) -> None:
    submitted[1]["version"] = 1
    submitted[3]["hazard_id"] = "00000000-0000-0000-0000-000000000007"
    before = await hazards.content()

    answer = await hazards.post("/hazards/accept", {"items": submitted}, unit=TOWN)

    assert answer.status_code == 409
    assert [error["field"] for error in answer.json()["errors"]] == ["items.1", "items.3"]
    assert await hazards.content() == before


async def test_whoever_has_to_rectify_accepts_no_batch(hazards, submitted) -> None:
    answer = await hazards.post("/hazards/accept", {"items": submitted}, unit=VILLAGE)

    assert answer.status_code == 409
    assert await hazards.outbox(RectificationAccepted) == []


async def test_a_hazard_twice_in_a_batch_is_told(hazards, submitted) -> None:
    answer = await hazards.post("/hazards/accept", {"items": [submitted[0], submitted[0]]}, unit=TOWN)

    assert answer.status_code == 422


async def test_two_batches_that_cross_never_wait_for_each_other(hazards, submitted) -> None:
    batches = ({"items": submitted}, {"items": submitted[::-1]})
    answers = await asyncio.gather(*(hazards.post("/hazards/accept", body, unit=TOWN) for body in batches))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await hazards.outbox(RectificationAccepted)) == 5
