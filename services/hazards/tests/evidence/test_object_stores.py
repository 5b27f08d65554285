"""One suite for every store: a folder, and a bucket of a server that speaks the S3 API."""

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from hazards.objects.interface import CHUNK_BYTES, ObjectMissing, StoreUnavailable, object_name
from hazards.objects.settings import open_store

pytestmark = pytest.mark.io
SIZES = [1, CHUNK_BYTES, CHUNK_BYTES + 1, 12_000_000]


def file_of(folder: Path, content: bytes) -> tuple[bytes, Path]:
    digest = hashlib.sha256(content).digest()
    path = folder / f"source-{digest.hex()[:8]}"
    path.write_bytes(content)
    return digest, path


async def bytes_of(kept, digest: bytes) -> bytes:
    return b"".join([chunk async for chunk in kept.store.get(digest)])


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_put_is_got_whole(kept, tmp_path, size: int) -> None:
    digest, path = file_of(tmp_path, os.urandom(size))

    await kept.store.put(digest, path)

    assert hashlib.sha256(await bytes_of(kept, digest)).digest() == digest
    assert kept.count() == 1


async def test_a_large_object_comes_in_bounded_chunks(kept, tmp_path) -> None:
    digest, path = file_of(tmp_path, os.urandom(3_000_000))
    await kept.store.put(digest, path)

    sizes = [len(chunk) async for chunk in kept.store.get(digest)]

    assert len(sizes) >= 3
    assert max(sizes) <= 1024 * 1024


@pytest.mark.apache
async def test_a_reader_slower_than_a_call_may_be_gets_the_whole_object(bucket_store, store_settings, tmp_path) -> None:
    store = open_store(store_settings(**bucket_store.settings | {"evidence_s3_seconds": 1}))
    digest, path = file_of(tmp_path, os.urandom(3_000_000))
    await store.put(digest, path)

    got = hashlib.sha256()
    async for chunk in store.get(digest):
        got.update(chunk)
        await asyncio.sleep(0.6)

    assert got.digest() == digest


async def test_the_same_object_may_be_put_again_and_by_many_at_once(kept, tmp_path) -> None:
    digest, path = file_of(tmp_path, b"same")

    await asyncio.gather(*(kept.store.put(digest, path) for _ in range(4)))
    await kept.store.put(digest, path)

    assert await bytes_of(kept, digest) == b"same"
    assert kept.count() == 1


async def test_putting_again_heals_what_was_damaged(kept, tmp_path) -> None:
    digest, path = file_of(tmp_path, b"whole")
    await kept.store.put(digest, path)
    kept.path(digest).write_bytes(b"broken")

    await kept.store.put(digest, path)

    assert await bytes_of(kept, digest) == b"whole"


async def test_an_unknown_object_is_missing_and_may_be_deleted(kept) -> None:
    digest = hashlib.sha256(b"nothing").digest()

    with pytest.raises(ObjectMissing):
        await bytes_of(kept, digest)
    await kept.store.delete(digest)


async def test_a_deleted_object_is_gone_and_may_come_back(kept, tmp_path) -> None:
    digest, path = file_of(tmp_path, b"short-lived")
    await kept.store.put(digest, path)

    await kept.store.delete(digest)

    assert kept.count() == 0
    with pytest.raises(ObjectMissing):
        await bytes_of(kept, digest)
    await kept.store.put(digest, path)
    assert await bytes_of(kept, digest) == b"short-lived"


@pytest.mark.parametrize("name", [b"../../etc/passwd", b"", b"\x00" * 31, b"/" * 33])
async def test_only_a_digest_names_an_object(kept, tmp_path, name: bytes) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        object_name(name)
    with pytest.raises(ValueError, match="SHA-256"):
        await kept.store.put(name, file_of(tmp_path, b"x")[1])
    with pytest.raises(ValueError, match="SHA-256"):
        await bytes_of(kept, name)
    assert kept.count() == 0


async def test_a_source_that_is_not_there_leaves_nothing(kept, tmp_path) -> None:
    with pytest.raises(StoreUnavailable):
        await kept.store.put(hashlib.sha256(b"x").digest(), tmp_path / "absent")
    assert kept.count() == 0


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path, store_settings) -> None:
    (tmp_path / "file").write_text("in the way")
    store = open_store(store_settings(evidence_folder=tmp_path / "file" / "evidence"))
    digest, path = file_of(tmp_path, b"x")

    with pytest.raises(StoreUnavailable):
        await store.put(digest, path)


@pytest.mark.apache
@pytest.mark.parametrize(
    "wrong",
    [
        {"evidence_s3_secret_access_key": "wrong-credential"},
        {"evidence_s3_bucket": "no-such-bucket"},
        {"evidence_s3_endpoint": "http://127.0.0.1:1"},
    ],
    ids=["key", "bucket", "endpoint"],
)
async def test_a_bucket_that_does_not_serve_is_unavailable_and_tells_no_secret(
    bucket_store, store_settings, tmp_path, wrong: dict[str, str]
) -> None:
    store = open_store(store_settings(**bucket_store.settings | wrong))
    digest, path = file_of(tmp_path, b"x")

    for call in (store.put(digest, path), anext(store.get(digest))):
        with pytest.raises(StoreUnavailable) as raised:
            await call
        assert "credential" not in str(raised.value)
        assert "identity" not in str(raised.value)
    assert bucket_store.count() == 0


def test_a_bucket_needs_both_keys_and_shows_neither(store_settings) -> None:
    with pytest.raises(ValueError, match="evidence_s3_secret_access_key"):
        store_settings(evidence_s3_bucket="some-bucket", evidence_s3_access_key_id="AKID")

    shown = repr(store_settings(evidence_s3_bucket="b-b", evidence_s3_access_key_id="AKID", evidence_s3_secret_access_key="SAK"))
    assert "AKID" not in shown
    assert "SAK" not in shown


def test_types_that_cannot_be_checked_are_refused_in_the_settings(store_settings) -> None:
    with pytest.raises(ValueError, match="image/gif"):
        store_settings(evidence_types=["image/jpeg", "image/gif"])


def test_only_uploads_may_be_large(store_settings) -> None:
    settings = store_settings()

    assert settings.body_limit("/hazards/0198/evidence") == settings.evidence_limit_bytes
    assert settings.body_limit("/hazards") == settings.body_limit_bytes
    assert settings.body_limit("/hazards/a/b/evidence") == settings.body_limit_bytes
