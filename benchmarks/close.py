"""A cut-off with most villages silent: from 14:00:00.000 until the last ReportMissed can be read from the broker."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks.county import CUTOFF, County, settled
from benchmarks.parts import end_offsets, say, until
from contracts.events.reports import ReportMissed

_TOPIC: Final = ReportMissed.topic
_TYPE: Final = ReportMissed.type().encode()
_WITHIN_SECONDS: Final = 180
# A look through the partial index of what is due; it costs the database next to nothing.
_ANY_DUE: Final = "SELECT EXISTS (SELECT FROM expected_report WHERE next_due <= $1)"


async def measure(county: County, silent: Sequence[str]) -> dict[str, object]:
    """Step the clock to the cut-off and wait for one ReportMissed of each village that has not reported.

    Raises:
        AssertionError: not every one of them was missed, or one of them twice, or another one.
    """
    await settled(county, CUTOFF.replace(hour=13))
    ends = await end_offsets(county.stack.kafka_servers, _TOPIC)
    ready = asyncio.Event()
    reading = asyncio.create_task(_missed(county, ends, len(silent), ready))
    await ready.wait()
    say("close: the clock steps to 14:00")
    started = time.perf_counter()
    county.clock.set(CUTOFF)
    firing = asyncio.create_task(_all_fired(county))
    async with asyncio.timeout(_WITHIN_SECONDS):
        units, published = await reading
    fired = await firing
    await settled(county, CUTOFF)
    behind = sum((await end_offsets(county.stack.kafka_servers, _TOPIC)).values()) - sum(ends.values())
    assert sorted(units) == sorted(silent), "not every silent village was missed exactly once"
    assert behind == len(units), f"{behind} records for {len(units)} missed reports"
    say(f"close: fired after {fired - started:.2f} s, published after {published - started:.2f} s")
    return {
        "expected": len(silent),
        "seconds_to_last_published": round(published - started, 2),
        "seconds_to_last_fired": round(fired - started, 2),
        "events_per_s": round(len(silent) / (published - started)),
    }


async def _missed(county: County, ends: dict[TopicPartition, int], count: int, ready: asyncio.Event) -> tuple[list[str], float]:
    """The units of so many ReportMissed, and when that was in hand."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=county.stack.kafka_servers, fetch_max_wait_ms=county.stack.kafka_fetch_max_wait_ms
    )
    await consumer.start()
    values: list[bytes] = []
    try:
        consumer.assign(list(ends))
        for place, end in ends.items():
            consumer.seek(place, end)
        await consumer.getmany(timeout_ms=100)
        ready.set()
        while len(values) < count:
            fetched = await consumer.getmany(timeout_ms=1000)
            for records in fetched.values():
                values += [record.value for record in records if ("ce_type", _TYPE) in record.headers]
        published = time.perf_counter()
    finally:
        await consumer.stop()
    return [ReportMissed.model_validate_json(value).unit for value in values], published


async def _all_fired(county: County) -> float:
    connection = await asyncpg.connect(county.stack.database_url("reporting"))
    try:

        async def done() -> bool:
            return not await connection.fetchval(_ANY_DUE, CUTOFF)

        await until(done, _WITHIN_SECONDS, "acting on everything due", every=0.05)
        return time.perf_counter()
    finally:
        await connection.close()
