"""The kit's parts around a database and a broker of the test's own."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from servicekit.clock import FixedClock
from servicekit.consumer import BatchConsumer
from servicekit.database import Pool, create_pool
from servicekit.migrations import KIT
from servicekit.progress import Progress
from servicekit.settings import Settings

# structlog's own defaults print every local variable of a traceback, which takes a second.
structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=repr)])

HERE = Path(__file__).parent

# The counting service is a package of its own, because tests also run it as a process.
sys.path.insert(0, str(HERE))

from counting.events import NOW  # noqa: E402
from counting.handler import Counting  # noqa: E402

SettingsFactory = Callable[..., Settings]
ConsumerFactory = Callable[..., Any]


@pytest.fixture
def settings_of() -> SettingsFactory:
    """Make settings; keyword arguments replace the tests' defaults, which are short."""

    def make(**given: Any) -> Settings:
        defaults: dict[str, Any] = {
            "database_url": "postgresql://127.0.0.1:1/none",
            "kafka_servers": "127.0.0.1:1",
            "kafka_fetch_max_wait_ms": 20,
            "kafka_request_timeout_ms": 5000,
            "kafka_session_timeout_ms": 1500,
            "consumer_backoff_seconds": 0.05,
            "consumer_backoff_max_seconds": 0.2,
            "relay_poll_seconds": 0.02,
            "relay_takeover_seconds": 0.05,
            "shutdown_seconds": 6,
            "jwks_url": "http://127.0.0.1:1/jwks",
            "token_issuer": "https://issuer.test",
        }
        return Settings(**(defaults | given))

    return make


@pytest.fixture
async def database_url(database: Callable[..., Awaitable[str]]) -> str:
    """A database with the tables of the kit and of the counting service."""
    return await database(KIT, HERE / "counting" / "migrations")


@pytest.fixture
async def pool(database_url: str, settings_of: SettingsFactory) -> AsyncIterator[Pool]:
    """A service's pool on that database."""
    made = await create_pool(settings_of(database_url=database_url))
    yield made
    made.terminate()


@pytest.fixture
def consuming(pool: Pool) -> ConsumerFactory:
    """Run a consumer for the length of a `with` block: `async with consuming(settings, topic, handler) as consumer`.

    Its group has the name of the topic, so that tests on one broker do not wait for each other's members.
    """

    @asynccontextmanager
    async def run(settings: Settings, topic: str, handler: Counting) -> AsyncIterator[BatchConsumer]:
        consumer = BatchConsumer(
            topic, (topic,), handler, pool=pool, clock=FixedClock(NOW), progress=Progress(), settings=settings
        )
        task = asyncio.create_task(consumer.run())
        try:
            yield consumer
        finally:
            await consumer.stop()
            task.cancel()
            await asyncio.wait([task])

    return run
