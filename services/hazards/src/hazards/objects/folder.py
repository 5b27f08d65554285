"""Objects in a local folder: `FOLDER/ab/abcdef…`."""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypeVar

from hazards.objects.interface import CHUNK_BYTES, ObjectMissing, StoreUnavailable, object_name

T = TypeVar("T")


class FolderStore:
    """Keeps objects on a file system that several processes of this machine may share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    async def put(self, digest: bytes, source: Path) -> None:
        """Write beside the object's place, flush to the disk, rename: nobody ever sees half an object."""
        await _in_thread(self._put, digest, source)

    async def get(self, digest: bytes) -> AsyncGenerator[bytes, None]:
        """Return the object in chunks."""
        opened = await _in_thread(self._open, digest)
        try:
            while chunk := await _in_thread(opened.read, CHUNK_BYTES):
                yield chunk
        finally:
            opened.close()

    async def delete(self, digest: bytes) -> None:
        """Take the object away."""
        await _in_thread(self._delete, digest)

    def _put(self, digest: bytes, source: Path) -> None:
        place = self._place(digest)
        self._make_folder(place.parent)
        draft = _copy(source, place.parent)
        try:
            draft.replace(place)
        except OSError:
            draft.unlink()
            raise
        _flush_folder(place.parent)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        folder.mkdir(parents=True, exist_ok=True)
        # The entry of a folder lasts once its own folder was flushed.
        _flush_folder(self._folder)
        _flush_folder(self._folder.parent)

    def _open(self, digest: bytes) -> BinaryIO:
        try:
            return self._place(digest).open("rb")
        except FileNotFoundError as error:
            raise ObjectMissing(digest.hex()) from error

    def _delete(self, digest: bytes) -> None:
        place = self._place(digest)
        with suppress(FileNotFoundError):
            place.unlink()
            _flush_folder(place.parent)

    def _place(self, digest: bytes) -> Path:
        return self._folder / object_name(digest)


def _copy(source: Path, folder: Path) -> Path:
    """Copy into a new file of `folder` whose bytes are on the disk. A process that dies leaves `.draft-…` behind, harmless."""
    descriptor, name = tempfile.mkstemp(prefix=".draft-", dir=folder)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target, source.open("rb") as original:
            while chunk := original.read(CHUNK_BYTES):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
    except OSError:
        draft.unlink()
        raise
    return draft


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _in_thread(work: Callable[..., T], *arguments: object) -> T:
    try:
        return await asyncio.to_thread(work, *arguments)
    except OSError as error:
        raise StoreUnavailable(f"the folder of evidence: {error.strerror or type(error).__name__}") from error
