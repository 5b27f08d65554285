"""Limits of many hazards pass at once: from then until the last RectificationOverdue is at the broker.

Once where nothing else is open and once among everything that is: the cost must depend on what is due and not on what exists.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import asyncpg

from benchmarks.parts import Parts, end_offsets, execute, say, until
from benchmarks.sizes import Sizes
from contracts.events.hazards import RectificationOverdue
from hazards.deadlines import Passing
from hazards.domain.record import Details, Enterprise, Hazard, Order
from hazards.store import hazards as store
from local_stack.paths import ROOT
from servicekit.clock import SystemClock
from servicekit.database import Pool, create_pool
from servicekit.deadlines import DeadlineLoop
from servicekit.progress import Progress
from servicekit.relay import Relay
from servicekit.settings import Settings

_TOPIC: Final = RectificationOverdue.topic
_WITHIN_SECONDS: Final = 300
_DAY: Final = timedelta(days=1)
_VILLAGES: Final = 2000
_UNITS: Final = f"""
INSERT INTO unit (code, name, level, groups, parent, registered_at, sequence)
SELECT 'c', '青山县', 'county', '{{}}'::text[], NULL, now(), 1
UNION ALL SELECT 't' || n, '镇' || n, 'town', '{{}}', 'c', now(), 1 FROM generate_series(0, 19) AS n
UNION ALL SELECT 'v' || n, '村' || n, 'village', '{{}}', 't' || n % 20, now(), 1 FROM generate_series(0, {_VILLAGES - 1}) AS n
"""
# Copies of one hazard that the service wrote, in the villages by turns, their limits a millisecond apart.
_COPY: Final = f"""
WITH new AS (
    INSERT INTO hazard (number, unit, category, title, description, occurred_at, reported_at, state, version, head, grade, file,
        enterprise, responsible, due_at, pairs, fires_at)
    SELECT $2 || nr, 'v' || nr % {_VILLAGES}, category, title, description, occurred_at, reported_at, state, version, head, grade,
        jsonb_set(jsonb_set(file, '{{order,due_at}}', to_jsonb(due)), '{{order,original_due_at}}', to_jsonb(due)),
        enterprise, 'v' || nr % {_VILLAGES}, due, pairs, due
    FROM hazard, generate_series(1, $3::int) AS nr,
        LATERAL (SELECT $4::timestamptz + nr * interval '1 millisecond' AS due) AS limits
    WHERE hazard_id = $1
    RETURNING hazard_id, unit, state, category
)
INSERT INTO hazard_scope (ancestor, hazard_id, state, category, major, overdue, listed)
SELECT ancestor, hazard_id, state, category, false, false, false
FROM new, LATERAL unnest(ARRAY['', 'c', 't' || substr(unit, 2)::int % 20, unit]) AS ancestor
"""
_ROWS_AT_ONCE: Final = 50_000
_INDEXES: Final = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
WHERE indrelid IN ('hazard'::regclass, 'hazard_scope'::regclass) AND NOT indisunique
"""


async def measure(parts: Parts, sizes: Sizes) -> dict[str, object]:
    """Let so many limits pass among themselves, then as many again among all the open hazards.

    Raises:
        AssertionError: not each of them was told exactly once.
    """
    url = await parts.database("overdue", ROOT / "services" / "hazards" / "migrations")
    settings = parts.settings(url)
    await execute(url, _UNITS)
    pool = await create_pool(settings)
    try:
        template = await _template(pool)
        alone = await _sweep(parts, settings, pool, template, sizes.due_hazards, "alone")
        say(f"overdue: {sizes.open_hazards:,} more open hazards come in")
        await _fill(url, template, sizes.open_hazards)
        among = await _sweep(parts, settings, pool, template, sizes.due_hazards, "among")
    finally:
        await pool.close()
    return {
        "due": sizes.due_hazards,
        "open": sizes.open_hazards + sizes.due_hazards + 1,
        "seconds_to_last_published": round(among[1], 2),
        "seconds_to_last_fired": round(among[0], 2),
        "events_per_s": round(sizes.due_hazards / among[1]),
        "seconds_to_last_published_without_the_others": round(alone[1], 2),
        "ratio_to_that": round(among[1] / alone[1], 2),
        "process_us_per_event": round(among[2] / sizes.due_hazards * 1e6),
        "process_us_per_event_without_the_others": round(alone[2] / sizes.due_hazards * 1e6),
    }


async def _fill(url: str, template: UUID, count: int) -> None:
    """Bring in open hazards whose limits lie ahead. Indexes are made anew behind them, which is faster than row by row."""
    later = SystemClock().now() + 30 * _DAY
    connection = await asyncpg.connect(url)  # those of the pool have little patience
    try:
        await connection.execute("SET maintenance_work_mem = '512MB'")
        indexes = [(row["name"], row["definition"]) for row in await connection.fetch(_INDEXES)]
        for name, _ in indexes:
            await connection.execute(f"DROP INDEX {name}")
        for start in range(0, count, _ROWS_AT_ONCE):
            rows = min(_ROWS_AT_ONCE, count - start)
            await connection.execute(_COPY, template, f"open-{start}-", rows, later + start * timedelta(seconds=1))
        for _, definition in indexes:
            await connection.execute(definition)
        for statement in ("VACUUM ANALYZE hazard", "VACUUM ANALYZE hazard_scope", "CHECKPOINT"):
            await connection.execute(statement)
    finally:
        await connection.close()


async def _template(pool: Pool) -> UUID:
    at = SystemClock().now() - 10 * _DAY
    said = {"at": at, "unit": "t0", "subject": "benchmark"}
    hazard = Hazard(
        hazard_id=UUID(int=1),
        number="template",
        unit="v0",
        category="粉尘涉爆",
        title="除尘系统未按规范设置泄爆和隔爆装置",
        description="打磨车间除尘器安装在室内,未设泄爆口,风管积尘超过一毫米,未见清扫记录。",
        occurred_at=at,
        reported_at=at,
        state="ordered",
        version=4,
        head=bytes(32),
        grade="general",
        details=Details(stage="open_inspection", owner=Enterprise(code="91330800MA2XXXXX01", name="木器厂")),
        order=Order(
            **said, measures="移至室外并加装泄爆装置", responsible="v0", funds=Decimal(80_000), contingency="停用该除尘器",
            due_at=at + 400 * _DAY, original_due_at=at + 400 * _DAY,
        ),
    )  # fmt: skip
    async with pool.acquire() as connection, connection.transaction():
        await store.keep_lines(connection)
        await store.insert(connection, [hazard])
    return hazard.hazard_id


async def _sweep(
    parts: Parts, settings: Settings, pool: Pool, template: UUID, count: int, name: str
) -> tuple[float, float, float]:
    """Seconds from the start of the loops until so many limits are marked as passed, and until all events are published; and
    how many seconds of a processor this process used meanwhile."""
    passed = SystemClock().now() - _DAY
    await pool.execute(_COPY, template, f"due-{name}-", count, passed, timeout=600)
    before = await end_offsets(parts.broker.servers, _TOPIC)

    async def none_due() -> bool:
        return (await store.next_due(pool) or datetime.max.replace(tzinfo=passed.tzinfo)) > SystemClock().now()

    async def none_pending() -> bool:
        return not await pool.fetchval("SELECT EXISTS (SELECT FROM outbox)")

    begin, used = time.perf_counter(), time.process_time()
    async with _loops(settings, pool):
        await until(none_due, _WITHIN_SECONDS, "marking what passed", every=0.02)
        fired = time.perf_counter() - begin
        await until(none_pending, _WITHIN_SECONDS, "publishing what passed", every=0.02)
        published, used = time.perf_counter() - begin, time.process_time() - used
    told = sum((await end_offsets(parts.broker.servers, _TOPIC)).values()) - sum(before.values())
    assert told == count, f"{told} events for {count} limits"
    missed = await pool.fetchval("SELECT count(*) FROM hazard WHERE overdue_since = due_at AND number LIKE $1", f"due-{name}-%")
    assert missed == count, f"{missed} of {count} are overdue"
    say(f"overdue: {name}: fired after {fired:.2f} s, published after {published:.2f} s")
    return fired, published, used


@asynccontextmanager
async def _loops(settings: Settings, pool: Pool) -> AsyncIterator[None]:
    """The loops of a worker of the service that make and publish these events."""
    progress = Progress()
    relay = Relay("hazards", SystemClock(), progress, settings)
    publishing = asyncio.create_task(relay.run())
    sweeping = asyncio.create_task(DeadlineLoop([Passing()], pool, SystemClock(), progress, settings).run())
    try:
        yield
    finally:
        sweeping.cancel()
        relay.stop()
        await publishing
