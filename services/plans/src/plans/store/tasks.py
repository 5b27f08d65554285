"""Tasks in force, who has a part in them, and every state they had."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from contracts import Actor
from plans.domain.content import TaskDeadline
from plans.domain.tasks.record import TrackedTask
from plans.domain.tasks.state import TaskState
from servicekit.database import Connection, Pool

_COLUMNS: Final = (
    "plan_id, task, position, version, sequence, in_force, issuer, zone, topic, text, leads, supports, deadlines, state"
)  # fmt: skip
_OF_PLAN = f"SELECT {_COLUMNS} FROM task WHERE plan_id = $1 ORDER BY position, task"
_LOCK_PLAN = f"{_OF_PLAN} FOR UPDATE"
_PAGE = f"""
SELECT {_COLUMNS} FROM task WHERE plan_id = $1 AND in_force AND (position, task) > ($2, $3) ORDER BY position, task LIMIT $4
"""
_FIND = f"SELECT {_COLUMNS} FROM task WHERE plan_id = $1 AND task = $2"
_LOCK = f"{_FIND} FOR UPDATE"
_DUE = f"""
SELECT {_COLUMNS} FROM task WHERE fires_at <= $1 ORDER BY fires_at, plan_id, task LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_NEXT_DUE = "SELECT min(fires_at) FROM task WHERE fires_at IS NOT NULL"
# unnest would flatten arrays of arrays: units travel as JSON.
_WRITE = """
INSERT INTO task AS known (plan_id, task, position, version, sequence, in_force, issuer, zone, topic, text, leads, supports,
    deadlines, state, fires_at)
SELECT plan_id, task, position, version, sequence, in_force, issuer, zone, topic, text,
    ARRAY(SELECT jsonb_array_elements_text(leads::jsonb)), ARRAY(SELECT jsonb_array_elements_text(supports::jsonb)),
    deadlines::jsonb, state::jsonb, fires_at
FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::bigint[], $6::boolean[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::timestamptz[])
    AS given (plan_id, task, position, version, sequence, in_force, issuer, zone, topic, text, leads, supports, deadlines, state,
        fires_at)
ON CONFLICT (plan_id, task) DO UPDATE
SET position = excluded.position, version = excluded.version, sequence = excluded.sequence, in_force = excluded.in_force,
    topic = excluded.topic, text = excluded.text, leads = excluded.leads, supports = excluded.supports,
    deadlines = excluded.deadlines, state = excluded.state, fires_at = excluded.fires_at
"""
_KEEP = """
INSERT INTO task_change
    (plan_id, task, version, change, occurred_at, recorded_at, actor_subject, actor_unit, on_behalf_of, in_force, state)
SELECT plan_id, task, version, $1, occurred_at, $2, $3, $4, $5, in_force, state::jsonb
FROM unnest($6::uuid[], $7::text[], $8::int[], $9::timestamptz[], $10::boolean[], $11::text[])
    AS given (plan_id, task, version, occurred_at, in_force, state)
"""
_FORGET_PARTIES = "DELETE FROM task_party WHERE plan_id = $1"
_KEEP_PARTIES = """
INSERT INTO task_party (unit, plan_id, task)
SELECT DISTINCT party, plan_id, task FROM task, unnest(leads || supports) AS party WHERE plan_id = $1 AND in_force
"""
_OF_UNIT = f"""
SELECT {_COLUMNS} FROM task_party JOIN task USING (plan_id, task)
WHERE unit = $1 AND (plan_id, task) > ($2, $3) ORDER BY plan_id, task LIMIT $4
"""
_HAS_PART = "SELECT EXISTS (SELECT FROM task_party WHERE unit = $1 AND plan_id = $2)"
_HISTORY = """
SELECT version, change, occurred_at, recorded_at, actor_subject, actor_unit FROM task_change
WHERE plan_id = $1 AND task = $2 ORDER BY version DESC LIMIT $3
"""
_AS_OF = """
SELECT DISTINCT ON (task) task, in_force, state FROM task_change
WHERE plan_id = $1 AND recorded_at <= $2 ORDER BY task, version DESC
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """A task after a change, and when that occurred."""

    task: TrackedTask
    occurred_at: datetime


async def of_plan(database: Connection | Pool, plan_id: UUID) -> list[TrackedTask]:
    """Return every task that a plan in force has or had, in the plan's order."""
    return [_task(row) for row in await database.fetch(_OF_PLAN, plan_id)]


async def lock_plan(connection: Connection, plan_id: UUID) -> dict[str, TrackedTask]:
    """Return the same by id, held for change."""
    return {row["task"]: _task(row) for row in await connection.fetch(_LOCK_PLAN, plan_id)}


async def page(pool: Pool, plan_id: UUID, after: tuple[int, str], limit: int) -> list[TrackedTask]:
    """Return tasks in force that come after (position, id) in a plan."""
    return [_task(row) for row in await pool.fetch(_PAGE, plan_id, *after, limit)]


async def of_unit(pool: Pool, unit: str, after: tuple[UUID, str], limit: int) -> list[TrackedTask]:
    """Return tasks in force that a unit leads or has a part in, after (plan, id)."""
    return [_task(row) for row in await pool.fetch(_OF_UNIT, unit, *after, limit)]


async def find(pool: Pool, plan_id: UUID, task: str) -> TrackedTask | None:
    """Return a task, or None."""
    row = await pool.fetchrow(_FIND, plan_id, task)
    return None if row is None else _task(row)


async def lock(connection: Connection, plan_id: UUID, task: str) -> TrackedTask | None:
    """Return a task, held for change until the end of the transaction."""
    row = await connection.fetchrow(_LOCK, plan_id, task)
    return None if row is None else _task(row)


async def lock_due(connection: Connection, now: datetime, limit: int) -> list[TrackedTask]:
    """Return at most `limit` tasks of which a deadline has passed, the earliest first, held for change."""
    return [_task(row) for row in await connection.fetch(_DUE, now, limit)]


async def next_due(pool: Pool) -> datetime | None:
    """Return the earliest deadline that has not fired."""
    instant: datetime | None = await pool.fetchval(_NEXT_DUE)
    return instant


async def write(connection: Connection, change: str, changed: Sequence[Changed], actor: Actor | None, at: datetime) -> None:
    """Store tasks after one kind of change, and keep their states; without an actor it was time that changed them."""
    tasks = [each.task for each in changed]
    states = [each.state.model_dump_json(exclude_defaults=True) for each in tasks]
    await connection.execute(
        _WRITE,
        [each.plan_id for each in tasks],
        [each.task for each in tasks],
        [each.position for each in tasks],
        [each.version for each in tasks],
        [each.sequence for each in tasks],
        [each.in_force for each in tasks],
        [each.issuer for each in tasks],
        [each.zone for each in tasks],
        [each.topic for each in tasks],
        [each.text for each in tasks],
        [json.dumps(each.leads) for each in tasks],
        [json.dumps(each.supports) for each in tasks],
        [json.dumps([one.model_dump(mode="json", exclude_defaults=True) for one in each.deadlines]) for each in tasks],
        states,
        [each.fires_at for each in tasks],
    )
    await connection.execute(
        _KEEP,
        change,
        at,
        actor.subject if actor else None,
        actor.unit if actor else None,
        actor.on_behalf_of if actor else None,
        [each.plan_id for each in tasks],
        [each.task for each in tasks],
        [each.version for each in tasks],
        [each.occurred_at for each in changed],
        [each.in_force for each in tasks],
        states,
    )


async def assign(connection: Connection, plan_id: UUID) -> None:
    """Bring who has a part in a plan's tasks in line with the tasks."""
    await connection.execute(_FORGET_PARTIES, plan_id)
    await connection.execute(_KEEP_PARTIES, plan_id)


async def has_part(pool: Pool, plan_id: UUID, unit: str) -> bool:
    """Whether a unit has a part in a task in force of a plan."""
    found: bool = await pool.fetchval(_HAS_PART, unit, plan_id)
    return found


async def history(pool: Pool, plan_id: UUID, task: str, limit: int) -> Sequence[asyncpg.Record]:
    """Return the newest changes of a task with who made them, the newest first."""
    return await pool.fetch(_HISTORY, plan_id, task, limit)


async def as_of(pool: Pool, plan_id: UUID, instant: datetime) -> dict[str, TaskState]:
    """Return the states that a plan's tasks in force had, as known at an instant."""
    rows = await pool.fetch(_AS_OF, plan_id, instant)
    return {row["task"]: TaskState.model_validate(row["state"]) for row in rows if row["in_force"]}


def _task(row: asyncpg.Record) -> TrackedTask:
    read: dict[str, Any] = {
        **row,
        "leads": tuple(row["leads"]),
        "supports": tuple(row["supports"]),
        "deadlines": tuple(TaskDeadline.model_validate(each) for each in row["deadlines"]),
        "state": TaskState.model_validate(row["state"]),
    }
    return TrackedTask(**read)
