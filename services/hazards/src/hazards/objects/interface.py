"""What is asked of a store of objects. Objects are named by the SHA-256 of their bytes, so no text of a caller becomes a path."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final, Protocol

CHUNK_BYTES: Final = 256 * 1024
_DIGEST_BYTES: Final = 32


class ObjectMissing(Exception):  # noqa: N818 - what is the case, not what went wrong in code
    """The store answers, and has no such object."""


class StoreUnavailable(Exception):  # noqa: N818 - what is the case, not what went wrong in code
    """The store does not answer, or not as one that could keep objects. The same may succeed later."""


class ObjectStore(Protocol):
    """Keeps objects that never change. `digest` is the SHA-256 of an object's bytes, 32 bytes.

    Every method raises StoreUnavailable, and answers within the bounds of its settings.
    """

    async def put(self, digest: bytes, source: Path) -> None:
        """Store the file `source`, whole and lasting, or not at all. The caller vouches for its digest; again changes nothing."""

    def get(self, digest: bytes) -> AsyncGenerator[bytes, None]:
        """Return the object in chunks. Before the first one it may raise ObjectMissing."""

    async def delete(self, digest: bytes) -> None:
        """Take the object away; nothing happens when it is not there."""


def object_name(digest: bytes) -> str:
    """Return the name of an object: `ab/abcdef…`, 256 folders of hexadecimal digits."""
    if len(digest) != _DIGEST_BYTES:
        raise ValueError("an object is named by the 32 bytes of a SHA-256")
    text = digest.hex()
    return f"{text[:2]}/{text}"
