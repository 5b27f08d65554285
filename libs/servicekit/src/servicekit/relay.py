"""The relay publishes outbox rows to Kafka in order and deletes what the broker has acknowledged.

One relay per service is active: it holds a session-level advisory lock on the very connection it reads and deletes with, so a
relay that lost its lock cannot delete. It remembers no position: ids are not in commit order, so it takes whatever rows exist.
Order per aggregate holds because a round sends at most one record batch per partition and waits for its acknowledgement.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, UnknownTopicOrPartitionError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder

from contracts import encode_headers
from servicekit.clock import Clock
from servicekit.database import UNAVAILABLE, Connection, connect
from servicekit.producer import abandon, make_producer
from servicekit.progress import Progress
from servicekit.settings import Settings
from servicekit.telemetry import OUTBOX_AGE, OUTBOX_PENDING, OUTBOX_PUBLISHED, OUTBOX_REFUSED, RELAY_FAILURES

log = structlog.get_logger(__name__)

# Two numbers make a space of locks of their own, so that no lock of a service in the same database can be taken for this one.
_LEAD: Final = "SELECT pg_try_advisory_lock(7406, 1)"
_READ: Final = """
SELECT position, id, aggregatetype, aggregateid, sequence, type, occurred_at, recorded_at, traceparent, payload
FROM outbox WHERE aggregateid <> ALL($2::text[]) AND aggregatetype <> ALL($3::text[]) ORDER BY position LIMIT $1
"""
_DELETE: Final = "DELETE FROM outbox WHERE position = ANY($1::bigint[])"
_METADATA_SECONDS: Final = 2.0
# Both ends of the primary key, at the cost of two look-ups; counting a long backlog would take longer than sending it.
_PENDING: Final = "SELECT coalesce(max(position) - min(position) + 1, 0) FROM outbox"


@dataclass(frozen=True, slots=True)
class _Batch:
    topic: str
    partition: int
    builder: BatchBuilder
    rows: Sequence[asyncpg.Record]


class Relay:
    """The outbox relay of one service."""

    def __init__(self, service: str, clock: Clock, progress: Progress, settings: Settings) -> None:
        self._source = f"/bihuan/services/{service}"
        self._clock = clock
        self._progress = progress
        self._settings = settings
        self._failures = 0
        self._stopping = False
        self._refused: set[str] = set()
        self._absent: dict[str, float] = {}
        self._rounds_with_single_rows = 0

    async def run(self) -> None:
        """Run until stopped or cancelled. Every failure starts over with a new producer: an idempotent one can stay broken
        after an outage of the broker (aiokafka issue 1017); the rows are still in the outbox."""
        while not self._stopping:
            self._progress.beat("relay")
            try:
                await self._lead()
            except (KafkaError, *UNAVAILABLE) as error:
                self._failed(error)
            except Exception as error:  # noqa: BLE001 - whatever it is, the rows are safe and the service can go on without
                self._failed(error, exc_info=True)
            backoff = self._settings.relay_poll_seconds * 2 ** min(self._failures, 10)
            await asyncio.sleep(min(backoff, self._settings.relay_backoff_max_seconds))

    def stop(self) -> None:
        """Let `run` end after the round in hand."""
        self._stopping = True

    def _failed(self, error: Exception, *, exc_info: bool = False) -> None:
        RELAY_FAILURES.inc()
        self._failures += 1
        log.warning("relay_interrupted", error=type(error).__name__, failures=self._failures, exc_info=exc_info)

    async def _lead(self) -> None:
        connection = await connect(self._settings, "relay")
        try:
            while not await connection.fetchval(_LEAD):
                if self._stopping:
                    return
                self._progress.beat("relay")
                await asyncio.sleep(self._settings.relay_takeover_seconds)
            producer = make_producer(self._settings)
            try:
                await producer.start()
                while not self._stopping:
                    await self._round(connection, producer)
            finally:
                await abandon(producer)
        finally:
            connection.terminate()

    async def _round(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        self._progress.beat("relay")
        woken = self._progress.woken("relay")
        limit = self._settings.relay_batch_rows
        rows = await connection.fetch(_READ, limit, sorted(self._refused), self._absent_topics())
        OUTBOX_AGE.set(max(0.0, (self._clock.now() - rows[0]["recorded_at"]).total_seconds()) if rows else 0)
        OUTBOX_PENDING.set(await connection.fetchval(_PENDING) if len(rows) == limit else len(rows))
        if not rows:
            await _hint_or_timeout(woken, self._settings.relay_poll_seconds)
            return
        batches = await self._prepare(producer, rows)
        outcomes = await asyncio.gather(*(self._deliver(producer, batch) for batch in batches), return_exceptions=True)
        done = [row["position"] for batch, error in zip(batches, outcomes, strict=True) if error is None for row in batch.rows]
        await connection.execute(_DELETE, done)
        if done:
            OUTBOX_PUBLISHED.inc(len(done))
            self._failures = 0
            self._progress.worked()
        self._rounds_with_single_rows = max(0, self._rounds_with_single_rows - 1)
        for batch, error in zip(batches, outcomes, strict=True):
            if isinstance(error, MessageSizeTooLargeError):
                self._too_large(batch)
        for error in outcomes:
            if error is not None:
                raise error

    async def _prepare(self, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> list[_Batch]:
        """Fill one record batch per partition, in order, with as many rows as it holds."""
        counts: dict[str, int] = {}
        by_partition: dict[tuple[str, int], list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            topic: str = row["aggregatetype"]
            if topic not in counts:
                counts[topic] = await self._partitions(producer, topic)
            if counts[topic]:
                by_partition[topic, partition_of(row["aggregateid"], counts[topic])].append(row)
        return [self._fill(producer, *place, members) for place, members in by_partition.items()]

    async def _partitions(self, producer: AIOKafkaProducer, topic: str) -> int:
        """How many partitions a topic has; none when it does not exist, and then its events wait a while."""
        try:
            async with asyncio.timeout(_METADATA_SECONDS):
                return len(await producer.partitions_for(topic))
        except (UnknownTopicOrPartitionError, TimeoutError):
            self._absent[topic] = asyncio.get_running_loop().time()
            log.critical("topic_does_not_exist", topic=topic, remedy="create it; its events wait in the outbox")
            return 0

    def _absent_topics(self) -> list[str]:
        """Topics that did not exist a short while ago; every one asked for keeps the others waiting."""
        expired = asyncio.get_running_loop().time() - self._settings.relay_absent_topic_seconds
        self._absent = {topic: at for topic, at in self._absent.items() if at > expired}
        return sorted(self._absent)

    def _fill(self, producer: AIOKafkaProducer, topic: str, partition: int, rows: Sequence[asyncpg.Record]) -> _Batch:
        builder = producer.create_batch()
        taken: list[asyncpg.Record] = []
        for row in rows[:1] if self._rounds_with_single_rows else rows:
            key: str = row["aggregateid"]
            headers = encode_headers(
                id=row["id"],
                source=self._source,
                type=row["type"],
                time=row["occurred_at"],
                key=key,
                sequence=row["sequence"],
                traceparent=row["traceparent"],
            )
            # The record timestamp is the broker's business (system time): brokers refuse one far in the future.
            if builder.append(key=key.encode(), value=row["payload"], timestamp=None, headers=headers) is None:
                break
            taken.append(row)
        return _Batch(topic, partition, builder, taken)

    async def _deliver(self, producer: AIOKafkaProducer, batch: _Batch) -> None:
        # Bounded here: an idempotent producer repeats a batch for as long as the broker is away.
        async with asyncio.timeout(self._settings.kafka_request_timeout_ms / 1000):
            await (await producer.send_batch(batch.builder, batch.topic, partition=batch.partition))

    def _too_large(self, batch: _Batch) -> None:
        """Find the row that the broker finds too large; let its aggregate wait, so that no other does."""
        if len(batch.rows) > 1:
            self._rounds_with_single_rows = len(batch.rows)
            return
        key = batch.rows[0]["aggregateid"]
        self._refused.add(key)
        OUTBOX_REFUSED.set(len(self._refused))
        log.critical(
            "event_refused_by_broker",
            topic=batch.topic,
            key=key,
            event_id=str(batch.rows[0]["id"]),
            bytes=len(batch.rows[0]["payload"]),
            remedy="raise max.message.bytes of the topic, then restart the worker; events of this aggregate wait in the outbox",
        )


@lru_cache(maxsize=65_536)
def partition_of(key: str, partitions: int) -> int:
    """The partition of a key, as every Kafka client chooses it that follows the Java one."""
    hashed: int = murmur2(key.encode())
    return (hashed & 0x7FFFFFFF) % partitions


async def _hint_or_timeout(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return
