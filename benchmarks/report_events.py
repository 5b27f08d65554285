"""Report submissions as the platform publishes them: the real event, the real envelope, ids in the order of their making."""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from contracts import Actor, Envelope, encode
from contracts.events.reports import ReportSubmitted
from servicekit.relay import partition_of

TOWNS: Final = 1000
_CUTOFF: Final = datetime(2026, 3, 2, 6, tzinfo=UTC)
_FIRST_DAY: Final = date(2026, 3, 2)
_VILLAGES_PER_DAY: Final = 20_000


def submissions(count: int) -> Iterator[Envelope]:
    """So many first versions of village reports: 20 villages in each of 1000 towns, day after day; every fifth is late."""
    for number in range(count):
        day, village = divmod(number, _VILLAGES_PER_DAY)
        town = village % TOWNS
        cutoff = _CUTOFF + timedelta(days=day)
        received = cutoff + timedelta(seconds=number % 600 if number % 5 == 0 else -(number % 3600) - 1)
        report_id = str(UUID(int=number, version=4))
        event = ReportSubmitted(
            occurred_at=received,
            recorded_at=received,
            actor=Actor(subject=f"submitter-{village}", unit=f"T{town:04}V{village:05}"),
            report_id=report_id,
            plan_id="forest-fire-2026",
            obligation="village-daily",
            obligation_type="zero_report",
            unit=f"T{town:04}V{village:05}",
            parent=f"T{town:04}",
            period=_FIRST_DAY + timedelta(days=day),
            cutoff_at=cutoff,
            report_version=1,
            verdict="late" if number % 5 == 0 else "on_time",
            entered_by="self",
            zero=number % 4 != 0,
            items={} if number % 4 else {"巡查人次": number % 50, "火情": 0},
        )
        yield Envelope(
            id=_id(number),
            source="/bihuan/services/reporting",
            type=event.type(),
            time=received,
            key=report_id,
            sequence=1,
            data=event,
            traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        )


def _id(number: int) -> UUID:
    """Ordered by time like the database's own (UUID version 7): random ones would favour nobody, but slow every inbox down."""
    milliseconds = 1_772_431_200_000 + number
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | int.from_bytes(os.urandom(7)))


async def preload(servers: str, topic: str, partitions: int, count: int) -> None:
    """Publish submissions to an empty topic, as the relay does: by key, many to a record batch."""
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", compression_type="lz4", max_batch_size=900_000, linger_ms=0
    )
    await producer.start()
    try:
        builders: dict[int, BatchBuilder] = {}
        for nr, envelope in enumerate(submissions(count), start=1):
            key, value, headers = encode(envelope)
            builder = builders.setdefault(partition_of(envelope.key, partitions), producer.create_batch())
            builder.append(key=key, value=value, timestamp=None, headers=headers)
            if nr % 500 == 0 or nr == count:
                await asyncio.gather(*[_send(producer, topic, place, builder) for place, builder in builders.items()])
                builders = {}
    finally:
        await producer.stop()


async def _send(producer: AIOKafkaProducer, topic: str, partition: int, builder: BatchBuilder) -> None:
    await (await producer.send_batch(builder, topic, partition=partition))
