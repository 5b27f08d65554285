"""The guarantees of delivery, on Apache Kafka, with the counting service as processes that are killed.

Every test ends with the same proof: each aggregate's events were applied exactly once, in order, without a gap.
"""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from counting.events import RawRecord, changed, envelope, raw
from counting.handler import applied, until
from counting.service import count
from counting.topics import headers_of, read_all, write

from local_stack.brokers import Broker
from local_stack.kafka_topics import TopicPlan, create_topics
from servicekit.database import Pool
from servicekit.deadletters import dead_letter_topic

pytestmark = [pytest.mark.io, pytest.mark.apache]

Start = Callable[..., Awaitable[Any]]

PARTITIONS = 4
# Small rounds that follow each other without a rest, and batches that take their time between effect and commit: whenever a
# process is killed, something is half done.
SMALL = {
    "BIHUAN_RELAY_BATCH_ROWS": 3,
    "BIHUAN_RELAY_POLL_SECONDS": 0.002,
    "BIHUAN_CONSUMER_BATCH_RECORDS": 20,
    "BIHUAN_CONSUMER_BACKOFF_MAX_SECONDS": 0.5,
    "COUNTING_BATCH_SECONDS": 0.02,
}


class Load:
    """Commands against the counting service's database, until told to stop."""

    def __init__(self, pool: Pool, topic: str) -> None:
        self._pool = pool
        self._topic = topic
        self._stop = asyncio.Event()
        self.made: dict[str, int] = {}

    async def run(self) -> None:
        picker = random.Random(7)  # noqa: S311 - the same keys every time
        while not self._stop.is_set():
            code, times = f"u{picker.randrange(40)}", picker.randrange(1, 12)
            try:
                async with self._pool.acquire() as connection, connection.transaction():
                    answer = await count(connection, code, times, self._topic)
            except Exception:  # noqa: BLE001 - the database may be away; whether this one counted is read from it afterwards
                await asyncio.sleep(0.05)
            else:
                self.made[code] = answer["sequence"]
                await asyncio.sleep(0.03)

    async def goes_on(self, events: int) -> None:
        """Wait until so many more events were made: what is interrupted is under load, however busy the machine is."""
        goal = sum(self.made.values()) + events

        async def enough() -> bool:
            return sum(self.made.values()) >= goal

        await until(enough, 60)

    def stop(self) -> None:
        self._stop.set()


@pytest.fixture
async def topic(apache_kafka: Broker, new_topic: Callable[..., Awaitable[str]]) -> str:
    name = await new_topic("plans.delivery", PARTITIONS)
    await create_topics(apache_kafka.servers, {dead_letter_topic(name, name): TopicPlan(1)})
    return name


@asynccontextmanager
async def load(pool: Pool, topic: str) -> AsyncIterator[Load]:
    """Commands for the length of the block."""
    making = Load(pool, topic)
    task = asyncio.create_task(making.run())
    try:
        yield making
    finally:
        making.stop()
        await task


async def everything_is_applied(pool: Pool) -> bool:
    try:
        produced = await pool.fetchval("SELECT sum(sequence) FROM counter")
        return bool(produced == await pool.fetchval("SELECT count(DISTINCT (key, sequence)) FROM applied"))
    except (OSError, Exception):  # noqa: BLE001 - the database may be away
        return False


async def prove(pool: Pool, servers: str, topic: str, making: Load, within: float = 60) -> None:
    """Wait until nothing is in hand, then compare what was produced with what was applied and with what stands in the topic."""
    await until(lambda: everything_is_applied(pool), within)
    produced = {row["code"]: row["sequence"] for row in await pool.fetch("SELECT code, sequence FROM counter")}
    assert {code: produced[code] for code in making.made if produced[code] < making.made[code]} == {}, "answered, then forgotten"
    assert sum(produced.values()) > 200, "too little happened to prove anything"
    assert await applied(pool) == {code: list(range(1, last + 1)) for code, last in produced.items()}
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 0
    assert await pool.fetchval("SELECT count(*) FROM parked_key") == 0
    first_seen: dict[str, list[int]] = {}
    for record in await read_all(servers, topic):
        seen = first_seen.setdefault(record.key.decode(), [])
        sequence = int(headers_of(record)["ce_sequence"])
        if sequence not in seen:
            seen.append(sequence)
    assert first_seen == {code: list(range(1, last + 1)) for code, last in produced.items()}


async def test_records_delivered_again_have_no_second_effect(
    apache_kafka: Broker, topic: str, pool: Pool, start_counting: Start
) -> None:
    counting = await start_counting("worker", apache_kafka.servers, topic)
    async with load(pool, topic) as making:
        await making.goes_on(300)
    await prove(pool, apache_kafka.servers, topic, making)
    await counting.signal(signal.SIGTERM)
    await counting.ended()
    before = await rewind(apache_kafka.servers, topic)
    again = await start_counting("worker", apache_kafka.servers, topic)

    async def caught_up() -> bool:
        positions = (await again.client.get("/ops/progress")).json()["positions"][topic]
        return {int(partition): offset for partition, offset in positions.items() if offset} == before

    await until(caught_up, 30)
    await prove(pool, apache_kafka.servers, topic, making)
    total = sum(before.values())
    assert f'bihuan_events_duplicate_total{{consumer="{topic}"}} {float(total)}' in (await again.client.get("/metrics")).text


async def rewind(servers: str, group: str) -> dict[int, int]:
    """Put the group back to the beginning, as a lost offset would; return where it stood."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, group_id=group, enable_auto_commit=False)
    await consumer.start()
    places = [TopicPartition(group, partition) for partition in range(PARTITIONS)]
    before = {place.partition: await consumer.committed(place) or 0 for place in places}
    consumer.assign(places)
    await consumer.commit(dict.fromkeys(places, 0))
    await consumer.stop()
    return {partition: offset for partition, offset in before.items() if offset}


async def test_partitions_move_between_workers_without_loss_or_repetition(
    apache_kafka: Broker, topic: str, pool: Pool, start_counting: Start
) -> None:
    first = await start_counting("worker", apache_kafka.servers, topic, **SMALL)
    async with load(pool, topic) as making:
        second = await start_counting("worker", apache_kafka.servers, topic, **SMALL)
        await until(lambda: _both_consume(first, second))
        await first.signal(signal.SIGTERM)
        await first.ended()
        third = await start_counting("worker", apache_kafka.servers, topic, **SMALL)
        await until(lambda: _both_consume(second, third))
        await second.process.kill()
        await making.goes_on(100)
    await prove(pool, apache_kafka.servers, topic, making)


async def _both_consume(*workers: Any) -> bool:
    consumed = [(await worker.client.get("/ops/progress")).json() for worker in workers]
    return all(progress["positions"] and progress["work"] > 3 for progress in consumed)


async def test_a_worker_killed_at_any_moment_loses_nothing_and_repeats_nothing(
    apache_kafka: Broker, topic: str, pool: Pool, start_counting: Start
) -> None:
    picker = random.Random(11)  # noqa: S311
    counting = await start_counting("worker", apache_kafka.servers, topic, **SMALL)
    async with load(pool, topic) as making:
        for _ in range(5):
            await making.goes_on(picker.randrange(20, 120))
            await counting.process.kill()
            await counting.process.start()
    await prove(pool, apache_kafka.servers, topic, making)


async def test_two_workers_killed_in_turn_lose_nothing_and_repeat_nothing(
    apache_kafka: Broker, topic: str, pool: Pool, start_counting: Start
) -> None:
    workers = [await start_counting("worker", apache_kafka.servers, topic, **SMALL) for _ in range(2)]
    async with load(pool, topic) as making:
        for turn in range(3):
            await making.goes_on(60)
            await workers[turn % 2].process.kill()
            await workers[turn % 2].process.start()
    await prove(pool, apache_kafka.servers, topic, making)


async def test_a_broker_killed_under_load_loses_nothing(
    apache_kafka: Broker, topic: str, pool: Pool, start_counting: Start
) -> None:
    await start_counting("worker", apache_kafka.servers, topic, **SMALL)
    async with load(pool, topic) as making:
        await making.goes_on(100)
        await apache_kafka.kill()
        await making.goes_on(100)
        await apache_kafka.start()
        await making.goes_on(100)
    await prove(pool, apache_kafka.servers, topic, making, within=90)


async def test_poison_among_the_events_takes_none_with_it(
    apache_kafka: Broker, topic: str, pool: Pool, start_counting: Start
) -> None:
    one = raw(envelope("poison"))
    poison = [
        RawRecord(b"{broken", one.headers, b"p"),
        changed(one, ce_source=b"\xff\xfe"),
        changed(one, ce_id=None),
        RawRecord(b"{}", one.headers, b"p"),
        RawRecord(None, one.headers, b"p"),
        RawRecord(None, [("ce_id", None)], None),
        changed(one, ce_type=b"bihuan.plans.Unheard.v1"),
    ]
    # All of it may come in a row when the load pauses: the limits, which other tests are about, would rightly halt the worker.
    limits = {"BIHUAN_DEAD_LETTER_MAX_RATIO": 0.5, "BIHUAN_DEAD_LETTER_MAX_CONSECUTIVE": len(poison) * PARTITIONS}
    await start_counting("worker", apache_kafka.servers, topic, **limits)
    async with load(pool, topic) as making:
        for record in poison:
            for partition in range(PARTITIONS):
                await write(apache_kafka.servers, topic, [record], partition)
    await until(lambda: everything_is_applied(pool), 60)
    produced = {row["code"]: row["sequence"] for row in await pool.fetch("SELECT code, sequence FROM counter")}
    assert making.made
    assert await applied(pool) == {code: list(range(1, last + 1)) for code, last in produced.items()}

    async def buried() -> bool:
        return len(await read_all(apache_kafka.servers, dead_letter_topic(topic, topic))) == 6 * PARTITIONS

    await until(buried)
    letters = await read_all(apache_kafka.servers, dead_letter_topic(topic, topic))
    assert {headers_of(letter)["dlt_reason"] for letter in letters} == {
        b"bad_json",
        b"bad_header",
        b"missing_header",
        b"wrong_schema",
        b"empty_value",
    }
    assert sorted({int(headers_of(letter)["dlt_partition"]) for letter in letters}) == list(range(PARTITIONS))


async def test_a_database_killed_under_load_loses_nothing(
    apache_kafka: Broker, topic: str, durable_database: Any, start_counting: Start, tmp_path: Path
) -> None:
    async with durable_database() as (cluster, url, pool):
        await start_counting("worker", apache_kafka.servers, topic, **SMALL, BIHUAN_DATABASE_URL=url)
        async with load(pool, topic) as making:
            for _ in range(2):
                await making.goes_on(100)
                await cluster.kill()
                await asyncio.sleep(0.3)
                await cluster.start()
            await making.goes_on(100)
        await prove(pool, apache_kafka.servers, topic, making, within=90)
