"""Apache Kafka's artifacts: named by `deploy/local/kafka/pom.xml`, fetched once by Maven, kept in the checkout's work folder."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from local_stack.paths import ROOT, WORK
from local_stack.processes import run_to_end

_POM = ROOT / "deploy" / "local" / "kafka" / "pom.xml"
_FETCH_WITHIN_SECONDS = 600.0
_LOCK_POLL_SECONDS = 0.1


def cached_artifacts() -> Path | None:
    """The folder of jars for the present pom, or None when it has not been fetched."""
    folder = _folder()
    return folder if folder.is_dir() else None


async def fetch_artifacts() -> Path:
    """The folder of jars; the first caller has Maven fill it while others wait. Raises ProcessFailed with Maven's words."""
    async with _only_one():
        folder = _folder()
        if not folder.is_dir():
            await _fetch(folder)
        return folder


async def _fetch(folder: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        await run_to_end(
            "maven",
            [
                *("mvn", "--batch-mode", "--quiet", "--file", str(_POM)),
                *("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={draft}"),
            ],
            log=folder.parent / "maven.log",
            within=_FETCH_WITHIN_SECONDS,
        )
        await asyncio.to_thread(draft.rename, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _folder() -> Path:
    return WORK / f"kafka-{hashlib.sha256(_POM.read_bytes()).hexdigest()[:16]}"


@asynccontextmanager
async def _only_one() -> AsyncIterator[None]:
    descriptor = _open_lock()
    deadline = time.monotonic() + _FETCH_WITHIN_SECONDS
    try:
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                raise TimeoutError(f"another process has been fetching Apache Kafka for {_FETCH_WITHIN_SECONDS:.0f} s")
            await asyncio.sleep(_LOCK_POLL_SECONDS)
        yield
    finally:
        # Closing gives the lock back.
        os.close(descriptor)


def _open_lock() -> int:
    WORK.mkdir(parents=True, exist_ok=True)
    return os.open(WORK / "kafka.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
