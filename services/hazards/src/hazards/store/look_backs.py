"""Look-back campaigns and the hazards that they drew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from hazards.domain.look_backs import LookBack, NewLookBack, overdue
from servicekit.database import Connection, Pool

# The frame, the draw and the items in one statement, so that they see the same hazards, and none of them leaves the database.
# The sort keeps the lowest places only (top-N), so that a draw costs one pass over the frame.
_DRAW = """
WITH frame AS MATERIALIZED (
    SELECT hazard.hazard_id FROM hazard_scope AS seen JOIN hazard USING (hazard_id)
    WHERE seen.ancestor = $2 AND seen.state = 'closed' AND hazard.state = 'closed' AND hazard.closed_at < $10
        AND ($4::text IS NULL OR hazard.plan_id = $4)
        AND ($12::timestamptz IS NULL OR hazard.closed_at >= $12) AND ($13::timestamptz IS NULL OR hazard.closed_at < $13)
        AND ($14::text IS NULL OR hazard.grade = $14) AND ($15::text IS NULL OR hazard.category = $15)
        AND ($16::text IS NULL OR hazard.enterprise = $16)
        AND ($17::boolean IS NULL OR $17 = EXISTS (
            SELECT FROM listing WHERE listing.kind = 'hazard' AND listing.subject = hazard.hazard_id::text))
), counted AS (
    SELECT count(*) AS frame_size FROM frame
), drawn AS (
    SELECT hazard_id FROM frame ORDER BY sha256(convert_to($7 || ':' || hazard_id, 'UTF8')), hazard_id LIMIT $8
), made AS (
    INSERT INTO look_back (campaign_id, unit, title, plan_id, of, filters, seed, frame_size, size, created_at, created_by, due_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, frame_size, least($8, frame_size), $10, $11, $9 FROM counted
    RETURNING campaign_id, frame_size
), added AS (
    INSERT INTO look_back_item (campaign_id, hazard_id) SELECT made.campaign_id, drawn.hazard_id FROM made, drawn
)
SELECT frame_size FROM made
"""
_SUMMARY: Final = """
SELECT look_back.*,
    (SELECT count(*) FROM look_back_item AS item WHERE item.campaign_id = look_back.campaign_id AND finding = 'sound') AS sound,
    (SELECT count(*) FROM look_back_item AS item WHERE item.campaign_id = look_back.campaign_id AND finding = 'fake') AS fake,
    (SELECT count(*) FROM look_back_item AS item WHERE item.campaign_id = look_back.campaign_id
        AND first_checked_at >= look_back.due_at) AS checked_late
FROM look_back
"""
_FIND: Final = _SUMMARY + "WHERE campaign_id = $1"
_PAGE: Final = _SUMMARY + "WHERE unit = $1 AND campaign_id > $2 ORDER BY campaign_id LIMIT $3"
_ITEMS = """
SELECT item.*, hazard.number, hazard.title, hazard.unit FROM look_back_item AS item JOIN hazard USING (hazard_id)
WHERE item.campaign_id = $1 AND hazard_id > $2
    AND ($3::text IS NULL OR ($3 = 'unchecked' AND item.finding IS NULL) OR item.finding = $3)
ORDER BY hazard_id LIMIT $4
"""
_TAKE = """
UPDATE look_back_item AS item
SET finding = given.finding, checked_at = given.at, first_checked_at = coalesce(item.first_checked_at, given.at),
    checked_by = given.subject
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[])
    AS given (campaign_id, hazard_id, finding, at, subject)
WHERE item.campaign_id = given.campaign_id AND item.hazard_id = given.hazard_id
RETURNING item.campaign_id, item.hazard_id
"""
_ID = "SELECT uuidv7()"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a hazard of a campaign; `at` is when it was received."""

    campaign_id: UUID
    hazard_id: UUID
    finding: str
    at: datetime
    subject: str | None


async def create(connection: Connection, new: NewLookBack, seed: str, size: int, subject: str, at: datetime) -> tuple[UUID, int]:
    """Draw a campaign: the `size` hazards of the frame that come first by the seed. Returns its id and the frame's size."""
    campaign_id: UUID = await connection.fetchval(_ID)
    frame = new.frame
    filters = frame.model_dump(mode="json", exclude_defaults=True)
    frame_size: int = await connection.fetchval(
        _DRAW, campaign_id, new.unit, new.title, new.plan_id, new.of, filters, seed, size, new.due, at, subject,
        frame.closed_from, frame.closed_until, frame.grade, frame.category, frame.enterprise, frame.listed,
    )  # fmt: skip
    return campaign_id, frame_size


async def find(database: Connection | Pool, campaign_id: UUID, now: datetime) -> LookBack | None:
    """Return a campaign as it is seen at `now`, or None."""
    row = await database.fetchrow(_FIND, campaign_id)
    return None if row is None else _read(row, now)


async def page(pool: Pool, unit: str, after: UUID, limit: int, now: datetime) -> list[LookBack]:
    """Return campaigns of a unit, the oldest first."""
    return [_read(row, now) for row in await pool.fetch(_PAGE, unit, after, limit)]


async def items(pool: Pool, campaign_id: UUID, state: str | None, after: UUID, limit: int) -> list[asyncpg.Record]:
    """Return the hazards that a campaign drew, in the order of their ids."""
    return await pool.fetch(_ITEMS, campaign_id, after, state, limit)


async def take(connection: Connection, findings: Sequence[Finding]) -> set[tuple[UUID, UUID]]:
    """Write findings; return for which campaigns and hazards there was a place."""
    rows = await connection.fetch(
        _TAKE,
        [each.campaign_id for each in findings],
        [each.hazard_id for each in findings],
        [each.finding for each in findings],
        [each.at for each in findings],
        [each.subject for each in findings],
    )
    return {(row["campaign_id"], row["hazard_id"]) for row in rows}


def _read(row: asyncpg.Record, now: datetime) -> LookBack:
    known: dict[str, Any] = {name: row[name] for name in LookBack.model_fields if name in row}
    checked = row["sound"] + row["fake"]
    return LookBack(
        **known,
        frame=row["filters"],
        due=row["due_at"],
        drawn=row["size"],
        checked=checked,
        overdue=overdue(row["size"], checked, row["due_at"], now),
    )
