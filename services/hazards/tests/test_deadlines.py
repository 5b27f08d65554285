"""The time limit fires exactly once, at the instant of the rule, whoever was down."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import asyncpg
import pytest

from contracts.events.hazards import RectificationOverdue
from hazards.deadlines import Passing

pytestmark = pytest.mark.io
DUE = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


async def test_nothing_fires_before_the_due_instant_and_everything_at_it(hazards, ordered) -> None:
    pool = hazards.kit.pool

    assert await Passing().fire(pool, DUE - MILLISECOND, 10) == 0
    assert await Passing().next_due(pool) == DUE
    assert await Passing().fire(pool, DUE, 10) == 1
    assert await Passing().next_due(pool) is None


async def test_who_was_down_fires_later_once_with_the_instant_of_the_rule(hazards, ordered) -> None:
    late = DUE + timedelta(hours=9)

    fired = [await Passing().fire(hazards.kit.pool, late + number * MILLISECOND, 10) for number in range(3)]

    assert fired == [1, 0, 0]
    [(sequence, event)] = await hazards.outbox(RectificationOverdue)
    assert (sequence, event.hazard_id, event.occurred_at, event.due_at, event.recorded_at) == (3, ordered, DUE, DUE, late)
    assert (event.ordering_unit, event.responsible_unit, event.unit) == ("330802101", "330802101202", "330802101202")
    assert event.actor is None
    ids = await hazards.kit.pool.fetch("SELECT id FROM outbox WHERE type LIKE '%Overdue%'")
    assert [row["id"] for row in ids] == [
        uuid5(UUID("b3a1f0de-5c1e-5b0a-8f53-3b7c4b9d2a60"), f"{ordered}:2026-03-02T06:30:00+00:00")
    ]
    last = await hazards.kit.pool.fetchrow("SELECT * FROM hazard_change ORDER BY version DESC LIMIT 1")
    assert last is not None
    assert (last["change"], last["occurred_at"], last["recorded_at"], last["actor_subject"]) == ("pass", DUE, late, None)


async def test_a_reader_sees_the_hazard_overdue_from_the_due_instant_on(hazards, ordered) -> None:
    async def overdue_since() -> str | None:
        since: str | None = (await hazards.get(f"/hazards/{ordered}", unit="330802101")).json()["overdue_since"]
        return since

    hazards.clock.instant = DUE - MILLISECOND
    assert await overdue_since() is None
    hazards.clock.instant = DUE
    assert await overdue_since() == "2026-03-02T06:30:00Z"
    await Passing().fire(hazards.kit.pool, DUE + timedelta(days=1), 10)
    assert await overdue_since() == "2026-03-02T06:30:00Z"


async def test_a_sweep_that_cannot_write_its_event_marks_nothing_and_fires_again(hazards, ordered) -> None:
    pool = hazards.kit.pool
    await pool.execute("ALTER TABLE outbox RENAME TO outbox_away")
    with pytest.raises(asyncpg.UndefinedTableError):
        await Passing().fire(pool, DUE, 10)
    await pool.execute("ALTER TABLE outbox_away RENAME TO outbox")

    assert await Passing().next_due(pool) == DUE
    assert await Passing().fire(pool, DUE, 10) == 1
    assert len(await hazards.outbox(RectificationOverdue)) == 1


async def _many_due(hazards, count: int) -> None:
    await hazards.kit.pool.execute(
        """
        INSERT INTO hazard
            (number, unit, category, title, occurred_at, reported_at, state, version, head, file, pairs, due_at, fires_at)
        SELECT 'n-' || nr, 'v', 'c', 't', $1, $1, 'ordered', 2, '', jsonb_build_object('order', jsonb_build_object('at', $1,
            'unit', 'town', 'subject', 's', 'responsible', 'v', 'measures', 'm', 'funds', 0, 'contingency', 'c', 'due_at', due,
            'original_due_at', due)), '{}', due, due
        FROM generate_series(1, $2) AS nr, LATERAL (SELECT $1::timestamptz + nr * interval '1 millisecond' AS due) AS limits
        """,
        DUE,
        count,
    )


class _Only:
    """A pool of one connection, which somebody watches."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def acquire(self):
        yield self._connection


async def test_ten_thousand_due_rows_are_swept_in_few_statements(hazards) -> None:
    await _many_due(hazards, 10_000)
    limit = 500
    statements: list[str] = []
    later = DUE + timedelta(hours=1)

    batches = 0
    async with hazards.kit.pool.acquire() as connection:
        connection.add_query_logger(lambda said: statements.append(said.query))
        while fired := await Passing().fire(_Only(connection), later, limit):
            assert fired == limit
            batches += 1

    assert batches == 10_000 // limit
    asked = [query for query in statements if "hazard" in query or "INTO outbox" in query]
    assert len(asked) == 5 * batches + 1  # claim, update, filters, record, publish; and the claim that found nothing more
    events = [event for _, event in await hazards.outbox(RectificationOverdue)]
    assert len({event.hazard_id for event in events}) == 10_000
    assert [event.due_at for event in events] == sorted(event.due_at for event in events)


async def test_two_sweepers_at_once_fire_each_row_once(hazards) -> None:
    await _many_due(hazards, 1000)
    later = DUE + timedelta(hours=1)

    async def sweep() -> int:
        total = 0
        while fired := await Passing().fire(hazards.kit.pool, later, 50):
            total += fired
        return total

    assert sum(await asyncio.gather(*(sweep() for _ in range(4)))) == 1000
    assert await Passing().next_due(hazards.kit.pool) is None
    assert await hazards.kit.pool.fetchval("SELECT count(DISTINCT id) FROM outbox") == 1000


async def test_the_sweep_reads_its_partial_index(hazards) -> None:
    await _many_due(hazards, 5000)
    await hazards.kit.pool.execute("UPDATE hazard SET fires_at = NULL WHERE due_at > $1", DUE + timedelta(milliseconds=50))
    await hazards.kit.pool.execute("ANALYZE hazard")

    plan = await hazards.kit.pool.fetch("EXPLAIN SELECT min(fires_at) FROM hazard WHERE fires_at IS NOT NULL")

    assert "hazard_fires" in "\n".join(row[0] for row in plan)
