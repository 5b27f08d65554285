"""Tasks of plans as far as their supervision goes, and whose plan is whose."""

import json
from collections.abc import Collection, Sequence
from typing import Final

import asyncpg

from contracts.events.plans import PlanEvent
from hazards.domain.tasks import FollowedTask
from servicekit.database import Connection, Pool

_COLUMNS: Final = ("task_id", "sequence", "plan_id", "task", "title", "issuer", "leads", "listed_by")
_LOCK = "SELECT * FROM task JOIN unnest($1::text[]) AS given (task_id) USING (task_id) ORDER BY task_id FOR NO KEY UPDATE OF task"
_FIND = "SELECT * FROM task WHERE task_id = ANY ($1::text[])"
_KEEP = """
INSERT INTO task AS known (task_id, sequence, plan_id, task, title, issuer, leads, listed_by, overdue_since, file)
SELECT task_id, sequence, plan_id, task, title, issuer, ARRAY(SELECT jsonb_array_elements_text(leads::jsonb)), listed_by,
    overdue_since, file::jsonb
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
    $10::text[]) AS given (task_id, sequence, plan_id, task, title, issuer, leads, listed_by, overdue_since, file)
ORDER BY task_id
ON CONFLICT (task_id) DO UPDATE
SET sequence = excluded.sequence, title = excluded.title, issuer = excluded.issuer, leads = excluded.leads,
    listed_by = excluded.listed_by, overdue_since = excluded.overdue_since, file = excluded.file
WHERE known.sequence < excluded.sequence
"""
_KEEP_PLANS = """
INSERT INTO plan AS known (plan_id, sequence, issuer, title)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) ORDER BY 1
ON CONFLICT (plan_id) DO UPDATE SET sequence = excluded.sequence, issuer = excluded.issuer, title = excluded.title
WHERE known.sequence < excluded.sequence
"""
_ISSUER = "SELECT issuer FROM plan WHERE plan_id = $1"


async def lock(connection: Connection, task_ids: Collection[str]) -> dict[str, FollowedTask]:
    """Return those of some tasks that were heard of, held for change."""
    return _read(await connection.fetch(_LOCK, list(task_ids)))


async def find(database: Connection | Pool, task_ids: Collection[str]) -> dict[str, FollowedTask]:
    """Return those of some tasks that were heard of."""
    return _read(await database.fetch(_FIND, list(task_ids)))


async def keep(connection: Connection, tasks: Sequence[FollowedTask]) -> None:
    """Write tasks, each once."""
    await connection.execute(
        _KEEP,
        [task.task_id for task in tasks],
        [task.sequence for task in tasks],
        [task.plan_id for task in tasks],
        [task.task for task in tasks],
        [task.title for task in tasks],
        [task.issuer for task in tasks],
        [json.dumps(task.leads) for task in tasks],  # unnest would flatten arrays of arrays
        [task.listed_by for task in tasks],
        [task.overdue_since for task in tasks],
        [task.model_dump_json(include={"passed"}) for task in tasks],
    )


async def keep_plans(connection: Connection, plans: Sequence[tuple[int, PlanEvent]]) -> None:
    """Write whose plans are, each plan once with the sequence of its event."""
    await connection.execute(
        _KEEP_PLANS,
        [event.plan_id for _, event in plans],
        [sequence for sequence, _ in plans],
        [event.issuer for _, event in plans],
        [event.title for _, event in plans],
    )


async def issuer(database: Connection | Pool, plan_id: str) -> str | None:
    """Return who issued a plan, or None if it has not been heard of."""
    code: str | None = await database.fetchval(_ISSUER, plan_id)
    return code


def _read(rows: Sequence[asyncpg.Record]) -> dict[str, FollowedTask]:
    return {
        row["task_id"]: FollowedTask.model_validate({**row["file"], **{name: row[name] for name in _COLUMNS}}) for row in rows
    }
