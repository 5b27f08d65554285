"""A task's deadline fires exactly once, at the instant of the rule, whoever was down; amendments move it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from contracts.events.tasks import TaskOverdue
from plans.deadlines import TasksOverdue

pytestmark = pytest.mark.io
ISSUER = "330802"
PASSES = datetime(2026, 6, 30, 16, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


async def content_of(campaign) -> dict[str, Any]:
    content: dict[str, Any] = (await campaign.get(f"/plans/{campaign.plan_id}", unit=ISSUER)).json()["content"]
    return content


async def amend(campaign, version: int, content: dict[str, Any]) -> dict[str, Any]:
    answer = await campaign.post(f"/plans/{campaign.plan_id}/amend", {"version": version, "content": content}, unit=ISSUER)
    assert answer.status_code == 200, answer.text
    answered: dict[str, Any] = answer.json()
    return answered


async def test_nothing_fires_before_the_end_of_the_day_and_everything_at_it(campaign) -> None:
    pool = campaign.kit.pool

    assert await TasksOverdue().fire(pool, PASSES - MILLISECOND, 10) == 0
    assert await TasksOverdue().fire(pool, PASSES, 10) == 1
    assert await TasksOverdue().next_due(pool) is None


async def test_who_was_down_fires_later_once_with_the_instant_of_the_rule(campaign) -> None:
    late = PASSES + timedelta(hours=9)

    fired = [await TasksOverdue().fire(campaign.kit.pool, late + number * MILLISECOND, 10) for number in range(3)]

    assert fired == [1, 0, 0]
    [(sequence, event)] = await campaign.outbox(TaskOverdue)
    assert (sequence, event.occurred_at, event.due_at, event.recorded_at, event.actor) == (1, PASSES, PASSES, late, None)
    assert (event.deadline, event.strength, event.printed, event.leads) == ("d1", "strive", "力争6月底前", ("330802101201",))


async def test_sweepers_at_once_fire_each_deadline_once(campaign) -> None:
    content = await content_of(campaign)
    tasks = [{**content["tasks"][0], "id": f"t{number}"} for number in range(100)]
    await amend(campaign, 2, {**content, "tasks": tasks, "indicators": []})

    async def sweep() -> int:
        total = 0
        while fired := await TasksOverdue().fire(campaign.kit.pool, PASSES, 7):
            total += fired
        return total

    assert sum(await asyncio.gather(*(sweep() for _ in range(4)))) == 100
    assert len({event.task_id for _, event in await campaign.outbox(TaskOverdue)}) == 100
    assert await campaign.kit.pool.fetchval("SELECT count(DISTINCT id) FROM outbox WHERE type LIKE '%Overdue%'") == 100


async def test_an_amendment_moves_every_open_deadline_and_says_so(campaign) -> None:
    content = await content_of(campaign)
    content["tasks"][0]["deadlines"][0]["date"] = "2026-05-31"

    changed = await amend(campaign, 2, content)

    assert changed["changes"] == ["任务 a:时限 d1:日期由“2026年6月30日”改为“2026年5月31日”"]
    assert await TasksOverdue().next_due(campaign.kit.pool) == datetime(2026, 5, 31, 16, tzinfo=UTC)


async def test_what_fell_due_before_an_amendment_is_told_although_nobody_was_there(campaign) -> None:
    content = await content_of(campaign)
    content["tasks"][0]["deadlines"][0]["date"] = "2026-09-30"
    campaign.clock.instant = PASSES + timedelta(days=1)

    await amend(campaign, 2, content)

    [(sequence, event)] = await campaign.outbox(TaskOverdue)
    assert (sequence, event.due_at) == (1, PASSES)
    assert await TasksOverdue().next_due(campaign.kit.pool) == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert await TasksOverdue().fire(campaign.kit.pool, datetime(2026, 9, 30, 16, tzinfo=UTC), 10) == 1
    assert [sequence for sequence, _ in await campaign.outbox(TaskOverdue)] == [1, 2]


async def test_a_task_that_an_amendment_leaves_out_falls_due_no_more(campaign) -> None:
    content = {**await content_of(campaign), "tasks": [], "indicators": []}

    await amend(campaign, 2, content)

    assert await TasksOverdue().next_due(campaign.kit.pool) is None
    assert (await campaign.get(campaign.task(), unit=ISSUER)).status_code == 404
    assert (await campaign.get("/tasks", unit="330802101201")).json()["items"] == []


async def test_tasks_outlive_the_plan(campaign) -> None:
    answer = await campaign.post(f"/plans/{campaign.plan_id}/close", {"version": 2}, unit=ISSUER)
    assert answer.json()["state"] == "closed"

    assert await TasksOverdue().fire(campaign.kit.pool, PASSES, 10) == 1
    assert (await campaign.post(campaign.task(action="complete"), {}, unit="330802101201")).status_code == 200


async def test_a_completion_that_meets_the_sweep_is_either_in_time_or_late(campaign) -> None:
    campaign.clock.instant = PASSES

    answer, fired = await asyncio.gather(
        campaign.post(campaign.task(action="complete"), {}, unit="330802101201"),
        TasksOverdue().fire(campaign.kit.pool, PASSES, 10),
    )

    assert (answer.status_code, len(await campaign.outbox(TaskOverdue))) == (200, 1)
    assert fired in {0, 1}
    events = [sequence for sequence, _ in await campaign.outbox()]
    assert events == [1, 2]


async def _many_due(campaign, count: int) -> None:
    await campaign.kit.pool.execute(
        """
        INSERT INTO task
        SELECT plan_id, 'x' || nr, nr, 1, 0, true, issuer, zone, topic, text, leads, supports, deadlines, state, fires_at
        FROM task, generate_series(1, $1) AS nr
        """,
        count,
    )


async def test_thousands_of_due_tasks_are_swept_in_few_statements(campaign) -> None:
    await _many_due(campaign, 3999)
    statements: list[str] = []

    async def watch(connection) -> None:
        await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
        connection.add_query_logger(lambda said: statements.append(said.query))

    async with asyncpg.create_pool(campaign.kit.settings.dsn, min_size=1, max_size=1, init=watch) as pool:
        batches = 0
        while await TasksOverdue().fire(pool, PASSES, 1000):
            batches += 1

    assert batches == 4
    asked = [query for query in statements if "task" in query or "INTO outbox" in query]
    assert len(asked) == 4 * batches + 1  # claim, write, keep, publish; and the claim that found nothing more
    assert len({event.task_id for _, event in await campaign.outbox(TaskOverdue)}) == 4000


async def test_the_sweep_reads_its_partial_index(campaign) -> None:
    await _many_due(campaign, 5000)
    await campaign.kit.pool.execute("UPDATE task SET fires_at = NULL WHERE position > 50")
    await campaign.kit.pool.execute("ANALYZE task")

    plan = await campaign.kit.pool.fetch("EXPLAIN SELECT min(fires_at) FROM task WHERE fires_at IS NOT NULL")

    assert "task_fires" in "\n".join(row[0] for row in plan)
