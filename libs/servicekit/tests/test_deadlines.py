"""The loop over what is due."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from counting.events import NOW
from counting.handler import until

from servicekit.clock import ClockFile, RehearsalClock
from servicekit.database import Pool
from servicekit.deadlines import DeadlineLoop, earliest
from servicekit.progress import Progress
from servicekit.settings import Settings

pytestmark = pytest.mark.io

_CLAIM = """
WITH due AS (SELECT nr FROM alarm WHERE due_at <= $1 AND fired_at IS NULL ORDER BY due_at, nr LIMIT $2 FOR UPDATE SKIP LOCKED)
UPDATE alarm SET fired_at = $1 FROM due WHERE alarm.nr = due.nr RETURNING alarm.nr
"""


class Alarms:
    """Rows that ring once."""

    def __init__(self, kind: str = "alarm") -> None:
        self.kind = kind
        self.error: Exception | None = None
        self.batches: list[int] = []

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        if self.error is not None:
            raise self.error
        async with pool.acquire() as connection, connection.transaction():
            rung = len(await connection.fetch(_CLAIM, now, limit))
        self.batches.append(rung)
        return rung

    async def next_due(self, pool: Pool) -> datetime | None:
        instant: datetime | None = await pool.fetchval("SELECT min(due_at) FROM alarm WHERE fired_at IS NULL")
        return instant


@pytest.fixture
async def clock(pool: Pool, tmp_path: Path) -> ClockFile:
    await pool.execute(
        "CREATE TABLE alarm (nr int GENERATED ALWAYS AS IDENTITY, due_at timestamptz NOT NULL, fired_at timestamptz)"
    )
    return ClockFile.create(tmp_path / "clock", NOW)


@pytest.fixture
def looping(pool: Pool, tmp_path: Path, settings_of: Callable[..., Settings]) -> Any:
    @asynccontextmanager
    async def run(*sources: Alarms, **given: Any) -> AsyncIterator[Progress]:
        progress = Progress()
        settings = settings_of(**{"deadline_poll_seconds": 0.05} | given)
        task = asyncio.create_task(
            DeadlineLoop(list(sources), pool, RehearsalClock(tmp_path / "clock"), progress, settings).run()
        )
        try:
            yield progress
            assert not task.done()
        finally:
            task.cancel()
            await asyncio.wait([task])

    return run


async def set_alarms(pool: Pool, *instants: datetime) -> None:
    await pool.executemany("INSERT INTO alarm (due_at) VALUES ($1)", [(instant,) for instant in instants])


def fired(pool: Pool, count: int) -> Callable[[], Any]:
    async def enough() -> bool:
        return bool(await pool.fetchval("SELECT count(fired_at) FROM alarm") == count)

    return enough


async def test_what_is_due_fires_at_its_instant_and_not_before(pool: Pool, clock: ClockFile, looping: Any) -> None:
    await set_alarms(pool, NOW + timedelta(seconds=1))
    async with looping(Alarms()):
        clock.set(NOW + timedelta(microseconds=999_999))
        await asyncio.sleep(0.15)
        assert await fired(pool, 0)()
        clock.set(NOW + timedelta(seconds=1))
        await until(fired(pool, 1))


async def test_what_fell_due_while_nobody_looked_fires_once(pool: Pool, clock: ClockFile, looping: Any) -> None:
    await set_alarms(pool, *(NOW - timedelta(minutes=minute) for minute in range(25)))
    alarms = Alarms()
    async with looping(alarms, deadline_batch_rows=10) as progress:
        await until(fired(pool, 25))
        await asyncio.sleep(0.1)
        assert sum(alarms.batches) == 25
        assert max(alarms.batches) == 10
        assert progress.work >= 2


async def test_two_replicas_share_the_rows(pool: Pool, clock: ClockFile, looping: Any) -> None:
    await set_alarms(pool, *(NOW - timedelta(seconds=second) for second in range(200)))
    one, other = Alarms(), Alarms()
    async with looping(one, deadline_batch_rows=5), looping(other, deadline_batch_rows=5):
        await until(fired(pool, 200))
    assert sum(one.batches) + sum(other.batches) == 200


async def test_a_hint_is_enough_to_look_again(pool: Pool, clock: ClockFile, looping: Any) -> None:
    async with looping(Alarms(), deadline_poll_seconds=60) as progress:
        await asyncio.sleep(0.1)
        await set_alarms(pool, NOW)
        progress.worked()
        await until(fired(pool, 1), within=5)


@pytest.mark.parametrize("error", [OSError(), ValueError("a fault in a rule")])
async def test_a_kind_that_fails_leaves_the_others_alone_and_is_tried_again(
    pool: Pool, clock: ClockFile, looping: Any, error: Exception
) -> None:
    broken, sound = Alarms("broken"), Alarms("sound")
    broken.error = error
    async with looping(broken, sound):
        await set_alarms(pool, NOW)
        await until(fired(pool, 1))
        broken.error = None
        await until(lambda: _has_looked(broken))


async def _has_looked(alarms: Alarms) -> bool:
    return bool(alarms.batches)


async def test_the_earliest_instant_is_over_all_kinds(pool: Pool, clock: ClockFile) -> None:
    assert await earliest([Alarms()], pool) is None
    await set_alarms(pool, NOW + timedelta(days=2), NOW - timedelta(days=1))
    assert await earliest([Alarms(), Alarms()], pool) == NOW - timedelta(days=1)
