"""Fixtures of the reporting tests."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from reporting_world import DAY, World, at

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
    long_ago = at("08:00", DAY - timedelta(days=30))
    await empty_world.register("C", "county", None, long_ago)
    for town in ("T1", "T2"):
        await empty_world.register(town, "town", "C", long_ago)
    for village in ("V11", "V12", "V13", "V21"):
        await empty_world.register(village, "village", f"T{village[1]}", long_ago)
    return empty_world
