"""Three ways to bring the same events into the same table, each with an inbox, committing its offsets after the effect."""

import asyncio
import json
import time
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from benchmarks import read_model
from benchmarks.parts import until
from contracts import Envelope
from contracts.events.reports import ReportSubmitted
from servicekit.clock import SystemClock
from servicekit.consumer import BatchConsumer
from servicekit.database import Connection, create_pool
from servicekit.progress import Progress
from servicekit.settings import Settings

_WITHIN_SECONDS = 120
_NOW = datetime(2026, 3, 2, tzinfo=UTC)


class Watch:
    """From the moment in which the first event is in hand: joining a group is no part of the rate."""

    def __init__(self) -> None:
        self._started: tuple[float, float] | None = None
        self._ended = (0.0, 0.0)

    def begin(self) -> None:
        """Start, unless it runs already."""
        self._started = self._started or _clocks()

    def end(self) -> None:
        """Stop, or stop again later."""
        self._ended = _clocks()

    def reading(self) -> "Seconds":
        """What it shows."""
        assert self._started is not None
        return Seconds(self._ended[0] - self._started[0], self._ended[1] - self._started[1])


class Seconds(NamedTuple):
    """How long it took, and how much of that this process spent computing; the rest is the database's, the broker's or idle."""

    elapsed: float
    computing: float


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


async def house(settings: Settings, topic: str, group: str, count: int) -> Seconds:
    """The house subscriber with everything that it does in a service; seconds until all offsets are committed."""
    watch = Watch()

    async def handler(connection: Connection, envelopes: list[Envelope], now: datetime) -> None:
        watch.begin()
        await read_model.handle(connection, envelopes, now)

    pool = await create_pool(settings)
    consumer = BatchConsumer(
        group,
        (topic,),
        handler,  # type: ignore[arg-type]  # any sequence comes as a list
        pool=pool,
        clock=SystemClock(),
        progress=Progress(),
        settings=settings,
    )
    running = asyncio.create_task(consumer.run())

    async def done() -> bool:
        watch.end()
        return sum(consumer.positions.values()) >= count

    try:
        await until(done, _WITHIN_SECONDS, f"applying {count} events by {group}")
    finally:
        await consumer.stop()
        running.cancel()
        await pool.close()
    return watch.reading()


async def one_message(settings: Settings, topic: str, group: str, count: int) -> Seconds:
    """FastStream as its documentation shows it: a typed handler, one transaction and one commit of the offset per message.

    The message is taken from the context inside the handler, which is its fastest way to the headers.
    """
    watch = Watch()
    finished = asyncio.Event()
    handled = 0
    pool = await create_pool(settings)
    broker = KafkaBroker(settings.kafka_servers, logger=None, allow_auto_create_topics=False)

    @broker.subscriber(
        topic,
        group_id=group,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        fetch_max_wait_ms=settings.kafka_fetch_max_wait_ms,
    )
    async def handle(event: ReportSubmitted) -> None:
        nonlocal handled
        watch.begin()
        message = broker.context.get_local("message")
        counts = read_model.fold([(event.parent, event.period, event.verdict, event.zero)])
        async with pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(read_model.CLAIM_ONE, UUID(message.headers["ce_id"]), group, _NOW):
                for (town, period), row in counts.items():
                    await connection.execute(read_model.UPSERT_ONE, town, period, *row)
        handled += 1
        if handled == count:
            finished.set()

    await broker.start()
    try:
        async with asyncio.timeout(_WITHIN_SECONDS):
            await finished.wait()
        watch.end()
    finally:
        await broker.stop()
        await pool.close()
    return watch.reading()


async def bare_limit(settings: Settings, topic: str, group: str, count: int) -> Seconds:
    """aiokafka and the cheapest SQL that is correct: no validation, no dead letters, no parked keys, no traces, no metrics."""
    watch = Watch()
    connection = await asyncpg.connect(settings.dsn)
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=settings.kafka_servers,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=settings.kafka_fetch_max_wait_ms,
    )
    await consumer.start()
    done = 0
    try:
        async with asyncio.timeout(_WITHIN_SECONDS):
            while done < count:
                fetched = await consumer.getmany(timeout_ms=1000, max_records=settings.consumer_batch_records)
                watch.begin()
                facts = {}
                offsets: dict[TopicPartition, int] = {}
                for place, records in fetched.items():
                    offsets[place] = records[-1].offset + 1
                    done += len(records)
                    for record in records:
                        data = json.loads(record.value)
                        fact = data["parent"], date.fromisoformat(data["period"]), data["verdict"], data["zero"]
                        facts[UUID(dict(record.headers)["ce_id"].decode())] = fact
                async with connection.transaction():
                    fresh = await read_model.claim_many(connection, group, list(facts), _NOW)
                    counts = read_model.fold(fact for id_, fact in facts.items() if id_ in fresh)
                    await connection.execute(read_model.UPSERT_MANY, *read_model.columns(counts))
                await consumer.commit(offsets)
        watch.end()
    finally:
        await consumer.stop()
        await connection.close()
    return watch.reading()
