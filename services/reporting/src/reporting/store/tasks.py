"""The read model of tasks."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from reporting.domain.tasks import KnownTask
from reporting.store.visibility import Conditions, scope_of
from servicekit.database import Connection, Pool

# Two processes may hear of a task at the same time, one from its plan and one from itself: a row is there to be locked first.
_RESERVE: Final = """
INSERT INTO task (task_id, plan_id, task)
SELECT task_id, plan_id, task FROM unnest($1::text[], $2::text[], $3::text[]) AS given (task_id, plan_id, task) ORDER BY task_id
ON CONFLICT DO NOTHING
"""
_LOCK: Final = """
SELECT facts FROM task WHERE task_id = ANY($1::text[]) ORDER BY task_id FOR NO KEY UPDATE
"""
_OTHERS: Final = "SELECT task_id, task FROM task WHERE plan_id = $1 AND NOT task_id = ANY($2::text[])"
_WRITE: Final = """
UPDATE task SET position = given.position, in_force = given.in_force, state = given.state, overdue_since = given.overdue_since,
    facts = given.facts, parties = ARRAY(SELECT DISTINCT jsonb_array_elements_text(
        jsonb_build_array(given.facts -> 'issuer') || (given.facts -> 'leads') || (given.facts -> 'supports')))
FROM unnest($1::text[], $2::int[], $3::bool[], $4::text[], $5::timestamptz[], $6::jsonb[])
    AS given (task_id, position, in_force, state, overdue_since, facts)
WHERE task.task_id = given.task_id
"""
Names = Mapping[str, tuple[str, str]]
"""Plan and id in the plan, by task id."""


async def lock(connection: Connection, names: Names) -> dict[str, KnownTask]:
    """Lock tasks and return what is known of them; those that are new are left out."""
    ids = list(names)
    await connection.execute(_RESERVE, ids, [names[each][0] for each in ids], [names[each][1] for each in ids])
    rows = await connection.fetch(_LOCK, ids)
    return {task.task_id: task for row in rows if row["facts"] is not None and (task := KnownTask.model_validate(row["facts"]))}


async def others(connection: Connection, plan_id: str, kept: Collection[str]) -> dict[str, tuple[str, str]]:
    """Tasks of a plan beside some."""
    rows = await connection.fetch(_OTHERS, plan_id, list(kept))
    return {row["task_id"]: (plan_id, row["task"]) for row in rows}


async def write(connection: Connection, tasks: Collection[KnownTask]) -> None:
    """Write what is known of locked tasks, in one statement."""
    await connection.execute(
        _WRITE,
        [each.task_id for each in tasks],
        [each.position for each in tasks],
        [each.in_force for each in tasks],
        [each.state for each in tasks],
        [each.overdue_since for each in tasks],
        [each.model_dump(mode="json") for each in tasks],
    )


async def listed(
    pool: Pool,
    caller: str | None,
    *,
    plan_id: str | None,
    unit: str | None,
    overdue: bool | None,
    after: tuple[str, int, str] | None,
    limit: int,
) -> list[KnownTask]:
    """Tasks in force in which the caller's subtree has a part, by plan and place in it."""
    given = Conditions(["t.in_force", "t.facts IS NOT NULL"])
    given.equal("t.plan_id", plan_id)
    if unit is not None:
        given.add(f"t.parties @> ARRAY[{given.bind(unit)}]::text[]")
    if overdue is not None:
        given.add(f"t.overdue_since IS {'NOT ' if overdue else ''}NULL")
    if after is not None:
        given.add(f"(t.plan_id, t.position, t.task) > ({', '.join(given.bind(part) for part in after)})")
    (await scope_of(pool, caller)).any_of(given, "t.parties")
    query = f"SELECT facts FROM task t WHERE {given} ORDER BY plan_id, position, task LIMIT {limit:d}"
    return [KnownTask.model_validate(row["facts"]) for row in await pool.fetch(query, *given.values)]


def row_of(task: KnownTask) -> dict[str, Any]:
    """A task as its list shows it."""
    late = {each.deadline: each.due_at for each in reversed(task.overdue)}
    deadlines = [
        {**due.model_dump(), "overdue_since": late.get(due.id), "state": _state_of(task, due.id)} for due in task.deadlines
    ]
    return {
        **task.model_dump(exclude={"plan_sequence", "sequence", "completed", "confirmed", "nothing_open", "passed", "position"}),
        "deadlines": deadlines,
        "state": task.state,
        "overdue_since": task.overdue_since,
    }


def _state_of(task: KnownTask, deadline: str) -> str:
    return "completed" if deadline in task.completed else "confirmed" if deadline in task.confirmed else "open"
