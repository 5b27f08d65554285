"""The objects behind evidence: handed out checked, verified against their rows, swept when nobody kept them."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import structlog

from hazards.domain.evidence import Content, Evidence
from hazards.objects.interface import ObjectMissing, ObjectStore, StoreUnavailable
from hazards.store import evidence as store
from servicekit.database import Pool

log = structlog.get_logger(__name__)

Flaw = Literal["missing", "changed", "unreadable"]

_LEASE: Final = timedelta(minutes=10)
"""So long one sweep has an object to itself. A call to the store takes far less: no sweep takes away what came after another."""
_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """An object that is not what the row of its evidence says. `unreadable`: the store did not hand it out, now."""

    evidence_id: UUID
    hazard_id: UUID
    part: Literal["original", "rendition"]
    sha256: str
    flaw: Flaw


class ChangedError(Exception):
    """The bytes in the store are not those that were put there."""


async def checked(objects: ObjectStore, content: Content) -> AsyncGenerator[bytes, None]:
    """Return an object in chunks. The last one is held back until all of them are known to be the right ones.

    Raises:
        ObjectMissing, StoreUnavailable, ChangedError: whoever got chunks before that must not take them for the file.
    """
    digest, held = hashlib.sha256(), b""
    async with aclosing(objects.get(content.sha256)) as chunks:
        async for chunk in chunks:
            if held:
                yield held
            digest.update(chunk)
            held = chunk
    if digest.digest() != content.sha256:
        raise ChangedError(content.sha256.hex())
    yield held


async def verify(
    pool: Pool, objects: ObjectStore, *, after: UUID = store.FIRST, most: int = 1000, parallel: int = 4
) -> list[Finding]:
    """Read every object that evidence behind `after` points to, and return those that are not what their rows say.

    `most` findings end the search: the next one starts behind the last of them. At most `parallel` objects are read at once, each
    in chunks, so memory is bounded; time grows with all bytes stored.
    """
    findings: list[Finding] = []
    gate = asyncio.Semaphore(parallel)

    async def flaw_of(content: Content) -> Flaw | None:
        async with gate:
            return await _flaw(objects, content)

    while len(findings) < most and (found := await store.page(pool, after, _PAGE)):
        contents = {content for each in found for _, content in _parts(each)}
        flaws = dict(zip(contents, await asyncio.gather(*map(flaw_of, contents)), strict=True))
        findings += [
            Finding(each.evidence_id, each.hazard_id, part, content.sha256.hex(), flaw)
            for each in found
            for part, content in _parts(each)
            if (flaw := flaws[content]) is not None
        ]
        after = found[-1].evidence_id
    return findings[:most]


async def sweep(pool: Pool, objects: ObjectStore, now: datetime, limit: int) -> int:
    """Take away at most `limit` objects that were claimed and never kept. Returns how many; 0: there are none left now.

    An object is doomed before it is taken away and forgotten after: an upload of the same bytes meanwhile is asked to come again.
    A store that does not answer leaves the rest to the next sweep after the lease.
    """
    doomed = await store.doom(pool, now, now + _LEASE, limit)
    for swept, digest in enumerate(doomed):
        try:
            await objects.delete(digest)
        except StoreUnavailable as error:
            log.warning("evidence_sweep_interrupted", why=str(error), left=len(doomed) - swept)
            return swept
        await store.forget(pool, digest)
    return len(doomed)


def _parts(evidence: Evidence) -> list[tuple[Literal["original", "rendition"], Content]]:
    parts: list[tuple[Literal["original", "rendition"], Content]] = [("original", evidence.original)]
    return parts if evidence.rendition is None else [*parts, ("rendition", evidence.rendition)]


async def _flaw(objects: ObjectStore, content: Content) -> Flaw | None:
    size = 0
    try:
        async for chunk in checked(objects, content):
            size += len(chunk)
    except ObjectMissing:
        return "missing"
    except ChangedError:
        return "changed"
    except StoreUnavailable as error:
        log.warning("evidence_unreadable", why=str(error))
        return "unreadable"
    return None if size == content.size else "changed"
