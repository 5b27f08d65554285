"""How loops rest between two looks for due rows."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from servicekit.clock import FixedClock
from servicekit.deadlines import until_due_or_woken

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


async def rested(upcoming: datetime | None, at_most: float, woken: asyncio.Event | None = None) -> float:
    began = time.monotonic()
    await until_due_or_woken(FixedClock(NOW), upcoming, woken or asyncio.Event(), at_most)
    return time.monotonic() - began


async def test_rows_in_other_hands_are_looked_at_again_soon_but_not_at_once() -> None:
    assert 0.03 <= await rested(NOW, at_most=5) < 1
    assert 0.03 <= await rested(NOW - timedelta(hours=1), at_most=5) < 1


async def test_nothing_due_rests_no_longer_than_asked() -> None:
    assert 0.08 <= await rested(None, at_most=0.1) < 1
    assert 0.08 <= await rested(NOW + timedelta(days=1), at_most=0.1) < 1


async def test_a_hint_ends_the_rest() -> None:
    woken = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, woken.set)
    assert await rested(NOW + timedelta(days=1), at_most=5, woken=woken) < 1
