"""The token cache on a clock that stands still."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from notify.providers.base import Refused
from notify.providers.wecom_token import Grant, TokenCache
from servicekit.clock import FixedClock

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
REFUSED = Refused("40001", "invalid credential", permanent=True)


class Platform:
    """Grants numbered tokens, or refuses, and counts how often it was asked."""

    def __init__(self, lifetime: timedelta = timedelta(hours=2)) -> None:
        self.asked = 0
        self.refuses = False
        self.lifetime = lifetime

    async def fetch(self) -> Grant | Refused:
        self.asked += 1
        await asyncio.sleep(0.01)
        return REFUSED if self.refuses else Grant(f"token-{self.asked}", self.lifetime)


async def test_concurrent_callers_share_one_fetch() -> None:
    platform = Platform()
    cache = TokenCache(platform.fetch, FixedClock(NOW))
    assert await asyncio.gather(*(cache.get() for _ in range(50))) == ["token-1"] * 50
    assert platform.asked == 1


async def test_concurrent_callers_with_the_same_stale_token_share_one_refresh() -> None:
    platform = Platform()
    cache = TokenCache(platform.fetch, FixedClock(NOW))
    stale = await cache.get()
    assert isinstance(stale, str)
    assert await asyncio.gather(*(cache.get(stale) for _ in range(50))) == ["token-2"] * 50
    assert await cache.get(stale) == "token-2"
    assert platform.asked == 2


@pytest.mark.parametrize(
    ("lifetime", "good_for"),
    [(timedelta(hours=2), timedelta(minutes=115)), (timedelta(seconds=100), timedelta(seconds=90))],
)
async def test_a_token_is_used_until_shortly_before_its_end(lifetime: timedelta, good_for: timedelta) -> None:
    platform, clock = Platform(lifetime), FixedClock(NOW)
    cache = TokenCache(platform.fetch, clock)
    await cache.get()
    clock.instant = NOW + good_for - timedelta(microseconds=1)
    assert await cache.get() == "token-1"
    clock.instant = NOW + good_for
    assert await cache.get() == "token-2"


async def test_a_refusal_is_shared_but_not_kept() -> None:
    platform = Platform()
    platform.refuses = True
    cache = TokenCache(platform.fetch, FixedClock(NOW))
    assert await asyncio.gather(cache.get(), cache.get()) == [REFUSED, REFUSED]
    platform.refuses = False
    assert await cache.get() == "token-2"


async def test_a_caller_that_gives_up_leaves_the_fetch_to_the_others() -> None:
    platform = Platform()
    cache = TokenCache(platform.fetch, FixedClock(NOW))
    hasty, patient = asyncio.create_task(cache.get()), asyncio.create_task(cache.get())
    await asyncio.sleep(0)
    hasty.cancel()
    assert await patient == "token-1"
    assert platform.asked == 1
