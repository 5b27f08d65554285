"""Examples × consumers: every service applies every example of every topic it reads, alone, together, in any order."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module

import pytest

from contracts import Envelope, decode
from contracts.examples import Example, examples_on
from contracts.topics import TOPICS, consumed_by
from servicekit.database import Connection, create_pool
from servicekit.service import Service
from servicekit.settings import Settings

SERVICES = ("plans", "hazards", "reporting", "notify")
READINGS = [(name, topic) for name in SERVICES for topic in consumed_by(name)]
NOW = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)

OpenDatabase = Callable[[str], AbstractAsyncContextManager[Connection]]


def service(name: str) -> Service:
    found = import_module(f"{name}.service").SERVICE
    assert isinstance(found, Service)
    return found


def published(examples: Sequence[Example]) -> list[Envelope]:
    """What a consumer gets of the examples."""
    return [decode(value, headers) for _, value, headers in (one.record() for one in examples)]


@pytest.fixture
def open_database(database: Callable[..., Awaitable[str]]) -> OpenDatabase:
    """`async with open_database("notify") as connection`: a transaction on a fresh database of the service, undone at the end."""

    @asynccontextmanager
    async def opened(name: str) -> AsyncIterator[Connection]:
        settings = Settings(
            database_url=await database(name), kafka_servers="127.0.0.1:1", jwks_url="http://127.0.0.1:1", token_issuer="none"
        )
        pool = await create_pool(settings)
        try:
            async with pool.acquire() as connection:
                yield connection
        finally:
            await pool.close()

    return opened


async def apply(connection: Connection, name: str, envelopes: Sequence[Envelope]) -> None:
    """Let every consumer of the service apply what it reads of the envelopes, in one transaction."""
    for each in service(name).consumptions:
        batch = [one for one in envelopes if one.data is not None and one.data.topic in each.topics]
        if batch:
            async with connection.transaction():
                await each.handler(connection, batch, NOW)


async def content(connection: Connection) -> dict[str, list[str]]:
    names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {
        name: [row["row"] for row in await connection.fetch(f"SELECT t::text AS row FROM {name} AS t ORDER BY 1")]
        for name in sorted(row["tablename"] for row in names)
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_reads_the_topics_that_name_it_and_no_others(name: str) -> None:
    assert sorted(topic for each in service(name).consumptions for topic in each.topics) == list(consumed_by(name))


def test_every_topic_that_has_readers_is_read_here() -> None:
    assert {topic for _, topic in READINGS} == {name for name, topic in TOPICS.items() if topic.consumers}


@pytest.mark.io
@pytest.mark.parametrize(("name", "topic"), READINGS)
async def test_every_example_is_applied_alone_to_an_empty_database(name: str, topic: str, open_database: OpenDatabase) -> None:
    failures: dict[str, str] = {}
    async with open_database(name) as connection:
        for example in examples_on(topic):
            whole = connection.transaction()
            await whole.start()
            try:
                await apply(connection, name, published([example]))
            except Exception as error:  # noqa: BLE001 - every example is tried, and all failures are named at once
                failures[f"{example.type}/{example.name}"] = repr(error)
            finally:
                await whole.rollback()

    assert failures == {}


@pytest.mark.io
@pytest.mark.parametrize("name", [name for name in SERVICES if consumed_by(name)])
async def test_all_examples_are_applied_together_in_any_order(name: str, open_database: OpenDatabase) -> None:
    envelopes = published([example for topic in consumed_by(name) for example in examples_on(topic)])
    orders = [envelopes, envelopes[::-1], *(random.Random(seed).sample(envelopes, len(envelopes)) for seed in range(8))]  # noqa: S311 - reproducible
    async with open_database(name) as connection:
        before = await content(connection)
        for order in orders:
            whole = connection.transaction()
            await whole.start()
            await apply(connection, name, order)
            assert await content(connection) != before
            await whole.rollback()


@pytest.mark.io
@pytest.mark.parametrize(("name", "topic"), READINGS)
async def test_a_topic_that_is_read_leaves_a_trace(name: str, topic: str, open_database: OpenDatabase) -> None:
    async with open_database(name) as connection:
        foundation = [] if topic == "plans.unit.v1" else published(examples_on("plans.unit.v1"))
        await apply(connection, name, foundation)
        before = await content(connection)

        for envelope in published(examples_on(topic)):
            await apply(connection, name, [envelope])

        assert await content(connection) != before
