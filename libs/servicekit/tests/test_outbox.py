"""The outbox table."""

from uuid import UUID, uuid4, uuid5

import pytest
from counting.events import NOW, event
from opentelemetry.sdk.trace import TracerProvider

from servicekit import outbox
from servicekit.database import Pool
from servicekit.outbox import MAX_PAYLOAD_BYTES, Outgoing
from servicekit.problems import Problem

pytestmark = pytest.mark.io

NAMESPACE = UUID(int=7)


async def test_events_are_kept_in_the_order_given(pool: Pool) -> None:
    codes = [f"u{number}" for number in range(300)]
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, [Outgoing(event(code), 1) for code in codes])
    rows = await pool.fetch("SELECT aggregateid FROM outbox ORDER BY position")
    assert [row["aggregateid"] for row in rows] == codes


async def test_a_row_is_the_event(pool: Pool) -> None:
    id_ = uuid5(NAMESPACE, "due")
    with TracerProvider().get_tracer("x").start_as_current_span("s") as span:
        async with pool.acquire() as connection, connection.transaction():
            await outbox.append(connection, [Outgoing(event("330802"), 3, id_)])
    row = await pool.fetchrow("SELECT * FROM outbox")
    assert row is not None
    assert (row["id"], row["aggregateid"], row["sequence"]) == (id_, "330802", 3)
    assert (row["aggregatetype"], row["type"]) == ("plans.unit.v1", "bihuan.plans.UnitRegistered.v1")
    assert (row["occurred_at"], row["recorded_at"], row["payload"]) == (NOW, NOW, event("330802").to_json())
    assert format(span.get_span_context().trace_id, "032x") in row["traceparent"]


async def test_an_event_without_an_id_gets_one_that_sorts_by_time(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, [Outgoing(event(), 1), Outgoing(event(), 2)])
    first, second = [row["id"] for row in await pool.fetch("SELECT id FROM outbox ORDER BY position")]
    assert first.version == second.version == 7
    assert first < second


async def test_without_a_transaction_nothing_is_written(pool: Pool) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(RuntimeError, match="transaction"):
            await outbox.append(connection, [Outgoing(event(), 1)])
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_what_is_rolled_back_was_never_said(pool: Pool) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(KeyError):  # noqa: PT012
            async with connection.transaction():
                await outbox.append(connection, [Outgoing(event(), 1)])
                raise KeyError
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_nothing_to_say_needs_no_transaction(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await outbox.append(connection, [])


async def test_an_event_too_large_for_any_broker_is_refused_with_its_size(pool: Pool) -> None:
    large = event().model_copy(update={"groups": tuple(str(uuid4()) for _ in range(MAX_PAYLOAD_BYTES // 36))})
    async with pool.acquire() as connection, connection.transaction():
        with pytest.raises(Problem, match=str(MAX_PAYLOAD_BYTES)) as raised:
            await outbox.append(connection, [Outgoing(large, 1)])
    assert raised.value.status == 413
