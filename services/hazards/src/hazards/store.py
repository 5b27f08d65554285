"""All SQL of hazards. Units are read and written with `servicekit.units`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from contracts import Actor
from hazards.domain import Hazard, Order, State
from servicekit.database import Connection, Pool
from servicekit.units import MAX_DEPTH

EVERYWHERE: Final = ""
"""The ancestor under which every hazard is listed."""

_LINES_LOCK: Final = 7_406_112_020
_LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared($1)"
_LOCK_ALONE = "SELECT pg_advisory_xact_lock($1)"

_NEXT_NUMBER = """
INSERT INTO hazard_number AS given (county, year, last) VALUES ($1, $2, 1)
ON CONFLICT (county, year) DO UPDATE SET last = given.last + 1
RETURNING last
"""
_INSERT = """
INSERT INTO hazard (number, unit, category, title, description, occurred_at, reported_at, state, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'reported', 1)
RETURNING *
"""
# The parent of the topmost known unit is listed too: its own event may come later, and is then met by this row.
_LIST_UNDER_LINES = f"""
WITH RECURSIVE up (hazard_id, code, parent, depth) AS (
    SELECT hazard.hazard_id, unit.code, unit.parent, 1
    FROM unnest($1::uuid[]) AS given (hazard_id) JOIN hazard USING (hazard_id) JOIN unit ON unit.code = hazard.unit
    UNION ALL
    SELECT up.hazard_id, unit.code, unit.parent, up.depth + 1
    FROM up JOIN unit ON unit.code = up.parent WHERE up.depth < {MAX_DEPTH}
), line (ancestor, hazard_id) AS (
    SELECT code, hazard_id FROM up
    UNION SELECT parent, hazard_id FROM up WHERE parent IS NOT NULL
    UNION SELECT '{EVERYWHERE}', unnest($1::uuid[])
)
INSERT INTO hazard_listing (ancestor, hazard_id, state)
SELECT line.ancestor, line.hazard_id, hazard.state FROM line JOIN hazard USING (hazard_id)
ORDER BY line.ancestor, line.hazard_id
ON CONFLICT DO NOTHING
"""
_LISTED_UNDER = "SELECT DISTINCT hazard_id FROM hazard_listing JOIN unnest($1::text[]) AS given (ancestor) USING (ancestor)"
_IS_LISTED = "SELECT EXISTS (SELECT FROM hazard_listing WHERE ancestor = $1 AND hazard_id = $2)"

_FIND = "SELECT * FROM hazard WHERE hazard_id = $1"
_LOCK = f"{_FIND} FOR NO KEY UPDATE"
_PAGE = """
SELECT hazard.* FROM hazard_listing AS listing JOIN hazard USING (hazard_id)
WHERE listing.ancestor = $1 AND listing.hazard_id > $2
ORDER BY listing.hazard_id LIMIT $3
"""
_PAGE_OF_STATE = """
SELECT hazard.* FROM hazard_listing AS listing JOIN hazard USING (hazard_id)
WHERE listing.ancestor = $1 AND listing.hazard_id > $2 AND listing.state = $4
ORDER BY listing.hazard_id LIMIT $3
"""

_ORDER = """
UPDATE hazard
SET state = $2, version = $3, ordering_unit = $4, ordered_at = $5, due_at = $6, overdue_at = $6, measures = $7, responsible = $8,
    funds = $9, contingency = $10
WHERE hazard_id = $1
"""
_RELIST_STATE = "UPDATE hazard_listing SET state = $2 WHERE hazard_id = $1"

_FIRE = """
WITH due AS (
    SELECT hazard_id FROM hazard WHERE overdue_at <= $1
    ORDER BY overdue_at, hazard_id LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE hazard SET overdue_since = hazard.overdue_at, overdue_at = NULL, version = hazard.version + 1
FROM due WHERE hazard.hazard_id = due.hazard_id
RETURNING hazard.*
"""
_NEXT_DUE = "SELECT min(overdue_at) FROM hazard WHERE overdue_at IS NOT NULL"

_RECORD = """
INSERT INTO hazard_change (hazard_id, version, change, occurred_at, recorded_at, actor_subject, actor_unit, on_behalf_of)
SELECT given.hazard_id, given.version, $1, given.occurred_at, $2, $3, $4, $5
FROM unnest($6::uuid[], $7::int[], $8::timestamptz[]) AS given (hazard_id, version, occurred_at)
"""


@dataclass(frozen=True, slots=True)
class NewHazard:
    """A hazard to store; its unit is known."""

    unit: str
    category: str
    title: str
    description: str | None
    occurred_at: datetime
    reported_at: datetime


async def keep_lines(connection: Connection) -> None:
    """Keep the tree as it is known until the end of the transaction, beside others who do."""
    await connection.execute(_LOCK_SHARED, _LINES_LOCK)


async def change_lines(connection: Connection) -> None:
    """Change the tree alone: a hazard that is being reported or ordered would be listed as it was a moment ago."""
    await connection.execute(_LOCK_ALONE, _LINES_LOCK)


async def next_number(connection: Connection, county: str, year: int) -> int:
    """Count on in the county and year. Holds back others who report there until the end of the transaction."""
    count: int = await connection.fetchval(_NEXT_NUMBER, county, year)
    return count


async def insert(connection: Connection, number: str, new: NewHazard) -> Hazard:
    """Store a reported hazard and list it under its unit's line. `keep_lines` comes first."""
    row = await connection.fetchrow(
        _INSERT, number, new.unit, new.category, new.title, new.description, new.occurred_at, new.reported_at
    )
    assert row is not None  # noqa: S101 - INSERT ... RETURNING of one row
    await connection.execute(_LIST_UNDER_LINES, [row["hazard_id"]])
    return _hazard(row)


async def relist(connection: Connection, codes: Collection[str]) -> None:
    """List the hazards at or below `codes` under the lines that these have now. `change_lines` comes first."""
    if not codes:
        return
    rows = await connection.fetch(_LISTED_UNDER, list(codes))
    if rows:
        await connection.execute(_LIST_UNDER_LINES, [row["hazard_id"] for row in rows])


async def find(pool: Pool, hazard_id: UUID) -> Hazard | None:
    """Return a hazard, or None."""
    row = await pool.fetchrow(_FIND, hazard_id)
    return None if row is None else _hazard(row)


async def lock(connection: Connection, hazard_id: UUID) -> Hazard | None:
    """Return a hazard, held for change until the end of the transaction."""
    row = await connection.fetchrow(_LOCK, hazard_id)
    return None if row is None else _hazard(row)


async def is_listed(pool: Pool, ancestor: str, hazard_id: UUID) -> bool:
    """Whether a hazard stands, or stood since it was reported, in the subtree of a unit."""
    listed: bool = await pool.fetchval(_IS_LISTED, ancestor, hazard_id)
    return listed


async def page(pool: Pool, ancestor: str, state: State | None, after: UUID, limit: int) -> list[Hazard]:
    """Return hazards of a subtree reported after the hazard `after`, the oldest first."""
    if state is None:
        rows = await pool.fetch(_PAGE, ancestor, after, limit)
    else:
        rows = await pool.fetch(_PAGE_OF_STATE, ancestor, after, limit, state)
    return [_hazard(row) for row in rows]


async def order(connection: Connection, hazard: Hazard, order: Order) -> None:
    """Store the order of a locked hazard, and its deadline. `hazard` is as it stands now. `keep_lines` comes first."""
    await connection.execute(
        _ORDER,
        hazard.hazard_id,
        hazard.state,
        hazard.version,
        order.ordering_unit,
        order.ordered_at,
        order.due_at,
        order.measures,
        order.responsible,
        order.funds,
        order.contingency,
    )
    await connection.execute(_RELIST_STATE, hazard.hazard_id, hazard.state)


async def fire_overdue(connection: Connection, now: datetime, limit: int) -> list[Hazard]:
    """Mark at most `limit` hazards whose deadline has come as overdue, in the order in which they fell due; return them."""
    fired = [_hazard(row) for row in await connection.fetch(_FIRE, now, limit)]
    return sorted(fired, key=lambda hazard: (hazard.overdue_since, hazard.hazard_id))


async def next_due(pool: Pool) -> datetime | None:
    """Return the earliest deadline that has not fired."""
    instant: datetime | None = await pool.fetchval(_NEXT_DUE)
    return instant


async def record(
    connection: Connection,
    change: str,
    changed: Sequence[tuple[Hazard, datetime]],
    recorded_at: datetime,
    actor: Actor | None,
) -> None:
    """Keep a change of each hazard, with the instant at which it occurred; without an actor it was time that changed them."""
    await connection.execute(
        _RECORD,
        change,
        recorded_at,
        actor.subject if actor else None,
        actor.unit if actor else None,
        actor.on_behalf_of if actor else None,
        [hazard.hazard_id for hazard, _ in changed],
        [hazard.version for hazard, _ in changed],
        [occurred_at for _, occurred_at in changed],
    )


def _hazard(row: asyncpg.Record) -> Hazard:
    order = None
    if row["state"] != "reported":
        order = Order(
            ordering_unit=row["ordering_unit"],
            ordered_at=row["ordered_at"],
            due_at=row["due_at"],
            measures=row["measures"],
            responsible=row["responsible"],
            funds=row["funds"],
            contingency=row["contingency"],
        )
    return Hazard(
        hazard_id=row["hazard_id"],
        number=row["number"],
        unit=row["unit"],
        category=row["category"],
        title=row["title"],
        description=row["description"],
        occurred_at=row["occurred_at"],
        reported_at=row["reported_at"],
        state=row["state"],
        version=row["version"],
        order=order,
        overdue_since=row["overdue_since"],
    )
