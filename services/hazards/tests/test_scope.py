"""Who sees which hazards, page by page, also after units have moved."""

import pytest

from hazards.consumers import apply_units
from hazards.service import SERVICE

pytestmark = pytest.mark.io
VILLAGE, TOWN, OTHER_TOWN, COUNTY = "330802101202", "330802101", "330802102", "330802"


async def ids(hazards, query: str = "", **who: object) -> list[str]:
    answer = await hazards.get(f"/hazards{query}", **who)
    assert answer.status_code == 200, answer.text
    return [item["hazard_id"] for item in answer.json()["items"]]


async def test_a_subtree_is_listed_in_the_order_of_the_reports(hazards, firewood) -> None:
    reported = [
        (await hazards.post("/hazards", firewood, unit=unit)).json()["hazard_id"]
        for unit in (VILLAGE, OTHER_TOWN, TOWN, "330803")
    ]

    assert await ids(hazards, unit=COUNTY) == reported[:3]
    assert await ids(hazards, unit=TOWN) == [reported[0], reported[2]]
    assert await ids(hazards, f"?unit={VILLAGE}", unit=COUNTY) == reported[:1]
    assert await ids(hazards, roles=("admin",)) == reported
    assert (await hazards.get(f"/hazards?unit={OTHER_TOWN}", unit=TOWN)).status_code == 403
    assert (await hazards.get("/hazards?unit=999", unit=TOWN)).status_code == 404
    assert (await hazards.get("/hazards", roles=("office",))).status_code == 403


async def test_pages_follow_each_other_without_gap_or_repeat(hazards, firewood) -> None:
    reported = [(await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"] for _ in range(5)]

    seen: list[str] = []
    after = ""
    while True:
        page = (await hazards.get(f"/hazards?limit=2{after}", unit=COUNTY)).json()
        seen += [item["hazard_id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == reported


async def test_states_are_listed_apart(hazards, ordered, firewood) -> None:
    waiting = (await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]

    assert await ids(hazards, "?state=ordered", unit=COUNTY) == [ordered]
    assert await ids(hazards, "?state=reported", unit=COUNTY) == [waiting]
    assert (await hazards.get("/hazards?state=overdue", unit=COUNTY)).status_code == 422


async def test_one_hazard_is_read_along_its_line_only(hazards, ordered) -> None:
    units = ("3308", COUNTY, TOWN, VILLAGE, OTHER_TOWN, "330802101201", "330803")
    seen = {unit: (await hazards.get(f"/hazards/{ordered}", unit=unit, roles=("auditor",))).status_code for unit in units}

    assert seen == {"3308": 200, COUNTY: 200, TOWN: 200, VILLAGE: 200, OTHER_TOWN: 403, "330802101201": 403, "330803": 403}
    assert (await hazards.get(f"/hazards/{ordered}", roles=("admin",))).status_code == 200


async def test_after_a_move_both_the_old_and_the_new_line_see_the_hazard(hazards, ordered, unit_events) -> None:
    await hazards.learn(unit_events.moved(VILLAGE, OTHER_TOWN))

    assert await ids(hazards, unit=OTHER_TOWN) == [ordered]
    assert await ids(hazards, unit=TOWN) == [ordered]
    assert await ids(hazards, "?state=ordered", unit=OTHER_TOWN) == [ordered]
    assert (await hazards.get(f"/hazards/{ordered}", unit=OTHER_TOWN)).status_code == 200


async def test_after_the_move_of_a_town_the_other_county_sees_what_its_villages_reported(hazards, ordered, unit_events) -> None:
    await hazards.learn(unit_events.moved(TOWN, "330803"))

    assert await ids(hazards, unit="330803") == [ordered]


async def test_after_a_move_the_new_town_orders_and_the_old_one_does_not(hazards, firewood, elements, unit_events) -> None:
    hazard_id = (await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]
    await hazards.learn(unit_events.moved(VILLAGE, OTHER_TOWN))

    assert (await hazards.post(f"/hazards/{hazard_id}/order", elements, unit=TOWN)).status_code == 403
    assert (await hazards.post(f"/hazards/{hazard_id}/order", elements, unit=OTHER_TOWN)).status_code == 200
    assert await ids(hazards, "?state=ordered", unit=OTHER_TOWN) == [hazard_id]
    assert await ids(hazards, "?state=reported", unit=TOWN) == []


async def test_an_ancestor_that_is_heard_of_later_sees_what_came_before(run_service, unit_events, firewood) -> None:
    service = await run_service(SERVICE)

    async def learn(code: str) -> None:
        async with service.kit.pool.acquire() as connection, connection.transaction():
            await apply_units(connection, [unit_events.registered(code)], service.clock.now())

    await learn(VILLAGE)
    await learn(COUNTY)
    reported = (await service.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]
    await learn(TOWN)

    assert await ids(service, unit=COUNTY) == [reported]


async def test_the_superiors_of_who_has_to_rectify_see_it_also_after_that_unit_moved(loop, unit_events) -> None:
    hazard_id = await loop.report(VILLAGE)
    assert await ids(loop.running, unit="330802102201") == []
    await loop.act(hazard_id, "order", COUNTY, responsible="330802102201")
    assert await ids(loop.running, unit=OTHER_TOWN) == [hazard_id]
    assert await ids(loop.running, unit="330803") == []

    await loop.running.learn(unit_events.moved("330802102201", "330803"))

    assert await ids(loop.running, unit="330803") == [hazard_id]
    assert await ids(loop.running, unit=OTHER_TOWN) == [hazard_id]
