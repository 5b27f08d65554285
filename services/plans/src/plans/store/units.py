"""Units: what a change of the tree must lock and know, and the record of who made it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from contracts import Actor
from contracts.events.units import Placement, UnitEvent
from plans.domain.names import Near
from plans.domain.tree import Standing, UnitState
from servicekit import units
from servicekit.database import Connection, Pool

MAX_NEAR: Final = 5000
_TREE_LOCK: Final = 7_406_112_010
_LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared($1)"
_LOCK_ALONE = "SELECT pg_advisory_xact_lock($1)"

_STANDINGS = f"""
WITH RECURSIVE up (start, code, parent, depth) AS (
    SELECT code, code, parent, 1 FROM unit JOIN unnest($1::text[]) AS given (code) USING (code)
    UNION ALL
    SELECT up.start, unit.code, unit.parent, up.depth + 1
    FROM up JOIN unit ON unit.code = up.parent WHERE up.depth < {units.MAX_DEPTH}
)
SELECT up.start, max(up.depth) AS depth, bool_or(up.code = $2) AS in_scope, bool_or(start.retired_at IS NOT NULL) AS retired
FROM up JOIN unit AS start ON start.code = up.start
GROUP BY up.start
"""

_HEIGHT = f"""
WITH RECURSIVE down (code, height) AS (
    SELECT $1::text, 1
    UNION ALL
    SELECT unit.code, down.height + 1 FROM down JOIN unit ON unit.parent = down.code WHERE down.height < {units.MAX_DEPTH}
)
SELECT max(height) FROM down
"""

_STATE = "SELECT code, name, level, parent, groups, sequence FROM unit WHERE code = $1"
_PLACEMENTS = "SELECT parent, valid_from, valid_until FROM unit_placement WHERE code = $1 ORDER BY valid_from"
_HAS_LIVE_CHILDREN = "SELECT EXISTS (SELECT FROM unit WHERE parent = $1 AND retired_at IS NULL)"
_CHILDREN = """
SELECT code, name, level, parent, groups, registered_at, retired_at, sequence AS version FROM unit
WHERE parent IS NOT DISTINCT FROM $1 AND code > $2 ORDER BY code LIMIT $3
"""

# The issuer, its children and grandchildren: whom its plans mean by a name. Never the whole tree.
_NEAR = """
WITH RECURSIVE down (code, name, level, depth) AS (
    SELECT code, name, level, 1 FROM unit WHERE code = $1 AND retired_at IS NULL
    UNION ALL
    SELECT unit.code, unit.name, unit.level, down.depth + 1
    FROM down JOIN unit ON unit.parent = down.code
    WHERE down.depth < 3 AND unit.retired_at IS NULL
)
SELECT code, name, level FROM down ORDER BY depth, code LIMIT $2
"""
_RETIRED = "SELECT code, retired_at IS NOT NULL AS retired FROM unit WHERE code = ANY($1::text[])"

_RECORD = """
INSERT INTO unit_change
    (code, sequence, change, occurred_at, recorded_at, actor_subject, actor_unit, on_behalf_of, reason)
SELECT given.code, given.sequence, $1, given.occurred_at, given.recorded_at, $2, $3, given.on_behalf_of, $4
FROM unnest($5::text[], $6::bigint[], $7::timestamptz[], $8::timestamptz[], $9::text[])
    AS given (code, sequence, occurred_at, recorded_at, on_behalf_of)
"""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one unit: the event that tells of it and its number."""

    event: UnitEvent
    sequence: int


async def share_tree(connection: Connection) -> None:
    """Let registrations run side by side, but keep the tree's shape until the end of the transaction."""
    await connection.execute(_LOCK_SHARED, _TREE_LOCK)


async def hold_tree(connection: Connection) -> None:
    """Change the tree's shape alone: two moves that are lawful each for itself could make a circle together."""
    await connection.execute(_LOCK_ALONE, _TREE_LOCK)


async def find(database: Connection | Pool, code: str) -> UnitState | None:
    """Return a unit with all its placements, or None."""
    row = await database.fetchrow(_STATE, code)
    if row is None:
        return None
    placements = tuple(Placement(**place) for place in await database.fetch(_PLACEMENTS, code))
    return UnitState(**{**row, "groups": tuple(row["groups"])}, placements=placements)


async def standings(connection: Connection, codes: Collection[str], caller_unit: str | None) -> dict[str, Standing]:
    """Return how those of `codes` that exist stand; a caller without a unit has everything in scope."""
    rows = await connection.fetch(_STANDINGS, list(codes), caller_unit)
    return {row["start"]: Standing(row["depth"], caller_unit is None or row["in_scope"], row["retired"]) for row in rows}


async def height(connection: Connection, code: str) -> int:
    """Count the levels from the unit to its deepest descendant, itself included. Walks the unit's whole subtree."""
    levels: int = await connection.fetchval(_HEIGHT, code)
    return levels


async def has_live_children(connection: Connection, code: str) -> bool:
    """Whether a unit that is not retired stands under this one."""
    found: bool = await connection.fetchval(_HAS_LIVE_CHILDREN, code)
    return found


async def children(pool: Pool, parent: str | None, after: str, limit: int) -> Sequence[asyncpg.Record]:
    """Return units directly under `parent` (None: the roots) with codes above `after`, in order, retired ones included."""
    return await pool.fetch(_CHILDREN, parent, after, limit)


async def near(database: Connection | Pool, issuer: str) -> list[Near]:
    """Return the units that a plan of the issuer may mean by a name, the issuer first; at most MAX_NEAR."""
    return [Near(**row) for row in await database.fetch(_NEAR, issuer, MAX_NEAR)]


async def retirements(database: Connection | Pool, codes: Collection[str]) -> dict[str, bool]:
    """Return those of `codes` that exist, with whether they are retired."""
    return {row["code"]: row["retired"] for row in await database.fetch(_RETIRED, list(codes))}


async def record(
    connection: Connection, kind: str, actor: Actor, changes: Sequence[Change], reason: str | None = None
) -> set[str]:
    """Write changes of one kind by one actor; return the codes written. A code that is missing was taken by somebody else."""
    written = await units.write(connection, [(change.sequence, change.event) for change in changes])
    if len(written) == len(changes):
        events = [change.event for change in changes]
        await connection.execute(
            _RECORD,
            kind,
            actor.subject,
            actor.unit,
            reason,
            [event.code for event in events],
            [change.sequence for change in changes],
            [event.occurred_at for event in events],
            [event.recorded_at for event in events],
            [event.actor.on_behalf_of if event.actor else None for event in events],
        )
    return written
