"""Queries reach their rows through an index: what they cost follows what they are about, not how much there is.

PostgreSQL is asked how it would run each statement, with the values at hand and without knowing them.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from reporting_world import DAY, TOWN_DAILY, World, at, village_daily

from contracts.schedules import Schedule, Within
from local_stack.migrations import migrate
from local_stack.postgres import Postgres
from reporting import consumers
from reporting.commands.declare import Happening, declare
from reporting.commands.submit import Content, Target, correct, submit
from reporting.commands.submit_rollup import draft_rollup, submit_rollup
from reporting.deadlines import Escalation, Materialisation
from reporting.store import reads, visibility
from reporting.store.walking import Place
from servicekit.auth import Principal
from servicekit.database import Connection, Pool, _prepare
from servicekit.migrations import KIT

pytestmark = pytest.mark.io
TOWNS, VILLAGES, DAYS = 50, 10, 90
NOW = at("13:45")
MIGRATIONS = Path(__file__).parents[1] / "migrations"
BIG = {"expected_report", "submission", "unit", "unit_placement"}
FILL_UNITS = """
WITH other AS (SELECT format('X%s', n) AS code, format('X%s', n / 10) AS parent FROM generate_series(1, 20000) AS n), placed AS (
    INSERT INTO unit_placement (code, parent, valid_from) SELECT code, parent, $1 FROM other
)
INSERT INTO unit (code, name, level, groups, parent, registered_at, sequence)
SELECT code, code, 'village', '{}', parent, $1, 1 FROM other
"""
FILL = """
INSERT INTO obligation_period
    (plan_id, obligation, period, first_day, last_day, opens_at, cutoff_at, closes_at, reminders, escalations, type, reporters,
     recipients, rolls_up_into, in_force_from)
SELECT plan_id, obligation, period - $1::int, period - $1, period - $1, opens_at - $2::interval, cutoff_at - $2,
    closes_at - $2, '{}', '{}', type, reporters, recipients, rolls_up_into, in_force_from - $2
FROM obligation_period WHERE period = $3
"""
FILL_REPORTS = """
INSERT INTO expected_report
    (report_id, plan_id, obligation, type, unit, parent, period, cutoff_at, recipients, rollup_id, versions, received_at,
     entered_by, zero, handled_until)
SELECT report_id_of(plan_id, obligation, unit, period - $1::int), plan_id, obligation, type, unit, parent, period - $1,
    cutoff_at - $2::interval, recipients, report_id_of(plan_id, 'town-daily', parent, period - $1), 1, cutoff_at - $2,
    'self', false, cutoff_at - $2
FROM expected_report WHERE period = $3
"""
FILL_SUBMISSIONS = """
INSERT INTO submission (report_id, version, received_at, subject, entered_by, zero, items, texts)
SELECT report_id, 1, received_at, 'x', 'self', false, '{"fires": "1"}', '{}' FROM expected_report WHERE versions = 1
"""


@dataclass
class Asked:
    """The statements that were sent to the database, with their values."""

    pool: Pool
    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    async def whole_tables(self) -> list[str]:
        """What would be read from end to end: table and statement."""
        found: set[str] = set()
        async with self.pool.acquire() as connection:
            for query, values in list(self.statements):
                if query.lstrip().startswith(("SELECT", "WITH", "UPDATE", "INSERT")):
                    plans = [await connection.fetchval(f"EXPLAIN (FORMAT JSON) {query}", *values)]
                    plans.append(await plan_without_values(connection, query, len(values)))
                    scanned = {table for plan in plans for table in whole_tables(plan[0]["Plan"])} & BIG
                    found |= {f"{table}: {' '.join(query.split())[:300]}" for table in scanned}
        self.statements.clear()
        return sorted(found)


async def plan_without_values(connection: Connection, query: str, count: int) -> Any:
    """The driver asks by prepared statement, for which PostgreSQL may make one plan for whatever values come."""
    await connection.execute(f"SET plan_cache_mode = force_generic_plan; PREPARE one AS {query}")
    values = f"({', '.join(['NULL'] * count)})" if count else ""
    plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE one{values}")
    await connection.execute("DEALLOCATE one; RESET plan_cache_mode")
    return plan


def whole_tables(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from whole_tables(below)


@pytest.fixture(scope="module")
async def filled(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asked]:
    """Ninety days of a county of fifty towns with ten villages each, fifty thousand reports, in a province of other units."""
    url = await postgres.create_database("index_plans")
    await migrate(url, KIT, MIGRATIONS, log=tmp_path_factory.mktemp("dbmate") / "dbmate.log")
    statements: list[tuple[str, tuple[Any, ...]]] = []

    async def prepare(connection: Connection) -> None:
        await _prepare(connection)
        connection.add_query_logger(lambda record: statements.append((record.query, record.args)))

    pool = await asyncpg.create_pool(url, min_size=1, max_size=2, init=prepare, reset=_keep)
    world = World(pool)
    units = [world.registered("C", "county", None, at("00:00"))]
    units += [world.registered(f"T{town}", "town", "C", at("00:00")) for town in range(TOWNS)]
    units += [world.registered(f"V{t}-{v}", "village", f"T{t}", at("00:00")) for t in range(TOWNS) for v in range(VILLAGES)]
    await world.deliver([*units, world.issued(at("00:00"), [village_daily(), TOWN_DAILY])], at("00:00"))
    while await Materialisation().fire(pool, at("00:00"), 1000):
        pass
    for number in range(1, DAYS + 1):
        await pool.execute(FILL, number, timedelta(days=number), DAY)
        await pool.execute(FILL_REPORTS, number, timedelta(days=number), DAY)
    await pool.execute(FILL_SUBMISSIONS)
    await pool.execute(FILL_UNITS, at("00:00"))
    await pool.execute("ANALYZE")
    yield Asked(pool, statements)
    await pool.close()
    await postgres.drop_database("index_plans")


@pytest.fixture
def asked(filled: Asked) -> Asked:
    filled.statements.clear()
    return filled


@asynccontextmanager
async def undone(connection: Connection) -> AsyncIterator[None]:
    """A transaction that leaves nothing behind for the next test."""
    whole = connection.transaction()
    await whole.start()
    yield
    await whole.rollback()


async def _keep(_connection: Connection) -> None:
    """A query logger outlives the session of a user."""


async def test_sweeps_find_what_is_due_by_an_index(asked: Asked) -> None:
    assert await Escalation().next_due(asked.pool) == at("13:30")
    while await Escalation().fire(asked.pool, NOW, 100):
        pass
    await Escalation().fire(asked.pool, at("15:00"), 100)
    assert len(asked.statements) > 20
    assert await asked.whole_tables() == []


async def test_commands_find_their_report_its_children_and_what_stands_above_by_an_index(asked: Asked) -> None:
    fires = Content(zero=False, items={}, texts={"a": "b"})
    zero = Content(zero=True, items={}, texts={})
    village, town = Principal("x", "V1-1", frozenset({"office"})), Principal("x", "T1", frozenset({"office"}))
    async with asked.pool.acquire() as connection, undone(connection):
        await submit(connection, village, Target("village-daily", "V1-1"), zero, NOW)
        await submit_rollup(connection, town, Target("town-daily", "T1"), NOW)
        await draft_rollup(connection, town, Target("town-daily", "T1"), NOW)
        await correct(connection, village, Target("village-daily", "V1-1"), fires, NOW)
    assert len(asked.statements) > 20
    assert await asked.whole_tables() == []


async def test_changes_of_the_tree_touch_the_units_concerned_and_the_periods_still_open(asked: Asked) -> None:
    world = World(asked.pool)
    world.levels |= {"V1-1": "village"}
    async with asked.pool.acquire() as connection, undone(connection):
        registered = world.registered("N1", "village", "T1", NOW)
        hazards = [world.told("h1", "V1-1", at("12:00"), NOW), world.told("h2", "V1-2", at("12:00"), NOW)]
        await consumers.apply(connection, [registered, *hazards], NOW)
        await consumers.apply(connection, [world.moved("N1", "T2", NOW), world.registered("N2", "town", "C", NOW)], NOW)
    assert len(asked.statements) > 20
    assert await asked.whole_tables() == []


async def test_who_declares_an_occurrence_touches_its_own_unit_only(asked: Asked) -> None:
    world, village = World(asked.pool), Principal("x", "V1-1", frozenset({"office"}))
    at_once = Schedule(every="event", trigger="fire", within=Within(hours=0))
    fire = village_daily(id="fire", schedule=at_once, every="event", rolls_up_into=None)
    async with asked.pool.acquire() as connection, undone(connection):
        await consumers.apply(connection, [world.issued(at("00:00"), [fire], plan_id="plan-2")], NOW)
        asked.statements.clear()
        for clock in ("13:20", "13:10"):
            await declare(connection, village, Happening("fire", "V1-1", None, at(clock), "山火"), NOW)
        fires = Content(zero=False, items={}, texts={"a": "b"})
        await submit(connection, village, Target("fire", "V1-1"), fires, NOW)
    assert len(asked.statements) > 20
    assert await asked.whole_tables() == []


@pytest.mark.parametrize("codes", [5000, 100], ids=["scope by codes", "large scope"])
async def test_lists_and_totals_read_the_days_asked_for(asked: Asked, monkeypatch: pytest.MonkeyPatch, codes: int) -> None:
    monkeypatch.setattr(visibility, "MAX_CODES", codes)
    pool, day, week = asked.pool, {"period": DAY}, {"first": DAY - timedelta(days=6), "last": DAY}
    for unit in ("V1-1", "T1", "C", None):
        first, place = await reads.reports(pool, unit, NOW, day, None, 5)
        for filters in (day, day | {"obligation": "village-daily"}, day | {"verdict": "pending"}, day | {"unit": "V1-1"}):
            await reads.reports(pool, unit, NOW, filters, place, 5)
        await reads.reports(pool, unit, NOW, {"unit": "V1-1"}, None, 5)
        await reads.reports(pool, unit, NOW, {}, Place(DAY - timedelta(days=30)), 5)
        await reads.report(pool, unit, NOW, first[0]["report_id"])
        await reads.submissions(pool, first[0]["report_id"])
        await reads.rollups(pool, unit, NOW, day, None, 5)
        await reads.totals(pool, unit, NOW, week, None, 100)
        await reads.totals(pool, unit, NOW, week | {"obligation": "village-daily"}, None, 1)
        await reads.totals(pool, unit, NOW, {}, None, 100)
        await reads.contradictions(pool, unit, ("V", DAY), 100)
        assert len(asked.statements) > 12
        assert await asked.whole_tables() == [], unit
