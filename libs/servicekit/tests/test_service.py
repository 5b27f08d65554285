"""The counting service as a process: roles, probes, and an end in order."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from counting.events import RawRecord, envelope, raw, records
from counting.handler import applied, until
from counting.topics import headers_of, read_all, write

from local_stack.brokers import Broker
from local_stack.processes import python, run_to_end
from servicekit.database import Pool

pytestmark = pytest.mark.io

Start = Callable[..., Awaitable[Any]]
_numbers = count(1)


@pytest.fixture
def topic() -> str:
    return f"plans.service.{next(_numbers)}"


async def progress(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/ops/progress")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_command_is_published_and_consumed(embedded_kafka: Broker, topic: str, pool: Pool, start_counting: Start) -> None:
    counting = await start_counting("all", embedded_kafka.servers, topic)
    before = await progress(counting.client)
    assert (await counting.client.post("/counters", json={"code": "a", "times": 3})).status_code == 201
    await until(lambda: _is(pool, {"a": [1, 2, 3]}))

    async def committed() -> bool:
        return sum((await progress(counting.client))["positions"][topic].values()) == 3

    await until(committed)
    after = await progress(counting.client)
    assert after["boot"] == before["boot"]
    assert after["work"] > before["work"]
    assert (after["outbox_pending"], after["in_flight"], after["next_due"], after["dead_lettered"]) == (0, 0, None, 0)
    ids = [headers_of(record)["ce_id"].decode() for record in await read_all(embedded_kafka.servers, topic)]
    unheard = "00000000-0000-0000-0000-000000000001"
    assert (await counting.client.post("/ops/unprocessed", json={"ids": [*ids, unheard]})).json() == {"ids": [unheard]}
    metrics = (await counting.client.get("/metrics")).text
    assert "bihuan_outbox_published_total 3.0" in metrics
    assert f'bihuan_events_consumed_total{{consumer="{topic}",topic="{topic}"}} 3.0' in metrics


async def _is(pool: Pool, expected: dict[str, list[int]]) -> bool:
    return await applied(pool) == expected


async def test_sigterm_finishes_the_batch_commits_and_leaves(
    embedded_kafka: Broker, topic: str, pool: Pool, start_counting: Start
) -> None:
    await write(embedded_kafka.servers, topic, records("a", range(1, 51)))
    counting = await start_counting("worker", embedded_kafka.servers, topic, COUNTING_BATCH_SECONDS=1)
    await until(lambda: _sleeping(pool))
    await counting.signal(signal.SIGTERM)
    await counting.ended()
    assert await applied(pool) == {"a": list(range(1, 51))}
    assert '"event": "stopped"' in counting.log.read_text()
    again = await start_counting("worker", embedded_kafka.servers, topic)
    assert sum((await progress(again.client))["positions"][topic].values()) == 50, "the offsets were committed"
    assert "bihuan_events_duplicate_total{" not in (await again.client.get("/metrics")).text


async def _sleeping(pool: Pool) -> bool:
    return bool(await pool.fetchval("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"))


async def test_sigterm_lets_a_request_finish(embedded_kafka: Broker, topic: str, pool: Pool, start_counting: Start) -> None:
    counting = await start_counting("api", embedded_kafka.servers, topic)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("INSERT INTO counter VALUES ('a', 1)")  # whoever counts `a` waits for this transaction
        request = asyncio.create_task(counting.client.post("/counters", json={"code": "a"}))
        await asyncio.sleep(0.3)
        await counting.signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
    assert (await request).status_code == 201
    await counting.ended()


async def test_an_api_process_consumes_nothing(embedded_kafka: Broker, topic: str, pool: Pool, start_counting: Start) -> None:
    counting = await start_counting("api", embedded_kafka.servers, topic)
    await counting.client.post("/counters", json={"code": "a"})
    await asyncio.sleep(0.3)
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 1
    assert (await progress(counting.client))["outbox_pending"] == 1


async def test_a_worker_answers_operators_only(embedded_kafka: Broker, topic: str, start_counting: Start) -> None:
    counting = await start_counting("worker", embedded_kafka.servers, topic)
    assert (await counting.client.post("/counters", json={"code": "a"})).status_code == 404
    assert (await counting.client.get("/healthz/live")).status_code == 204


async def test_a_halted_worker_is_alive_but_not_ready(embedded_kafka: Broker, topic: str, start_counting: Start) -> None:
    broken = RawRecord(b"{", raw(envelope()).headers)
    counting = await start_counting("worker", embedded_kafka.servers, topic, BIHUAN_STALL_SECONDS=2)
    await write(embedded_kafka.servers, topic, [broken] * 20)

    async def halted() -> bool:
        return (await progress(counting.client))["halted"] == [topic]

    await until(halted)
    await asyncio.sleep(2.5)
    assert (await counting.client.get("/healthz/live")).status_code == 204
    answer = await counting.client.get("/healthz/ready")
    assert (answer.status_code, topic in answer.text) == (503, True)


async def test_letters_are_redriven_from_the_command_line(
    embedded_kafka: Broker, topic: str, pool: Pool, start_counting: Start, tmp_path: Path
) -> None:
    await write(embedded_kafka.servers, topic, [*records("bad", [1, 2]), *records("a", [1])])
    counting = await start_counting("worker", embedded_kafka.servers, topic, COUNTING_REFUSE="bad")
    await until(lambda: _is(pool, {"a": [1]}))
    await counting.signal(signal.SIGTERM)
    await counting.ended()
    environment = {name: value for name, value in counting.process.launch.env.items() if name != "COUNTING_REFUSE"}
    for options, line in ((("--dry-run",), "would apply 2"), ((), "applied 2")):
        log = tmp_path / f"redrive{len(options)}.log"
        await _run(("redrive", *options), environment, log)
        assert f"{topic}.{topic}.dlt: {line}" in log.read_text()
    assert await applied(pool) == {"a": [1], "bad": [1, 2]}
    assert "let through again: bad" in (tmp_path / "redrive0.log").read_text()


async def _run(arguments: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
    command = ["/usr/bin/env", *(f"{name}={value}" for name, value in environment.items()), *python("counting", *arguments)]
    await run_to_end("counting", command, log=log, within=30)


async def test_a_service_is_ready_once_its_database_is_migrated(
    embedded_kafka: Broker, topic: str, database: Any, start_counting: Start, tmp_path: Path
) -> None:
    empty = await database()
    counting = await start_counting("api", embedded_kafka.servers, topic, path="/healthz/live", BIHUAN_DATABASE_URL=empty)
    answer = await counting.client.get("/healthz/ready")
    assert (answer.status_code, "migrations" in answer.text) == (503, True)
    for _ in range(2):
        await _run(("migrate",), counting.process.launch.env, tmp_path / "migrate.log")
    assert (await counting.client.get("/healthz/ready")).status_code == 204
