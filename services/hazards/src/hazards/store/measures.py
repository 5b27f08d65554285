"""Measures of accountability as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from hazards.domain.accountability.measures import Measure, MeasureState, fires_at
from servicekit.database import Connection, Pool
from servicekit.units import MAX_DEPTH

_INSERT = """
INSERT INTO measure (measure_id, version, state, body_unit, unit, issued, subject, file, fires_at)
SELECT measure_id, version, state, body_unit, unit, issued, subject, file::jsonb, fires_at
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[], $8::text[], $9::timestamptz[])
    WITH ORDINALITY AS given (measure_id, version, state, body_unit, unit, issued, subject, file, fires_at, nr)
ORDER BY nr
ON CONFLICT DO NOTHING RETURNING measure_id
"""
_UPDATE = """
UPDATE measure
SET version = given.version, state = given.state, issued = given.issued, file = given.file::jsonb, fires_at = given.fires_at
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[], $8::text[], $9::timestamptz[])
    AS given (measure_id, version, state, body_unit, unit, issued, subject, file, fires_at)
WHERE measure.measure_id = given.measure_id
"""
_FIND = "SELECT * FROM measure WHERE measure_id = $1"
_LOCK = f"{_FIND} FOR NO KEY UPDATE"
_LOCK_DUE = "SELECT * FROM measure WHERE fires_at <= $1 ORDER BY fires_at, measure_id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
_NEXT_DUE = "SELECT min(fires_at) FROM measure WHERE fires_at IS NOT NULL"
_DOWN: Final = f"""
WITH RECURSIVE down (code, depth) AS (
    SELECT $1::text, 1
    UNION
    SELECT unit.code, down.depth + 1 FROM down JOIN unit ON unit.parent = down.code WHERE down.depth < {MAX_DEPTH}
)
"""
_PAGE = """
SELECT * FROM measure
WHERE number > $2 AND ($3::text IS NULL OR state = $3) AND ($4::text IS NULL OR unit = $4)
    AND ($5::text IS NULL OR body_unit = $5) AND ($6::text IS NULL OR subject = $6) AND {seen}
ORDER BY number LIMIT $7
"""
_PAGE_BELOW: Final = _DOWN + _PAGE.format(
    seen="(body_unit IN (SELECT code FROM down) OR (issued AND unit IN (SELECT code FROM down)))"
)
_PAGE_OF_ALL: Final = _PAGE.format(seen="$1::text IS NULL")


@dataclass(frozen=True, slots=True)
class WantedMeasures:
    """Which measures are asked for; None: any."""

    state: MeasureState | None = None
    unit: str | None = None
    body_unit: str | None = None
    subject: str | None = None


async def insert(connection: Connection, measures: Sequence[Measure]) -> set[UUID]:
    """Write new measures; return the ids of those that were not there."""
    return {row["measure_id"] for row in await connection.fetch(_INSERT, *_columns(measures))}


async def update(connection: Connection, measures: Sequence[Measure]) -> None:
    """Write measures, each once."""
    await connection.execute(_UPDATE, *_columns(measures))


async def find(pool: Pool, measure_id: UUID) -> Measure | None:
    """Return a measure, or None."""
    row = await pool.fetchrow(_FIND, measure_id)
    return None if row is None else _read(row)


async def lock(connection: Connection, measure_id: UUID) -> Measure | None:
    """Return a measure, held for change."""
    row = await connection.fetchrow(_LOCK, measure_id)
    return None if row is None else _read(row)


async def lock_due(connection: Connection, now: datetime, limit: int) -> list[Measure]:
    """Return at most `limit` measures of which a deadline has passed, held for change."""
    return [_read(row) for row in await connection.fetch(_LOCK_DUE, now, limit)]


async def next_due(pool: Pool) -> datetime | None:
    """Return the earliest deadline of a measure."""
    instant: datetime | None = await pool.fetchval(_NEXT_DUE)
    return instant


async def page(pool: Pool, caller: str | None, wanted: WantedMeasures, after: int, limit: int) -> list[tuple[int, Measure]]:
    """Return measures that concern the caller's subtree with their numbers, the oldest first. None: those of the platform.

    A proposal concerns its body only; what was issued, the addressee as well.
    """
    query = _PAGE_OF_ALL if caller is None else _PAGE_BELOW
    rows = await pool.fetch(query, caller, after, wanted.state, wanted.unit, wanted.body_unit, wanted.subject, limit)
    return [(row["number"], _read(row)) for row in rows]


def _columns(measures: Sequence[Measure]) -> tuple[list[object], ...]:
    return (
        [each.measure_id for each in measures],
        [each.version for each in measures],
        [each.state for each in measures],
        [each.body_unit for each in measures],
        [each.unit for each in measures],
        [each.issued_at is not None for each in measures],
        [each.subject for each in measures],
        [each.model_dump_json(exclude_defaults=True) for each in measures],
        [fires_at(each) for each in measures],
    )


def _read(row: asyncpg.Record) -> Measure:
    return Measure.model_validate(row["file"])
