"""Deadlines are rows. A loop acts on what is due, in the order in which it fell due, as often as it takes.

A process that was down finds the rows it missed when it is back: nothing is held in memory.
"""

import asyncio
from datetime import datetime
from typing import Protocol

import structlog

from servicekit.clock import Clock
from servicekit.database import RETRYABLE, UNAVAILABLE, Pool
from servicekit.progress import Progress
from servicekit.settings import Settings
from servicekit.telemetry import DEADLINE_LATENESS, DEADLINES_FIRED

log = structlog.get_logger(__name__)


class DeadlineSource(Protocol):
    """One kind of deadline of a service."""

    @property
    def kind(self) -> str:
        """A stable name for logs and metrics."""
        ...

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        """Act on at most `limit` rows due at or before `now`, each exactly once, in one transaction; return how many."""
        ...

    async def next_due(self, pool: Pool) -> datetime | None:
        """Return the earliest instant, past or future, at which a row falls due."""
        ...


async def earliest(sources: list[DeadlineSource], pool: Pool) -> datetime | None:
    """Return the earliest due instant over all kinds."""
    instants = [instant for source in sources if (instant := await source.next_due(pool)) is not None]
    return min(instants, default=None)


class DeadlineLoop:
    """Drives the deadline sources of one service. Any number of replicas may run: sources claim with SKIP LOCKED."""

    def __init__(self, sources: list[DeadlineSource], pool: Pool, clock: Clock, progress: Progress, settings: Settings) -> None:
        self._sources = sources
        self._pool = pool
        self._clock = clock
        self._progress = progress
        self._settings = settings

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            self._progress.beat("deadlines")
            woken = self._progress.woken("deadlines")
            try:
                full = await self._fire_all()
                upcoming = None if full else await earliest(self._sources, self._pool)
            except (*UNAVAILABLE, *RETRYABLE) as error:
                log.warning("deadlines_postponed", error=type(error).__name__)
                full, upcoming = False, None
            if not full:
                await self._rest(upcoming, woken)

    async def _fire_all(self) -> bool:
        """Act once on every kind; return whether some of it may still be due."""
        full = False
        for source in self._sources:
            while fired := await self._fire(source, parallel=1):
                full = True
                # A full batch means a backlog: while one transaction waits for the database, another one decides.
                while fired >= self._settings.deadline_batch_rows:
                    fired = await self._fire(source, self._settings.deadline_parallel)
        return full

    async def _fire(self, source: DeadlineSource, parallel: int) -> int:
        now, limit = self._clock.now(), self._settings.deadline_batch_rows
        self._progress.beat("deadlines")
        batches = [source.fire(self._pool, now, limit) for _ in range(parallel)]
        answers = await asyncio.gather(*batches, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        fired = sum(answer for answer in answers if isinstance(answer, int))
        if fired:
            DEADLINES_FIRED.labels(source.kind).inc(fired)
            self._progress.worked()
        return fired

    async def _rest(self, upcoming: datetime | None, woken: asyncio.Event) -> None:
        now = self._clock.now()
        late = 0.0 if upcoming is None else max(0.0, (now - upcoming).total_seconds())
        DEADLINE_LATENESS.labels("all").set(late)
        clock = asyncio.ensure_future(self._clock.wait_until(upcoming, self._settings.deadline_poll_seconds))
        hint = asyncio.ensure_future(woken.wait())
        try:
            await asyncio.wait({clock, hint}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            clock.cancel()
            hint.cancel()
