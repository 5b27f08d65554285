"""All SQL of the library of standard hazards. A line is a unit and its ancestors, the nearest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from hazards.domain.library import Entry, Standard
from servicekit.database import Connection, Pool

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('hazards.library/' || $1, 0))"

_COLUMNS: Final = "unit, code, version, category, title, description, clause, grade, measure, days, day_kind"
_NEWEST = f"""
SELECT DISTINCT ON (code) {_COLUMNS} FROM library_entry WHERE unit = $1 AND code = ANY($2::text[]) ORDER BY code, version DESC
"""
_IMPORT = """
INSERT INTO library_import (unit, imported_at, subject, file_digest, entries, added, changed)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING import_id
"""
_PUBLISH = """
INSERT INTO library_entry (unit, import_id, code, version, category, title, description, clause, grade, measure, days, day_kind)
SELECT $1, $2, given.*
FROM unnest(
    $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::int[], $12::text[]
) AS given
"""
_ENTRY = f"""
SELECT {_COLUMNS} FROM unnest($1::text[]) WITH ORDINALITY AS line (unit, distance) JOIN library_entry USING (unit)
WHERE code = $2 ORDER BY distance, version DESC LIMIT 1
"""
_VERSION = f"SELECT {_COLUMNS} FROM library_entry WHERE unit = $1 AND code = $2 AND version = $3"
# Of each unit of the line the newest versions whose code no nearer unit has; then the first of them all. `(SELECT EXISTS ...)` is
# asked row by row along the primary key until the page is full; a plain NOT EXISTS was planned as a join of whole libraries.
_PAGE = f"""
SELECT entry.*
FROM unnest($1::text[]) WITH ORDINALITY AS line (publisher, distance) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM library_entry AS entry
    WHERE entry.unit = line.publisher AND entry.code > $2
        AND ($3::text IS NULL OR entry.category = $3)
        AND ($4::text IS NULL OR position(lower($4) IN lower(concat_ws(E'\\n', code, title, description, clause))) > 0)
        AND NOT (SELECT EXISTS (
            SELECT FROM library_entry AS newer
            WHERE newer.unit = entry.unit AND newer.code = entry.code AND newer.version > entry.version
        ))
        AND NOT (SELECT EXISTS (
            SELECT FROM library_entry AS nearer
            WHERE nearer.unit = ANY(($1::text[])[: line.distance::int - 1]) AND nearer.code = entry.code
        ))
    ORDER BY entry.code LIMIT $5
) AS entry
ORDER BY entry.code LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class NewImport:
    """A file of standard hazards; `added` and `changed` count the entries that it published."""

    unit: str
    imported_at: datetime
    subject: str
    file_digest: bytes
    entries: int
    added: int
    changed: int


async def lock(connection: Connection, unit: str) -> None:
    """Publish alone for a unit until the end of the transaction."""
    await connection.execute(_LOCK, unit)


async def newest(connection: Connection, unit: str, codes: Collection[str]) -> list[Entry]:
    """Return the newest versions that a unit itself published of `codes`."""
    return [_entry(row) for row in await connection.fetch(_NEWEST, unit, list(codes))]


async def publish(connection: Connection, new: NewImport, published: Sequence[tuple[int, Standard]]) -> UUID:
    """Store an import and the versions that it publishes; return its id. `lock` comes first."""
    import_id: UUID = await connection.fetchval(
        _IMPORT, new.unit, new.imported_at, new.subject, new.file_digest, new.entries, new.added, new.changed
    )
    await connection.execute(
        _PUBLISH,
        new.unit,
        import_id,
        [each.code for _, each in published],
        [version for version, _ in published],
        [each.category for _, each in published],
        [each.title for _, each in published],
        [each.description for _, each in published],
        [each.clause for _, each in published],
        [each.grade for _, each in published],
        [each.measure for _, each in published],
        [each.days for _, each in published],
        [each.day_kind for _, each in published],
    )
    return import_id


async def entry(connection: Connection | Pool, unit_line: Sequence[str], code: str) -> Entry | None:
    """Return the entry that holds for the first unit of a line: the newest version of the nearest unit that has the code."""
    row = await connection.fetchrow(_ENTRY, list(unit_line), code)
    return None if row is None else _entry(row)


async def version(connection: Connection | Pool, unit: str, code: str, number: int) -> Entry | None:
    """Return a version of what a unit published, as a hazard refers to it."""
    row = await connection.fetchrow(_VERSION, unit, code, number)
    return None if row is None else _entry(row)


async def page(
    pool: Pool, unit_line: Sequence[str], category: str | None, words: str | None, after: str, limit: int
) -> list[Entry]:
    """Return entries that hold for the first unit of a line, by code after `after`; of a category, holding `words`."""
    return [_entry(row) for row in await pool.fetch(_PAGE, list(unit_line), after, category, words, limit)]


def _entry(row: asyncpg.Record) -> Entry:
    return Entry.model_validate(dict(row))
