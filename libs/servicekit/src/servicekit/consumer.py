"""The house subscriber: FastStream's batch subscriber with raw records, explicit offsets and an inbox.

One fetched batch = one transaction (inbox rows and effect) = one explicit offset commit after it. FastStream's own parsing,
acknowledging and retrying are switched off, because they lose or repeat records in the cases listed in
`architecture/delivery.md`; what is left of it is the consume loop, its life cycle and the broker's configuration.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, Final

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage
from opentelemetry import trace

from servicekit.batches import INFRASTRUCTURE, BatchApplier, Handler, Parsed, Reading, read
from servicekit.clock import Clock
from servicekit.database import Pool
from servicekit.deadletters import DeadLetterBox, DeadLetterLimit, Record
from servicekit.progress import Progress
from servicekit.settings import Settings
from servicekit.telemetry import BATCH_SECONDS, COMMIT_FAILURES, CONSUMER_HALTED, CONSUMER_LAG, link_to

log = structlog.get_logger(__name__)
tracer = trace.get_tracer(__name__)
_MAX_LINKS: Final = 128


class _Rebalance(ConsumerRebalanceListener):
    """Lets the batch in hand finish before its partitions go, and learns where the new ones stand."""

    def __init__(self, consumer: "BatchConsumer") -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        await self._consumer.before_revoke(revoked)

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        await self._consumer.after_assign(assigned)


class BatchConsumer:
    """Consumes topics as one consumer group into this service's database."""

    def __init__(
        self,
        consumer: str,
        topics: Sequence[str],
        handler: Handler,
        *,
        pool: Pool,
        clock: Clock,
        progress: Progress,
        settings: Settings,
    ) -> None:
        self.consumer = consumer
        self.topics = tuple(topics)
        self.positions: dict[TopicPartition, int] = {}
        self.assigned = False
        self.halted = False
        self._clock = clock
        self._progress = progress
        self._settings = settings
        self._busy = asyncio.Lock()
        self._letters = DeadLetterBox(consumer, clock, settings)
        limit = DeadLetterLimit(
            max_consecutive=settings.dead_letter_max_consecutive,
            max_ratio=settings.dead_letter_max_ratio,
            window=settings.dead_letter_window,
        )
        self._applier = BatchApplier(consumer, handler, pool=pool, clock=clock, letters=self._letters, limit=limit)
        self._broker = KafkaBroker(
            settings.kafka_servers,
            client_id=f"bihuan-{consumer}",
            request_timeout_ms=settings.kafka_request_timeout_ms,
            allow_auto_create_topics=False,
            graceful_timeout=settings.shutdown_seconds / 2,
            apply_types=False,
            logger=None,
        )
        self._subscriber = self._broker.subscriber(
            *self.topics,
            group_id=consumer,
            batch=True,
            max_records=settings.consumer_batch_records,
            batch_timeout_ms=settings.consumer_poll_ms,
            fetch_max_wait_ms=settings.kafka_fetch_max_wait_ms,
            session_timeout_ms=settings.kafka_session_timeout_ms,
            heartbeat_interval_ms=settings.kafka_session_timeout_ms // 4,
            # The group waits so long for a member that finishes its batch before it gives its partitions up.
            rebalance_timeout_ms=settings.kafka_session_timeout_ms + round(settings.revoke_wait_seconds * 1000),
            partition_assignment_strategy=(StickyPartitionAssignor,),
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            listener=_Rebalance(self),
            parser=self._raw,
            decoder=_undecoded,
        )
        self._subscriber(self._handle)

    @property
    def dead_lettered(self) -> int:
        """How many dead letters this process has sent."""
        return self._letters.sent

    async def run(self) -> None:
        """Consume until cancelled. Starts as soon as the broker can be reached, and watches that it goes on."""
        while True:
            try:
                await self._broker.start()
                break
            except (KafkaError, OSError) as error:
                log.warning("broker_not_reached", consumer=self.consumer, error=type(error).__name__)
                await self._broker.stop()
                await asyncio.sleep(self._settings.consumer_backoff_max_seconds)
        await self._watch()

    async def stop(self) -> None:
        """Finish the batch in hand, commit, leave the group, close."""
        await self._broker.stop()
        await self._letters.close()

    async def _watch(self) -> None:
        """Beat as long as there is nothing to do or positions move: a consumer can be stuck without an error (aiokafka 1154)."""
        before: dict[TopicPartition, int] = {}
        while True:
            # A halted consumer stands still on purpose: a restart would only let it send more dead letters.
            if self.halted or self.positions != before or not await self._behind():
                self._beat()
            before = dict(self.positions)
            await asyncio.sleep(self._settings.stall_seconds / 8)

    async def _behind(self) -> bool:
        consumer = self._subscriber.consumer
        if consumer is None:
            return True
        try:
            async with asyncio.timeout(self._settings.stall_seconds / 4):
                ends: dict[TopicPartition, int] = await consumer.end_offsets(list(consumer.assignment()))
        except (KafkaError, TimeoutError):
            return False  # whether the broker can be reached is not a question of liveness
        return any(self.positions.get(place, 0) < end for place, end in ends.items())

    def _beat(self) -> None:
        self._progress.beat(f"consumer:{self.consumer}")

    async def _raw(self, records: tuple[Record, ...]) -> KafkaMessage:
        # FastStream's parser decodes headers and raises on bad bytes, which ends in silent loss: this one never raises.
        return KafkaMessage(body=b"", raw_message=records, headers={}, consumer=self._subscriber.consumer)  # type: ignore[arg-type]

    async def _handle(self, fetched: Any) -> None:
        """Take a fetched batch. Whatever is not applied is fetched again: FastStream drops what a handler raises, and the
        position has moved on already. The argument has no type, because FastStream makes a pydantic model of it."""
        records: Sequence[Record] = fetched
        done = 0
        try:
            if self.halted:
                await asyncio.sleep(self._settings.consumer_backoff_max_seconds)
            else:
                async with self._busy:
                    done = await self._until_applied(records)
                    self._progress.worked()
                    await self._commit(records[:done])
        finally:
            self._seek_back(records[done:])

    async def _until_applied(self, records: Sequence[Record]) -> int:
        """Apply a batch, again and again while the database or the broker is away; return how many records are done with."""
        loop = asyncio.get_running_loop()
        readings = [read(record) for record in records]
        give_up = loop.time() + self._settings.consumer_retry_seconds
        backoff = self._settings.consumer_backoff_seconds
        while True:
            self._beat()
            try:
                return await self._apply(readings, records)
            except (*INFRASTRUCTURE, KafkaError) as error:
                log.warning("batch_postponed", consumer=self.consumer, error=type(error).__name__, records=len(records))
            except Exception:  # nothing may pass for applied because of an error of ours
                log.exception("batch_failed", consumer=self.consumer, records=len(records))
            if loop.time() > give_up:
                return 0
            await asyncio.sleep(backoff)
            backoff = min(backoff * 2, self._settings.consumer_backoff_max_seconds)

    async def _apply(self, readings: Sequence[Reading], records: Sequence[Record]) -> int:
        events = [reading for reading in readings if isinstance(reading, Parsed)]
        links = [link for event in events[:_MAX_LINKS] if (link := link_to(event.envelope.traceparent)) is not None]
        with (
            tracer.start_as_current_span(
                f"process {self.consumer}",
                kind=trace.SpanKind.CONSUMER,
                links=links,
                attributes={"messaging.system": "kafka", "messaging.batch.message_count": len(records)},
            ),
            BATCH_SECONDS.labels(self.consumer).time(),
        ):
            done = await self._applier.apply(readings)
        if done < len(records):
            self._halt(records[done])
        if events:
            lag = (self._clock.now() - events[-1].envelope.time).total_seconds()
            CONSUMER_LAG.labels(self.consumer, events[-1].record.topic).set(max(0.0, lag))
        return done

    def _halt(self, record: Record) -> None:
        self.halted = True
        CONSUMER_HALTED.labels(self.consumer).set(1)
        log.critical(
            "consumer_halted",
            consumer=self.consumer,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            remedy="too many records cannot be applied; find out why, then restart the worker",
        )

    def _seek_back(self, records: Sequence[Record]) -> None:
        consumer = self._subscriber.consumer
        first: dict[TopicPartition, int] = {}
        for record in records:
            first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        for place, offset in first.items():
            if consumer is not None and place in consumer.assignment():
                consumer.seek(place, offset)

    async def _commit(self, records: Sequence[Record]) -> None:
        consumer = self._subscriber.consumer
        if consumer is None:
            return
        next_offsets = {TopicPartition(record.topic, record.partition): record.offset + 1 for record in records}
        offsets = {place: offset for place, offset in next_offsets.items() if place in consumer.assignment()}
        if not offsets:
            return
        try:
            await consumer.commit(offsets)
        except KafkaError as error:
            # Mostly the partitions went elsewhere: whoever has them meets the records again, and the inbox knows them.
            COMMIT_FAILURES.labels(self.consumer).inc()
            log.warning("offsets_not_committed", consumer=self.consumer, error=type(error).__name__)
            return
        self.positions.update(offsets)

    async def before_revoke(self, revoked: Sequence[TopicPartition]) -> None:
        """Wait, within a bound, for the batch in hand, so that its offsets are committed by this owner."""
        try:
            async with asyncio.timeout(self._settings.revoke_wait_seconds), self._busy:
                pass
        except TimeoutError:
            log.warning("revoked_while_busy", consumer=self.consumer)
        for place in revoked:
            self.positions.pop(place, None)

    async def after_assign(self, assigned: Sequence[TopicPartition]) -> None:
        """Learn the committed offsets of new partitions, for the progress report. The assignment may be empty."""
        consumer = self._subscriber.consumer
        if consumer is not None:
            with contextlib.suppress(KafkaError):
                committed = await asyncio.gather(*map(consumer.committed, assigned))
                self.positions.update(zip(assigned, (offset or 0 for offset in committed), strict=True))
        self.assigned = True


async def _undecoded(message: KafkaMessage) -> Any:
    return message.raw_message
