"""Hazards as they stand, and under which units they are seen."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from hazards.domain.passing import fires_at
from hazards.domain.record import Hazard
from hazards.domain.words import pairs
from servicekit.database import Connection, Pool
from servicekit.units import MAX_DEPTH

EVERYWHERE: Final = ""
"""The ancestor under which every hazard is seen."""

_LINES_LOCK: Final = 7_406_112_020
_LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared($1)"
_LOCK_ALONE = "SELECT pg_advisory_xact_lock($1)"

_NEXT_NUMBERS = """
INSERT INTO hazard_number AS given (county, year, last) VALUES ($1, $2, $3)
ON CONFLICT (county, year) DO UPDATE SET last = given.last + $3
RETURNING last
"""
_NEW_IDS = "SELECT uuidv7() AS id FROM generate_series(1, $1) ORDER BY id"
_COLUMNS: Final = (
    "hazard_id", "number", "unit", "plan_id", "task", "category", "title", "description", "occurred_at", "reported_at", "recurs",
    "state", "version", "head", "grade",
)  # fmt: skip
_IN_COLUMNS: Final = set(_COLUMNS)
_INSERT = """
INSERT INTO hazard (hazard_id, number, unit, plan_id, task, category, title, description, occurred_at, reported_at, recurs, state,
    version, head, grade, file, enterprise, responsible, due_at, overdue_since, listed_by, closed_at, pairs, fires_at)
SELECT hazard_id, number, unit, plan_id, task, category, title, description, occurred_at, reported_at, recurs, state,
    version, head, grade, file::jsonb, enterprise, responsible, due_at, overdue_since, listed_by, closed_at,
    ARRAY(SELECT jsonb_array_elements_text(pairs::jsonb)), fires_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
    $10::timestamptz[], $11::uuid[], $12::text[], $13::int[], $14::bytea[], $15::text[], $16::text[], $17::text[], $18::text[],
    $19::timestamptz[], $20::timestamptz[], $21::text[], $22::timestamptz[], $23::timestamptz[], $24::text[])
    AS given (hazard_id, number, unit, plan_id, task, category, title, description, occurred_at, reported_at, recurs, state,
        version, head, grade, file, enterprise, responsible, due_at, overdue_since, listed_by, closed_at, fires_at, pairs)
"""
# What names a hazard (number, unit, plan, when it was there and told) never changes.
_UPDATE = """
UPDATE hazard
SET category = given.category, state = given.state, version = given.version, head = given.head, grade = given.grade,
    file = given.file::jsonb, enterprise = given.enterprise, responsible = given.responsible, due_at = given.due_at,
    overdue_since = given.overdue_since, listed_by = given.listed_by, closed_at = given.closed_at, fires_at = given.fires_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[], $11::timestamptz[], $12::text[], $13::timestamptz[], $14::timestamptz[])
    AS given (hazard_id, category, state, version, head, grade, file, enterprise, responsible, due_at, overdue_since, listed_by,
        closed_at, fires_at)
WHERE hazard.hazard_id = given.hazard_id
"""
_FILTERED: Final = """
    hazard.state, hazard.category, hazard.plan_id, hazard.grade IS NOT DISTINCT FROM 'major',
    hazard.overdue_since IS NOT NULL AND hazard.closed_at IS NULL AND hazard.state <> 'dismissed', hazard.listed_by IS NOT NULL
"""
_SHOWN: Final = "hazard_scope (ancestor, hazard_id, state, category, plan_id, major, overdue, listed)"
_RESTATE = f"""
UPDATE hazard_scope SET (state, category, plan_id, major, overdue, listed) = ({_FILTERED})
FROM hazard JOIN unnest($1::uuid[]) AS given (hazard_id) USING (hazard_id)
WHERE hazard_scope.hazard_id = hazard.hazard_id
"""
# Up from where the hazard is and from whoever has a part in it: their superiors answer for them. The parent of the topmost known
# unit sees it too: its own event may come later, and is then met by this row.
_LINES: Final = f"""
WITH RECURSIVE part (hazard_id, code) AS (
    SELECT DISTINCT hazard_id, code
    FROM unnest($1::uuid[]) AS given (hazard_id) JOIN hazard USING (hazard_id), LATERAL unnest(ARRAY[
        unit, responsible, listed_by, file -> 'order' ->> 'unit', file ->> 'handler', file -> 'transfer' ->> 'to_unit'
    ]) AS code
    WHERE code IS NOT NULL
), up (hazard_id, code, parent, depth) AS (
    SELECT hazard_id, unit.code, unit.parent, 1 FROM part JOIN unit USING (code)
    UNION
    SELECT up.hazard_id, unit.code, unit.parent, up.depth + 1
    FROM up JOIN unit ON unit.code = up.parent WHERE up.depth < {MAX_DEPTH}
), line (ancestor, hazard_id) AS (
    SELECT code, hazard_id FROM up
    UNION SELECT parent, hazard_id FROM up WHERE parent IS NOT NULL
    UNION SELECT '{EVERYWHERE}', unnest($1::uuid[])
)
"""
_SHOW_TO_LINES = f"""{_LINES}INSERT INTO {_SHOWN}
SELECT line.ancestor, line.hazard_id, {_FILTERED} FROM line JOIN hazard USING (hazard_id)
ORDER BY line.ancestor, line.hazard_id
ON CONFLICT DO NOTHING
"""
MISSHOWN: Final = f"""{_LINES}
SELECT line.hazard_id, line.ancestor FROM line JOIN hazard USING (hazard_id)
LEFT JOIN hazard_scope AS shown ON shown.ancestor = line.ancestor AND shown.hazard_id = line.hazard_id
WHERE (shown.state, shown.category, shown.plan_id, shown.major, shown.overdue, shown.listed) IS DISTINCT FROM ({_FILTERED})
ORDER BY line.hazard_id, line.ancestor
"""
"""Which of some hazards are not shown, or filtered by what they are not, to which units."""
_SEEN_UNDER = "SELECT DISTINCT hazard_id FROM hazard_scope JOIN unnest($1::text[]) AS given (ancestor) USING (ancestor)"
_IS_SEEN = "SELECT EXISTS (SELECT FROM hazard_scope WHERE ancestor = $1 AND hazard_id = $2)"

_EVIDENCE = "SELECT evidence_id FROM evidence WHERE hazard_id = $1 AND evidence_id = ANY($2::uuid[])"

_FIND = "SELECT * FROM hazard WHERE hazard_id = $1"
_LOCK = f"{_FIND} FOR NO KEY UPDATE"
_LOCK_DUE = """
SELECT * FROM hazard WHERE fires_at <= $1 ORDER BY fires_at, hazard_id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
"""
_DUE = "SELECT hazard_id FROM hazard WHERE fires_at <= $1 ORDER BY fires_at, hazard_id LIMIT $2"
_NEXT_DUE = "SELECT min(fires_at) FROM hazard WHERE fires_at IS NOT NULL"


async def keep_lines(connection: Connection) -> None:
    """Keep the tree as it is known until the end of the transaction, beside others who do."""
    await connection.execute(_LOCK_SHARED, _LINES_LOCK)


async def change_lines(connection: Connection) -> None:
    """Change the tree alone: a hazard that is being reported or ordered would be seen as it was a moment ago."""
    await connection.execute(_LOCK_ALONE, _LINES_LOCK)


async def next_numbers(connection: Connection, county: str, year: int, count: int = 1) -> range:
    """Count on in the county and year. Holds back others who report there until the end of the transaction."""
    last: int = await connection.fetchval(_NEXT_NUMBERS, county, year, count)
    return range(last - count + 1, last + 1)


async def new_ids(connection: Connection, count: int = 1) -> list[UUID]:
    """Make ids of new hazards, in the order of time (UUIDv7)."""
    return [row["id"] for row in await connection.fetch(_NEW_IDS, count)]


async def insert(connection: Connection, hazards: Sequence[Hazard]) -> None:
    """Store new hazards and show them to the lines of their units. `keep_lines` comes first."""
    columns = [[getattr(hazard, name) for hazard in hazards] for name in _COLUMNS]
    said = [json.dumps(sorted(pairs(f"{hazard.title}\n{hazard.description or ''}")), ensure_ascii=False) for hazard in hazards]
    await connection.execute(_INSERT, *columns, *_copies(hazards), said)
    await connection.execute(_SHOW_TO_LINES, [hazard.hazard_id for hazard in hazards])


async def update(connection: Connection, before: Sequence[Hazard], after: Sequence[Hazard]) -> None:
    """Store locked hazards as they stand now, and show them to the lines of whoever got a part in them; `keep_lines` comes first
    where somebody may get one."""
    await connection.execute(
        _UPDATE,
        [hazard.hazard_id for hazard in after],
        [hazard.category for hazard in after],
        [hazard.state for hazard in after],
        [hazard.version for hazard in after],
        [hazard.head for hazard in after],
        [hazard.grade for hazard in after],
        *_copies(after),
    )
    moved = [now.hazard_id for was, now in zip(before, after, strict=True) if _filtered(was) != _filtered(now)]
    if moved:
        await connection.execute(_RESTATE, moved)
    shown = [now.hazard_id for was, now in zip(before, after, strict=True) if now.parts() - was.parts()]
    if shown:
        await connection.execute(_SHOW_TO_LINES, shown)


async def reshow(connection: Connection, codes: Collection[str]) -> None:
    """Show the hazards at or below `codes` to the lines that these have now. `change_lines` comes first."""
    if not codes:
        return
    rows = await connection.fetch(_SEEN_UNDER, list(codes))
    if rows:
        await connection.execute(_SHOW_TO_LINES, [row["hazard_id"] for row in rows])


async def find(database: Connection | Pool, hazard_id: UUID) -> Hazard | None:
    """Return a hazard, or None."""
    row = await database.fetchrow(_FIND, hazard_id)
    return None if row is None else hazard_of(row)


async def lock(connection: Connection, hazard_id: UUID) -> Hazard | None:
    """Return a hazard, held for change until the end of the transaction."""
    row = await connection.fetchrow(_LOCK, hazard_id)
    return None if row is None else hazard_of(row)


async def lock_due(connection: Connection, now: datetime, limit: int) -> list[Hazard]:
    """Return at most `limit` hazards that time changes, in the order in which they fell due, held for change."""
    return [hazard_of(row) for row in await connection.fetch(_LOCK_DUE, now, limit)]


async def due(pool: Pool, now: datetime, limit: int) -> list[UUID]:
    """Return at most `limit` hazards that time changes, in the order in which they fell due, unread."""
    return [row["hazard_id"] for row in await pool.fetch(_DUE, now, limit)]


async def next_due(pool: Pool) -> datetime | None:
    """Return the earliest instant at which time changes a hazard."""
    instant: datetime | None = await pool.fetchval(_NEXT_DUE)
    return instant


async def is_seen(database: Connection | Pool, unit: str, hazard_id: UUID) -> bool:
    """Whether a hazard stands, or stood, in the subtree of a unit, or the unit has or had a part in it."""
    seen: bool = await database.fetchval(_IS_SEEN, unit, hazard_id)
    return seen


async def evidence_of(connection: Connection, hazard_id: UUID, wanted: Collection[UUID]) -> set[UUID]:
    """Return those of some ids that are evidence of a hazard."""
    return {row["evidence_id"] for row in await connection.fetch(_EVIDENCE, hazard_id, list(wanted))}


def hazard_of(row: asyncpg.Record) -> Hazard:
    """Read a row of the table."""
    known: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Hazard.model_validate({**row["file"], **known})


def _copies(hazards: Sequence[Hazard]) -> tuple[list[Any], ...]:
    return (
        [json.dumps(_file(hazard), ensure_ascii=False) for hazard in hazards],
        [hazard.details.owner.code if hazard.details.owner else None for hazard in hazards],
        [hazard.order.responsible if hazard.order else None for hazard in hazards],
        [hazard.order.due_at if hazard.order else None for hazard in hazards],
        [hazard.order.due_at if hazard.order and hazard.order.due_at in hazard.missed else None for hazard in hazards],
        [hazard.listing.unit if hazard.listing else None for hazard in hazards],
        [hazard.closing.at if hazard.closing else None for hazard in hazards],
        [fires_at(hazard) for hazard in hazards],
    )


def _filtered(hazard: Hazard) -> tuple[object, ...]:
    return hazard.state, hazard.category, hazard.grade, hazard.missed, hazard.order, hazard.listing is None


def copies_of(hazard: Hazard) -> dict[str, object]:
    """What the columns hold that only repeat what the file says, by their names."""
    names = ("enterprise", "responsible", "due_at", "overdue_since", "listed_by", "closed_at", "fires_at")
    return dict(zip(names, (values[0] for values in _copies([hazard])[1:]), strict=True))


def _file(hazard: Hazard) -> dict[str, Any]:
    return hazard.model_dump(mode="json", exclude=_IN_COLUMNS, exclude_defaults=True)
