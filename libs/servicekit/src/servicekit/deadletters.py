"""Dead letters: records that can never be applied go to `<topic>.<consumer>.dlt`, with their original bytes and the reason.

There is a limit: a consumer that would dead-letter everything has a fault of its own, so it stops instead of draining the topic.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from aiokafka import AIOKafkaProducer

PREFIX: Final = "dlt_"


class Record(Protocol):
    """What this package reads of aiokafka's ConsumerRecord, which is untyped. Key, value and headers are raw bytes."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


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

    def good(self) -> None:
        """A record was applied (or lawfully skipped)."""
        self._push(dead=False)
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

    def headers(self, consumer: str, now: datetime) -> list[tuple[str, bytes]]:
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
        return [*self.record.headers, *((PREFIX + name, value.encode()) for name, value in ours.items())]


async def publish(producer: AIOKafkaProducer, consumer: str, letters: list[DeadLetter], now: datetime) -> None:
    """Publish dead letters in order and wait for every acknowledgement."""
    futures: list[Any] = [
        await producer.send(
            dead_letter_topic(letter.record.topic, consumer),
            value=letter.record.value,
            key=letter.record.key,
            headers=letter.headers(consumer, now),
            partition=0,
        )
        for letter in letters
    ]
    for future in futures:
        await future
