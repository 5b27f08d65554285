"""The access token of a WeCom application: fetched once, shared, refreshed by one caller for all."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notify.providers.base import Refused
from servicekit.clock import Clock

EARLY = timedelta(minutes=5)
"""A token this close to its end is not used any more (a short-lived one: the last tenth of its life)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A token and how long it is good for."""

    token: str = field(repr=False)
    lifetime: timedelta


class TokenCache:
    """Keeps one token. WeCom blocks applications that fetch tokens often, so concurrent callers share one fetch."""

    def __init__(self, fetch: Callable[[], Awaitable[Grant | Refused]], clock: Clock) -> None:
        """`fetch` must be bounded in time and must not raise."""
        self._fetch = fetch
        self._clock = clock
        self._token: str | None = None
        self._good_until: datetime | None = None
        self._fetching: asyncio.Task[str | Refused] | None = None

    async def get(self, stale: str | None = None) -> str | Refused:
        """Return a token other than `stale` (one that WeCom has just turned down), or why there is none."""
        if self._token is not None and self._token != stale and self._is_good():
            return self._token
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._refresh())
        # Shielded: one caller that gives up must not take the token away from the others.
        return await asyncio.shield(self._fetching)

    async def close(self) -> None:
        """Abandon a fetch under way."""
        if self._fetching is not None:
            self._fetching.cancel()

    def _is_good(self) -> bool:
        return self._good_until is not None and self._clock.now() < self._good_until

    async def _refresh(self) -> str | Refused:
        try:
            asked_at = self._clock.now()
            grant = await self._fetch()
            if isinstance(grant, Refused):
                return grant
            self._token = grant.token
            self._good_until = asked_at + grant.lifetime - min(EARLY, grant.lifetime / 10)
            return grant.token
        finally:
            self._fetching = None
