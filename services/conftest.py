"""A service under test in this process: its real application on a real database, called over ASGI with real signed tokens."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
import schemathesis
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings

from contracts import Envelope, Event, event_class
from servicekit.auth import Authenticator
from servicekit.clock import FixedClock
from servicekit.database import create_pool
from servicekit.http import Edge
from servicekit.kit import Kit
from servicekit.progress import Progress
from servicekit.service import Service, application

START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
"""Where the clock of a service under test stands at first: 13:00 in Shanghai."""


class Issuer:
    """Signs tokens; its keys are fetched over HTTP as those of any issuer."""

    name = "https://issuer.test"

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self._key.public_key()))
        jwks = json.dumps({"keys": [{**public, "kid": "test", "alg": "ES256", "use": "sig"}]}).encode()

        class Keys(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(jwks)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def jwks_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/jwks.json"

    def token(self, unit: str | None, *roles: str, **claims: Any) -> str:
        now = int(time.time())
        base = {"iss": self.name, "aud": "bihuan", "sub": "tester", "iat": now, "exp": now + 600, "roles": roles}
        whole = {name: value for name, value in {**base, "unit": unit, **claims}.items() if value is not None}
        return jwt.encode(whole, self._key, "ES256", {"kid": "test"})

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Running:
    """A service that answers, its clock under the test's hand."""

    service: Service
    kit: Kit
    clock: FixedClock
    issuer: Issuer
    client: httpx.AsyncClient

    async def call(self, method: str, path: str, body: object = None, **options: Any) -> httpx.Response:
        """Call as `unit=` (default: a token without a unit) with `roles=` (default: office); other options are httpx's.

        `subject=` is the person (default: tester).
        """
        who = {"sub": options.pop("subject", "tester")}
        token = self.issuer.token(options.pop("unit", None), *options.pop("roles", ("office",)), **who)
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        content = {} if body is None else {"json": body}
        return await self.client.request(method, path, headers=headers, **content, **options)

    async def post(self, path: str, body: object, **who: Any) -> httpx.Response:
        return await self.call("POST", path, body, **who)

    async def get(self, path: str, **who: Any) -> httpx.Response:
        return await self.call("GET", path, **who)

    async def outbox(self, type_: type[Event] | None = None) -> list[tuple[int, Event]]:
        """The events that wait for the relay, with their sequences, in order; read back by their own classes."""
        rows = await self.kit.pool.fetch("SELECT type, sequence, payload FROM outbox ORDER BY position")
        events = [(row["sequence"], event_class(row["type"]).model_validate_json(row["payload"])) for row in rows]
        return [(sequence, event) for sequence, event in events if type_ is None or isinstance(event, type_)]

    async def content(self) -> dict[str, list[str]]:
        """Every row of every table, to show that a refusal changed nothing."""
        names = await self.kit.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted(row["tablename"] for row in names)
        return {
            table: [row["row"] for row in await self.kit.pool.fetch(f"SELECT {table}::text AS row FROM {table} ORDER BY 1")]
            for table in tables
        }


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    signer = Issuer()
    yield signer
    signer.close()


@pytest.fixture
async def run_service(
    issuer: Issuer, database: Callable[..., Awaitable[str]]
) -> AsyncIterator[Callable[..., Awaitable[Running]]]:
    """`await run_service(SERVICE)` -> the service on a fresh database, without its loops."""
    async with AsyncExitStack() as stack:

        async def run(service: Service, **setting: Any) -> Running:
            chosen = service.settings(
                database_url=await database(service.name),
                kafka_servers="127.0.0.1:1",
                jwks_url=issuer.jwks_url,
                token_issuer=issuer.name,
                **setting,
            )
            pool = await create_pool(chosen)
            stack.push_async_callback(pool.close)
            authenticator = Authenticator(chosen)
            stack.push_async_callback(authenticator.close)
            clock = FixedClock(START)
            kit = Kit(service.name, chosen, pool, clock, Progress(), authenticator)
            transport = httpx.ASGITransport(Edge(application(service, kit), kit), raise_app_exceptions=False)
            client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://service"))
            return Running(service, kit, clock, issuer, client)

        yield run


@pytest.fixture
def envelope() -> Callable[..., Envelope]:
    """`envelope(event, sequence)` -> what a consumer gets of the event."""
    ids = iter(range(1, 1_000_000))

    def make(event: Event, sequence: int = 1) -> Envelope:
        return Envelope(UUID(int=next(ids)), "/test", event.type(), event.occurred_at, event.key(), sequence, event)

    return make


@pytest.fixture
def fuzz() -> Callable[..., Awaitable[dict[int, int]]]:
    """`await fuzz(running, {"unit": …, "roles": …}, examples=…)` calls every operation of the OpenAPI with generated input."""
    return _fuzz


async def _fuzz(running: Running, who: dict[str, Any], examples: int) -> dict[int, int]:
    """Raises on any 5xx and on any answer that the document does not describe; returns how often each status came.

    Schemathesis is not asynchronous, the database pool belongs to this loop: it generates in a thread, this loop answers.
    """
    loop = asyncio.get_running_loop()
    schema = schemathesis.openapi.from_dict(application(running.service, None).openapi())
    checks = [
        schemathesis.checks.not_a_server_error,
        schemathesis.checks.status_code_conformance,
        schemathesis.checks.content_type_conformance,
        schemathesis.checks.response_schema_conformance,
    ]
    seen: dict[int, int] = {}

    def send(case: schemathesis.Case) -> httpx.Response:
        made = case.as_transport_kwargs(base_url="http://service")
        request = httpx.Request(
            made["method"],
            made["url"],
            params=made.get("params"),
            json=made.get("json"),
            content=made.get("data"),
            headers={**made["headers"], "Authorization": f"Bearer {running.issuer.token(who['unit'], *who['roles'])}"},
        )
        return asyncio.run_coroutine_threadsafe(running.client.send(request), loop).result(30)

    def generate() -> None:
        for found in schema.get_all_operations():
            operation = found.ok()
            for mode in schemathesis.GenerationMode:

                @given(case=operation.as_strategy(generation_mode=mode))
                @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
                def call(case: schemathesis.Case) -> None:
                    response = send(case)
                    seen[response.status_code] = seen.get(response.status_code, 0) + 1
                    case.validate_response(response, checks=checks)

                call()

    await asyncio.to_thread(generate)
    return seen
