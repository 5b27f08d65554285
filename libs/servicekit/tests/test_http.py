"""The HTTP edge of a service: every refusal is a problem that says what to do, and nothing changes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from counting.events import NOW
from counting.service import SERVICE

from local_stack.issuer import ISSUER, DevelopmentIssuer
from local_stack.postgres import Postgres
from servicekit.auth import Authenticator
from servicekit.clock import FixedClock
from servicekit.database import Pool
from servicekit.http import Edge
from servicekit.kit import Kit
from servicekit.progress import Progress
from servicekit.service import application
from servicekit.settings import Settings
from servicekit.telemetry import REGISTRY

pytestmark = pytest.mark.io

LIMIT = 2000


@pytest.fixture
def kit(pool: Pool, settings_of: Callable[..., Settings], issuer: DevelopmentIssuer) -> Kit:
    settings = settings_of(body_limit_bytes=LIMIT, request_timeout_seconds=0.5, token_issuer=ISSUER)
    jwks = httpx.MockTransport(lambda _request: httpx.Response(200, json=issuer.jwks()))
    return Kit("counting", settings, pool, FixedClock(NOW), Progress(), Authenticator(settings, transport=jwks))


@pytest.fixture
async def client(kit: Kit, issuer: DevelopmentIssuer) -> AsyncIterator[httpx.AsyncClient]:
    """A caller with the role that counting takes."""
    transport = httpx.ASGITransport(Edge(application(SERVICE, kit), kit), raise_app_exceptions=True)
    headers = {"Authorization": f"Bearer {issuer.token('u1', '330802', ['office'])}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://counting", headers=headers) as made:
        yield made


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status
    assert body["detail"]
    return body


async def counters(pool: Pool) -> int:
    number: int = await pool.fetchval("SELECT count(*) FROM counter")
    return number


async def test_a_command_is_answered_with_its_result(client: httpx.AsyncClient, pool: Pool) -> None:
    answer = await client.post("/counters", json={"code": "a", "times": 3})
    assert (answer.status_code, answer.json()) == (201, {"code": "a", "sequence": 3})
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 3
    assert (await client.get("/counters/a")).json() == {"sequence": 3}


async def test_an_idempotency_key_makes_trying_again_safe(client: httpx.AsyncClient, pool: Pool) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = await client.post("/counters", json={"code": "a"}, headers=headers)
    again = await client.post("/counters", json={"code": "a"}, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    problem(await client.post("/counters", json={"code": "b"}, headers=headers), 409)
    assert await pool.fetchval("SELECT sum(sequence) FROM counter") == 1


@pytest.mark.parametrize("key", ["", "a b", "ä".encode(), "x" * 201])
async def test_a_key_that_is_none_is_refused(client: httpx.AsyncClient, key: Any) -> None:
    body = problem(await client.post("/counters", json={"code": "a"}, headers={"Idempotency-Key": key}), 422)
    assert [error["field"].lower() for error in body["errors"]] == ["idempotency-key"]


@pytest.mark.parametrize(
    ("content", "status", "field"),
    [
        (b"{", 400, None),
        (b"\xff\xfe", 400, None),
        (b"", 422, "body"),
        (b"[]", 422, "body"),
        (b"null", 422, "body"),
        (b"{}", 422, "code"),
        (b'{"code": "a", "tmies": 3}', 422, "tmies"),
        (b'{"code": "a", "times": 0}', 422, "times"),
        (b'{"code": "a", "times": 1e99}', 422, "times"),
        (b'{"code": "a\\u0000"}', 422, "code"),
        (b'{"code": "a", "note": "x\\u0000"}', 422, "note"),
        (b'{"code": "a", "note": "\\ud800"}', 422, "note"),
        (b'{"code": "unlucky"}', 422, "code"),
        (b"[" * 1000 + b"]" * 1000, 400, None),
    ],
)
async def test_a_body_that_is_wrong_is_told_by_field_and_changes_nothing(
    client: httpx.AsyncClient, pool: Pool, content: bytes, status: int, field: str | None
) -> None:
    answer = await client.post("/counters", content=content, headers={"Content-Type": "application/json"})
    body = problem(answer, status)
    if field is not None:
        assert [error["field"] for error in body["errors"]] == [field]
        assert body["errors"][0]["reason"]
    assert await counters(pool) == 0


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
async def test_a_body_that_is_not_declared_as_json_is_refused(client: httpx.AsyncClient, media_type: str) -> None:
    problem(await client.post("/counters", content=b'{"code": "a"}', headers={"Content-Type": media_type}), 415)


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"])
async def test_json_may_be_declared_in_any_lawful_way(client: httpx.AsyncClient, media_type: str) -> None:
    answer = await client.post("/counters", content=b'{"code": "a"}', headers={"Content-Type": media_type})
    assert answer.status_code == 201


async def test_an_oversized_body_is_refused_by_its_declared_length(client: httpx.AsyncClient, pool: Pool) -> None:
    problem(await client.post("/counters", json={"code": "a", "note": "x" * LIMIT}), 413)
    assert await counters(pool) == 0


async def test_an_oversized_body_is_refused_while_it_comes(client: httpx.AsyncClient) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 500
            yield b"x" * 500

    problem(await client.post("/counters", content=chunks(), headers={"Content-Type": "application/json"}), 413)
    assert sent <= LIMIT + 1000


async def test_a_body_that_does_not_come_is_not_waited_for(client: httpx.AsyncClient) -> None:
    async def dribble() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(30)

    async with asyncio.timeout(5):
        problem(await client.post("/counters", content=dribble(), headers={"Content-Type": "application/json"}), 408)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/counters/unknown", 404),
        ("GET", "/counters/a%00b", 422),
        ("DELETE", "/counters", 405),
        ("PUT", "/counters/a", 405),
        ("BREW", "/counters", 405),
    ],
)
async def test_what_is_not_there_is_a_problem_too(client: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    answer = await client.request(method, path)
    problem(answer, status)
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize("authorization", [None, "Bearer x", "Basic dTpw"])
async def test_without_a_valid_token_nobody_gets_in(client: httpx.AsyncClient, authorization: str | None) -> None:
    del client.headers["Authorization"]
    headers = {"Authorization": authorization} if authorization else {}
    command = await client.post("/counters", json={"code": "a"}, headers=headers)
    for answer in (command, *[await client.get(path, headers=headers) for path in ("/ops/progress", "/openapi.json")]):
        problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_wrong_role_is_refused(client: httpx.AsyncClient, issuer: DevelopmentIssuer, pool: Pool) -> None:
    headers = {"Authorization": f"Bearer {issuer.token('u1', '330802', ['submitter'])}"}
    problem(await client.post("/counters", json={"code": "a"}, headers=headers), 403)
    problem(await client.get("/ops/progress"), 403)
    assert await counters(pool) == 0


async def test_while_the_database_is_away_the_caller_is_asked_to_come_back(
    client: httpx.AsyncClient, pool: Pool, postgres: Postgres, database_url: str
) -> None:
    name = database_url.rsplit("/", 1)[1].partition("?")[0]
    await rename(postgres, name, f"{name}_away")
    for answer in (await client.post("/counters", json={"code": "a"}), await client.get("/counters/a")):
        assert "try again" in problem(answer, 503)["detail"]
        assert answer.headers["retry-after"] == "1"
    assert (await client.get("/healthz/ready")).status_code == 503
    assert (await client.get("/healthz/live")).status_code == 204, "a restart would not bring the database back"
    await rename(postgres, f"{name}_away", name)
    assert (await client.post("/counters", json={"code": "a"})).status_code == 201


async def rename(postgres: Postgres, name: str, new_name: str) -> None:
    """Give a database another name, under which its users do not find it."""
    await postgres.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    await postgres.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
    await postgres.execute(f'ALTER DATABASE "{name}" RENAME TO "{new_name}"')
    await postgres.execute(f'ALTER DATABASE "{new_name}" ALLOW_CONNECTIONS true')


async def test_an_error_of_ours_is_told_without_its_text(client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    body = problem(await client.get("/broken"), 500)
    assert "138" not in json.dumps(body)
    assert capsys.readouterr().out.count("request_failed") == 1


async def test_requests_are_counted_by_route_and_not_by_path(client: httpx.AsyncClient) -> None:
    def count(method: str, route: str, status: str) -> float:
        labels = {"method": method, "route": route, "status": status}
        return REGISTRY.get_sample_value("bihuan_http_request_seconds_count", labels) or 0

    before = count("GET", "/counters/{code}", "404"), count("other", "unmatched", "404"), count("GET", "/broken", "500")
    for path in ("/counters/x1", "/counters/x2", "/broken"):
        await client.get(path)
    await client.request("BREW", "/coffee")
    after = count("GET", "/counters/{code}", "404"), count("other", "unmatched", "404"), count("GET", "/broken", "500")
    assert [now - then for now, then in zip(after, before, strict=True)] == [2, 1, 1]


async def test_the_description_names_problems_and_the_bearer_token(client: httpx.AsyncClient, kit: Kit) -> None:
    document = application(SERVICE, kit).openapi()
    assert (await client.get("/openapi.json")).json() == document
    responses = document["paths"]["/counters"]["post"]["responses"]
    assert set(responses) >= {"201", "400", "401", "403", "404", "409", "413", "415", "422", "503"}
    name = responses["422"]["$ref"].removeprefix("#/components/responses/")
    content = document["components"]["responses"][name]["content"]
    assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
