"""Applying a batch of records: parse each by itself, then one transaction for inbox and effect.

Nothing here knows Kafka's consumer or FastStream; the house subscriber (`consumer`) drives it.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import asyncpg
import structlog

from contracts import Envelope, MalformedEvent, decode
from servicekit import inbox
from servicekit.clock import Clock
from servicekit.database import RETRYABLE, UNAVAILABLE, Connection, Pool
from servicekit.deadletters import DeadLetter, DeadLetterLimit, Record
from servicekit.telemetry import CONSUMED, DUPLICATES, UNKNOWN_TYPES

log = structlog.get_logger(__name__)

Handler = Callable[[Connection, Sequence[Envelope], datetime], Awaitable[None]]
"""Applies new events, in order, in the given transaction. The instant is `now`. Must not do anything but SQL."""


INFRASTRUCTURE: Final = (*UNAVAILABLE, *RETRYABLE, asyncpg.InternalServerError)
"""Errors that say nothing about the events at hand: try again."""


class HandlerFailed(Exception):  # noqa: N818 - a finding about an event, not a fault of this module
    """The handler refused events; `__cause__` says why. Whatever else goes wrong says nothing about the events."""


class Letters(Protocol):
    """Where dead letters go."""

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        """Send them, in order; return when they are safe."""
        ...


@dataclass(frozen=True, slots=True)
class Parsed:
    """A record that is a known event."""

    record: Record
    envelope: Envelope


Reading = Parsed | DeadLetter | None
"""What a record is: an event, malformed, or of a type that this version does not know."""


def read(record: Record) -> Reading:
    """Parse one record."""
    try:
        envelope = decode(record.value, record.headers)
    except MalformedEvent as error:
        return DeadLetter(record, error.reason, str(error))
    return None if envelope.data is None else Parsed(record, envelope)


async def apply_events(handler: Handler, connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Let the handler apply events.

    Raises:
        HandlerFailed: it refuses them; the transaction must be rolled back.
        Exception: one of INFRASTRUCTURE.
    """
    if not envelopes:
        return
    try:
        await handler(connection, envelopes, now)
    except INFRASTRUCTURE:
        raise
    except Exception as error:
        raise HandlerFailed from error


class BatchApplier:
    """Applies records for one consumer."""

    def __init__(
        self, consumer: str, handler: Handler, *, pool: Pool, clock: Clock, letters: Letters, limit: DeadLetterLimit
    ) -> None:
        self.consumer = consumer
        self._handler = handler
        self._pool = pool
        self._clock = clock
        self._letters = letters
        self._limit = limit

    async def apply(self, readings: Sequence[Reading]) -> int:
        """Apply records in order and return how many, from the first on, are done with: applied, skipped or dead-lettered.

        Fewer than all means that the dead-letter limit forbids to give up the next one. Applying any of them again does nothing.

        Raises:
            Exception: nothing can be said about the records (INFRASTRUCTURE, KafkaError, a fault of ours); try all of them again.
        """
        limit = self._limit.copy()
        done = _count_within(limit, readings)
        try:
            await self._together(readings[:done])
        except HandlerFailed as failed:
            if len(readings) == 1:
                return await self._give_up(readings[0], failed.__cause__)
            # Halves, in order, until the events that the handler refuses stand alone.
            middle = len(readings) // 2
            first = await self.apply(readings[:middle])
            return first if first < middle else middle + await self.apply(readings[middle:])
        self._limit = limit
        return done

    async def _together(self, readings: Sequence[Reading]) -> None:
        """One transaction: remember the events, apply the new ones, send letters for the rest."""
        letters = [reading for reading in readings if isinstance(reading, DeadLetter)]
        parsed = [reading for reading in readings if isinstance(reading, Parsed)]
        if parsed:
            await self._in_transaction(parsed, letters)
        else:
            await self._letters.send(letters)
        UNKNOWN_TYPES.labels(self.consumer).inc(len(readings) - len(letters) - len(parsed))

    async def _in_transaction(self, parsed: Sequence[Parsed], letters: Sequence[DeadLetter]) -> None:
        now = self._clock.now()
        ids = [one.envelope.id for one in parsed]
        keys = [one.envelope.key for one in parsed]
        async with self._pool.acquire() as connection, connection.transaction():
            claim = await inbox.claim(connection, self.consumer, ids, keys, now)
            fresh = parsed if len(claim.fresh) == len(parsed) else _first_of_each(parsed, claim.fresh)
            await apply_events(self._handler, connection, [one.envelope for one in fresh], now)
            # Before the commit, so that a redrive cannot let an aggregate through while letters of it are on their way.
            letters = (
                [*letters, *(_parked(one) for one in parsed if one.envelope.id in claim.parked)] if claim.parked else letters
            )
            await self._letters.send(letters)
        DUPLICATES.labels(self.consumer).inc(len(set(ids)) - len(claim.fresh) - len(claim.parked))
        for topic, count in Counter(one.record.topic for one in fresh).items():
            CONSUMED.labels(self.consumer, topic).inc(count)

    async def _give_up(self, reading: Reading, cause: BaseException | None) -> int:
        assert isinstance(reading, Parsed)  # noqa: S101 - only an event reaches a handler
        log.error("event_cannot_be_applied", consumer=self.consumer, type=reading.envelope.type, exc_info=cause)
        if not self._limit.allows_another():
            return 0
        letter = DeadLetter(reading.record, "handler_error", f"{type(cause).__name__}: {cause}")
        async with self._pool.acquire() as connection, connection.transaction():
            await inbox.park(connection, self.consumer, reading.envelope.key, letter.reason, self._clock.now())
            await self._letters.send([letter])
        return 1


def _count_within(limit: DeadLetterLimit, readings: Sequence[Reading]) -> int:
    """How many readings come before the first one that the limit forbids to give up, if the handler accepts every event."""
    good = 0
    for index, reading in enumerate(readings):
        if not isinstance(reading, DeadLetter):
            good += 1
            continue
        if good:
            limit.good(good)
            good = 0
        if not limit.allows_another():
            return index
    if good:
        limit.good(good)
    return len(readings)


def _first_of_each(events: Iterable[Parsed], ids: Collection[UUID]) -> list[Parsed]:
    """Of the events with these ids, the first of each: a batch may hold one twice."""
    first: dict[UUID, Parsed] = {}
    for one in events:
        if one.envelope.id in ids:
            first.setdefault(one.envelope.id, one)
    return list(first.values())


def _parked(one: Parsed) -> DeadLetter:
    return DeadLetter(one.record, "parked", "an earlier event of this aggregate is a dead letter")
