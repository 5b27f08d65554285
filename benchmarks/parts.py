"""The database and the broker that benchmarks run on."""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import HttpUrl, PostgresDsn

from local_stack.brokers import Broker, make_broker
from local_stack.kafka_topics import TopicPlan
from local_stack.migrations import migrate
from local_stack.paths import WORK
from local_stack.postgres import Postgres
from servicekit.migrations import KIT
from servicekit.settings import Settings

BrokerKind = Literal["embedded", "apache"]
_POLL_SECONDS = 0.01

PARTITIONS: Final = 3
"""Of each topic of the platform."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A durable PostgreSQL cluster and a broker, both running."""

    postgres: Postgres
    broker: Broker
    folder: Path

    async def database(self, name: str, *migrations: Path) -> str:
        """Make a database with the kit's tables and those of the given migrations; return its URL."""
        url = await self.postgres.create_database(name)
        await migrate(url, KIT, *migrations, log=self.folder / f"migrate-{name}.log")
        return url

    def settings(self, database_url: str) -> Settings:
        """The settings of a service with this database on this broker, everything else as services have it."""
        return Settings(
            mode="local",
            database_url=PostgresDsn(database_url),
            kafka_servers=self.broker.servers,
            kafka_fetch_max_wait_ms=self.broker.fetch_max_wait_ms,
            jwks_url=HttpUrl("http://127.0.0.1:9/"),
            token_issuer="benchmarks",  # noqa: S106 - the name of an issuer that nobody asks
        )


@asynccontextmanager
async def running_parts(kind: BrokerKind, topics: dict[str, TopicPlan]) -> AsyncIterator[Parts]:
    """Start a database that keeps what it commits, and a broker with the given topics; leave nothing behind."""
    with work_folder() as folder:
        postgres = Postgres(folder / "postgres", durable=True)
        broker = make_broker(kind, folder, topics)
        try:
            await postgres.create()
            await postgres.start()
            await broker.start()
            yield Parts(postgres, broker, folder)
        finally:
            await broker.stop()
            await postgres.discard()


@contextmanager
def work_folder() -> Iterator[Path]:
    """A new folder for data and logs, gone afterwards unless something failed."""
    WORK.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=WORK))
    folder.chmod(0o755)  # where the database runs as another user, it must get through
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def say(text: str) -> None:
    """Tell the person who waits; standard output belongs to the result."""
    print(text, file=sys.stderr, flush=True)


async def until(condition: Callable[[], Awaitable[bool]], within: float, what: str, every: float = _POLL_SECONDS) -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: it does not within so many seconds; the text says what was waited for.
    """
    give_up = time.monotonic() + within
    while not await condition():
        if time.monotonic() > give_up:
            raise TimeoutError(f"{what} did not happen within {within:.0f} s")
        await asyncio.sleep(every)


async def end_offsets(servers: str, topic: str) -> dict[TopicPartition, int]:
    """The offset behind the newest record of each partition of a topic of the platform."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers)
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
    finally:
        await consumer.stop()
    return ends


async def execute(database_url: str, *statements: str) -> None:
    """Run statements outside any transaction."""
    connection = await asyncpg.connect(database_url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def percentile(values: list[float], share: float) -> float:
    """The value below which so large a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
