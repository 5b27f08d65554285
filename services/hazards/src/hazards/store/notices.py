"""Who is told of time limits when, and of which limits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from hazards.domain.policy import NoticeTerms
from servicekit.database import Connection, Pool
from servicekit.units import MAX_DEPTH

_WAITING: Final = "state IN ('ordered', 'deferred')"
# Whoever takes a unit off the list while it gets a new limit waits, or is waited for.
_TOLD: Final = "SELECT unit FROM notice WHERE unit = ANY($1::text[]) AND next_at IS NOT NULL ORDER BY unit FOR SHARE"
_LAST_DAYS: Final = "SELECT unit, last_day FROM notice WHERE unit = ANY($1::text[])"
_POLICIES: Final = f"""
WITH RECURSIVE up (start, code, depth) AS (
    SELECT code, code, 1 FROM unnest($1::text[]) AS given (code)
    UNION ALL
    SELECT up.start, unit.parent, up.depth + 1
    FROM up JOIN unit ON unit.code = up.code WHERE unit.parent IS NOT NULL AND up.depth < {MAX_DEPTH}
)
SELECT DISTINCT ON (up.start) up.start AS unit, policy.policy -> 'notices' AS notices
FROM up JOIN policy ON policy.unit = up.code
ORDER BY up.start, up.depth, policy.version DESC
"""
_BELOW: Final = f"""
WITH RECURSIVE down (code, depth) AS (
    SELECT $1::text, 1
    UNION ALL
    SELECT unit.code, down.depth + 1 FROM down JOIN unit ON unit.parent = down.code WHERE down.depth < {MAX_DEPTH}
)
SELECT code FROM down
WHERE EXISTS (SELECT FROM hazard WHERE responsible = code AND {_WAITING}) OR EXISTS (SELECT FROM notice WHERE unit = code)
"""
_PLAN: Final = """
INSERT INTO notice (unit, next_at)
SELECT unit, next_at FROM unnest($1::text[], $2::timestamptz[]) AS given (unit, next_at) ORDER BY unit
ON CONFLICT (unit) DO UPDATE SET next_at = excluded.next_at
"""
_LOCK_DUE: Final = """
SELECT unit, next_at, sequence FROM notice WHERE next_at <= $1 ORDER BY next_at, unit LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_NEXT_DUE: Final = "SELECT min(next_at) FROM notice WHERE next_at IS NOT NULL"
_LIMITS: Final = f"""
SELECT unit, hazard_id, number, title, due_at, count FROM (
    SELECT given.unit, hazard_id, number, title, due_at, count(*) OVER (PARTITION BY given.unit) AS count,
        row_number() OVER (PARTITION BY given.unit ORDER BY due_at, hazard_id) AS place
    FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS given (unit, after, until)
    JOIN hazard ON responsible = given.unit AND due_at > given.after AND due_at <= given.until AND {_WAITING}
) AS found
WHERE place <= $4
ORDER BY unit, place
"""
_STILL: Final = f"""
SELECT unit FROM unnest($1::text[]) AS given (unit) WHERE EXISTS (SELECT FROM hazard WHERE responsible = unit AND {_WAITING})
"""
_TELL: Final = """
UPDATE notice SET next_at = given.next_at, last_day = given.day, sequence = given.sequence
FROM unnest($1::text[], $2::timestamptz[], $3::date[], $4::bigint[]) AS given (unit, next_at, day, sequence)
WHERE notice.unit = given.unit
"""


@dataclass(frozen=True, slots=True)
class Telling:
    """That a unit has to be told at an instant. `sequence` counts its digests so far."""

    unit: str
    at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A hazard that waits for a unit until its limit; `count`: of how many that unit is to be told."""

    unit: str
    hazard_id: UUID
    number: str
    title: str
    due_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of a unit that was told for a day; `next_at` None: nothing waits for it any more."""

    unit: str
    next_at: datetime | None
    day: date
    sequence: int


async def are_told(connection: Connection, units: Collection[str]) -> set[str]:
    """Those of some units that will be told, and stay so until the end of the transaction."""
    return {row["unit"] for row in await connection.fetch(_TOLD, list(units))}


async def last_days(connection: Connection, units: Collection[str]) -> dict[str, date | None]:
    """For which day units were told last."""
    return {row["unit"]: row["last_day"] for row in await connection.fetch(_LAST_DAYS, list(units))}


async def terms_of(connection: Connection, units: Collection[str]) -> dict[str, NoticeTerms]:
    """What the policies in force say of notices; units for which nobody has decided are left out."""
    rows = await connection.fetch(_POLICIES, list(units))
    return {row["unit"]: NoticeTerms.model_validate(row["notices"] or {}) for row in rows}


async def below(connection: Connection, unit: str) -> list[str]:
    """Units of a subtree that have limits, or had some."""
    return [row["code"] for row in await connection.fetch(_BELOW, unit)]


async def plan(connection: Connection, tellings: Mapping[str, datetime | None]) -> None:
    """Say when units are told next; None: not at all."""
    await connection.execute(_PLAN, list(tellings), list(tellings.values()))


async def lock_due(connection: Connection, now: datetime, limit: int) -> list[Telling]:
    """At most `limit` units that have to be told, in the order in which that fell due, held for change."""
    rows = await connection.fetch(_LOCK_DUE, now, limit)
    return [Telling(row["unit"], row["next_at"], row["sequence"]) for row in rows]


async def next_due(pool: Pool) -> datetime | None:
    """The earliest instant at which somebody has to be told."""
    instant: datetime | None = await pool.fetchval(_NEXT_DUE)
    return instant


async def limits(connection: Connection, days: Sequence[tuple[str, datetime, datetime]], most: int) -> list[Limit]:
    """The limits of units after one instant until another that wait for these units, at most so many of each, earliest first."""
    columns = [[each[place] for each in days] for place in range(3)]
    return [Limit(**row) for row in await connection.fetch(_LIMITS, *columns, most)]


async def still_waited_for(connection: Connection, units: Collection[str]) -> set[str]:
    """Those of some units that still have to rectify something by a limit."""
    return {row["unit"] for row in await connection.fetch(_STILL, list(units))}


async def tell(connection: Connection, told: Sequence[Told]) -> None:
    """Write what became of units that were told."""
    columns = [[getattr(each, name) for each in told] for name in Told.__slots__]
    await connection.execute(_TELL, *columns)
