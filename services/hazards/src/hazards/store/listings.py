"""Every supervision by name, and what may be put under one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg

from servicekit.database import Connection, Pool
from servicekit.units import MAX_DEPTH

Kind = Literal["hazard", "task", "enterprise"]

_DOWN: Final = f"""
WITH RECURSIVE down (code, depth) AS (
    SELECT $1::text, 1
    UNION
    SELECT unit.code, down.depth + 1 FROM down JOIN unit ON unit.parent = down.code WHERE down.depth < {MAX_DEPTH}
)
"""
_KEEP = """
INSERT INTO listing AS known (kind, subject, title, units, listing_unit, trigger, reason, grade, plan_id, listed_at, publish_by,
    published_at, progress_due_at)
SELECT kind, subject, title, ARRAY(SELECT jsonb_array_elements_text(units::jsonb)), listing_unit, trigger, reason, grade, plan_id,
    listed_at, publish_by, published_at, progress_due_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
    AS given (kind, subject, title, units, listing_unit, trigger, reason, grade, plan_id, listed_at, publish_by, published_at,
        progress_due_at)
ON CONFLICT (kind, subject) WHERE delisted_at IS NULL DO UPDATE
SET title = excluded.title, units = excluded.units, listing_unit = excluded.listing_unit, grade = excluded.grade,
    publish_by = excluded.publish_by, published_at = excluded.published_at, progress_due_at = excluded.progress_due_at
"""
_END = """
UPDATE listing SET delisted_at = given.at, delist_reason = given.reason, progress_due_at = NULL
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) AS given (kind, subject, at, reason)
WHERE listing.kind = given.kind AND listing.subject = given.subject AND listing.delisted_at IS NULL
"""
_PAGE = """
SELECT listing.* FROM listing
WHERE listing_id > $2 AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR listing_unit = $4)
    AND ($5::boolean IS NULL OR (delisted_at IS NULL) = $5) AND {seen}
ORDER BY listing_id LIMIT $6
"""
_PAGE_BELOW: Final = _DOWN + _PAGE.format(
    seen="""listing_id IN (
        SELECT each.listing_id FROM listing AS each, unnest(each.units || each.listing_unit) AS named (code)
        JOIN down USING (code))"""
)
_PAGE_OF_ALL: Final = _PAGE.format(seen="$1::text IS NULL")
# The predicate of the index hazard_candidate, so that a page costs what is a candidate and not what exists.
CANDIDATE_HAZARDS: Final = """
SELECT hazard.hazard_id, hazard.number, hazard.title, hazard.unit, hazard.grade, hazard.plan_id, hazard.overdue_since,
    hazard.file -> 'details' ->> 'stage' IN ('open_inspection', 'covert_inspection', 'authority') AS inspected
FROM hazard JOIN hazard_scope AS seen USING (hazard_id)
WHERE hazard.listed_by IS NULL AND hazard.state NOT IN ('closed', 'dismissed')
    AND (hazard.overdue_since IS NOT NULL OR (hazard.grade = 'major'
        AND hazard.file -> 'details' ->> 'stage' IN ('open_inspection', 'covert_inspection', 'authority')))
    AND seen.ancestor = $1 AND hazard.hazard_id > $2
ORDER BY hazard.hazard_id LIMIT $3
"""
_TASKS = """
SELECT * FROM task WHERE overdue_since IS NOT NULL AND listed_by IS NULL AND task_id > $2 AND {seen} ORDER BY task_id LIMIT $3
"""
_TASKS_BELOW: Final = _DOWN + _TASKS.format(
    seen="""task_id IN (SELECT each.task_id FROM task AS each, unnest(each.leads || each.issuer) AS named (code)
        JOIN down USING (code) WHERE each.overdue_since IS NOT NULL AND each.listed_by IS NULL)"""
)
_TASKS_OF_ALL: Final = _TASKS.format(seen="$1::text IS NULL")


@dataclass(frozen=True, slots=True)
class Supervision:
    """A supervision as it stands. `listed_at` counts when it is new only."""

    kind: Kind
    subject: str
    title: str
    units: tuple[str, ...]
    listing_unit: str
    trigger: str
    reason: str
    listed_at: datetime
    grade: str | None = None
    plan_id: str | None = None
    publish_by: datetime | None = None
    published_at: datetime | None = None
    progress_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """That a supervision ended."""

    kind: Kind
    subject: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which supervisions are asked for; None: any."""

    kind: Kind | None = None
    listing_unit: str | None = None
    open: bool | None = None


async def keep(connection: Connection, supervisions: Sequence[Supervision], endings: Sequence[Ending]) -> None:
    """Write supervisions, at most one a subject; those that end were there before."""
    if endings:
        await connection.execute(_END, *_columns(endings, ("kind", "subject", "at", "reason")))
    if not supervisions:
        return
    names = (
        "kind", "subject", "title", "units", "listing_unit", "trigger", "reason", "grade", "plan_id", "listed_at", "publish_by",
        "published_at", "progress_due_at",
    )  # fmt: skip
    columns = _columns(supervisions, names)
    columns[3] = [json.dumps(each.units) for each in supervisions]  # unnest would flatten arrays of arrays
    await connection.execute(_KEEP, *columns)


async def page(pool: Pool, unit: str | None, wanted: Wanted, after: UUID, limit: int) -> list[asyncpg.Record]:
    """Return supervisions that a unit, or a unit below it, answers for or made, the oldest first. None: of the platform."""
    query = _PAGE_OF_ALL if unit is None else _PAGE_BELOW
    return await pool.fetch(query, unit, after, wanted.kind, wanted.listing_unit, wanted.open, limit)


async def candidate_hazards(pool: Pool, unit: str, after: UUID, limit: int) -> list[asyncpg.Record]:
    """Return hazards of a subtree that the triggers of DOMAIN 3 hold for and nobody has listed."""
    return await pool.fetch(CANDIDATE_HAZARDS, unit, after, limit)


async def candidate_tasks(pool: Pool, unit: str | None, after: str, limit: int) -> list[asyncpg.Record]:
    """Return overdue tasks that nobody has listed, and that a unit of the subtree leads or issued."""
    return await pool.fetch(_TASKS_OF_ALL if unit is None else _TASKS_BELOW, unit, after, limit)


def _columns(rows: Sequence[Any], names: Sequence[str]) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in names]
