"""The folder of one stack: who uses it, and what lies where."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import Final

_MADE_ANEW: Final = ("postgres", "kafka", "providers", "logs")
_PID_BYTES: Final = 20


class WorkFolder:
    """`claim` it before use and `release` it afterwards; the operating system releases it when the process dies."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.postgres = self.path / "postgres"
        self.kafka = self.path / "kafka"
        self.providers = self.path / "providers"
        self.logs = self.path / "logs"
        self.issuer = self.path
        self._lock: int | None = None

    def claim(self) -> None:
        """Takes the folder and empties it. Raises RuntimeError when another stack runs there."""
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise RuntimeError(f"another stack is running in {self.path}") from None
        self._lock = descriptor
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        for name in _MADE_ANEW:
            shutil.rmtree(self.path / name, ignore_errors=True)
            (self.path / name).mkdir()

    def release(self) -> None:
        """Gives the folder back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def holder(self) -> int | None:
        """The process that has claimed the folder, None when none has."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(os.read(descriptor, _PID_BYTES) or 0) or None
        finally:
            os.close(descriptor)
        return None
