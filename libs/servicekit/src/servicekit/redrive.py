"""Redrive: apply dead letters again, in their order, after their cause was mended.

Letters are applied locally through the inbox, not published again: other consumers never see them twice. What can be applied is
marked by the offsets of the group `<consumer>.redrive`; an aggregate is let through again once all its letters are applied.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from contracts import MalformedEvent, decode
from servicekit import inbox
from servicekit.batches import BatchApplier, Parsed
from servicekit.deadletters import PREFIX, Record, dead_letter_topic
from servicekit.kit import Kit


@dataclass(slots=True)
class RedriveReport:
    """What a redrive did, per dead-letter topic."""

    consumer: str
    dry_run: bool
    applied: dict[str, int] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """The report for people."""
        word = "would apply" if self.dry_run else "applied"
        lines = [f"{topic}: {word} {count}" for topic, count in self.applied.items()]
        return lines + [f"{topic}: left {reason}" for topic, reasons in self.left.items() for reason in reasons]


async def redrive(applier: BatchApplier, topics: Sequence[str], kit: Kit, *, dry_run: bool, limit: int) -> RedriveReport:
    """Apply the dead letters of one consumer; stops at the first letter of a topic that still fails."""
    report = RedriveReport(applier.consumer, dry_run)
    reader = AIOKafkaConsumer(
        bootstrap_servers=kit.settings.kafka_servers,
        group_id=f"{applier.consumer}.redrive",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=kit.settings.kafka_request_timeout_ms,
    )
    await reader.start()
    try:
        for topic in topics:
            await _redrive_topic(
                reader,
                applier,
                TopicPartition(dead_letter_topic(topic, applier.consumer), 0),
                kit=kit,
                report=report,
                limit=limit,
            )
    finally:
        await reader.stop()
    return report


async def _redrive_topic(
    reader: AIOKafkaConsumer, applier: BatchApplier, place: TopicPartition, *, kit: Kit, report: RedriveReport, limit: int
) -> None:
    reader.assign([place])
    try:
        end = (await reader.end_offsets([place]))[place]
    except UnknownTopicOrPartitionError:
        return
    position = await reader.committed(place) or 0
    reader.seek(place, position)
    applied = 0
    left: list[str] = []
    keys: set[str] = set()
    while position < end and applied + len(left) < limit:
        fetched = await reader.getmany(timeout_ms=1000, max_records=min(500, limit))
        for record in fetched.get(place, []):
            key, failure = await _redrive_one(applier, record, dry_run=report.dry_run)
            position = record.offset + 1
            if failure is None:
                applied += 1
                keys.add(key)
            else:
                left.append(f"offset {record.offset} {_reason(record)}: {failure}")
    report.applied[place.topic], report.left[place.topic] = applied, left
    if not report.dry_run and not left:
        async with kit.pool.acquire() as connection:
            await inbox.unpark(connection, applier.consumer, sorted(keys))
        await reader.commit({place: position})


async def _redrive_one(applier: BatchApplier, record: Record, *, dry_run: bool) -> tuple[str, str | None]:
    try:
        envelope = decode(record.value, record.headers)
    except MalformedEvent as error:
        return "", str(error)
    if envelope.data is None:
        return envelope.key, "the type is not known to this version"
    if not dry_run:
        failure = await applier.force(Parsed(record, envelope))
        return envelope.key, failure
    return envelope.key, None


def _reason(record: Record) -> str:
    return next((value.decode() for name, value in record.headers if name == f"{PREFIX}reason"), "")
