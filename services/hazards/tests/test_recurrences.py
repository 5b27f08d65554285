"""The same hazard again, and the same type in the same enterprise again."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.events.hazards import HazardRecurred

pytestmark = pytest.mark.io
TOWN, VILLAGE, OTHER = "330802101", "330802101202", "330802102201"
MILL = {"owner": {"code": "91330802MA2XXXXX01", "name": "木器厂"}}
DAY = timedelta(days=1)


async def closed(loop, **said: Any) -> str:
    hazard_id: str = await loop.report(**said)
    for action, unit in [("rectify", VILLAGE), ("accept", TOWN), ("sign", VILLAGE), ("close", TOWN)]:
        await loop.act(hazard_id, action, unit)
    return hazard_id


async def told(loop) -> list[tuple[str, str, str, int]]:
    return [
        (event.hazard_id, event.earlier_id, event.kind, event.count) for _, event in await loop.running.outbox(HazardRecurred)
    ]


async def test_a_closed_hazard_that_is_there_again_is_a_new_one_that_names_the_old(loop) -> None:
    old = await closed(loop)
    new = await loop.report(recurs=old)
    assert await told(loop) == [(new, old, "same", 1)]
    assert (await loop.view(old))["state"] == "closed"
    assert (await loop.view(new))["recurs"] == old


async def test_one_that_is_not_closed_or_not_seen_does_not_come_again(loop) -> None:
    for earlier, status in [(await loop.report(), 409), (await closed(loop), 201)]:
        body = {"category": "用火", "title": "柴草", "occurred_at": "2026-03-02T04:00:00Z", "recurs": earlier}
        assert (await loop.running.post("/hazards", body, unit=OTHER)).status_code == 422
        assert (await loop.running.post("/hazards", body, unit=VILLAGE)).status_code == status


async def test_the_same_type_in_the_same_enterprise_is_told_wherever_it_is_and_counted(loop) -> None:
    first = await loop.report(**MILL)
    second = await loop.report(OTHER, **MILL)
    await loop.report(OTHER, category="用电", **MILL)
    third = await loop.report(**MILL)
    assert await told(loop) == [(second, first, "same_type", 1), (third, second, "same_type", 2)]


async def test_the_type_is_told_once_its_file_says_whose_it_is(loop) -> None:
    first = await loop.report(**MILL)
    second = await loop.report()
    assert await told(loop) == []
    registered = await loop.act(second, "register", VILLAGE, **MILL)
    assert registered["version"] == 3
    assert await told(loop) == [(second, first, "same_type", 1)]
    await loop.act(second, "register", VILLAGE, discoverer="安监站", **MILL)
    assert len(await told(loop)) == 1
    await loop.act(second, "register", VILLAGE, category="用电", **MILL)
    assert len(await told(loop)) == 1


async def test_what_is_long_ago_by_the_policy_or_was_no_hazard_is_no_recurrence(loop) -> None:
    await loop.running.call("PUT", "/policies/330802", {"same_type_within_days": 30}, unit="330802")
    await loop.act(await loop.report(**MILL), "dismiss", TOWN)
    await loop.report(**MILL)
    loop.running.clock.instant += 31 * DAY
    await loop.report(**MILL)
    assert await told(loop) == []
