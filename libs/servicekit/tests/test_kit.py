"""Commands: one transaction each, once per Idempotency-Key."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from counting.events import NOW

from servicekit.auth import Authenticator, Principal
from servicekit.clock import FixedClock
from servicekit.database import Connection, Pool, create_pool
from servicekit.kit import Answer, Kit, Request, fingerprint
from servicekit.problems import Problem, invalid
from servicekit.progress import Progress
from servicekit.settings import Settings

pytestmark = pytest.mark.io

CALLER = Principal("u1", "330802", frozenset({"office"}))
_COUNT = "INSERT INTO counter VALUES ('a', 1) ON CONFLICT (code) DO UPDATE SET sequence = counter.sequence + 1 RETURNING sequence"


@pytest.fixture
def kit(pool: Pool, settings_of: Callable[..., Settings]) -> Kit:
    settings = settings_of()
    return Kit("counting", settings, pool, FixedClock(NOW), Progress(), Authenticator(settings))


def request(key: str | None = "k1", body: bytes = b"{}", caller: Principal = CALLER) -> Request:
    return Request(caller, NOW, key, fingerprint("POST", "/counters", body))


async def count(connection: Connection) -> dict[str, Any]:
    return {"sequence": await connection.fetchval(_COUNT)}


async def slowly(connection: Connection) -> dict[str, Any]:
    answer = await count(connection)
    await asyncio.sleep(0.05)
    return answer


async def test_the_same_key_and_body_get_the_first_answer(kit: Kit) -> None:
    first = await kit.answer(request(), 201, count)
    assert first == Answer(201, b'{"sequence":1}')
    assert await kit.answer(request(), 201, count) == first
    assert await kit.pool.fetchval("SELECT sequence FROM counter") == 1


async def test_without_a_key_every_call_counts(kit: Kit) -> None:
    for sequence in (1, 2):
        assert (await kit.answer(request(None), 201, count)).body == b'{"sequence":%d}' % sequence


async def test_the_same_key_for_another_body_is_refused(kit: Kit) -> None:
    await kit.answer(request(), 201, count)
    with pytest.raises(Problem, match="another request") as raised:
        await kit.answer(request(body=b'{"times": 2}'), 201, count)
    assert raised.value.status == 409
    assert raised.value.errors[0].field == "Idempotency-Key"
    assert await kit.pool.fetchval("SELECT sequence FROM counter") == 1


@pytest.mark.parametrize("other", [Principal("u2", "330802", frozenset()), Principal("u1", None, frozenset())])
async def test_a_key_belongs_to_its_caller(kit: Kit, other: Principal) -> None:
    await kit.answer(request(), 201, count)
    assert (await kit.answer(request(caller=other), 201, count)).body == b'{"sequence":2}'


async def test_callers_with_one_key_at_once_get_one_answer(kit: Kit) -> None:
    answers = await asyncio.gather(*(kit.answer(request(), 201, slowly) for _ in range(6)))
    assert {answer.body for answer in answers} == {b'{"sequence":1}'}


async def test_callers_with_different_keys_do_not_wait_for_each_other(kit: Kit) -> None:
    entered = asyncio.Barrier(2)

    async def meet(_connection: Connection) -> dict[str, Any]:
        async with asyncio.timeout(5):
            await entered.wait()
        return {}

    await asyncio.gather(*(kit.answer(request(key), 200, meet) for key in ("k1", "k2")))


async def test_a_refused_command_leaves_nothing_and_may_be_repeated(kit: Kit) -> None:
    async def refuse(connection: Connection) -> dict[str, Any]:
        await count(connection)
        raise invalid("times", "is too many")

    with pytest.raises(Problem):
        await kit.answer(request(), 201, refuse)
    assert await kit.pool.fetchval("SELECT count(*) FROM counter") == 0
    assert (await kit.answer(request(), 201, count)).body == b'{"sequence":1}'


async def test_a_lost_deadlock_is_tried_again(kit: Kit) -> None:
    tries = 0

    async def lose_once(connection: Connection) -> dict[str, Any]:
        nonlocal tries
        tries += 1
        answer = await count(connection)
        if tries == 1:
            raise asyncpg.DeadlockDetectedError
        return answer

    assert (await kit.answer(request(), 201, lose_once)).body == b'{"sequence":1}'
    assert kit.progress.work == 1


async def test_who_always_loses_is_asked_to_come_back(kit: Kit) -> None:
    async def lose(_connection: Connection) -> dict[str, Any]:
        raise asyncpg.SerializationError

    with pytest.raises(Problem) as raised:
        await kit.answer(request(), 201, lose)
    assert raised.value.status == 503


async def test_a_command_wakes_the_loops(kit: Kit) -> None:
    hint = kit.progress.woken("relay")
    await kit.command(count)
    assert hint.is_set()


async def test_nobody_waits_for_ever_for_a_connection(database_url: str, settings_of: Callable[..., Settings]) -> None:
    pool = await create_pool(settings_of(database_url=database_url, pool_size=2, pool_timeout_seconds=0.5))
    async with pool.acquire(), pool.acquire():
        with pytest.raises(TimeoutError):
            await pool.fetchval("SELECT 1")
    assert await pool.fetchval("SELECT 1") == 1
    await pool.close()


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(
    database_url: str, settings_of: Callable[..., Settings]
) -> None:
    pool = await create_pool(settings_of(database_url=database_url, statement_timeout_seconds=0.3))
    async with pool.acquire() as connection:
        assert await connection.fetchval("SHOW statement_timeout") == "300ms"
        assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "600ms"
        with pytest.raises((asyncpg.QueryCanceledError, TimeoutError)):
            await connection.execute("SELECT pg_sleep(5)")
    await pool.close()
