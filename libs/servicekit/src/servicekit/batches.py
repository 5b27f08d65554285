"""Applying a batch of records: parse each by itself, then one transaction for inbox and effect.

Nothing here knows Kafka's consumer or FastStream; the house subscriber (`consumer`) and the redrive command both drive it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from contracts import Envelope, MalformedEvent, decode
from servicekit import inbox
from servicekit.clock import Clock
from servicekit.database import RETRYABLE, UNAVAILABLE, Connection, Pool
from servicekit.deadletters import DeadLetter, Record
from servicekit.telemetry import DUPLICATES, UNKNOWN_TYPES

log = structlog.get_logger(__name__)

Handler = Callable[[Connection, Sequence[Envelope], datetime], Awaitable[None]]
"""Applies new events, in order, in the given transaction. The instant is `now`. Must not do anything but SQL."""


INFRASTRUCTURE: Final = (*UNAVAILABLE, *RETRYABLE, asyncpg.InternalServerError)
"""Errors that say nothing about the events at hand: try again."""

_NO_KEY: Final = ""  # no aggregate has the empty key, so nothing is parked under it


class Stopped(Exception):  # noqa: N818 - a signal, not a fault
    """The dead-letter limit forbids to give up this record; everything before it in the batch is done with."""

    def __init__(self, record: Record, letters: list[DeadLetter]) -> None:
        super().__init__("dead-letter limit reached")
        self.record = record
        self.letters = letters


@dataclass(frozen=True, slots=True)
class Parsed:
    record: Record
    envelope: Envelope


class BatchApplier:
    """Applies records for one consumer."""

    def __init__(self, consumer: str, handler: Handler, pool: Pool, clock: Clock) -> None:
        self.consumer = consumer
        self._handler = handler
        self._pool = pool
        self._clock = clock

    def parse(self, records: Sequence[Record]) -> tuple[list[Parsed], list[DeadLetter]]:
        """Split records into known events and malformed ones; unknown types are skipped and counted."""
        good: list[Parsed] = []
        bad: list[DeadLetter] = []
        for record in records:
            try:
                envelope = decode(record.value, record.headers)
            except MalformedEvent as error:
                bad.append(DeadLetter(record, error.reason, str(error)))
                continue
            if envelope.data is None:
                UNKNOWN_TYPES.labels(self.consumer).inc()
            else:
                good.append(Parsed(record, envelope))
        return good, bad

    async def apply(self, parsed: Sequence[Parsed], may_give_up: Callable[[], bool]) -> list[DeadLetter]:
        """Apply events. A batch in which one event fails is applied one by one, to find the one and to keep the rest.

        Raises:
            Stopped: an event cannot be applied and `may_give_up` said no.
            Exception: one of INFRASTRUCTURE; what was not applied yet can be tried again.
        """
        if not parsed:
            return []
        try:
            return await self._in_one_transaction(parsed)
        except INFRASTRUCTURE:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the other events must go on
            if len(parsed) == 1:
                return [await self._give_up(parsed[0], error, may_give_up)]
        letters: list[DeadLetter] = []
        for one in parsed:
            try:
                letters += await self.apply([one], may_give_up)
            except Stopped as stopped:
                raise Stopped(stopped.record, letters) from None
        return letters

    async def force(self, one: Parsed) -> str | None:
        """Apply an event although its aggregate is parked; return why not, if it fails again. Applying twice does nothing."""
        now = self._clock.now()
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                if await inbox.claim(connection, self.consumer, [one.envelope.id], [_NO_KEY], now):
                    await self._handler(connection, [one.envelope], now)
        except INFRASTRUCTURE:
            raise
        except Exception as error:  # noqa: BLE001 - the report names whatever still fails
            return f"{type(error).__name__}: {error}"
        return None

    async def _in_one_transaction(self, parsed: Sequence[Parsed]) -> list[DeadLetter]:
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            ids = [one.envelope.id for one in parsed]
            keys = [one.envelope.key for one in parsed]
            fresh = await inbox.claim(connection, self.consumer, ids, keys, now)
            waiting = await inbox.parked(connection, self.consumer, keys) if len(fresh) < len(ids) else set()
            todo, letters = self._sort_out(parsed, fresh, waiting)
            if todo:
                await self._handler(connection, todo, now)
            return letters

    def _sort_out(self, parsed: Sequence[Parsed], fresh: set[UUID], waiting: set[str]) -> tuple[list[Envelope], list[DeadLetter]]:
        """Split a batch into new events, in order and each once, and those that wait behind a dead letter."""
        todo: dict[UUID, Envelope] = {}
        letters: list[DeadLetter] = []
        for one in parsed:
            if one.envelope.id in fresh and one.envelope.id not in todo:
                todo[one.envelope.id] = one.envelope
            elif one.envelope.key in waiting:
                letters.append(DeadLetter(one.record, "parked", "an earlier event of this aggregate is a dead letter"))
            else:
                DUPLICATES.labels(self.consumer).inc()
        return list(todo.values()), letters

    async def _give_up(self, one: Parsed, error: Exception, may_give_up: Callable[[], bool]) -> DeadLetter:
        log.error("event_cannot_be_applied", consumer=self.consumer, type=one.envelope.type, exc_info=error)
        if not may_give_up():
            raise Stopped(one.record, [])
        async with self._pool.acquire() as connection:
            await inbox.park(connection, self.consumer, one.envelope.key, "handler_error", self._clock.now())
        return DeadLetter(one.record, "handler_error", f"{type(error).__name__}: {error}")
