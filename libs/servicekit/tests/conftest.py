"""The kit's parts around a database and a broker of the test's own."""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from local_stack.issuer import ISSUER, DevelopmentIssuer
from local_stack.migrations import migrate
from local_stack.ports import free_port
from local_stack.postgres import Postgres
from local_stack.processes import Launch, SupervisedProcess, python
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


@dataclass
class CountingProcess:
    """A process of the counting service."""

    process: SupervisedProcess
    client: httpx.AsyncClient
    log: Path

    async def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process itself, not to its guard's group."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    async def ended(self, within: float = 15.0) -> None:
        """Wait for the end of the process."""
        async with asyncio.timeout(within):
            while self.process.pid is not None:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)


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


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentIssuer:
    """Signs the tests' tokens."""
    return DevelopmentIssuer(tmp_path_factory.mktemp("issuer"), mode="local")


@pytest.fixture(scope="session")
def jwks_url(issuer: DevelopmentIssuer) -> Iterator[str]:
    """Serves the issuer's keys to processes."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(issuer.jwks()).encode())

        def log_message(self, *_arguments: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/jwks"
    server.shutdown()


@pytest.fixture
async def start_counting(
    tmp_path: Path, database_url: str, jwks_url: str, issuer: DevelopmentIssuer
) -> AsyncIterator[Callable[..., Awaitable[CountingProcess]]]:
    """Start `python -m counting ROLE` and wait until it is ready; keyword arguments are its environment."""
    started: list[CountingProcess] = []
    admin = issuer.token("admin", None, ["admin", "office"])

    async def start(
        role: str, servers: str, topic: str, *, path: str = "/healthz/ready", **environment: object
    ) -> CountingProcess:
        port, log = free_port(), tmp_path / f"counting-{len(started)}.log"
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {admin}"})

        async def ready() -> bool:
            try:
                return (await client.get(path)).status_code == 204
            except httpx.HTTPError:
                return False

        given = {
            "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
            "COUNTING_TOPIC": topic,
            "COUNTING_GROUP": topic,
            "BIHUAN_DATABASE_URL": database_url,
            "BIHUAN_KAFKA_SERVERS": servers,
            "BIHUAN_KAFKA_FETCH_MAX_WAIT_MS": 20,
            "BIHUAN_KAFKA_SESSION_TIMEOUT_MS": 1500,
            "BIHUAN_KAFKA_REQUEST_TIMEOUT_MS": 4000,
            "BIHUAN_RELAY_TAKEOVER_SECONDS": 0.1,
            "BIHUAN_JWKS_URL": jwks_url,
            "BIHUAN_TOKEN_ISSUER": ISSUER,
            "BIHUAN_HTTP_PORT": port,
        }
        env = {name: str(value) for name, value in (given | environment).items()}
        launch = Launch(name="counting", argv=python("counting", role), log=log, ready=ready, env=env)
        made = CountingProcess(SupervisedProcess(launch), client, log)
        started.append(made)
        await made.process.start()
        return made

    yield start
    for each in started:
        await each.client.aclose()
        await each.process.kill()


@pytest.fixture
def durable_database(tmp_path: Path, settings_of: SettingsFactory) -> Callable[..., Any]:
    """A cluster that may be killed: `async with durable_database() as (cluster, url, pool)`, migrated."""

    @asynccontextmanager
    async def run() -> AsyncIterator[tuple[Postgres, str, Pool]]:
        cluster = Postgres(tmp_path / "postgres")
        await cluster.create()
        await cluster.start()
        try:
            url = await cluster.create_database("counting")
            await migrate(url, KIT, HERE / "counting" / "migrations", log=tmp_path / "dbmate.log")
            pool = await create_pool(settings_of(database_url=url))
            yield cluster, url, pool
            pool.terminate()
        finally:
            await cluster.discard()

    return run
