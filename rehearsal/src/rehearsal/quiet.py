"""Waits until nothing moves in the system any more.

Quiet means: every running service has an empty outbox, nothing in hand, nothing due at or before now, and has consumed its
topics to their ends; and a second look shows the same process (`boot`) with the same count of work done (`work`). Nothing can
have passed from one service to another between the two looks, since sending and receiving are both work. What a process that
is down cannot do is left out: without Kafka the outboxes and positions, without PostgreSQL every service.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from contracts.topics import consumed_by
from rehearsal.faults import running_services
from rehearsal.scenario import Process
from rehearsal.settings import RehearsalSettings
from rehearsal.system import Outside, RunError, Services, System

_BROKER_ANSWER_MS: Final = 5_000
_RETRY_MS: Final = 50
Offsets = dict[str, dict[int, int]]


@dataclass(frozen=True)
class Reading:
    """What one service said of itself."""

    service: str
    boot: str
    work: int
    outbox_pending: int
    in_flight: int
    next_due: datetime | None
    positions: Offsets
    dead_lettered: int
    halted: tuple[str, ...]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Reading":
        """Read the answer of GET /ops/progress."""
        positions = {
            topic: {int(partition): offset for partition, offset in partitions.items()}
            for topic, partitions in document["positions"].items()
        }
        return cls(
            service=document["service"],
            boot=document["boot"],
            work=document["work"],
            outbox_pending=document["outbox_pending"],
            in_flight=document["in_flight"],
            next_due=None if document["next_due"] is None else datetime.fromisoformat(document["next_due"]),
            positions=positions,
            dead_lettered=document["dead_lettered"],
            halted=tuple(document.get("halted", ())),
        )


@dataclass(frozen=True)
class Look:
    """One look at all running services. `ends` is None while Kafka is down; `trouble` says what could not be read."""

    readings: tuple[Reading, ...]
    ends: Offsets | None
    outside: Outside
    trouble: tuple[str, ...] = ()

    def moving(self, now: datetime) -> list[str]:
        """Say what is not quiet, in words; empty when nothing is."""
        found = list(self.trouble)
        for reading in self.readings:
            if reading.halted:
                found.append(f"{reading.service}: halted consumers {', '.join(reading.halted)}")
            if reading.in_flight:
                found.append(f"{reading.service}: {reading.in_flight} in flight")
            if reading.next_due is not None and reading.next_due <= now:
                found.append(f"{reading.service}: due since {reading.next_due.isoformat()}")
            if self.ends is not None:
                if reading.outbox_pending:
                    found.append(f"{reading.service}: {reading.outbox_pending} in the outbox")
                found += behind(reading, self.ends)
        if self.outside.busy or (self.outside.next_due is not None and self.outside.next_due <= now):
            found.append(f"providers: {self.outside.busy} calls or pushes in hand")
        return found

    def same_work(self, other: "Look") -> bool:
        """Whether the same processes did nothing between two looks."""
        return [(r.service, r.boot, r.work) for r in self.readings] == [(r.service, r.boot, r.work) for r in other.readings]

    def next_due(self) -> datetime | None:
        """The earliest instant at which a service or a provider has something due."""
        instants = [self.outside.next_due, *(reading.next_due for reading in self.readings)]
        return min((instant for instant in instants if instant is not None), default=None)


def behind(reading: Reading, ends: Offsets) -> list[str]:
    """Name the topics that a service has not consumed to their ends."""
    late = []
    for topic in consumed_by(reading.service):
        positions = reading.positions.get(topic, {})
        missing = sum(end - positions.get(partition, 0) for partition, end in ends.get(topic, {}).items())
        if missing > 0:
            late.append(f"{reading.service}: {missing} records behind on {topic}")
    return late


class Ends:
    """Reads the brokers' end offsets over a connection of its own, so that no waiting fetch stands before it."""

    def __init__(self, kafka_servers: str, places: Sequence[TopicPartition]) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=kafka_servers, group_id=None, request_timeout_ms=_BROKER_ANSWER_MS, retry_backoff_ms=_RETRY_MS
        )
        self._places = list(places)

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._consumer.stop()

    async def read(self) -> Offsets:
        """Return the end offset of every partition of every topic. Raises KafkaError when the broker does not answer."""
        ends: Offsets = {}
        for place, offset in (await self._consumer.end_offsets(self._places)).items():
            ends.setdefault(place.topic, {})[place.partition] = offset
        return ends


@dataclass
class QuietWait:
    """Looks until the system is quiet. `dead_lettered` keeps the count of each process ever seen."""

    services: Services
    ends: Ends
    system: System
    settings: RehearsalSettings
    dead_lettered: dict[str, int] = field(default_factory=dict)

    async def look(self, down: frozenset[Process]) -> Look:
        """Look at everything that runs, all at once."""
        names = running_services(down)
        answers = await asyncio.gather(*map(self._reading, names), return_exceptions=True)
        readings: list[Reading] = []
        trouble: list[str] = []
        for name, answer in zip(names, answers, strict=True):
            if isinstance(answer, Reading):
                readings.append(answer)
                self.dead_lettered[answer.boot] = answer.dead_lettered
            elif isinstance(answer, RunError | httpx.TransportError):
                trouble.append(f"{name}: {answer}")
            else:
                raise answer
        # After the readings: what they had published by then is counted in the ends, or the next look shows their work.
        ends: Offsets | None = None
        if "kafka" not in down:
            try:
                ends = await self.ends.read()
            except (KafkaError, TimeoutError) as error:
                trouble.append(f"kafka: {type(error).__name__}")
        outside = await self.system.provider_pending()
        return Look(tuple(readings), ends, outside, tuple(trouble))

    async def _reading(self, service: str) -> Reading:
        return Reading.of(await self.services.get(service, "/ops/progress", None, "admin"))

    async def wait(self, now: datetime, down: frozenset[Process]) -> Look:
        """Return the look that showed the system quiet at `now`.

        Raises:
            RunError: it did not become quiet in time; names what moved last.
        """
        loop = asyncio.get_running_loop()
        give_up = loop.time() + self.settings.quiet_seconds
        pause = self.settings.quiet_backoff_first_seconds
        before = await self.look(down)
        while True:
            moving = before.moving(now)
            if moving:
                if loop.time() > give_up:
                    raise RunError(f"not quiet after {self.settings.quiet_seconds:g} s at {now.isoformat()}: {'; '.join(moving)}")
                await asyncio.sleep(pause)
                pause = min(pause * 2, self.settings.quiet_backoff_max_seconds)
            after = await self.look(down)
            if not moving and not after.moving(now) and after.same_work(before):
                return after
            before = after
