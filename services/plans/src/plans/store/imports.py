"""Imports of documents and the drafts found in them.

`plan_import`, one row for every document and unit: `import_id` (uuidv7, so in the order of import), `unit` that imported it, the
file's `name`, `format` (txt, docx, pdf), `file_digest` (SHA-256 of its bytes), `content_digest` (over the digests of its plans;
unique for a unit), `lines` (the source as it was read: a draft's span (a, b) is `lines[a - 1:b]`), `warnings` about the file,
`imported_at`, `actor_subject`. `plan_draft`, one row for every plan in it: `import_id`, `position` from 1, `content_digest`,
`draft` (`plans.importing.draft.PlanDraft` as JSON). Rows are only added; what a person makes of a draft is kept elsewhere.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from plans.importing.draft import PlanDraft, WarningDraft
from servicekit import units
from servicekit.database import Connection, Pool

_INSERT = """
INSERT INTO plan_import (unit, name, format, file_digest, content_digest, lines, warnings, imported_at, actor_subject)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (unit, content_digest) DO NOTHING
RETURNING import_id
"""
_INSERT_DRAFTS = """
INSERT INTO plan_draft (import_id, position, content_digest, draft)
SELECT $1, given.position, given.content_digest, given.draft::jsonb
FROM unnest($2::int[], $3::text[], $4::text[]) AS given (position, content_digest, draft)
"""
_FIND = "SELECT * FROM plan_import WHERE import_id = $1"
_FIND_SAME = "SELECT * FROM plan_import WHERE unit = $1 AND content_digest = $2"
_DRAFTS = "SELECT draft FROM plan_draft WHERE import_id = $1 ORDER BY position"
_EARLIER = """
SELECT DISTINCT ON (plan_draft.content_digest) plan_draft.content_digest, plan_import.import_id, plan_import.name
FROM plan_draft JOIN plan_import USING (import_id)
WHERE plan_import.unit = $1 AND plan_draft.content_digest = ANY($2::text[])
ORDER BY plan_draft.content_digest, plan_import.import_id
"""
_ITEM = """
SELECT import_id, unit, name, format, file_digest, imported_at,
    (SELECT count(*) FROM plan_draft WHERE plan_draft.import_id = plan_import.import_id) AS plans
FROM plan_import
"""
_LIST_ALL = f"{_ITEM} WHERE import_id > $1 ORDER BY import_id LIMIT $2"
_LIST = f"""
WITH RECURSIVE down (code, depth) AS (
    SELECT $3::text, 1
    UNION ALL
    SELECT unit.code, down.depth + 1 FROM down JOIN unit ON unit.parent = down.code WHERE down.depth < {units.MAX_DEPTH}
)
{_ITEM} WHERE unit IN (SELECT code FROM down) AND import_id > $1 ORDER BY import_id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class NewImport:
    """A document that was read, before it is stored."""

    unit: str
    name: str
    format: str
    file_digest: str
    content_digest: str
    lines: Sequence[str]
    warnings: Sequence[WarningDraft]
    drafts: Sequence[PlanDraft]


@dataclass(frozen=True, slots=True)
class Import:
    """A stored import. Line n of the source is `lines[n - 1]`."""

    import_id: UUID
    unit: str
    name: str
    format: str
    file_digest: str
    content_digest: str
    lines: tuple[str, ...]
    warnings: tuple[WarningDraft, ...]
    drafts: tuple[PlanDraft, ...]
    imported_at: datetime
    actor_subject: str


async def add(connection: Connection, new: NewImport, subject: str, at: datetime) -> UUID | None:
    """Store an import; None where the unit has imported the same content before."""
    import_id: UUID | None = await connection.fetchval(
        _INSERT,
        new.unit,
        new.name,
        new.format,
        new.file_digest,
        new.content_digest,
        list(new.lines),
        [each.model_dump(mode="json") for each in new.warnings],
        at,
        subject,
    )
    if import_id is not None:
        await connection.execute(
            _INSERT_DRAFTS,
            import_id,
            list(range(1, len(new.drafts) + 1)),
            [draft.content_digest for draft in new.drafts],
            [draft.model_dump_json() for draft in new.drafts],
        )
    return import_id


async def find(database: Connection | Pool, import_id: UUID) -> Import | None:
    """Return an import with its lines and drafts, or None."""
    return await _whole(database, await database.fetchrow(_FIND, import_id))


async def find_same(database: Connection | Pool, unit: str, content_digest: str) -> Import | None:
    """Return the unit's import of this content, or None."""
    return await _whole(database, await database.fetchrow(_FIND_SAME, unit, content_digest))


async def earlier(database: Connection | Pool, unit: str, digests: Collection[str]) -> dict[str, tuple[UUID, str]]:
    """For those of `digests` that the unit has imported: the first import that holds the plan, and its file's name."""
    rows = await database.fetch(_EARLIER, unit, list(digests))
    return {row["content_digest"]: (row["import_id"], row["name"]) for row in rows}


async def listed(pool: Pool, unit: str | None, after: UUID, limit: int) -> Sequence[asyncpg.Record]:
    """Return imports of a unit's subtree (None: all) after the import `after`, the oldest first, with the number of plans."""
    if unit is None:
        return await pool.fetch(_LIST_ALL, after, limit)
    return await pool.fetch(_LIST, after, limit, unit)


async def _whole(database: Connection | Pool, row: asyncpg.Record | None) -> Import | None:
    if row is None:
        return None
    drafts = await database.fetch(_DRAFTS, row["import_id"])
    fields: dict[str, Any] = dict(row)
    fields |= {
        "lines": tuple(row["lines"]),
        "warnings": tuple(WarningDraft.model_validate(each) for each in row["warnings"]),
        "drafts": tuple(PlanDraft.model_validate(each["draft"]) for each in drafts),
    }
    return Import(**fields)
