"""Redrive: apply dead letters again, in their order, after their cause was mended.

Letters are applied locally through the inbox, not published again: other consumers never see them twice. The group
`<consumer>.redrive` remembers up to where every letter is done with. Applying a letter twice does nothing, so what lies behind a
letter that still fails is simply read again next time. An aggregate is let through once none of its letters is left.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from servicekit import inbox
from servicekit.batches import Handler, HandlerFailed, Parsed, apply_events, read
from servicekit.database import Connection
from servicekit.deadletters import PREFIX, DeadLetter, Record, dead_letter_topic
from servicekit.kit import Kit

_FETCH_MS = 1000


@dataclass(slots=True)
class RedriveReport:
    """What a redrive did, per dead-letter topic; `let_through` are the aggregates whose events are applied again."""

    consumer: str
    dry_run: bool
    applied: dict[str, int] = field(default_factory=dict)
    abandoned: dict[str, int] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    let_through: list[str] = field(default_factory=list)
    complete: bool = True

    def lines(self) -> list[str]:
        """The report for people."""
        word = "would apply" if self.dry_run else "applied"
        lines = [f"{topic}: {word} {count}, abandoned {self.abandoned[topic]}" for topic, count in self.applied.items()]
        lines += [f"{topic}: left {reason}" for topic, reasons in self.left.items() for reason in reasons]
        if self.let_through:
            lines.append(f"let through again: {', '.join(self.let_through)}")
        return lines if self.complete else [*lines, "there are more letters; run again with a higher limit"]


@dataclass(slots=True)
class _Topic:
    """A dead-letter topic, read up to `position`; every letter before `done` is done with."""

    place: TopicPartition
    position: int
    done: int
    end: int
    count: int = 0


class Redrive:
    """One run over the dead letters of a consumer."""

    def __init__(
        self, kit: Kit, consumer: str, handler: Handler, *, dry_run: bool, limit: int, abandon: Collection[str] = ()
    ) -> None:
        """`limit` is the number of letters read per topic; `abandon` names letters (`TOPIC:OFFSET`) to be given up for good."""
        self._kit = kit
        self._consumer = consumer
        self._handler = handler
        self._limit = limit
        self._abandon = frozenset(abandon)
        self._stuck: set[str] = set()
        self._report = RedriveReport(consumer, dry_run)

    async def run(self, topics: Sequence[str]) -> RedriveReport:
        """Redrive the dead letters of `topics`."""
        reader = AIOKafkaConsumer(
            bootstrap_servers=self._kit.settings.kafka_servers,
            group_id=f"{self._consumer}.redrive",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            request_timeout_ms=self._kit.settings.kafka_request_timeout_ms,
        )
        await reader.start()
        try:
            places = [TopicPartition(dead_letter_topic(topic, self._consumer), 0) for topic in topics]
            letters = [state for place in places if (state := await self._open(reader, place)) is not None]
            if self._report.dry_run:
                await self._rehearse(reader, letters)
            else:
                await self._apply(reader, letters)
        finally:
            await reader.stop()
        return self._report

    async def _open(self, reader: AIOKafkaConsumer, place: TopicPartition) -> _Topic | None:
        reader.assign([place])
        try:
            end = (await reader.end_offsets([place]))[place]
            begin = (await reader.beginning_offsets([place]))[place]
        except UnknownTopicOrPartitionError:
            return None
        start = max(begin, await reader.committed(place) or 0)
        self._report.applied[place.topic] = self._report.abandoned[place.topic] = 0
        self._report.left[place.topic] = []
        return _Topic(place, start, start, end)

    async def _rehearse(self, reader: AIOKafkaConsumer, topics: Sequence[_Topic]) -> None:
        """Apply everything in one transaction that is rolled back."""
        async with self._kit.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                for topic in topics:
                    await self._read_on(reader, topic, connection)
            finally:
                await transaction.rollback()

    async def _apply(self, reader: AIOKafkaConsumer, topics: Sequence[_Topic]) -> None:
        async with self._kit.pool.acquire() as connection:
            while True:
                for topic in topics:
                    await self._read_on(reader, topic, connection)
                if not self._report.complete or await self._let_through(reader, topics, connection):
                    break
        for topic in topics:
            reader.assign([topic.place])
            await reader.commit({topic.place: topic.done})

    async def _read_on(self, reader: AIOKafkaConsumer, topic: _Topic, connection: Connection) -> None:
        reader.assign([topic.place])
        reader.seek(topic.place, topic.position)
        while topic.position < topic.end:
            if topic.count >= self._limit:
                self._report.complete = False
                return
            fetched = await reader.getmany(timeout_ms=_FETCH_MS, max_records=min(500, self._limit - topic.count))
            for record in fetched.get(topic.place, []):
                await self._one(record, topic, connection)

    async def _one(self, record: Record, topic: _Topic, connection: Connection) -> None:
        name = topic.place.topic
        clear = topic.done == topic.position
        topic.position, topic.count = record.offset + 1, topic.count + 1
        if f"{name}:{record.offset}" in self._abandon:
            self._report.abandoned[name] += 1
        elif failure := await self._failure_of(record, connection):
            self._report.left[name].append(f"offset {record.offset} ({_reason(record)}): {failure}")
            return
        else:
            self._report.applied[name] += 1
        if clear:
            topic.done = topic.position

    async def _failure_of(self, record: Record, connection: Connection) -> str | None:
        """Apply one letter; return why not, if it cannot be applied."""
        reading = read(record)
        if not isinstance(reading, Parsed):
            return reading.detail if isinstance(reading, DeadLetter) else "the type is not known to this version"
        key = reading.envelope.key
        if key in self._stuck:
            return "an earlier letter of this aggregate is left"
        now = self._kit.clock.now()
        try:
            async with connection.transaction():
                if await inbox.remember(connection, self._consumer, reading.envelope.id, now):
                    await apply_events(self._handler, connection, [reading.envelope], now)
        except HandlerFailed as failure:
            self._stuck.add(key)
            return f"{type(failure.__cause__).__name__}: {failure.__cause__}"
        return None

    async def _let_through(self, reader: AIOKafkaConsumer, topics: Sequence[_Topic], connection: Connection) -> bool:
        """Unpark every aggregate without a letter left; False when letters have come since the last look, which go first."""
        transaction = connection.transaction()
        await transaction.start()
        try:
            # From here on a batch that meets one of these keys waits, so no letter of theirs can follow unseen.
            keys = await inbox.unpark_others(connection, self._consumer, sorted(self._stuck))
            grown = False
            for topic in topics:
                end = (await reader.end_offsets([topic.place]))[topic.place]
                grown, topic.end = grown or end > topic.end, end
        except BaseException:
            await transaction.rollback()
            raise
        if grown:
            await transaction.rollback()
            return False
        await transaction.commit()
        self._report.let_through = keys
        return True


def _reason(record: Record) -> str:
    return next(((value or b"").decode() for name, value in record.headers if name == f"{PREFIX}reason"), "")
