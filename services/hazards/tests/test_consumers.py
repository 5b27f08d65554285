"""What the tree's events do to hazards: in any order, twice, and while somebody reports."""

import asyncio

import pytest

from contracts.topics import TOPICS
from hazards.consumers import CONSUMPTIONS, apply_units
from hazards.store import hazards as store
from servicekit import units

pytestmark = pytest.mark.io
VILLAGE, TOWN, OTHER_TOWN = "330802101202", "330802101", "330802102"


def test_one_group_consumes_every_topic_that_names_hazards() -> None:
    [consumption] = CONSUMPTIONS

    assert consumption.consumer == "hazards"
    assert set(consumption.topics) == {name for name, topic in TOPICS.items() if "hazards" in topic.consumers}
    assert "plans.unit.v1" in consumption.topics


async def test_an_event_met_again_or_late_brings_no_old_parent_back(hazards, unit_events) -> None:
    moved = unit_events.moved(VILLAGE, OTHER_TOWN)
    await hazards.learn(moved)
    before = await hazards.content()

    await hazards.learn(unit_events.registered(VILLAGE))
    await hazards.learn(moved, unit_events.registered(VILLAGE))

    assert await hazards.content() == before
    assert await units.within(hazards.kit.pool, VILLAGE, OTHER_TOWN)


async def test_who_reports_while_the_unit_moves_is_seen_under_the_new_parent(hazards, firewood, unit_events) -> None:
    async with hazards.kit.pool.acquire() as connection:
        async with connection.transaction():
            await apply_units(connection, [unit_events.moved(VILLAGE, OTHER_TOWN)], hazards.clock.now())
            reporting = asyncio.create_task(hazards.post("/hazards", firewood, unit=VILLAGE))
            done, _ = await asyncio.wait({reporting}, timeout=0.2)
            assert not done
        reported = (await reporting).json()["hazard_id"]

    assert await store.is_seen(hazards.kit.pool, OTHER_TOWN, reported)
    assert not await store.is_seen(hazards.kit.pool, TOWN, reported)
