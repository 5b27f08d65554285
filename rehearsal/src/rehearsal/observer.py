"""Reads every event of every topic from the first offset on, beside the services and without a consumer group."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from contracts import Envelope, MalformedEvent, decode
from contracts.topics import TOPICS
from rehearsal.quiet import Ends, Offsets
from rehearsal.system import RunError

log = structlog.get_logger(__name__)

Listener = Callable[[Envelope], None]
_POLL_MS: Final = 100
_RETRY_SECONDS: Final = 0.2
_CAUGHT_UP_SECONDS: Final = 30.0


class Observer:
    """Collects the ids of published events and tells a listener about each event once."""

    def __init__(self, kafka_servers: str, listener: Listener | None = None) -> None:
        self.ids: dict[str, set[UUID]] = {name: set() for name in TOPICS}
        self.malformed = 0
        self._listener = listener
        self._positions: Offsets = {name: {} for name in TOPICS}
        self._consumer = AIOKafkaConsumer(
            *TOPICS,
            bootstrap_servers=kafka_servers,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_POLL_MS,
        )
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._task = asyncio.create_task(self._run(), name="observer")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._consumer.stop()

    @property
    def places(self) -> list[TopicPartition]:
        """Every partition of every topic."""
        return sorted(self._consumer.assignment())

    @property
    def published(self) -> int:
        """How many distinct events were published so far."""
        return sum(len(ids) for ids in self.ids.values())

    async def caught_up(self, ends: Ends) -> None:
        """Return when everything that is on the broker now has been read.

        Raises:
            RunError: it takes too long, or the observer has failed.
        """
        target = await ends.read()
        loop = asyncio.get_running_loop()
        give_up = loop.time() + _CAUGHT_UP_SECONDS
        while any(self._positions[topic].get(number, 0) < end for topic, of in target.items() for number, end in of.items()):
            if self._task is not None and self._task.done():
                self._task.result()
            if loop.time() > give_up:
                raise RunError("the published events could not be read to their end")
            await asyncio.sleep(_POLL_MS / 1000)

    async def _run(self) -> None:
        while True:
            try:
                batches = await self._consumer.getmany(timeout_ms=_POLL_MS * 5)
            except KafkaError as error:
                # The broker is down: the positions are ours, so reading goes on where it stopped.
                log.info("observer_waits", error=type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            for place, records in batches.items():
                for record in records:
                    self._take(place, record)

    def _take(self, place: TopicPartition, record: Any) -> None:
        self._positions[place.topic][place.partition] = record.offset + 1
        try:
            envelope = decode(record.value, record.headers)
        except MalformedEvent:
            self.malformed += 1
            return
        seen = self.ids[place.topic]
        if envelope.id in seen:
            return
        seen.add(envelope.id)
        if self._listener is not None:
            self._listener(envelope)
