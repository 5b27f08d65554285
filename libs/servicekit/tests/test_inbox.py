"""The inbox under concurrent consumers."""

import asyncio
from uuid import uuid4

import pytest
from counting.events import NOW

from servicekit import inbox
from servicekit.database import Pool
from servicekit.inbox import Claim

pytestmark = pytest.mark.io


async def test_new_events_are_claimed_once(pool: Pool) -> None:
    ids = [uuid4() for _ in range(3)]
    async with pool.acquire() as connection:
        assert await inbox.claim(connection, "c", ids, ["a"] * 3, NOW) == Claim(frozenset(ids), frozenset())
        assert await inbox.claim(connection, "c", ids, ["a"] * 3, NOW) == Claim(frozenset(), frozenset())
        assert await inbox.claim(connection, "other", ids, ["a"] * 3, NOW) == Claim(frozenset(ids), frozenset())


async def test_an_id_twice_in_one_claim_is_claimed_once(pool: Pool) -> None:
    id_ = uuid4()
    async with pool.acquire() as connection:
        assert await inbox.claim(connection, "c", [id_, id_], ["a", "a"], NOW) == Claim(frozenset({id_}), frozenset())


async def test_parked_events_are_told_from_applied_ones(pool: Pool) -> None:
    old, new, free = uuid4(), uuid4(), uuid4()
    async with pool.acquire() as connection:
        await inbox.claim(connection, "c", [old], ["a"], NOW)
        await inbox.park(connection, "c", "a", "handler_error", NOW)
        await inbox.park(connection, "c", "a", "handler_error", NOW)
        found = await inbox.claim(connection, "c", [old, new, free], ["a", "a", "b"], NOW)
    assert found == Claim(frozenset({free}), frozenset({new}))


async def test_a_rolled_back_claim_leaves_nothing(pool: Pool) -> None:
    id_ = uuid4()
    async with pool.acquire() as connection:
        with pytest.raises(RuntimeError):  # noqa: PT012
            async with connection.transaction():
                await inbox.claim(connection, "c", [id_], ["a"], NOW)
                raise RuntimeError
    assert await inbox.unprocessed(pool, [id_]) == [id_]


async def test_of_two_consumers_at_once_one_gets_the_event_and_the_other_waits_for_the_outcome(pool: Pool) -> None:
    id_ = uuid4()
    async with pool.acquire() as first, pool.acquire() as second:
        transaction = first.transaction()
        await transaction.start()
        assert (await inbox.claim(first, "c", [id_], ["a"], NOW)).fresh == {id_}
        waiting = asyncio.create_task(inbox.claim(second, "c", [id_], ["a"], NOW))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await transaction.commit()
        assert (await waiting).fresh == frozenset()


async def test_an_aggregate_let_through_between_the_looks_is_claimed(pool: Pool) -> None:
    """A redrive unparks while a batch has found the key parked and waits for the redrive's lock."""
    id_ = uuid4()
    async with pool.acquire() as redrive, pool.acquire() as batch:
        await inbox.park(redrive, "c", "a", "handler_error", NOW)
        transaction = redrive.transaction()
        await transaction.start()
        assert await inbox.unpark_others(redrive, "c", []) == ["a"]
        waiting = asyncio.create_task(inbox.claim(batch, "c", [id_], ["a"], NOW))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await transaction.commit()
        assert await waiting == Claim(frozenset({id_}), frozenset())


async def test_letting_through_waits_for_batches_that_send_letters(pool: Pool) -> None:
    async with pool.acquire() as redrive, pool.acquire() as batch:
        await inbox.park(redrive, "c", "a", "handler_error", NOW)
        transaction = batch.transaction()
        await transaction.start()
        assert len((await inbox.claim(batch, "c", [uuid4()], ["a"], NOW)).parked) == 1
        waiting = asyncio.create_task(inbox.unpark_others(redrive, "c", []))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await transaction.commit()
        assert await waiting == ["a"]


async def test_keys_that_still_wait_stay_parked(pool: Pool) -> None:
    async with pool.acquire() as connection:
        for key in ("a", "b", "c"):
            await inbox.park(connection, "c", key, "handler_error", NOW)
        await inbox.park(connection, "other", "a", "handler_error", NOW)
        assert await inbox.unpark_others(connection, "c", ["b"]) == ["a", "c"]
        assert await pool.fetchval("SELECT count(*) FROM parked_key") == 2


async def test_one_event_is_remembered_once_parked_or_not(pool: Pool) -> None:
    id_ = uuid4()
    async with pool.acquire() as connection:
        await inbox.park(connection, "c", "a", "handler_error", NOW)
        assert await inbox.remember(connection, "c", id_, NOW)
        assert not await inbox.remember(connection, "c", id_, NOW)
