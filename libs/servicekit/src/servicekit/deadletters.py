"""Dead letters: records that can never be applied go to `<topic>.<consumer>.dlt`, with their original bytes and the reason.

There is a limit: a consumer that would dead-letter everything has a fault of its own, so it stops instead of draining the topic.
"""

import asyncio
import copy
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Final, Protocol

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError

from servicekit.clock import Clock
from servicekit.producer import abandon, make_producer
from servicekit.settings import Settings
from servicekit.telemetry import DEAD_LETTERED

log = structlog.get_logger(__name__)

PREFIX: Final = "dlt_"
VALUE_OMITTED: Final = "value_omitted"


class Record(Protocol):
    """What this package reads of aiokafka's ConsumerRecord, which is untyped. Key, value and headers are raw bytes."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


def dead_letter_topic(topic: str, consumer: str) -> str:
    """Name the dead-letter topic of a consumer group for a topic."""
    return f"{topic}.{consumer}.dlt"


class DeadLetterLimit:
    """Says when to stop: too many in a row, or too large a share of the last `window` records.

    The share counts only once a tenth of the window has been seen, so that one bad record at the start does not stop anything.
    """

    def __init__(self, *, max_consecutive: int, max_ratio: float, window: int) -> None:
        self._max_consecutive = max_consecutive
        self._max_ratio = max_ratio
        self._recent: deque[bool] = deque(maxlen=window)
        self._minimum = max(1, window // 10)
        self._dead = 0
        self._consecutive = 0

    def copy(self) -> "DeadLetterLimit":
        """The same state once more, to count on trial."""
        other = copy.copy(self)
        other._recent = self._recent.copy()  # noqa: SLF001 - of the same class
        return other

    def good(self, count: int = 1) -> None:
        """So many records in a row were applied (or lawfully skipped)."""
        self._recent.extend([False] * count)
        self._dead = sum(self._recent) if self._dead else 0
        self._consecutive = 0

    def allows_another(self) -> bool:
        """Whether one more dead letter is within the limits; if so it is counted."""
        seen = len(self._recent) + 1
        if self._consecutive + 1 > self._max_consecutive:
            return False
        if seen > self._minimum and (self._dead + 1) / seen > self._max_ratio:
            return False
        self._push(dead=True)
        self._consecutive += 1
        return True

    def _push(self, *, dead: bool) -> None:
        if len(self._recent) == self._recent.maxlen:
            self._dead -= self._recent[0]
        self._recent.append(dead)
        self._dead += dead


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that will not be applied. `reason` is a stable word; `detail` is for people."""

    record: Record
    reason: str
    detail: str
    with_value: bool = True

    def headers(self, consumer: str, now: datetime) -> list[tuple[str, bytes | None]]:
        """The original headers, byte for byte, followed by ours."""
        ours = {
            "reason": self.reason,
            "detail": self.detail[:500],
            "consumer": consumer,
            "topic": self.record.topic,
            "partition": str(self.record.partition),
            "offset": str(self.record.offset),
            "at": now.isoformat(),
        }
        if not self.with_value:
            ours[VALUE_OMITTED] = "too large for the dead-letter topic; the record stands where topic, partition and offset say"
        return [*self.record.headers, *((PREFIX + name, value.encode("utf-8", "replace")) for name, value in ours.items())]


class DeadLetterBox:
    """Sends the dead letters of one consumer, in order, and waits until the broker has them."""

    def __init__(self, consumer: str, clock: Clock, settings: Settings) -> None:
        self.sent = 0
        self._consumer = consumer
        self._clock = clock
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        """Send letters, those of each topic in their order.

        Raises:
            KafkaError: some of them may not have arrived; sending all of them again is right.
        """
        for topic, group in groupby(sorted(letters, key=_topic), _topic):
            await self._send(dead_letter_topic(topic, self._consumer), list(group))

    async def _send(self, topic: str, letters: list[DeadLetter]) -> None:
        try:
            await self._acknowledged(topic, letters)
        except MessageSizeTooLargeError:
            if len(letters) > 1:
                for letter in letters:
                    await self._send(topic, [letter])
                return
            letters = [replace(letters[0], with_value=False)]
            await self._acknowledged(topic, letters)
        self._count(letters)

    async def _acknowledged(self, topic: str, letters: Sequence[DeadLetter]) -> None:
        try:
            async with asyncio.timeout(self._settings.kafka_request_timeout_ms / 1000):
                left = list(letters)
                while left:
                    left = left[await self._send_batch(topic, left) :]
        except (KafkaError, TimeoutError) as error:
            await self.close()  # an idempotent producer does not recover from a refused batch
            raise error if isinstance(error, KafkaError) else KafkaTimeoutError() from error

    async def _send_batch(self, topic: str, letters: Sequence[DeadLetter]) -> int:
        """Send as many letters as one record batch holds, at least one; return how many."""
        if self._producer is None:
            self._producer = make_producer(self._settings)
            await self._producer.start()
        # Not `send`: it refuses a record that has neither key nor value.
        batch = self._producer.create_batch()
        now = self._clock.now()
        count = 0
        for letter in letters:
            value = letter.record.value if letter.with_value else None
            headers = letter.headers(self._consumer, now)
            if batch.append(key=letter.record.key, value=value, timestamp=None, headers=headers) is None:
                break
            count += 1
        await (await self._producer.send_batch(batch, topic, partition=0))
        return count

    def _count(self, letters: Sequence[DeadLetter]) -> None:
        self.sent += len(letters)
        for letter in letters:
            DEAD_LETTERED.labels(self._consumer, letter.reason).inc()
            log.error(
                "dead_lettered",
                consumer=self._consumer,
                reason=letter.reason,
                topic=letter.record.topic,
                partition=letter.record.partition,
                offset=letter.record.offset,
            )

    async def close(self) -> None:
        """Close the connection to the broker."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await abandon(producer)


def _topic(letter: DeadLetter) -> str:
    return letter.record.topic
