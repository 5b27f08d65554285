"""What moved in this process: the count of work done, the heart-beats of loops, and hints that wake them."""

import asyncio
import time
from uuid import UUID, uuid4


class Progress:
    """Shared by all loops of a process.

    `work` only grows, by one for each transaction, relayed batch or send; with `boot` it lets a reader prove that
    nothing moved between two looks.
    """

    def __init__(self) -> None:
        self.boot: UUID = uuid4()
        self.work = 0
        self._beats: dict[str, float] = {}
        self._wakers: dict[str, asyncio.Event] = {}

    def worked(self) -> None:
        """Count a piece of work and wake every loop: something may now be due, queued or waiting for the relay."""
        self.work += 1
        for event in self._wakers.values():
            event.set()
        self._wakers.clear()

    def woken(self, loop: str) -> asyncio.Event:
        """Return an event that is set by the next piece of work. Take it before looking, so that no hint is missed."""
        return self._wakers.setdefault(loop, asyncio.Event())

    def beat(self, loop: str) -> None:
        """Say that a loop went round."""
        self._beats[loop] = time.monotonic()

    def silent_for(self) -> dict[str, float]:
        """Real seconds since the last beat of each loop."""
        now = time.monotonic()
        return {loop: now - at for loop, at in self._beats.items()}
