"""A page of hazards is a range of an index, for a village as for a nation, whatever is asked for."""

from collections.abc import Iterator
from typing import Any

import pytest
from reporting_world import World

from reporting.store import hazards as store
from reporting.store.hazards import Wanted

pytestmark = pytest.mark.io
HAZARDS = 20_000
FILL = """
INSERT INTO hazard (hazard_id, number, unit, title, category, state, overdue_since, sequence)
SELECT 'h' || lpad(n::text, 6, '0'), 'n' || n, 'V' || n % 400, '柴草', '用火',
    (ARRAY['ordered', 'closed', 'submitted'])[1 + n % 3],
    CASE WHEN n % 300 = 0 THEN now() END, 2
FROM generate_series(1, $1) AS n
"""
FILL_SCOPE = """
INSERT INTO hazard_scope (ancestor, hazard_id, state, overdue)
SELECT ancestor, hazard_id, state, overdue_since IS NOT NULL FROM hazard, LATERAL (VALUES (''), ('C'), (unit)) AS line (ancestor)
"""


class Explaining:
    """Stands where the pool stands, and explains each query instead of running it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.plans: list[dict[str, Any]] = []

    async def fetch(self, query: str, *values: object) -> list[Any]:
        async with self._world.pool.acquire() as connection, connection.transaction():
            plan = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *values)
        self.plans.append(plan[0]["Plan"])
        return []


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


@pytest.fixture
async def many(world: World) -> World:
    await world.pool.execute(FILL, HAZARDS)
    await world.pool.execute(FILL_SCOPE)
    await world.pool.execute("VACUUM ANALYZE hazard")
    await world.pool.execute("VACUUM ANALYZE hazard_scope")
    return world


ASKED: list[tuple[str | None, Wanted]] = [
    (None, Wanted()),
    ("C", Wanted()),
    ("V7", Wanted()),
    ("C", Wanted(unit="V7")),
    ("C", Wanted(state="ordered")),
    ("C", Wanted(overdue=True)),
    (None, Wanted(state="ordered", overdue=True)),
    ("C", Wanted(category="用火")),
]


async def test_a_page_reads_about_as_many_rows_as_it_shows(many: World) -> None:
    explaining = Explaining(many)
    for caller, wanted in ASKED:
        await store.page(explaining, caller, wanted, "h000100", 50)  # type: ignore[arg-type] - only `fetch` is used
    for asked, plan in zip(ASKED, explaining.plans, strict=True):
        scans = [node for node in nodes(plan) if "Relation Name" in node]
        touched = sum((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in scans)
        assert touched <= 50 * 12, asked
