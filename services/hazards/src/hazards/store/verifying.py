"""Everything that is kept of hazards, read to be verified. Each page is one consistent view: changes may be written meanwhile."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
from pydantic import ValidationError

from hazards.domain.record import Hazard
from hazards.store import hazards as store
from hazards.store.history import Kept, kept_of
from servicekit.database import Connection, Pool

_NEXT_HAZARDS = "SELECT * FROM hazard WHERE hazard_id > $1 ORDER BY hazard_id LIMIT $2"
_CHANGES = "SELECT * FROM hazard_change WHERE hazard_id = ANY($1::uuid[]) ORDER BY hazard_id, version"
_ORPHANS = """
SELECT DISTINCT hazard_id FROM hazard_change AS left_over
WHERE NOT EXISTS (SELECT FROM hazard WHERE hazard.hazard_id = left_over.hazard_id)
ORDER BY hazard_id LIMIT $1
"""
_LOST_NUMBERS = """
SELECT given.number FROM hazard_number, LATERAL (
    SELECT county || '-' || lpad(year::text, 4, '0') || '-' || lpad(count::text, greatest(6, length(count::text)), '0') AS number
    FROM generate_series(1, last) AS count
) AS given
WHERE NOT EXISTS (SELECT FROM hazard WHERE hazard.number = given.number)
ORDER BY given.number LIMIT $1
"""
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Filed:
    """What is kept of one hazard. `hazard` None: its row cannot be read. `strange`: columns that do not say what its file says.
    `misshown`: units that should see it and do not, or see it filtered by what it is not."""

    hazard_id: UUID
    number: str
    hazard: Hazard | None
    kept: Sequence[Kept]
    strange: tuple[str, ...]
    misshown: tuple[str, ...]


async def files(pool: Pool) -> AsyncIterator[Filed]:
    """Go through every hazard, a bounded number at a time."""
    last = UUID(int=0)
    while page := await _page(pool, last):
        for each in page:
            yield each
        last = page[-1].hazard_id


async def orphans(pool: Pool, most: int) -> list[UUID]:
    """Return hazards that are gone while changes of them are still there."""
    return [row["hazard_id"] for row in await pool.fetch(_ORPHANS, most)]


async def lost_numbers(pool: Pool, most: int) -> list[str]:
    """Return numbers that were given out and that no hazard has: numbers have no gaps."""
    return [row["number"] for row in await pool.fetch(_LOST_NUMBERS, most)]


async def _page(pool: Pool, last: UUID) -> list[Filed]:
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await connection.fetch(_NEXT_HAZARDS, last, _AT_ONCE)
        changes: dict[UUID, list[Kept]] = {row["hazard_id"]: [] for row in rows}
        for change in await connection.fetch(_CHANGES, list(changes)):
            changes[change["hazard_id"]].append(kept_of(change))
        misshown = await _misshown(connection, list(changes))
    return [_filed(row, changes[row["hazard_id"]], misshown.get(row["hazard_id"], ())) for row in rows]


async def _misshown(connection: Connection, hazard_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, tuple[str, ...]] = {}
    for row in await connection.fetch(store.MISSHOWN, hazard_ids):
        found[row["hazard_id"]] = (*found.get(row["hazard_id"], ()), row["ancestor"])
    return found


def _filed(row: asyncpg.Record, kept: Sequence[Kept], misshown: tuple[str, ...]) -> Filed:
    try:
        hazard = store.hazard_of(row)
    except ValidationError:
        return Filed(row["hazard_id"], row["number"], None, kept, (), misshown)
    strange = tuple(name for name, value in store.copies_of(hazard).items() if row[name] != value)
    return Filed(hazard.hazard_id, hazard.number, hazard, kept, strange, misshown)
