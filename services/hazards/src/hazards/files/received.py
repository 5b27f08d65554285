"""A file as it arrives: written to a scratch folder while it is counted and hashed."""

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hazards.domain.evidence import HEAD_BYTES, Content
from hazards.objects.interface import StoreUnavailable


class TooLargeError(Exception):
    """The file has more bytes than the limit. It was not read any further."""


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file on the disk, its first bytes, and what they all are."""

    path: Path
    head: bytes
    content: Content


@asynccontextmanager
async def scratch(parent: Path | None) -> AsyncIterator[Path]:
    """Give a folder that is gone afterwards. A process that dies leaves it to whoever tidies the parent."""
    with _room():
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="bihuan-evidence-", dir=parent))
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def receive(stream: AsyncIterator[bytes], path: Path, limit: int) -> Received:
    """Write a stream to `path`; of the file no more is in memory than one chunk of the stream.

    Raises:
        TooLargeError: there are more than `limit` bytes.
        StoreUnavailable: there is no room for it.
    """
    digest = hashlib.sha256()
    head, size = b"", 0
    with _room(), await asyncio.to_thread(path.open, "wb") as target:
        async for chunk in stream:
            size += len(chunk)
            if size > limit:
                raise TooLargeError
            head = head if len(head) >= HEAD_BYTES else (head + chunk[:HEAD_BYTES])[:HEAD_BYTES]
            # A body may come as one large chunk; hashing and writing it would hold up everybody else.
            await asyncio.to_thread(_take, digest, target, chunk)
    return Received(path, head, Content(size, digest.digest()))


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"the folder of files under way: {error.strerror or type(error).__name__}") from error


async def content_of(path: Path) -> Content:
    """Return size and SHA-256 of a file."""
    return await asyncio.to_thread(_content_of, path)


def _take(digest: "hashlib._Hash", target: BinaryIO, chunk: bytes) -> None:
    digest.update(chunk)
    target.write(chunk)


def _content_of(path: Path) -> Content:
    with path.open("rb") as file:
        return Content(path.stat().st_size, hashlib.file_digest(file, "sha256").digest())
