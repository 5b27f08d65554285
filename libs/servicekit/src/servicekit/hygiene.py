"""Deletes what has done its service: first answers to commands and, where asked for, old inbox rows.

Outbox rows need no cleaning: the relay deletes them. The inbox keeps everything unless `inbox_days` is set, because an event that
comes again after its row was deleted would be applied again.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from servicekit.clock import Clock
from servicekit.database import RETRYABLE, UNAVAILABLE, Pool
from servicekit.progress import Progress
from servicekit.settings import Settings

log = structlog.get_logger(__name__)

# By row address, so that a batch is what the limit says; several janitors share the work instead of waiting for each other.
_PURGE: Final = """
DELETE FROM {table} WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM {table} WHERE {instant} < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
))
"""
_ANSWERS: Final = _PURGE.format(table="idempotency", instant="recorded_at")
_INBOX: Final = _PURGE.format(table="inbox", instant="received_at")


class Janitor:
    """Cleans the kit's tables of one service, a bounded batch at a time."""

    def __init__(self, pool: Pool, clock: Clock, progress: Progress, settings: Settings) -> None:
        self._pool = pool
        self._clock = clock
        self._progress = progress
        self._settings = settings

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            self._progress.beat("hygiene")
            try:
                await self.clean()
            except (*UNAVAILABLE, *RETRYABLE) as error:
                log.warning("cleaning_postponed", error=type(error).__name__)
            await asyncio.sleep(min(self._settings.hygiene_seconds, self._settings.stall_seconds / 2))

    async def clean(self) -> int:
        """Delete everything that is old enough; return the number of rows."""
        now = self._clock.now()
        count = await self._purge(_ANSWERS, now - timedelta(days=self._settings.idempotency_days))
        if self._settings.inbox_days is not None:
            count += await self._purge(_INBOX, now - timedelta(days=self._settings.inbox_days))
        return count

    async def _purge(self, statement: str, before: datetime) -> int:
        total, limit = 0, self._settings.hygiene_batch_rows
        while True:
            self._progress.beat("hygiene")
            deleted = int((await self._pool.execute(statement, before, limit)).split()[-1])
            total += deleted
            if deleted < limit:
                return total
