"""The relay between a real outbox and a broker."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from secrets import token_hex
from typing import Any
from uuid import UUID

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.partitioner import murmur2
from counting.events import NOW, event
from counting.handler import until
from counting.topics import headers_of, read_all

from local_stack.brokers import Broker
from local_stack.kafka_topics import TopicPlan, create_topics
from servicekit import outbox
from servicekit.clock import FixedClock
from servicekit.database import Pool
from servicekit.outbox import Outgoing
from servicekit.progress import Progress
from servicekit.relay import Relay, partition_of
from servicekit.settings import Settings

pytestmark = pytest.mark.io

TOPIC = "plans.relay"


@asynccontextmanager
async def relaying(settings: Settings, progress: Progress | None = None) -> AsyncIterator[Relay]:
    relay = Relay("counting", FixedClock(NOW), progress or Progress(), settings)
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        relay.stop()
        async with asyncio.timeout(10):
            await task


async def append(pool: Pool, topic: str, *events: tuple[str, int]) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, [Outgoing(event(code, topic), sequence) for code, sequence in events])


async def pending(pool: Pool) -> int:
    count: int = await pool.fetchval("SELECT count(*) FROM outbox")
    return count


async def empty(pool: Pool) -> bool:
    return await pending(pool) == 0


async def leaders(pool: Pool) -> list[int]:
    """The server processes that hold the relay's lock."""
    rows = await pool.fetch("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")
    return [row["pid"] for row in rows]


async def sequences(servers: str, topic: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for record in await read_all(servers, topic):
        found[record.key.decode()].append(int(headers_of(record)["ce_sequence"]))
    return dict(found)


def names(count: int) -> list[str]:
    return [f"3308{number:08d}" for number in range(count)]


def test_a_key_goes_where_the_java_client_sends_it() -> None:
    # Results of org.apache.kafka.common.utils.Utils.murmur2, from the tests of Apache Kafka's own clients.
    known = {"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536, "abc": 479470107}
    for key, signed in known.items():
        assert murmur2(key.encode()) == signed & 0xFFFFFFFF
        assert partition_of(key, 12) == (signed & 0x7FFFFFFF) % 12


async def test_events_of_each_key_keep_their_order_and_partition(
    embedded_kafka: Broker, pool: Pool, database_url: str, settings_of: Callable[..., Settings]
) -> None:
    topic, keys = f"{TOPIC}.order", names(40)
    for sequence in range(1, 6):
        await append(pool, topic, *((key, sequence) for key in keys))
    settings = settings_of(database_url=database_url, kafka_servers=embedded_kafka.servers, relay_batch_rows=30)
    async with relaying(settings):
        await until(lambda: empty(pool))
    records = await read_all(embedded_kafka.servers, topic)
    assert await sequences(embedded_kafka.servers, topic) == {key: [1, 2, 3, 4, 5] for key in keys}
    partitions = len({record.partition for record in records})
    assert partitions > 1
    assert all(record.partition == partition_of(record.key.decode(), 4) for record in records)


async def test_a_record_is_the_outbox_row(
    embedded_kafka: Broker, pool: Pool, database_url: str, settings_of: Callable[..., Settings]
) -> None:
    topic = f"{TOPIC}.row"
    await append(pool, topic, ("330802", 7))
    row = await pool.fetchrow("SELECT id, payload FROM outbox")
    assert row is not None
    async with relaying(settings_of(database_url=database_url, kafka_servers=embedded_kafka.servers)):
        await until(lambda: empty(pool))
    (record,) = await read_all(embedded_kafka.servers, topic)
    headers = headers_of(record)
    assert (record.key, record.value) == (b"330802", row["payload"])
    assert UUID(headers["ce_id"].decode()) == row["id"]
    assert headers["ce_source"] == b"/bihuan/services/counting"
    assert int(headers["ce_sequence"]) == 7


async def test_what_was_published_but_not_deleted_is_published_again_with_the_same_id(
    embedded_kafka: Broker, pool: Pool, database_url: str, settings_of: Callable[..., Settings]
) -> None:
    topic = f"{TOPIC}.again"
    await append(pool, topic, ("a", 1), ("a", 2), ("b", 1))
    settings = settings_of(database_url=database_url, kafka_servers=embedded_kafka.servers)
    # Whoever deletes finds its connection cut, as after a crash between publishing and deleting.
    await pool.execute("""
        CREATE SEQUENCE attempts;
        CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('attempts') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); END IF;
            RETURN OLD;
        END $$;
        CREATE TRIGGER cut BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION cut();
    """)
    async with relaying(settings):
        await until(lambda: empty(pool))
    records = await read_all(embedded_kafka.servers, topic)
    ids = [headers_of(record)["ce_id"] for record in records]
    assert len(ids) == 6
    assert len(set(ids)) == 3
    assert (await sequences(embedded_kafka.servers, topic))["a"] == [1, 2, 1, 2]


async def test_of_two_relays_one_is_active_and_the_other_takes_over(
    embedded_kafka: Broker, pool: Pool, database_url: str, settings_of: Callable[..., Settings]
) -> None:
    topic, settings = f"{TOPIC}.lead", settings_of(database_url=database_url, kafka_servers=embedded_kafka.servers)

    async def one_leads() -> bool:
        return len(await leaders(pool)) == 1

    async with relaying(settings), relaying(settings):
        await until(one_leads)
        for sequence in range(1, 11):
            await append(pool, topic, ("a", sequence))
            await asyncio.sleep(0.01)
        await until(lambda: empty(pool))
        assert (await sequences(embedded_kafka.servers, topic)) == {"a": list(range(1, 11))}
        (first,) = await leaders(pool)
        await pool.execute("SELECT pg_terminate_backend($1)", first)
        await append(pool, topic, ("a", 11))
        await until(lambda: empty(pool))
        await until(one_leads)
        assert await leaders(pool) != [first]
    assert (await sequences(embedded_kafka.servers, topic)) == {"a": list(range(1, 12))}


async def test_the_rows_wait_while_the_broker_is_away(
    fresh_kafka: Broker, pool: Pool, database_url: str, settings_of: Callable[..., Settings]
) -> None:
    topic = "plans.unit.v1"
    settings = settings_of(database_url=database_url, kafka_servers=fresh_kafka.servers, kafka_request_timeout_ms=1000)
    progress = Progress()
    async with relaying(settings, progress):
        await append(pool, topic, ("a", 1))
        await until(lambda: empty(pool))
        await fresh_kafka.kill()
        await append(pool, topic, ("a", 2), ("b", 1))
        await asyncio.sleep(2.5)
        assert await pending(pool) == 2
        assert progress.silent_for()["relay"] < 2.5, "an absent broker makes nobody restart the relay"
        await fresh_kafka.start()
        await until(lambda: empty(pool))
    found = await sequences(fresh_kafka.servers, topic)
    assert {key: sorted(set(values)) for key, values in found.items()} == {"a": [1, 2], "b": [1]}


async def test_stopping_does_not_wait_for_an_absent_broker(
    fresh_kafka: Broker, pool: Pool, database_url: str, settings_of: Callable[..., Settings]
) -> None:
    settings = settings_of(database_url=database_url, kafka_servers=fresh_kafka.servers)
    relay = Relay("counting", FixedClock(NOW), Progress(), settings)
    task = asyncio.create_task(relay.run())
    await append(pool, "plans.unit.v1", ("a", 1))
    await until(lambda: empty(pool))
    await fresh_kafka.kill()
    await append(pool, "plans.unit.v1", ("a", 2))
    await asyncio.sleep(0.3)
    task.cancel()
    async with asyncio.timeout(4):
        await asyncio.wait([task])
    assert await pending(pool) == 1


async def test_rows_written_later_but_committed_earlier_are_not_passed_over(
    embedded_kafka: Broker, pool: Pool, database_url: str, settings_of: Callable[..., Settings]
) -> None:
    topic = f"{TOPIC}.gap"
    async with relaying(settings_of(database_url=database_url, kafka_servers=embedded_kafka.servers)):
        async with pool.acquire() as slow, slow.transaction():
            await outbox.append(slow, [Outgoing(event("slow", topic), 1)])
            await append(pool, topic, ("quick", 1))
            await until(lambda: empty(pool))
        await until(lambda: empty(pool))
    assert await sequences(embedded_kafka.servers, topic) == {"slow": [1], "quick": [1]}


@pytest.mark.apache
async def test_an_event_that_the_broker_refuses_holds_up_its_aggregate_only(
    apache_kafka: Broker, pool: Pool, database_url: str, settings_of: Callable[..., Settings]
) -> None:
    topic = "plans.relay.small"
    await create_topics(apache_kafka.servers, {topic: TopicPlan(2, {"max.message.bytes": "3000"})})
    settings = settings_of(database_url=database_url, kafka_servers=apache_kafka.servers)
    large = event("large", topic).model_copy(update={"groups": tuple(token_hex(50) for _ in range(100))})
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, [Outgoing(event("large", topic), 1), Outgoing(large, 2)])
    await append(pool, topic, *((name, sequence) for sequence in (1, 2, 3) for name in names(20)), ("large", 3))

    async def only_the_large_ones_wait() -> bool:
        return [row["sequence"] for row in await pool.fetch("SELECT sequence FROM outbox ORDER BY position")] == [2, 3]

    async with relaying(settings):
        await until(only_the_large_ones_wait, 30)
    assert await unique_sequences(apache_kafka.servers, topic) == {name: [1, 2, 3] for name in names(20)} | {"large": [1]}
    await allow(apache_kafka.servers, topic, 100_000)
    async with relaying(settings):  # as after a restart of the worker
        await until(lambda: empty(pool), 30)
    assert (await unique_sequences(apache_kafka.servers, topic))["large"] == [1, 2, 3]


async def allow(servers: str, topic: str, size: int) -> None:
    """Raise a topic's limit of a record batch."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": str(size)})])
    await admin.close()


async def unique_sequences(servers: str, topic: str) -> dict[str, list[int]]:
    """The sequences per key in the order of their first appearance: what is published twice has the same id."""
    return {key: list(dict.fromkeys(found)) for key, found in (await sequences(servers, topic)).items()}


@pytest.mark.apache
async def test_a_topic_that_does_not_exist_holds_up_its_own_events_only(
    apache_kafka: Broker, new_topic: Any, pool: Pool, database_url: str, settings_of: Callable[..., Settings]
) -> None:
    there = await new_topic("plans.relay")
    settings = settings_of(database_url=database_url, kafka_servers=apache_kafka.servers, relay_absent_topic_seconds=1)
    await append(pool, "plans.relay.absent", ("a", 1))
    await append(pool, there, ("b", 1), ("b", 2))

    async def one_waits() -> bool:
        return await pending(pool) == 1

    async with relaying(settings):
        await until(one_waits, 30)
        assert await sequences(apache_kafka.servers, there) == {"b": [1, 2]}
        await create_topics(apache_kafka.servers, {"plans.relay.absent": TopicPlan(1)})
        await until(lambda: empty(pool), 30)
    assert await sequences(apache_kafka.servers, "plans.relay.absent") == {"a": [1]}
