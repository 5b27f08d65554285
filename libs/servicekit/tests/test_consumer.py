"""The house subscriber on a broker: what is applied, what is dead-lettered, and where the offsets stand."""

import asyncio
from collections.abc import Callable
from itertools import count
from secrets import token_bytes
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from counting.events import NOW, RawRecord, changed, envelope, raw, records
from counting.handler import Counting, applied, until
from counting.topics import headers_of, read_all, write

from local_stack.brokers import Broker
from local_stack.kafka_topics import TopicPlan, create_topics
from servicekit.clock import FixedClock
from servicekit.consumer import BatchConsumer
from servicekit.database import Pool
from servicekit.deadletters import dead_letter_topic
from servicekit.progress import Progress
from servicekit.settings import Settings

pytestmark = pytest.mark.io

_numbers = count(1)


@pytest.fixture
def topic() -> str:
    return f"plans.consumer.{next(_numbers)}"


@pytest.fixture
def settings(embedded_kafka: Broker, settings_of: Callable[..., Settings]) -> Settings:
    return settings_of(kafka_servers=embedded_kafka.servers)


def at(consumer: BatchConsumer, topic: str, offset: int) -> Callable[[], Any]:
    """Whether a consumer has committed up to an offset of partition 0."""

    async def reached() -> bool:
        return consumer.positions.get(TopicPartition(topic, 0)) == offset

    return reached


async def committed(servers: str, topic: str) -> int | None:
    reader = AIOKafkaConsumer(bootstrap_servers=servers, group_id=topic)
    await reader.start()
    try:
        offset: int | None = await reader.committed(TopicPartition(topic, 0))
    finally:
        await reader.stop()
    return offset


async def test_a_mixed_batch_loses_nothing_but_what_can_never_be_read(
    settings: Settings, topic: str, pool: Pool, consuming: Any
) -> None:
    one = raw(envelope("b"))
    poison = [
        (RawRecord(b"{broken", one.headers, b"b"), b"bad_json"),
        (changed(one, ce_source=b"\xff\xfe"), b"bad_header"),
        (changed(one, ce_id=b"7"), b"bad_header"),
        (changed(one, ce_id=None), b"missing_header"),
        (RawRecord(b"{}", one.headers, b"b"), b"wrong_schema"),
        (RawRecord(None, one.headers, b"b"), b"empty_value"),
        (RawRecord(b"x", [], None), b"missing_header"),
        (RawRecord(None, [("ce_id", None)], None), b"missing_header"),
    ]
    unknown = changed(one, ce_type=b"bihuan.plans.Unheard.v1")
    first, *rest = records("a", [1, 2, 3])
    await write(settings.kafka_servers, topic, [first, *(record for record, _ in poison), unknown, *rest])
    async with consuming(settings, topic, Counting()) as consumer:
        await until(at(consumer, topic, 12))
        assert consumer.dead_lettered == len(poison)
    assert await applied(pool) == {"a": [1, 2, 3]}
    assert await committed(settings.kafka_servers, topic) == 12
    letters = await read_all(settings.kafka_servers, dead_letter_topic(topic, topic))
    assert [(letter.key, letter.value) for letter in letters] == [(record.key, record.value) for record, _ in poison]
    for offset, (letter, (record, reason)) in enumerate(zip(letters, poison, strict=True), start=1):
        headers = headers_of(letter)
        assert list(letter.headers)[: len(record.headers)] == record.headers, "the original headers, byte for byte"
        assert (headers["dlt_reason"], headers["dlt_offset"], headers["dlt_topic"]) == (
            reason,
            str(offset).encode(),
            topic.encode(),
        )
        assert (headers["dlt_partition"], headers["dlt_consumer"]) == (b"0", topic.encode())


async def test_events_behind_a_dead_letter_of_their_aggregate_are_parked(
    settings: Settings, topic: str, pool: Pool, consuming: Any
) -> None:
    handler = Counting(refuse={"bad"})
    await write(settings.kafka_servers, topic, [*records("bad", [1, 2]), *records("a", [1])])
    async with consuming(settings, topic, handler) as consumer:
        await until(at(consumer, topic, 3))
        handler.refuse = set()
        await write(settings.kafka_servers, topic, [*records("bad", [3]), *records("a", [2])])
        await until(at(consumer, topic, 5))
    assert await applied(pool) == {"a": [1, 2]}
    letters = [headers_of(letter) for letter in await read_all(settings.kafka_servers, dead_letter_topic(topic, topic))]
    assert [(letter["dlt_reason"], int(letter["ce_sequence"])) for letter in letters] == [
        (b"handler_error", 1),
        (b"parked", 2),
        (b"parked", 3),
    ]
    assert b"refused" in letters[0]["dlt_detail"]


@pytest.mark.parametrize("kind", ["malformed", "refused"])
async def test_a_consumer_that_would_give_up_everything_halts_instead(
    settings_of: Callable[..., Settings], embedded_kafka: Broker, topic: str, pool: Pool, consuming: Any, kind: str
) -> None:
    settings = settings_of(kafka_servers=embedded_kafka.servers, dead_letter_max_consecutive=3, stall_seconds=2)
    keys = [f"k{number}" for number in range(6)]
    bad = [RawRecord(b"{", raw(envelope(key)).headers, key.encode()) for key in keys]
    if kind == "refused":
        bad = [record for key in keys for record in records(key, [1])]
    await write(settings.kafka_servers, topic, [*records("a", [1]), *bad, *records("a", [2])])
    handler = Counting(refuse=set(keys))
    progress = Progress()
    consumer = BatchConsumer(topic, (topic,), handler, pool=pool, clock=FixedClock(NOW), progress=progress, settings=settings)
    task = asyncio.create_task(consumer.run())
    await until(at(consumer, topic, 4))
    await asyncio.sleep(2.5)
    assert consumer.halted
    assert consumer.dead_lettered == 3
    assert progress.silent_for()[f"consumer:{topic}"] < 2, "a restart would only let it drain more"
    await consumer.stop()
    task.cancel()
    assert await applied(pool) == {"a": [1]}
    assert await committed(settings.kafka_servers, topic) == 4
    # The cause was mended (here: the limit allows it) and the worker restarted.
    handler.refuse = set()
    async with consuming(settings_of(kafka_servers=settings.kafka_servers, dead_letter_max_ratio=1), topic, handler) as again:
        await until(at(again, topic, 8))
    assert (await applied(pool))["a"] == [1, 2]


async def test_a_batch_is_tried_again_in_place_while_the_database_is_away(
    settings: Settings, topic: str, pool: Pool, consuming: Any
) -> None:
    handler = Counting(failures=[ConnectionResetError(), TimeoutError(), OSError()])
    await write(settings.kafka_servers, topic, [*records("a", [1, 2]), *records("b", [1])])
    async with consuming(settings, topic, handler) as consumer:
        await until(at(consumer, topic, 3))
        assert consumer.dead_lettered == 0
    assert await applied(pool) == {"a": [1, 2], "b": [1]}


async def test_after_a_while_the_batch_is_fetched_again(
    settings_of: Callable[..., Settings], embedded_kafka: Broker, topic: str, pool: Pool, consuming: Any
) -> None:
    settings = settings_of(kafka_servers=embedded_kafka.servers, consumer_retry_seconds=0.01)
    handler = Counting(failures=[OSError() for _ in range(8)])
    await write(settings.kafka_servers, topic, records("a", range(1, 21)))
    async with consuming(settings, topic, handler) as consumer:
        await until(at(consumer, topic, 20))
    assert await applied(pool) == {"a": list(range(1, 21))}


async def test_an_error_of_ours_passes_over_no_record(settings: Settings, topic: str, pool: Pool, consuming: Any) -> None:
    await pool.execute("ALTER TABLE inbox RENAME TO elsewhere")
    await write(settings.kafka_servers, topic, records("a", [1, 2]))
    async with consuming(settings, topic, Counting()) as consumer:
        await asyncio.sleep(0.7)
        await write(settings.kafka_servers, topic, records("a", [3]))
        await pool.execute("ALTER TABLE elsewhere RENAME TO inbox")
        await until(at(consumer, topic, 3))
        assert consumer.dead_lettered == 0
    assert await applied(pool) == {"a": [1, 2, 3]}


async def test_connections_cut_in_the_middle_of_a_batch_lose_nothing(
    settings: Settings, topic: str, pool: Pool, consuming: Any
) -> None:
    handler = Counting(gate=asyncio.Event())
    await write(settings.kafka_servers, topic, records("a", range(1, 101)))
    async with consuming(settings, topic, handler) as consumer:
        await handler.entered.wait()
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        await pool.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        assert handler.gate is not None
        handler.gate.set()
        await until(at(consumer, topic, 100))
    assert await applied(pool) == {"a": list(range(1, 101))}


async def test_stopping_finishes_the_batch_in_hand_and_commits_it(
    settings: Settings, topic: str, pool: Pool, consuming: Any
) -> None:
    handler = Counting(gate=asyncio.Event())
    await write(settings.kafka_servers, topic, records("a", [1, 2]))
    async with consuming(settings, topic, handler) as consumer:
        await handler.entered.wait()
        stopping = asyncio.create_task(consumer.stop())
        await asyncio.sleep(0.1)
        assert not stopping.done()
        assert handler.gate is not None
        handler.gate.set()
        await stopping
    assert await applied(pool) == {"a": [1, 2]}
    assert await committed(settings.kafka_servers, topic) == 2


async def test_a_batch_that_cannot_be_finished_in_time_is_not_committed(
    settings_of: Callable[..., Settings], embedded_kafka: Broker, topic: str, pool: Pool, consuming: Any
) -> None:
    settings = settings_of(kafka_servers=embedded_kafka.servers, shutdown_seconds=0.4)
    stuck = Counting(gate=asyncio.Event())
    await write(settings.kafka_servers, topic, records("a", [1, 2]))
    async with consuming(settings, topic, stuck) as consumer:
        await stuck.entered.wait()
        async with asyncio.timeout(3):
            await consumer.stop()
    assert await committed(settings.kafka_servers, topic) is None
    async with consuming(settings, topic, Counting()) as again:
        await until(at(again, topic, 2))
    assert await applied(pool) == {"a": [1, 2]}


async def test_a_consumer_starts_when_the_broker_does(
    fresh_kafka: Broker, settings_of: Callable[..., Settings], pool: Pool, consuming: Any
) -> None:
    topic = "plans.unit.v1"
    await write(fresh_kafka.servers, topic, records("a", [1]))
    await fresh_kafka.kill()
    async with consuming(settings_of(kafka_servers=fresh_kafka.servers), topic, Counting()) as consumer:
        await asyncio.sleep(0.5)
        assert not consumer.assigned
        await fresh_kafka.start()
        await until(at(consumer, topic, 1))
        assert consumer.assigned
    assert await applied(pool) == {"a": [1]}


async def test_a_consumer_can_be_stopped_before_it_has_started(settings_of: Callable[..., Settings], consuming: Any) -> None:
    async with asyncio.timeout(5):
        async with consuming(settings_of(), "plans.unit.v1", Counting()):
            await asyncio.sleep(0.1)


@pytest.mark.apache
async def test_a_letter_larger_than_its_topic_allows_points_to_the_record(
    apache_kafka: Broker, new_topic: Any, settings_of: Callable[..., Settings], pool: Pool, consuming: Any
) -> None:
    topic: str = await new_topic("plans.consumer.large")
    await create_topics(apache_kafka.servers, {dead_letter_topic(topic, topic): TopicPlan(1, {"max.message.bytes": "4000"})})
    headers = raw(envelope("a")).headers
    large = RawRecord(b"{" + token_bytes(8000), headers, b"a")
    await write(apache_kafka.servers, topic, [RawRecord(b"{", headers), large, RawRecord(b"[", headers), *records("a", [1])])
    async with consuming(settings_of(kafka_servers=apache_kafka.servers), topic, Counting()) as consumer:
        await until(at(consumer, topic, 4), 30)
    letters = await read_all(apache_kafka.servers, dead_letter_topic(topic, topic))
    values = {int(headers_of(letter)["dlt_offset"]): letter.value for letter in letters}
    assert values == {0: b"{", 1: None, 2: b"["}
    assert all(("dlt_value_omitted" in headers_of(letter)) is (letter.value is None) for letter in letters)
    assert await applied(pool) == {"a": [1]}


@pytest.mark.apache
async def test_offsets_are_committed_for_each_partition_by_itself(
    apache_kafka: Broker, new_topic: Any, settings_of: Callable[..., Settings], pool: Pool, consuming: Any
) -> None:
    topic: str = await new_topic("plans.consumer.partitions", 3)
    await create_topics(apache_kafka.servers, {dead_letter_topic(topic, topic): TopicPlan(1)})
    broken = [RawRecord(b"{", raw(envelope("x")).headers)] * 30
    for partition in range(3):
        batch = [*records(f"p{partition}", range(1, 11)), *broken, *records(f"p{partition}", range(11, 21))]
        await write(apache_kafka.servers, topic, batch, partition)
    settings = settings_of(kafka_servers=apache_kafka.servers)
    async with consuming(settings, topic, Counting()) as consumer:

        async def halted() -> bool:
            return bool(consumer.halted)

        await until(halted, 30)
    done = await applied(pool)
    reader = AIOKafkaConsumer(bootstrap_servers=apache_kafka.servers, group_id=topic)
    await reader.start()
    for partition in range(3):
        offset = await reader.committed(TopicPartition(topic, partition)) or 0
        assert done.get(f"p{partition}", []) == list(range(1, min(offset, 10) + 1)), (
            "every event before the offset, none behind it"
        )
    await reader.stop()


@pytest.mark.apache
async def test_a_member_without_partitions_is_ready_and_takes_over(
    apache_kafka: Broker, new_topic: Any, settings_of: Callable[..., Settings], pool: Pool, consuming: Any
) -> None:
    topic: str = await new_topic("plans.consumer.spare")
    settings = settings_of(kafka_servers=apache_kafka.servers)
    async with consuming(settings, topic, Counting()) as first, consuming(settings, topic, Counting()) as spare:

        async def both_assigned() -> bool:
            return bool(first.assigned and spare.assigned and len(first.positions) + len(spare.positions) == 1)

        await until(both_assigned, 30)
        holder, other = (first, spare) if first.positions else (spare, first)
        await write(apache_kafka.servers, topic, records("a", [1]))
        await until(at(holder, topic, 1), 30)
        await holder.stop()
        await write(apache_kafka.servers, topic, records("a", [2]))
        await until(at(other, topic, 2), 30)
    assert await applied(pool) == {"a": [1, 2]}
