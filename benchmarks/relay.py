"""The outbox relay: how fast it works off a backlog, and how old events get while it keeps up with a steady load."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from statistics import median
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks.parts import Parts, end_offsets, percentile, say, until
from benchmarks.report_events import submissions
from benchmarks.sizes import Sizes
from contracts import Envelope
from servicekit import outbox
from servicekit.clock import Clock, SystemClock
from servicekit.database import Pool, create_pool
from servicekit.outbox import Outgoing
from servicekit.progress import Progress
from servicekit.relay import Relay
from servicekit.settings import Settings

TOPIC: Final = "reporting.report.v1"
_FILL_ROWS = 2_000
_PER_TRANSACTION = 5
_WITHIN_SECONDS = 120


async def measure(parts: Parts, sizes: Sizes) -> dict[str, object]:
    """Work off backlogs, then keep up with a steady load.

    Raises:
        AssertionError: something was not published exactly once.
    """
    settings = parts.settings(await parts.database("relay"))
    pool = await create_pool(settings)
    try:
        rates = [await _backlog(parts, settings, pool, sizes.relay_rows) for _ in range(sizes.rounds)]
        ages = await _steady(parts, settings, pool, sizes.relay_steady_rate, sizes.relay_steady_seconds)
    finally:
        await pool.close()
    say(f"relay: age p99 {percentile(ages, 0.99) * 1000:.1f} ms at {sizes.relay_steady_rate}/s")
    return {
        "events_per_s": round(median(rates)),
        "age_p50_ms": round(percentile(ages, 0.5) * 1000, 1),
        "age_p99_ms": round(percentile(ages, 0.99) * 1000, 1),
        "steady_events_per_s": sizes.relay_steady_rate,
        "steady_events": len(ages),
        "events": sizes.relay_rows,
        "batch_rows": settings.relay_batch_rows,
        "rounds": [round(rate) for rate in rates],
    }


async def _backlog(parts: Parts, settings: Settings, pool: Pool, rows: int) -> float:
    events = submissions(rows)
    while batch := list(itertools.islice(events, _FILL_ROWS)):
        await _append(pool, batch)
    before = sum((await end_offsets(parts.broker.servers, TOPIC)).values())

    async def drained() -> bool:
        return not await pool.fetchval("SELECT EXISTS (SELECT FROM outbox)")

    started = time.perf_counter()
    async with _relay(settings, Progress()):
        await until(drained, _WITHIN_SECONDS, f"publishing {rows} events")
        rate = rows / (time.perf_counter() - started)
    published = sum((await end_offsets(parts.broker.servers, TOPIC)).values()) - before
    assert published == rows, f"{published} of {rows} events published"
    say(f"relay: {rate:,.0f} events/s")
    return rate


async def _steady(parts: Parts, settings: Settings, pool: Pool, rate: int, seconds: float) -> list[float]:
    """Seconds from just before the insert of each event until an independent consumer has it in hand."""
    clock, progress = SystemClock(), Progress()
    ends = await end_offsets(parts.broker.servers, TOPIC)
    count = int(rate * seconds)
    async with _relay(settings, progress):
        await asyncio.sleep(1)  # until it leads
        reader = asyncio.create_task(_ages(parts, ends, count, clock))
        await asyncio.sleep(0.5)
        started = time.perf_counter()
        for nr, batch in enumerate(_small_transactions(count)):
            due = started + nr * _PER_TRANSACTION / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await _append(pool, batch, clock.now())
            progress.worked()  # as every command does: it wakes the relay
        async with asyncio.timeout(_WITHIN_SECONDS):
            return await reader


def _small_transactions(count: int) -> Iterator[list[Envelope]]:
    events = submissions(count)
    while batch := list(itertools.islice(events, _PER_TRANSACTION)):
        yield batch


async def _ages(parts: Parts, ends: dict[TopicPartition, int], count: int, clock: Clock) -> list[float]:
    consumer = AIOKafkaConsumer(bootstrap_servers=parts.broker.servers, fetch_max_wait_ms=parts.broker.fetch_max_wait_ms)
    await consumer.start()
    ages: list[float] = []
    try:
        consumer.assign(list(ends))
        for place, end in ends.items():
            consumer.seek(place, end)
        while len(ages) < count:
            fetched = await consumer.getmany(timeout_ms=1000)
            now = clock.now()
            for record in itertools.chain.from_iterable(fetched.values()):
                made = datetime.fromisoformat(dict(record.headers)["ce_time"].decode())
                ages.append((now - made).total_seconds())
    finally:
        await consumer.stop()
    return ages


@asynccontextmanager
async def _relay(settings: Settings, progress: Progress) -> AsyncIterator[None]:
    relay = Relay("reporting", SystemClock(), progress, settings)
    running = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        relay.stop()
        await running


async def _append(pool: Pool, envelopes: list[Envelope], now: datetime | None = None) -> None:
    events = [envelope.data for envelope in envelopes if envelope.data is not None]
    if now is not None:
        events = [event.model_copy(update={"occurred_at": now, "recorded_at": now}) for event in events]
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, [Outgoing(event, 1) for event in events])
