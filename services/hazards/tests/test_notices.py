"""Digests of time limits: one for each unit and day, exactly once, whoever was down."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.events.notices import RectificationDigestDue
from hazards.deadlines import Digests
from hazards.domain.notices import MOST_ITEMS

pytestmark = pytest.mark.io
TOWN, VILLAGE, OTHER = "330802101", "330802101202", "330802101201"
NINE = datetime(2026, 3, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NOTICES = {"before_days": [3, 1], "on_the_day": True, "most_after": 3}


@pytest.fixture
async def told(hazards):
    """The service, where the town wants notices; it is 13:00 on 2 March."""
    await decide(hazards, NOTICES)
    return hazards


async def decide(hazards, notices: dict[str, Any]) -> None:
    answer = await hazards.call("PUT", f"/policies/{TOWN}", {"notices": notices}, unit=TOWN)
    assert answer.status_code == 200, answer.text


async def order(hazards, firewood, elements, days: int, unit: str = VILLAGE) -> str:
    """The number of a hazard that is to be rectified by the end of the day so many days after 2 March."""
    reported = (await hazards.post("/hazards", firewood, unit=unit)).json()
    due = (datetime(2026, 3, 2, 16, tzinfo=UTC) + days * DAY).isoformat()
    body = elements | {"due": due, "responsible": unit}
    answer = await hazards.post(f"/hazards/{reported['hazard_id']}/order", body, unit=TOWN)
    assert answer.status_code == 200, answer.text
    return str(reported["number"])


async def until(hazards, last: datetime) -> None:
    """Tell everything that is due up to an instant, one instant after the other."""
    while (due := await Digests().next_due(hazards.kit.pool)) is not None and due <= last:
        assert await Digests().fire(hazards.kit.pool, due, 100)


async def digests(hazards) -> list[tuple[int, str, list[tuple[str, int]]]]:
    """Day of March, unit, and the numbers with their days, in order."""
    found = [event for _, event in await hazards.outbox(RectificationDigestDue)]
    return [(event.day.day, event.unit, [(each.number, each.days) for each in event.items]) for event in found]


async def test_by_default_nobody_is_told(hazards, ordered) -> None:
    assert await Digests().next_due(hazards.kit.pool) is None
    assert await Digests().fire(hazards.kit.pool, NINE + 9 * DAY, 10) == 0


async def test_a_unit_is_told_before_at_and_after_its_limits_in_one_digest_a_day(told, firewood, elements) -> None:
    first = await order(told, firewood, elements, 3)
    second = await order(told, firewood, elements, 4)
    await until(told, NINE + 20 * DAY)
    assert await digests(told) == [
        (3, VILLAGE, [(second, 3)]),
        (4, VILLAGE, [(first, 1)]),
        (5, VILLAGE, [(first, 0), (second, 1)]),
        (6, VILLAGE, [(first, -1), (second, 0)]),
        (7, VILLAGE, [(first, -2), (second, -1)]),
        (8, VILLAGE, [(second, -2)]),
        (9, VILLAGE, [(first, -4)]),
        (10, VILLAGE, [(second, -4)]),
    ]
    assert [sequence for sequence, _ in await told.outbox(RectificationDigestDue)] == list(range(1, 9))


async def test_whoever_was_down_tells_each_day_once_with_its_instant(told, firewood, elements) -> None:
    await order(told, firewood, elements, 2)
    late = NINE + 10 * DAY
    while await Digests().fire(told.kit.pool, late, 100):
        pass
    events = [event for _, event in await told.outbox(RectificationDigestDue)]
    assert [event.occurred_at for event in events] == [NINE + number * DAY for number in (0, 1, 2, 3, 5)]
    assert {event.recorded_at for event in events} == {late}


async def test_two_workers_at_once_tell_once(told, firewood, elements) -> None:
    await order(told, firewood, elements, 1)
    fired = await asyncio.gather(*(Digests().fire(told.kit.pool, NINE, 10) for _ in range(4)))
    assert sum(fired) == 1
    assert len(await digests(told)) == 1


async def test_a_submitted_rectification_is_told_no_more_and_a_rejected_one_again(told, firewood, elements) -> None:
    await order(told, firewood, elements, 1)
    ((hazard_id,),) = await told.kit.pool.fetch("SELECT hazard_id FROM hazard")
    path = f"/hazards/{hazard_id}"
    assert (await told.post(f"{path}/submit", {"version": 2, "text": "已清"}, unit=VILLAGE)).status_code == 200
    await until(told, NINE)
    assert await digests(told) == []
    assert await Digests().next_due(told.kit.pool) is None
    told.clock.instant = NINE + timedelta(hours=1)
    rejected = await told.post(f"{path}/reject", {"version": 3, "reason": "未清"}, unit=TOWN, subject="judge")
    assert rejected.status_code == 200, rejected.text
    await until(told, NINE + DAY)
    assert [(day, items[0][1]) for day, _, items in await digests(told)] == [(4, -1)]


async def test_a_policy_that_changes_is_followed_from_then_on_and_no_day_is_told_of_twice(told, firewood, elements) -> None:
    await order(told, firewood, elements, 1)
    await until(told, NINE)
    told.clock.instant = NINE + timedelta(minutes=30)
    await decide(told, NOTICES | {"at": "10:00"})
    assert await Digests().next_due(told.kit.pool) == NINE + DAY + timedelta(hours=1)
    await decide(told, {})
    assert await Digests().next_due(told.kit.pool) is None


async def test_a_policy_reaches_units_whose_limits_were_set_before_it(hazards, firewood, elements) -> None:
    number = await order(hazards, firewood, elements, 1)
    await decide(hazards, NOTICES)
    await until(hazards, NINE)
    assert await digests(hazards) == [(3, VILLAGE, [(number, 0)])]


async def test_a_digest_names_the_most_urgent_and_counts_the_rest(told, firewood, elements) -> None:
    numbers = [await order(told, firewood, elements, days) for days in (1, 3)]
    await order(told, firewood, elements, 1, OTHER)
    await told.kit.pool.execute(
        """
        INSERT INTO hazard (number, unit, category, title, occurred_at, reported_at, state, version, head, file, pairs,
            responsible, due_at)
        SELECT 'n-' || nr, $2, 'c', 't', due_at, due_at, 'ordered', 2, '', '{}', '{}', $2, due_at + interval '1 second'
        FROM generate_series(1, $1) AS nr, (SELECT due_at - interval '1 minute' AS due_at FROM hazard WHERE number = $3) AS limits
        """,
        MOST_ITEMS,
        VILLAGE,
        numbers[0],
    )
    await until(told, NINE)
    events = {event.unit: event for _, event in await told.outbox(RectificationDigestDue)}
    assert (len(events[VILLAGE].items), events[VILLAGE].more, events[VILLAGE].total) == (MOST_ITEMS, 1, MOST_ITEMS + 1)
    assert (len(events[OTHER].items), events[OTHER].more) == (1, 0)
