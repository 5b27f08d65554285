"""The house subscriber: FastStream's batch subscriber with raw records, explicit offsets and an inbox.

One fetched batch = one transaction (inbox rows and effect) = one explicit offset commit after it. FastStream's own parsing,
acknowledging and retrying are switched off, because they lose or repeat records in the cases listed in
`architecture/delivery.md`; what is left of it is the consume loop, its life cycle and the broker's configuration.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage
from opentelemetry import trace
from opentelemetry.propagate import extract

from servicekit import deadletters
from servicekit.batches import INFRASTRUCTURE, BatchApplier, Handler, Parsed, Stopped
from servicekit.clock import Clock
from servicekit.database import Pool
from servicekit.deadletters import DeadLetter, DeadLetterLimit, Record
from servicekit.progress import Progress
from servicekit.relay import make_producer
from servicekit.settings import Settings
from servicekit.telemetry import BATCH_SECONDS, COMMIT_FAILURES, CONSUMED, CONSUMER_HALTED, CONSUMER_LAG, DEAD_LETTERED

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


@dataclass(slots=True)
class _Batch:
    """A fetched batch: its records, those that are events, and the letters for those that are not."""

    records: Sequence[Record]
    parsed: list[Parsed]
    letters: list[DeadLetter]

    def cut_before(self, record: Record) -> None:
        index = next(index for index, each in enumerate(self.records) if each is record)
        left = {id(each) for each in self.records[:index]}
        self.records = self.records[:index]
        self.parsed = [one for one in self.parsed if id(one.record) in left]
        self.letters = [letter for letter in self.letters if id(letter.record) in left]


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
        self.dead_lettered = 0
        self.halted = False
        self._applier = BatchApplier(consumer, handler, pool, clock)
        self._clock = clock
        self._progress = progress
        self._settings = settings
        self._busy = asyncio.Lock()
        self._limit = DeadLetterLimit(
            max_consecutive=settings.dead_letter_max_consecutive,
            max_ratio=settings.dead_letter_max_ratio,
            window=settings.dead_letter_window,
        )
        self._letters: AIOKafkaProducer | None = None
        self._broker = KafkaBroker(
            settings.kafka_servers,
            client_id=f"bihuan-{consumer}",
            request_timeout_ms=settings.kafka_request_timeout_ms,
            allow_auto_create_topics=False,
            graceful_timeout=settings.shutdown_seconds,
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
            partition_assignment_strategy=(StickyPartitionAssignor,),
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            listener=_Rebalance(self),
            parser=self._raw,
            decoder=_undecoded,
        )
        self._subscriber(self._handle)

    async def run(self) -> None:
        """Consume until cancelled. Starts as soon as the broker can be reached, and watches that it goes on."""
        while True:
            try:
                await self._broker.start()
                break
            except KafkaError as error:
                log.warning("broker_not_reached", consumer=self.consumer, error=type(error).__name__)
                await self._broker.stop()
                await asyncio.sleep(self._settings.consumer_backoff_max_seconds)
        await self._watch()

    async def _watch(self) -> None:
        """Beat as long as there is nothing to do or positions move: a consumer can be stuck without an error (aiokafka 1154)."""
        before: dict[TopicPartition, int] = {}
        while True:
            try:
                async with asyncio.timeout(self._settings.stall_seconds / 4):
                    behind = await self._behind()
            except (KafkaError, TimeoutError):
                behind = False  # whether the broker can be reached is not a question of liveness
            if not behind or self.positions != before:
                self._progress.beat(f"consumer:{self.consumer}")
            before = dict(self.positions)
            await asyncio.sleep(self._settings.stall_seconds / 8)

    async def _behind(self) -> bool:
        consumer = self._subscriber.consumer
        if consumer is None:
            return True
        ends: dict[TopicPartition, int] = await consumer.end_offsets(list(consumer.assignment()))
        return any(self.positions.get(place, 0) < end for place, end in ends.items())

    async def stop(self) -> None:
        """Finish the batch in hand, leave the group, close."""
        await self._broker.stop()
        if self._letters is not None:
            await self._letters.stop()

    async def _raw(self, records: tuple[Record, ...]) -> KafkaMessage:
        # FastStream's parser decodes headers and raises on bad bytes, which ends in silent loss: this one never raises.
        return KafkaMessage(body=b"", raw_message=records, headers={}, consumer=self._subscriber.consumer)  # type: ignore[arg-type]

    async def _handle(self, records: tuple[Record, ...]) -> None:
        if self.halted:
            self._seek_back(records)
            await asyncio.sleep(self._settings.consumer_backoff_max_seconds)
            return
        async with self._busy:
            batch = self._read(records)
            if await self._until_applied(batch):
                await self._commit(batch.records)
                self._seek_back(records[len(batch.records) :])
            else:
                self._seek_back(records)
        self._progress.worked()

    def _read(self, records: tuple[Record, ...]) -> "_Batch":
        """Parse each record by itself; a malformed one beyond the dead-letter limit ends the batch before it."""
        parsed, letters = self._applier.parse(records)
        malformed = {id(letter.record) for letter in letters}
        for record in records:
            if id(record) not in malformed:
                self._limit.good()
            elif not self._limit.allows_another():
                self._halt(record)
                batch = _Batch(records, parsed, letters)
                batch.cut_before(record)
                return batch
        return _Batch(records, parsed, letters)

    async def _until_applied(self, batch: "_Batch") -> bool:
        """Apply a batch, trying again in place while the database or the broker is away; False when time ran out."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + self._settings.consumer_retry_seconds
        backoff = self._settings.consumer_backoff_seconds
        while True:
            try:
                await self._apply(batch)
            except (*INFRASTRUCTURE, KafkaError) as error:
                log.warning("batch_postponed", consumer=self.consumer, error=type(error).__name__, records=len(batch.records))
                if loop.time() > give_up:
                    return False
                await asyncio.sleep(backoff)
                backoff = min(backoff * 2, self._settings.consumer_backoff_max_seconds)
            else:
                return True

    async def _apply(self, batch: "_Batch") -> None:
        links = [context for one in batch.parsed[:_MAX_LINKS] if (context := _span_context(one.envelope.traceparent)) is not None]
        with (
            tracer.start_as_current_span(
                f"process {self.consumer}",
                kind=trace.SpanKind.CONSUMER,
                links=[trace.Link(context) for context in links],
                attributes={"messaging.system": "kafka", "messaging.batch.message_count": len(batch.records)},
            ),
            BATCH_SECONDS.labels(self.consumer).time(),
        ):
            try:
                failed = await self._applier.apply(batch.parsed, self._limit.allows_another)
            except Stopped as stopped:
                self._halt(stopped.record)
                failed = stopped.letters
                batch.cut_before(stopped.record)
            await self._bury(sorted([*batch.letters, *failed], key=_place))
        self._count(batch)

    def _count(self, batch: "_Batch") -> None:
        per_topic = Counter(one.record.topic for one in batch.parsed)
        for topic, count in per_topic.items():
            CONSUMED.labels(self.consumer, topic).inc(count)
        if batch.parsed:
            last = batch.parsed[-1]
            lag = (self._clock.now() - last.envelope.time).total_seconds()
            CONSUMER_LAG.labels(self.consumer, last.record.topic).set(max(0.0, lag))

    async def _bury(self, letters: Sequence[DeadLetter]) -> None:
        if not letters:
            return
        if self._letters is None:
            self._letters = make_producer(self._settings)
            await self._letters.start()
        await deadletters.publish(self._letters, self.consumer, list(letters), self._clock.now())
        for letter in letters:
            DEAD_LETTERED.labels(self.consumer, letter.reason).inc()
            log.error(
                "dead_lettered",
                consumer=self.consumer,
                reason=letter.reason,
                topic=letter.record.topic,
                partition=letter.record.partition,
                offset=letter.record.offset,
            )
        self.dead_lettered += len(letters)

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
            place = TopicPartition(record.topic, record.partition)
            first[place] = min(first.get(place, record.offset), record.offset)
        for place, offset in first.items():
            if consumer is not None and place in consumer.assignment():
                consumer.seek(place, offset)

    async def _commit(self, records: Sequence[Record]) -> None:
        consumer = self._subscriber.consumer
        if consumer is None:
            return
        offsets: dict[TopicPartition, int] = {}
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            offsets[place] = max(offsets.get(place, 0), record.offset + 1)
        offsets = {place: offset for place, offset in offsets.items() if place in consumer.assignment()}
        if not offsets:
            return
        try:
            await consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            # The partitions went elsewhere: whoever has them meets the records again, and the inbox knows them.
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
        """Learn the committed offsets of new partitions, for the progress report."""
        consumer = self._subscriber.consumer
        if consumer is None:
            return
        for place in assigned:
            self.positions[place] = await consumer.committed(place) or 0

    @property
    def assigned(self) -> bool:
        """Whether the group has given this consumer its first assignment."""
        return bool(self.positions)


def _place(letter: DeadLetter) -> tuple[str, int, int]:
    return letter.record.topic, letter.record.partition, letter.record.offset


async def _undecoded(message: KafkaMessage) -> Any:
    return message.raw_message


def _span_context(traceparent: str | None) -> trace.SpanContext | None:
    if traceparent is None:
        return None
    context = trace.get_current_span(extract({"traceparent": traceparent})).get_span_context()
    return context if context.is_valid else None
