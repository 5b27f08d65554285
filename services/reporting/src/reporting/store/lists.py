"""Lists of plans: their definitions, and their rows as views over tasks and hazards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.events.plans import PlanEvent
from reporting.domain.tasks import KnownTask
from reporting.store import tasks
from reporting.store.visibility import Conditions, scope_of
from servicekit.database import Connection, Pool
from servicekit.units import within

_CLEAR: Final = "DELETE FROM plan_list WHERE plan_id = $1"
_WRITE: Final = """
INSERT INTO plan_list (plan_id, list_id, position, name, parts)
SELECT $1, list_id, position, name, parts::jsonb
FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS given (list_id, name, parts, position)
"""
_ISSUER: Final = "SELECT issuer FROM plan WHERE plan_id = $1"
_DEFINITIONS: Final = """
SELECT plan_id, list_id, name, parts FROM plan_list
WHERE plan_id = $1 AND ($2::text IS NULL OR list_id = $2) ORDER BY position
"""
_OF_HAZARDS: Final = {"hazards": "true", "measures": "h.measures IS NOT NULL", "responsibility": "h.responsible_unit IS NOT NULL"}
"""Which hazards a part of a kind shows: each of the plan, those with measures, those with somebody responsible."""
_HAZARD: Final = """
    hazard_id, number, unit, title, category, state, measures, ordering_unit, responsible_unit, due_at, overdue_since
"""


@dataclass(frozen=True, slots=True)
class Definition:
    """A list of a plan; `parts` are names with kinds."""

    plan_id: str
    list_id: str
    name: str
    parts: Sequence[Mapping[str, str]]

    def names(self, *kinds: str) -> list[str]:
        """The names of the parts of some kinds."""
        return [part["name"] for part in self.parts if part["kind"] in kinds]


async def replace(connection: Connection, event: PlanEvent) -> None:
    """Write the lists of a plan as its newest event says."""
    await connection.execute(_CLEAR, event.plan_id)
    lists = {each.id: each for each in event.lists}
    parts = [f"[{','.join(part.model_dump_json() for part in each.parts)}]" for each in lists.values()]
    await connection.execute(_WRITE, event.plan_id, list(lists), [each.name for each in lists.values()], parts)


async def definitions(pool: Pool, caller: str | None, plan_id: str, only: str | None = None) -> list[Definition] | None:
    """The lists of a plan in the plan's order; None where there is no such plan for a caller who is not in its line."""
    issuer: str | None = await pool.fetchval(_ISSUER, plan_id)
    if issuer is None:
        return None
    if caller is not None and not (await within(pool, caller, issuer) or await within(pool, issuer, caller)):
        return None
    return [Definition(**row) for row in await pool.fetch(_DEFINITIONS, plan_id, only)]


async def counts(pool: Pool, caller: str | None, plan_id: str) -> dict[str, int]:
    """How many rows parts of each kind have for the caller."""
    scope = await scope_of(pool, caller)
    given = Conditions(["t.in_force", "t.facts IS NOT NULL"])
    given.equal("t.plan_id", plan_id)
    scope.any_of(given, "t.parties")
    of_tasks = await pool.fetchval(f"SELECT count(*) FROM task t WHERE {given}", *given.values)
    given = Conditions()
    given.equal("h.plan_id", plan_id)
    scope.over(given, "h.unit")
    columns = ", ".join(f"count(*) FILTER (WHERE {which}) AS {kind}" for kind, which in _OF_HAZARDS.items())
    row = await pool.fetchrow(f"SELECT {columns} FROM hazard h WHERE {given}", *given.values)
    return {"tasks": of_tasks, **(dict(row) if row is not None else {})}


async def task_rows(
    pool: Pool, caller: str | None, plan_id: str, after: tuple[str, int, str] | None, limit: int
) -> list[KnownTask]:
    """The next rows of a part that shows tasks, in the plan's order."""
    return await tasks.listed(pool, caller, plan_id=plan_id, unit=None, overdue=None, after=after, limit=limit)


async def hazard_rows(
    pool: Pool, caller: str | None, definition: Definition, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """The next hazards that any part of the list shows, by id; none where no part shows hazards."""
    kinds = [kind for kind in _OF_HAZARDS if definition.names(kind)]
    if not kinds:
        return []
    given = Conditions([f"({' OR '.join(_OF_HAZARDS[kind] for kind in kinds)})"])
    given.equal("h.plan_id", definition.plan_id)
    if after is not None:
        given.add(f"h.hazard_id > {given.bind(after)}")
    (await scope_of(pool, caller)).among(given, "h.unit")
    query = f"SELECT {_HAZARD} FROM hazard h WHERE {given} ORDER BY h.hazard_id LIMIT {limit:d}"
    return [dict(row) for row in await pool.fetch(query, *given.values)]


def parts_of(definition: Definition, hazard: Mapping[str, Any]) -> list[str]:
    """The parts of a list in which a hazard stands."""
    told = {"hazards": True, "measures": hazard["measures"], "responsibility": hazard["responsible_unit"]}
    return definition.names(*(kind for kind, there in told.items() if there))
