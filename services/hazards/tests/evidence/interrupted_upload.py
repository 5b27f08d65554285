"""`python interrupted_upload.py POINT HAZARD FILE` uploads a file and kills its own process at one point of the way.

The service's settings come from the environment. POINT: claimed (before the first object), first (one of two objects is written),
written (both are, the row is not), or none.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from hazards.commands.evidence import Desk, add
from hazards.domain.evidence import Said
from hazards.objects.interface import ObjectStore
from hazards.objects.settings import open_store
from hazards.service import SERVICE
from servicekit.auth import Principal
from servicekit.service import open_kit

_CALLS = {"claimed": 0, "first": 1, "written": 2, "none": 9}


class Interrupted:
    """A store whose process dies before the put after the n-th, or as soon as the last was done."""

    def __init__(self, inner: ObjectStore, calls: int) -> None:
        self._inner = inner
        self._left = calls

    async def put(self, digest: bytes, source: Path) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        await self._inner.put(digest, source)
        self._left -= 1
        if self._left == 0 and source.name == "rendition":
            os.kill(os.getpid(), signal.SIGKILL)

    def get(self, digest: bytes) -> AsyncIterator[bytes]:
        return self._inner.get(digest)

    async def delete(self, digest: bytes) -> None:
        await self._inner.delete(digest)


async def main(point: str, hazard_id: str, file: str) -> None:
    settings, content = SERVICE.settings(), await asyncio.to_thread(Path(file).read_bytes)
    async with open_kit(SERVICE, settings) as kit:
        objects = Interrupted(open_store(settings), _CALLS[point])
        desk = Desk(kit, settings, objects, asyncio.Semaphore(1))
        principal = Principal("killed", "330802101202", frozenset({"submitter"}))

        async def body() -> AsyncIterator[bytes]:
            yield content

        said = Said("before", "image/jpeg", None, None, None, None)
        await add(desk, principal, UUID(hazard_id), said, body(), datetime(2026, 3, 2, 5, tzinfo=UTC))


asyncio.run(main(*sys.argv[1:4]))
