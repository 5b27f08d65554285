"""The cost of a batch does not grow with the batch: so many statements and one commit, however many events it holds.

Unlike rates, counts are the same on every machine, so these gate what the benchmarks only report.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import HttpUrl, PostgresDsn

from benchmarks import consumer_sides, read_model
from benchmarks.parts import execute, until
from benchmarks.report_events import preload, submissions
from contracts import Envelope, Event
from contracts.events.plans import Obligation, PlanIssued, Reporters
from contracts.events.units import Placement, UnitRegistered
from local_stack.brokers import Broker
from reporting import consumers
from reporting.deadlines import Escalation, Materialisation
from servicekit import outbox
from servicekit.clock import SystemClock
from servicekit.database import create_pool
from servicekit.outbox import Outgoing
from servicekit.progress import Progress
from servicekit.relay import Relay
from servicekit.settings import Settings

pytestmark = pytest.mark.io

Database = Callable[..., Awaitable[str]]
StatementLog = Callable[[str], Awaitable[Any]]

EVENTS = 700
LONG_AGO = datetime(2026, 2, 1, tzinfo=UTC)
MORNING = datetime(2026, 3, 2, 0, tzinfo=UTC)
CUTOFF = datetime(2026, 3, 2, 6, tzinfo=UTC)


def settings_of(url: str, servers: str = "127.0.0.1:9", **more: Any) -> Settings:
    return Settings(
        mode="local",
        database_url=PostgresDsn(url),
        kafka_servers=servers,
        jwks_url=HttpUrl("http://127.0.0.1:9/"),
        token_issuer="nobody",
        **({"kafka_fetch_max_wait_ms": 20} | more),
    )


async def test_a_batch_of_the_house_consumer_is_one_transaction_of_two_statements(
    database: Database, statement_log: StatementLog, embedded_kafka: Broker
) -> None:
    url = await database("reporting")
    await execute(url, read_model.CREATE)
    topic = f"counts.{uuid4()}"
    await preload(embedded_kafka.servers, topic, 1, EVENTS)
    statements = await statement_log(url)
    settings = settings_of(url, embedded_kafka.servers, consumer_batch_records=100)
    await consumer_sides.house(settings, topic, f"counts-{uuid4()}", EVENTS)
    batches = statements.transactions()
    assert set(batches) == {("INSERT INTO inbox", "INSERT INTO town_day")}
    # A fetch may end a batch early, but never makes it one per event.
    assert EVENTS / 100 <= len(batches) <= EVENTS / 50
    assert (await read_model.contents(url))[1] == EVENTS


async def test_a_round_of_the_relay_is_one_read_and_one_delete(
    database: Database, statement_log: StatementLog, embedded_kafka: Broker
) -> None:
    url = await database("reporting")
    settings = settings_of(url, embedded_kafka.servers, relay_batch_rows=100)
    pool = await create_pool(settings)
    events = [envelope.data for envelope in submissions(EVENTS) if envelope.data is not None]
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, [Outgoing(event, 1) for event in events])
    statements = await statement_log(url)
    relay = Relay("reporting", SystemClock(), Progress(), settings)
    running = asyncio.create_task(relay.run())

    async def drained() -> bool:
        return not await pool.fetchval("SELECT count(*) FROM outbox")

    try:
        await until(drained, 30, "publishing")
    finally:
        relay.stop()
        await running
        await pool.close()
    seen = [statement.split(" FROM outbox")[0] for statement in statements.seen() if "FROM outbox" in statement]
    rounds = EVENTS // 100
    assert seen.count("DELETE") == rounds
    # A full round also asks how much is left; rounds that find nothing read once.
    assert sum(statement.startswith("SELECT coalesce(max(position)") for statement in seen) == rounds
    assert sum(statement.startswith("SELECT position, id") for statement in seen) >= rounds
    assert not statements.transactions(), "a relay has nothing to hold together: each delete commits by itself"


async def test_settling_what_is_due_takes_as_many_statements_for_many_reports_as_for_one(
    database: Database, statement_log: StatementLog
) -> None:
    url = await database("reporting")
    settings = settings_of(url)
    pool = await create_pool(settings)
    try:
        async with pool.acquire() as connection, connection.transaction():
            await consumers.apply(connection, county(villages=300), MORNING)
        while await Materialisation().fire(pool, MORNING, 1000):
            pass
    finally:
        await pool.close()
    statements = await statement_log(url)
    pool = await create_pool(settings)
    try:
        batches = []
        for limit in (1, 250):
            statements.forget()
            assert await Escalation().fire(pool, CUTOFF, limit) == limit
            batches.append(statements.transactions())
    finally:
        await pool.close()
    of_one, of_many = batches
    assert of_many == of_one
    assert len(of_many) == 1, "one commit"
    assert len(of_many[0]) <= 5
    assert [each for each in of_many[0] if each.startswith("INSERT")] == ["INSERT INTO outbox"]


def county(villages: int) -> list[Envelope]:
    """A county, its villages, and a plan by which they report at 14:00 local time."""
    units = [registered("C", "county", None), *(registered(f"V{number}", "village", "C") for number in range(villages))]
    daily = Obligation(
        id="village-daily",
        type="zero_report",
        reporters=Reporters(level="village"),
        cutoff=time(14),
        escalate_after=(timedelta(0),),
    )
    plan = PlanIssued(
        occurred_at=MORNING,
        recorded_at=MORNING,
        plan_id="plan-1",
        title="森林防火",
        issuer="C",
        zone="Asia/Shanghai",
        revision=1,
        obligations=(daily,),
    )
    return [enveloped(event) for event in (*units, plan)]


def registered(code: str, level: str, parent: str | None) -> UnitRegistered:
    return UnitRegistered(
        occurred_at=LONG_AGO,
        recorded_at=LONG_AGO,
        code=code,
        name=f"单位{code}",
        level=level,
        parent=parent,
        placements=(Placement(parent=parent, valid_from=LONG_AGO),),
    )


def enveloped(event: Event) -> Envelope:
    return Envelope(uuid4(), "/test", event.type(), event.occurred_at, event.key(), 1, event)
