"""The relay publishes outbox rows to Kafka in order and deletes what the broker has acknowledged.

One relay per service is active: it holds a session-level advisory lock on the very connection it reads and deletes with, so a
relay that lost its lock cannot delete. It remembers no position: ids are not in commit order, so it takes whatever rows exist.
Order per aggregate holds because a round sends at most one record batch per partition and waits for its acknowledgement.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from contracts import encode_headers
from servicekit.clock import Clock
from servicekit.database import UNAVAILABLE, Connection, connect
from servicekit.progress import Progress
from servicekit.settings import Settings
from servicekit.telemetry import OUTBOX_AGE, OUTBOX_PENDING, OUTBOX_PUBLISHED, RELAY_FAILURES

log = structlog.get_logger(__name__)

_LOCK: Final = 7_406_112_001
_READ: Final = """
SELECT position, id, aggregatetype, aggregateid, sequence, type, occurred_at, recorded_at, traceparent, payload
FROM outbox ORDER BY position LIMIT $1
"""
_DELETE: Final = "DELETE FROM outbox WHERE position = ANY($1::bigint[])"
_partition_of: Final = DefaultPartitioner()


def make_producer(settings: Settings) -> AIOKafkaProducer:
    """A producer that loses and reorders nothing: acks from all replicas, idempotent."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.kafka_servers,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        max_batch_size=settings.relay_batch_bytes,
        max_request_size=settings.relay_batch_bytes + 100_000,
        request_timeout_ms=settings.kafka_request_timeout_ms,
        linger_ms=0,
    )


class Relay:
    """The outbox relay of one service."""

    def __init__(self, service: str, clock: Clock, progress: Progress, settings: Settings) -> None:
        self._source = f"/bihuan/services/{service}"
        self._clock = clock
        self._progress = progress
        self._settings = settings
        self._failures = 0

    async def run(self) -> None:
        """Run until cancelled. Every failure starts over with a new producer: an idempotent one can stay broken after an
        outage of the broker (aiokafka issue 1017); the rows are still in the outbox."""
        while True:
            try:
                await self._lead()
            except (KafkaError, *UNAVAILABLE) as error:
                RELAY_FAILURES.inc()
                self._failures += 1
                log.warning("relay_interrupted", error=type(error).__name__, failures=self._failures)
            backoff = self._settings.relay_poll_seconds * 2 ** min(self._failures, 10)
            await asyncio.sleep(min(backoff, self._settings.relay_backoff_max_seconds))

    async def _lead(self) -> None:
        connection = await connect(self._settings)
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                self._progress.beat("relay")
                await asyncio.sleep(1)
            producer = make_producer(self._settings)
            await producer.start()
            try:
                await self._publish_forever(connection, producer)
            finally:
                await producer.stop()
        finally:
            connection.terminate()

    async def _publish_forever(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        while True:
            self._progress.beat("relay")
            woken = self._progress.woken("relay")
            rows = await connection.fetch(_READ, self._settings.relay_batch_rows)
            if rows:
                OUTBOX_AGE.set(max(0.0, (self._clock.now() - rows[0]["recorded_at"]).total_seconds()))
                done, error = await self._publish(producer, rows)
                await connection.execute(_DELETE, done)
                if error is not None:
                    raise error
                self._failures = 0
                self._progress.worked()
            else:
                OUTBOX_AGE.set(0)
                OUTBOX_PENDING.set(0)
                await _hint_or_timeout(woken, self._settings.relay_poll_seconds)

    async def _publish(
        self, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]
    ) -> tuple[list[int], BaseException | None]:
        """Publish one record batch per partition; return the positions that the broker acknowledged, and what went wrong."""
        by_partition: dict[tuple[str, int], list[asyncpg.Record]] = defaultdict(list)
        partitions: dict[str, list[int]] = {}
        for row in rows:
            topic: str = row["aggregatetype"]
            if topic not in partitions:
                partitions[topic] = sorted(await producer.partitions_for(topic))
            chosen = _partition_of(row["aggregateid"].encode(), partitions[topic], partitions[topic])
            by_partition[topic, chosen].append(row)
        sent = [await self._send(producer, place, members) for place, members in by_partition.items()]
        answers = await asyncio.gather(*(acknowledged for acknowledged, _ in sent), return_exceptions=True)
        done: list[int] = []
        error: BaseException | None = None
        for (_, positions), answer in zip(sent, answers, strict=True):
            if isinstance(answer, BaseException):
                error = error or answer
            else:
                done += positions
        OUTBOX_PUBLISHED.inc(len(done))
        OUTBOX_PENDING.set(len(rows) - len(done))
        return done, error

    async def _send(
        self, producer: AIOKafkaProducer, place: tuple[str, int], rows: Sequence[asyncpg.Record]
    ) -> tuple["asyncio.Future[object]", list[int]]:
        topic, partition = place
        batch = producer.create_batch()
        positions: list[int] = []
        for row in rows:
            headers = encode_headers(
                id=row["id"],
                source=self._source,
                type=row["type"],
                time=row["occurred_at"],
                key=row["aggregateid"],
                sequence=row["sequence"],
                traceparent=row["traceparent"],
            )
            # The record timestamp is the broker's business (system time): brokers refuse one far in the future.
            if batch.append(key=row["aggregateid"].encode(), value=row["payload"], timestamp=None, headers=headers) is None:
                break
            positions.append(row["position"])
        batch.close()
        return await producer.send_batch(batch, topic, partition=partition), positions


async def _hint_or_timeout(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return
