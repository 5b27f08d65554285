"""Deadlines are rows. A loop acts on what is due, in the order in which it fell due, as often as it takes.

A process that was down finds the rows it missed when it is back: nothing is held in memory.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import structlog

from servicekit.clock import Clock
from servicekit.database import RETRYABLE, UNAVAILABLE, Pool
from servicekit.progress import Progress
from servicekit.settings import Settings
from servicekit.telemetry import DEADLINE_FAILURES, DEADLINE_LATENESS, DEADLINES_FIRED

log = structlog.get_logger(__name__)

_OTHER_HANDS_SECONDS: Final = 0.05


class Schedule(Protocol):
    """Rows that fall due. Some other loop of the service may act on them."""

    async def next_due(self, pool: Pool) -> datetime | None:
        """Return the earliest instant, past or future, at which a row falls due."""
        ...


class DeadlineSource(Schedule, Protocol):
    """One kind of deadline of a service, acted upon by the deadline loop."""

    @property
    def kind(self) -> str:
        """A stable name for logs and metrics."""
        ...

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        """Act on at most `limit` rows due at or before `now`, each exactly once, in one transaction; return how many."""
        ...


async def earliest(schedules: Sequence[Schedule], pool: Pool) -> datetime | None:
    """Return the earliest due instant over all kinds."""
    instants = [instant for schedule in schedules if (instant := await schedule.next_due(pool)) is not None]
    return min(instants, default=None)


async def until_due_or_woken(clock: Clock, upcoming: datetime | None, woken: asyncio.Event, at_most: float) -> None:
    """Rest until `upcoming`, until woken, or for `at_most` real seconds.

    What is due already although a loop found nothing to do is in other hands: the loop looks again a little later.
    """
    busy = upcoming is not None and upcoming <= clock.now()
    waiting = clock.wait_until(None if busy else upcoming, min(at_most, _OTHER_HANDS_SECONDS) if busy else at_most)
    due, hint = asyncio.ensure_future(waiting), asyncio.ensure_future(woken.wait())
    try:
        await asyncio.wait({due, hint}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        due.cancel()
        hint.cancel()


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
        outcomes = [await self._fire_until_done(source) for source in self._sources]
        return any(outcomes)

    async def _fire_until_done(self, source: DeadlineSource) -> bool:
        """Act on everything that is due of one kind; return whether anything was. A kind that fails leaves the others alone."""
        acted = False
        try:
            while fired := await self._fire(source, parallel=1):
                acted = True
                # A full batch means a backlog: while one transaction waits for the database, another one decides.
                while fired >= self._settings.deadline_batch_rows:
                    fired = await self._fire(source, self._settings.deadline_parallel)
        except (*UNAVAILABLE, *RETRYABLE) as error:
            log.warning("deadlines_postponed", kind=source.kind, error=type(error).__name__)
        except Exception:  # whatever is wrong with these rows, they stay due, and the next look is a poll away
            DEADLINE_FAILURES.labels(source.kind).inc()
            log.exception("deadline_failed", kind=source.kind)
            await asyncio.sleep(self._settings.deadline_poll_seconds)
        return acted

    async def _fire(self, source: DeadlineSource, parallel: int) -> int:
        now, limit = self._clock.now(), self._settings.deadline_batch_rows
        self._progress.beat("deadlines")
        batches = [source.fire(self._pool, now, limit) for _ in range(parallel)]
        answers = await asyncio.gather(*batches, return_exceptions=True)
        fired = sum(answer for answer in answers if isinstance(answer, int))
        if fired:
            DEADLINES_FIRED.labels(source.kind).inc(fired)
            self._progress.worked()
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return fired

    async def _rest(self, upcoming: datetime | None, woken: asyncio.Event) -> None:
        now = self._clock.now()
        late = 0.0 if upcoming is None else max(0.0, (now - upcoming).total_seconds())
        DEADLINE_LATENESS.labels("all").set(late)
        await until_due_or_woken(self._clock, upcoming, woken, self._settings.deadline_poll_seconds)
