"""The sign of life of a sender."""

import asyncio
from uuid import uuid4

import pytest

from notify.lease import Lease, is_dead
from servicekit.database import UNAVAILABLE

pytestmark = pytest.mark.io


async def dead(notify, lease: Lease) -> bool:
    async with notify.kit.pool.acquire() as connection, connection.transaction():
        return await is_dead(connection, lease.id)


async def test_a_lease_that_is_held_is_alive_until_it_is_closed(notify) -> None:
    lease = Lease(uuid4(), notify.settings)
    assert await dead(notify, lease)
    async with lease.transaction() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    assert not await dead(notify, lease)
    await lease.close()

    async def gone() -> bool:
        return await dead(notify, lease)

    await notify.until(gone)


async def test_a_lost_connection_loses_the_lease_and_the_next_transaction_takes_it_again(notify) -> None:
    lease = Lease(uuid4(), notify.settings)
    async with lease.transaction() as connection:
        server = connection.get_server_pid()
    await notify.kit.pool.execute("SELECT pg_terminate_backend($1)", server)

    async def noticed() -> bool:
        try:
            async with lease.transaction() as connection:
                return connection.get_server_pid() != server
        except UNAVAILABLE:
            return False

    await notify.until(noticed)
    async with lease.transaction() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    assert not await dead(notify, lease)
    await lease.close()


async def test_only_one_heir_takes_over(notify) -> None:
    lease = Lease(uuid4(), notify.settings)
    async with notify.kit.pool.acquire() as one, notify.kit.pool.acquire() as two, one.transaction(), two.transaction():
        assert await asyncio.gather(is_dead(one, lease.id), is_dead(two, lease.id)) in ([True, False], [False, True])
