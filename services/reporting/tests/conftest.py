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
async def world(database: Callable[..., Awaitable[str]]) -> AsyncIterator[World]:
    """County C, towns T1 and T2, villages V11 V12 V13 (T1) and V21 (T2), registered long ago; no plan yet."""
    url = await database("reporting")
    pool = await asyncpg.create_pool(url, min_size=1, max_size=8, init=_prepare)
    county = World(pool)
    long_ago = at("08:00", DAY - timedelta(days=30))
    await county.register("C", "county", None, long_ago)
    for town in ("T1", "T2"):
        await county.register(town, "town", "C", long_ago)
    for village in ("V11", "V12", "V13", "V21"):
        await county.register(village, "village", f"T{village[1]}", long_ago)
    yield county
    await pool.close()
