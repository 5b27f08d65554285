"""Objects in a bucket of a server that speaks the S3 API."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store
from pydantic import SecretStr

from hazards.objects.interface import ObjectMissing, StoreUnavailable, object_name

_PARTS_AT_ONCE: Final = 2
_PART_BYTES: Final = 1024 * 1024
_NO_BUCKET: Final = "NoSuchBucket"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is and how it is reached. Times are real seconds; a call takes at most `seconds` × (`retries` + 1)."""

    name: str
    endpoint: str
    region: str
    access_key_id: SecretStr
    secret_access_key: SecretStr
    virtual_hosted: bool
    seconds: float
    retries: int


class BucketStore:
    """Keeps objects in a bucket. The server shows no object before it has all of it, and checks the signature of every part."""

    def __init__(self, bucket: Bucket) -> None:
        whole = timedelta(seconds=bucket.seconds)
        self._store = S3Store(
            bucket.name,
            endpoint=bucket.endpoint,
            region=bucket.region,
            access_key_id=bucket.access_key_id.get_secret_value(),
            secret_access_key=bucket.secret_access_key.get_secret_value(),
            virtual_hosted_style_request=bucket.virtual_hosted,
            # Not every S3-speaking server deletes in bulk; single deletes work with all of them.
            disable_bulk_delete=True,
            client_options={
                "allow_http": bucket.endpoint.startswith("http://"),
                "timeout": whole,
                "connect_timeout": min(whole, timedelta(seconds=5)),
            },
            retry_config={"max_retries": bucket.retries, "retry_timeout": whole},
        )

    async def put(self, digest: bytes, source: Path) -> None:
        """Upload the file, a large one in parts of which two are in memory at once."""
        with _told():
            await obstore.put_async(self._store, object_name(digest), source, max_concurrency=_PARTS_AT_ONCE)

    async def get(self, digest: bytes) -> AsyncGenerator[bytes, None]:
        """Return the object in chunks, each of them a call of its own: a slow reader keeps no call waiting until it times out."""
        start, size = 0, 1
        while start < size:
            with _told(digest):
                part = await obstore.get_async(self._store, object_name(digest), options={"range": (start, start + _PART_BYTES)})
                chunk = bytes(await part.bytes_async())
            if not chunk:
                raise StoreUnavailable("the bucket of evidence: an empty answer")
            yield chunk
            start, size = start + len(chunk), part.meta["size"]

    async def delete(self, digest: bytes) -> None:
        """Take the object away."""
        with _told():
            try:
                await obstore.delete_async(self._store, object_name(digest))
            except FileNotFoundError as error:
                if _NO_BUCKET in str(error):
                    raise


@contextmanager
def _told(reading: bytes | None = None) -> Iterator[None]:
    """Turn the client's errors into ours. Their texts hold addresses and answers of the server, so only the kind is passed on."""
    try:
        yield
    except FileNotFoundError as error:
        if reading is None or _NO_BUCKET in str(error):
            raise StoreUnavailable("the bucket of evidence is not there") from error
        raise ObjectMissing(reading.hex()) from error
    except (BaseError, OSError) as error:
        raise StoreUnavailable(f"the bucket of evidence: {type(error).__name__}") from error
