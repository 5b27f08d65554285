"""Fixtures of the reporting tests."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from reporting_world import DAY, TOWN_DAILY, World, at, village_daily

from reporting.service import SERVICE
from servicekit.database import _prepare


@pytest.fixture
async def empty_world(database: Callable[..., Awaitable[str]]) -> AsyncIterator[World]:
    """No unit, no plan."""
    pool = await asyncpg.create_pool(await database("reporting"), min_size=1, max_size=8, init=_prepare)
    yield World(pool)
    await pool.close()


@pytest.fixture
async def world(empty_world: World) -> World:
    """County C, towns T1 and T2, villages V11 V12 V13 (T1) and V21 (T2), registered long ago; no plan yet."""
    return await settled(empty_world)


async def settled(world: World) -> World:
    long_ago = at("08:00", DAY - timedelta(days=30))
    await world.register("C", "county", None, long_ago)
    for town in ("T1", "T2"):
        await world.register(town, "town", "C", long_ago)
    for village in ("V11", "V12", "V13", "V21"):
        await world.register(village, "village", f"T{village[1]}", long_ago)
    return world


@pytest.fixture
async def service(run_service):
    """The service with the same county and the plan of the daily chain in force; it is 13:00."""
    running = await run_service(SERVICE)
    world = await settled(World(running.kit.pool))
    await world.issue(at("12:00"), village_daily(), TOWN_DAILY)
    await running.kit.pool.execute("DELETE FROM outbox")
    running.world = world
    return running
