"""Every date is told exactly once, through extensions, rejections, new orders, restarts, races and jumps of the clock."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError

from contracts.events.hazards import RectificationOverdue
from hazards.deadlines import Passing
from hazards.store import hazards as store
from servicekit.database import create_pool

pytestmark = pytest.mark.io
TOWN, VILLAGE, COUNTY, OTHER_COUNTY = "330802101", "330802101202", "330802", "330803"
START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def on(day: int) -> datetime:
    return START + day * DAY


async def to(loop, day: float, *, sweep: bool = True) -> None:
    loop.running.clock.instant = START + day * DAY
    while sweep and await Passing().fire(loop.running.kit.pool, loop.running.clock.now(), 100):
        pass


async def told(loop) -> list[datetime]:
    return [event.due_at for _, event in await loop.running.outbox(RectificationOverdue)]


async def ordered(loop, due: int = 10, action: str = "order") -> str:
    hazard_id: str = await loop.report()
    await loop.act(hazard_id, action, TOWN, due=on(due).isoformat())
    return hazard_id


async def test_an_extension_before_the_limit_leaves_the_extended_one_only(loop) -> None:
    hazard_id = await ordered(loop)
    await loop.act(hazard_id, "ask_extension", VILLAGE, due=on(20).isoformat())
    await loop.act(hazard_id, "approve_extension", TOWN)
    await to(loop, 15)
    assert await told(loop) == []
    await to(loop, 100)
    await to(loop, 200)
    assert await told(loop) == [on(20)]


@pytest.mark.parametrize("sweep", [True, False], ids=["swept", "touched"])
async def test_an_extension_after_the_limit_has_both_told(loop, sweep: bool) -> None:
    hazard_id = await ordered(loop)
    await loop.act(hazard_id, "ask_extension", VILLAGE, due=on(20).isoformat())
    await to(loop, 12, sweep=sweep)
    if not sweep:
        assert (await loop.attempt(hazard_id, "approve_extension", TOWN, version=3)).json()["version"] == 4
    await loop.act(hazard_id, "approve_extension", TOWN, version=4)
    await to(loop, 19)
    assert (await loop.view(hazard_id))["overdue_since"] is None
    await to(loop, 30)
    assert await told(loop) == [on(10), on(20)]
    view = await loop.view(hazard_id)
    assert len(view["missed"]) == 2
    await loop.act(hazard_id, "submit", VILLAGE)
    view = await loop.view(hazard_id)
    assert (view["on_time"], view["on_time_originally"]) == (False, False)


async def test_on_time_is_judged_by_the_accepted_submission_against_both_limits(loop) -> None:
    hazard_id = await ordered(loop)
    await loop.act(hazard_id, "ask_extension", VILLAGE, due=on(20).isoformat())
    await loop.act(hazard_id, "approve_extension", TOWN, due=on(15).isoformat())
    await to(loop, 12)
    for action, unit in [("submit", VILLAGE), ("accept", TOWN), ("sign", VILLAGE)]:
        await loop.act(hazard_id, action, unit)
    await to(loop, 40)
    await loop.act(hazard_id, "close", TOWN)
    view = await loop.view(hazard_id)
    assert (view["on_time"], view["on_time_originally"]) == (True, False)
    [overdue] = [event for _, event in await loop.running.outbox(RectificationOverdue)]
    assert (overdue.due_at, overdue.state, overdue.submitted_at) == (on(15), "signed", on(12))


async def test_a_rejection_and_another_submission_repeat_nothing(loop) -> None:
    hazard_id = await ordered(loop)
    await loop.act(hazard_id, "submit", VILLAGE)
    await to(loop, 11)
    for action, unit in [("reject", TOWN), ("submit", VILLAGE), ("reject", TOWN), ("submit", VILLAGE), ("accept", TOWN)]:
        await loop.act(hazard_id, action, unit)
        await to(loop, 12)
    assert await told(loop) == [on(10)]


async def test_a_sooner_order_replaces_the_limit_of_a_plan(loop) -> None:
    hazard_id = await ordered(loop, 30, "defer")
    await to(loop, 3)
    await loop.act(hazard_id, "order", TOWN, due=on(8).isoformat())
    await to(loop, 60)
    assert await told(loop) == [on(8)]


async def test_no_limit_passes_while_a_major_one_is_watched_nor_while_the_end_of_that_is_judged(loop) -> None:
    hazard_id = await ordered(loop)
    await loop.act(hazard_id, "grade", TOWN)
    await loop.act(hazard_id, "monitor", TOWN, review_on="2026-06-01")
    await to(loop, 40)
    await loop.act(hazard_id, "submit", VILLAGE)
    await to(loop, 41)
    await loop.act(hazard_id, "reject", TOWN)
    assert (await loop.view(hazard_id))["state"] == "monitored"
    await loop.act(hazard_id, "order", TOWN, due=on(50).isoformat())
    await to(loop, 60)
    assert await told(loop) == [on(50)]


async def test_the_same_limit_ordered_again_after_a_monitoring_is_told_once(loop) -> None:
    hazard_id = await ordered(loop)
    await loop.act(hazard_id, "grade", TOWN)
    await loop.act(hazard_id, "monitor", TOWN)
    await loop.act(hazard_id, "order", TOWN, due=on(10).isoformat())
    await to(loop, 60)
    assert await told(loop) == [on(10)]


async def test_a_process_that_starts_anew_tells_nothing_again(loop) -> None:
    await ordered(loop)
    await to(loop, 11)
    another = await create_pool(loop.running.kit.settings)
    try:
        assert await Passing().next_due(another) is None
        assert await Passing().fire(another, on(400), 100) == 0
    finally:
        await another.close()
    assert await told(loop) == [on(10)]


async def test_of_a_sweep_and_a_touch_at_once_one_tells_it(loop) -> None:
    hazards = [await ordered(loop, 10 + number % 3) for number in range(9)]
    loop.running.clock.instant = on(20)
    pool = loop.running.kit.pool

    answers = await asyncio.gather(
        *(loop.attempt(hazard_id, "submit", VILLAGE, version=2) for hazard_id in hazards),
        *(Passing().fire(pool, on(20), 2) for _ in range(6)),
    )

    await to(loop, 20)
    # The limit passed first, whoever noticed: the version that the village had seen is not the present one.
    assert {answer.status_code for answer in answers[:9]} == {409}
    assert {answer.json()["version"] for answer in answers[:9]} == {3}
    assert sorted(await told(loop)) == sorted([on(10), on(11), on(12)] * 3)
    assert await pool.fetchval("SELECT count(*) = count(DISTINCT id) FROM outbox")


async def test_who_touches_after_a_jump_has_everything_told_first_in_the_order_of_the_dates(loop) -> None:
    policy = {"extension": {"decide_within_days": 4}, "listing": {"publish_within_working_days": 3, "progress_every_days": 9}}
    await loop.running.call("PUT", f"/policies/{COUNTY}", policy, unit=COUNTY)
    hazard_id = await ordered(loop, 10)
    await loop.act(hazard_id, "ask_extension", VILLAGE)
    await loop.act(hazard_id, "list", COUNTY)
    await loop.act(hazard_id, "transfer", TOWN, acknowledge_by=on(2).isoformat())
    version = await loop.version(hazard_id)

    await to(loop, 20, sweep=False)
    assert (await loop.attempt(hazard_id, "acknowledge", OTHER_COUNTY, version=version)).status_code == 409
    assert await loop.version(hazard_id) == version  # what is refused leaves nothing behind; the sweep will
    await to(loop, 20)
    await loop.act(hazard_id, "acknowledge", OTHER_COUNTY)

    passed = [(sequence, event) for sequence, event in await loop.running.outbox() if event.actor is None]
    assert [sequence for sequence, _ in passed] == list(range(version + 1, version + 1 + len(passed)))
    names = [event.__class__.__name__ for _, event in passed]
    assert names == [
        "TransferUnanswered", "TransferUnanswered", "ListingUnpublished", "ExtensionUndecided", "TransferUnanswered",
        "TransferUnanswered", "ListingProgressOverdue", "RectificationOverdue", "TransferUnanswered", "ListingProgressOverdue",
    ]  # fmt: skip
    assert sorted(event.occurred_at for _, event in passed) == [event.occurred_at for _, event in passed]
    assert {event.recorded_at for _, event in passed} == {on(20)}


async def test_a_hazard_that_ended_waits_for_nothing(loop) -> None:
    hazard_id = await ordered(loop)
    await loop.act(hazard_id, "list", COUNTY, progress_every_days=2)
    await loop.act(hazard_id, "dismiss", COUNTY)
    assert await Passing().next_due(loop.running.kit.pool) is None
    await to(loop, 400)
    assert [event for _, event in await loop.running.outbox() if event.actor is None] == []


async def test_a_hazard_that_cannot_be_read_does_not_keep_the_others_waiting(loop) -> None:
    broken, *others = [await ordered(loop, 10 + number) for number in range(4)]
    pool = loop.running.kit.pool
    await pool.execute("UPDATE hazard SET file = file || '{\"missed\": 7}' WHERE hazard_id = $1", UUID(broken))

    assert await Passing().fire(pool, on(20), 100) == 3
    assert [event.hazard_id for _, event in await loop.running.outbox(RectificationOverdue)] == others
    with pytest.raises(ValidationError):  # which the loop counts, tells and tries again
        await Passing().fire(pool, on(20), 100)
    assert await Passing().next_due(pool) == on(10)


async def test_the_claim_reads_the_partial_index_and_no_more_than_what_is_due(loop) -> None:
    pool = loop.running.kit.pool
    await ordered(loop)
    costs = []
    for number, others in enumerate((1_000, 20_000)):
        await pool.execute(
            """
            INSERT INTO hazard
                (number, unit, category, title, occurred_at, reported_at, state, version, head, file, pairs, fires_at)
            SELECT $3 || nr, unit, category, title, occurred_at, reported_at, state, version, head, file, pairs,
                $1::timestamptz + CASE WHEN nr <= 50 THEN 0 ELSE nr END * interval '1 minute'
            FROM hazard, generate_series(1, $2::int) AS nr WHERE version = 2 AND number LIKE '330802-%'
            """,
            on(10 + number),
            others,
            f"copy-{number}-",
        )
        await pool.execute("UPDATE hazard SET fires_at = NULL WHERE fires_at < $1", on(10 + number))
        await pool.execute("VACUUM ANALYZE hazard")
        async with pool.acquire() as connection, connection.transaction():
            [row] = await connection.fetch(
                "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + store._LOCK_DUE, on(10 + number) + timedelta(seconds=1), 500
            )
        plan = (row[0] if isinstance(row[0], list) else json.loads(row[0]))[0]["Plan"]
        scans = list(_nodes(plan))
        assert {node.get("Index Name") for node in scans if "Scan" in node["Node Type"]} == {"hazard_fires"}
        assert sum(node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0) for node in scans) == 0
        assert plan["Actual Rows"] in (50, 51)
        costs.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
    assert costs[1] <= costs[0] * 1.5 + 20, costs


def _nodes(plan):
    yield plan
    for each in plan.get("Plans", []):
        yield from _nodes(each)
