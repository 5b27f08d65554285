"""What was read for a drafted plan, and what a person decided about each item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from plans.domain.extracts import Extracted
from servicekit.database import Connection, Pool

Decision = Literal["pending", "accepted", "corrected", "rejected"]

_ORIGIN = "INSERT INTO plan_origin (plan_id, import_id, position) VALUES ($1, $2, $3)"
_BEGIN = """
INSERT INTO plan_review (plan_id, number, item, first_line, last_line, printed, confidence)
SELECT $1, given.number, given.item, given.first_line, given.last_line, given.printed, given.confidence
FROM unnest($2::text[], $3::int[], $4::int[], $5::text[], $6::real[])
    WITH ORDINALITY AS given (item, first_line, last_line, printed, confidence, number)
"""
_FIND_ORIGIN = """
SELECT plan_origin.import_id, plan_origin.position, plan_import.lines FROM plan_origin JOIN plan_import USING (import_id)
WHERE plan_id = $1
"""
_PAGE = "SELECT * FROM plan_review WHERE plan_id = $1 AND number > $2 ORDER BY number LIMIT $3"
_ITEMS = "SELECT item FROM plan_review WHERE plan_id = $1"
_DECIDE = """
UPDATE plan_review SET decision = given.decision, decided_at = $2, decided_by = $3
FROM unnest($4::text[], $5::text[]) AS given (item, decision)
WHERE plan_review.plan_id = $1 AND plan_review.item = given.item
"""
_PENDING = "SELECT count(*) FROM plan_review WHERE plan_id = $1 AND decision = 'pending'"


@dataclass(frozen=True, slots=True)
class Origin:
    """The plan of an import that a draft was made of; `lines` is the whole source."""

    import_id: UUID
    position: int
    lines: tuple[str, ...]


async def begin(connection: Connection, plan_id: UUID, import_id: UUID, position: int, items: Sequence[Extracted]) -> None:
    """Keep where a drafted plan comes from; nothing of it is decided yet."""
    await connection.execute(_ORIGIN, plan_id, import_id, position)
    await connection.execute(
        _BEGIN,
        plan_id,
        [each.item for each in items],
        [each.span[0] for each in items],
        [each.span[1] for each in items],
        [each.printed for each in items],
        [each.confidence for each in items],
    )


async def origin(pool: Pool, plan_id: UUID) -> Origin | None:
    """Return where a plan comes from; None: a person wrote it."""
    row = await pool.fetchrow(_FIND_ORIGIN, plan_id)
    return None if row is None else Origin(row["import_id"], row["position"], tuple(row["lines"]))


async def page(pool: Pool, plan_id: UUID, after: int, limit: int) -> Sequence[asyncpg.Record]:
    """Return what was read, in the order of the source."""
    return await pool.fetch(_PAGE, plan_id, after, limit)


async def items(connection: Connection, plan_id: UUID) -> set[str]:
    """Return the paths of everything that was read."""
    return {row["item"] for row in await connection.fetch(_ITEMS, plan_id)}


async def decide(
    connection: Connection, plan_id: UUID, decisions: Mapping[str, Decision], subject: str, at: datetime
) -> None:  # fmt: skip
    """Keep what a person decided."""
    await connection.execute(_DECIDE, plan_id, at, subject, list(decisions), list(decisions.values()))


async def pending(database: Connection | Pool, plan_id: UUID) -> int:
    """Count what nobody has decided yet."""
    count: int = await database.fetchval(_PENDING, plan_id)
    return count
