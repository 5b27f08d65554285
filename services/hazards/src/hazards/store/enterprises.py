"""Enterprises that are or were under supervision."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from hazards.domain.enterprises import Supervised, fires_at
from servicekit.database import Connection, Pool

_FIRST = "INSERT INTO enterprise (code, version, unit, file) VALUES ($1, 0, $2, $3) ON CONFLICT DO NOTHING"
_FIND = "SELECT * FROM enterprise WHERE code = $1"
_LOCK = f"{_FIND} FOR NO KEY UPDATE"
_LOCK_DUE = "SELECT * FROM enterprise WHERE fires_at <= $1 ORDER BY fires_at, code LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
_NEXT_DUE = "SELECT min(fires_at) FROM enterprise WHERE fires_at IS NOT NULL"
_UPDATE = """
UPDATE enterprise
SET version = given.version, unit = given.unit, listed_by = given.listed_by, file = given.file::jsonb, fires_at = given.fires_at
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
    AS given (code, version, unit, listed_by, file, fires_at)
WHERE enterprise.code = given.code
"""


async def lock_first(connection: Connection, enterprise: Supervised) -> Supervised:
    """Return an enterprise as it is known, else as it is given here, held for change."""
    await connection.execute(_FIRST, enterprise.code, enterprise.unit, enterprise.model_dump(mode="json", exclude_defaults=True))
    return await lock(connection, enterprise.code) or enterprise


async def find(pool: Pool, code: str) -> Supervised | None:
    """Return an enterprise that is or was under supervision."""
    row = await pool.fetchrow(_FIND, code)
    return None if row is None else _read(row)


async def lock(connection: Connection, code: str) -> Supervised | None:
    """Return an enterprise, held for change."""
    row = await connection.fetchrow(_LOCK, code)
    return None if row is None else _read(row)


async def lock_due(connection: Connection, now: datetime, limit: int) -> list[Supervised]:
    """Return at most `limit` enterprises that time changes, held for change."""
    return [_read(row) for row in await connection.fetch(_LOCK_DUE, now, limit)]


async def next_due(pool: Pool) -> datetime | None:
    """Return the earliest instant at which time changes an enterprise."""
    instant: datetime | None = await pool.fetchval(_NEXT_DUE)
    return instant


async def update(connection: Connection, enterprises: Sequence[Supervised]) -> None:
    """Write enterprises, each once."""
    await connection.execute(
        _UPDATE,
        [each.code for each in enterprises],
        [each.version for each in enterprises],
        [each.unit for each in enterprises],
        [each.listing.unit if each.listing else None for each in enterprises],
        [each.model_dump_json(exclude_defaults=True) for each in enterprises],
        [fires_at(each) for each in enterprises],
    )


def _read(row: asyncpg.Record) -> Supervised:
    return Supervised.model_validate(row["file"])
