"""The only module that reads the clock.

A rehearsal shares one instant between processes through a 32-byte file that every process maps into memory:
`now = simulated anchor + (system now - system anchor) * speed`. Speed 0 is the stepped clock, which moves only
when the driver writes a new anchor; any other speed is a show run at a multiple of real time.
"""

import asyncio
import mmap
import os
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# sequence (odd while a writer is inside), simulated µs, system µs, speed
_LAYOUT = struct.Struct("<qqqd")
_STEPPED_POLL_SECONDS = 0.005


def _to_micros(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _system_micros() -> int:
    return time.time_ns() // 1000


class Clock(Protocol):
    """Tells the time and waits for it."""

    def now(self) -> datetime:
        """Return the current instant, aware, UTC, to the microsecond."""
        ...

    async def wait_until(self, instant: datetime | None, at_most: float) -> None:
        """Return at `instant` (if given and near), or after `at_most` real seconds, whichever comes first."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return _from_micros(_system_micros())

    async def wait_until(self, instant: datetime | None, at_most: float) -> None:
        delay = at_most if instant is None else min(at_most, (instant - self.now()).total_seconds())
        await asyncio.sleep(max(0.0, delay))


class FixedClock:
    """A clock that stands where it is put; for decisions under test and for tools that replay one instant."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    async def wait_until(self, instant: datetime | None, at_most: float) -> None:
        if instant is None or instant > self.instant:
            await asyncio.sleep(at_most)


class ClockFile:
    """The writer's side of a rehearsal clock. One writer per file."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR)
        try:
            self._map = mmap.mmap(descriptor, _LAYOUT.size)
        finally:
            os.close(descriptor)

    @classmethod
    def create(cls, path: Path, instant: datetime) -> "ClockFile":
        """Create (or overwrite) the file, standing at `instant`."""
        path.write_bytes(_LAYOUT.pack(0, _to_micros(instant), _system_micros(), 0.0))
        path.chmod(0o644)
        return cls(path)

    def set(self, instant: datetime) -> None:
        """Put the clock at `instant` and let it stand there."""
        self._write(instant, 0.0)

    def run(self, instant: datetime, speed: float) -> None:
        """Let the clock run from `instant` on at `speed` simulated seconds per real second."""
        if speed <= 0:
            raise ValueError("speed must be above 0; use set() to let the clock stand")
        self._write(instant, speed)

    def _write(self, instant: datetime, speed: float) -> None:
        sequence = _LAYOUT.unpack_from(self._map)[0]
        struct.pack_into("<q", self._map, 0, sequence + 1)
        struct.pack_into("<qqd", self._map, 8, _to_micros(instant), _system_micros(), speed)
        struct.pack_into("<q", self._map, 0, sequence + 2)

    def close(self) -> None:
        """Release the mapping; the file stays for its readers."""
        self._map.close()


class RehearsalClock:
    """The readers' side of a rehearsal clock."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            self._map = mmap.mmap(descriptor, _LAYOUT.size, prot=mmap.PROT_READ)
        finally:
            os.close(descriptor)

    def now(self) -> datetime:
        anchor, system, speed = self._read()
        if speed == 0:
            return _from_micros(anchor)
        return _from_micros(anchor + int((_system_micros() - system) * speed))

    async def wait_until(self, instant: datetime | None, at_most: float) -> None:
        give_up = time.monotonic() + at_most
        # Polled: the driver moves this clock from another process, so there is nothing to be woken by.
        while (instant is None or self.now() < instant) and (left := give_up - time.monotonic()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(left, _STEPPED_POLL_SECONDS if instant is not None else left))

    def _read(self) -> tuple[int, int, float]:
        # A torn read would show a time that never was: read again until the sequence is even and unchanged.
        while True:
            before, anchor, system, speed = _LAYOUT.unpack_from(self._map)
            (after,) = struct.unpack_from("<q", self._map)
            if before == after and before % 2 == 0:
                return anchor, system, speed


def clock_from_setting(setting: str) -> Clock:
    """Make the clock a process was configured with: `system` or `rehearsal:PATH`.

    Raises:
        ValueError: the setting names no clock.
    """
    if setting == "system":
        return SystemClock()
    kind, _, path = setting.partition(":")
    if kind == "rehearsal" and path:
        return RehearsalClock(Path(path))
    raise ValueError(f"clock {setting!r} is not known; use 'system' or 'rehearsal:PATH'")
