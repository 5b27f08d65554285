"""What callers can do with evidence: add a file to a hazard, and read what was added.

The object is in the store before the row that points to it is committed, so a row never points to nothing. What is written but
never pointed to was claimed first, so `hazards.commands.evidence_objects.sweep` finds it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from hazards.commands import acting
from hazards.domain import access
from hazards.domain import evidence as rules
from hazards.domain.access import Relation
from hazards.domain.evidence import MEDIA_TYPES, Content, Evidence, Said, Shown
from hazards.domain.states import State
from hazards.files.bounded import Bounds, look_bounded
from hazards.files.received import Received, TooLargeError, content_of, receive, scratch
from hazards.files.refusal import Unfit
from hazards.objects.interface import ObjectStore, StoreUnavailable
from hazards.objects.settings import EvidenceSettings
from hazards.store import evidence as store
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.kit import Kit
from servicekit.problems import FieldError, Problem, conflict, invalid, not_found

log = structlog.get_logger(__name__)

_FILE: Final = "body"
_LINE: Final[frozenset[Relation]] = frozenset({"own", "above"})
_STATUSES: Final = {"other_office": 415, "macros": 415, "failed": 500}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where evidence is taken in and handed out. `gate` lets a few files in at once; others wait for a bounded time."""

    kit: Kit
    settings: EvidenceSettings
    objects: ObjectStore
    gate: asyncio.Semaphore

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and hold it."""
        try:
            async with asyncio.timeout(self.settings.evidence_wait_seconds):
                await self.gate.acquire()
        except TimeoutError as error:
            raise Problem(503, "too many files come in at once; try again") from error
        try:
            yield
        finally:
            self.gate.release()


@dataclass(frozen=True, slots=True)
class Reader:
    """A caller who may read the evidence of a hazard in some state: its `originals` unless it is an outsider.

    `looks_back`: it is one who rechecks hazards like this one after their end, and brings evidence of what it found.
    """

    state: State
    originals: bool
    looks_back: bool


async def reader(pool: Pool, principal: Principal, hazard_id: UUID) -> Reader:
    """Return what the caller may read of a hazard's evidence.

    Raises:
        Problem: 404 unknown hazard; 403 the hazard is none of the caller's unit's.
    """
    hazard = await acting.require_readable(pool, principal, hazard_id)
    related = frozenset[Relation]() if principal.unit is None else await acting.relations(pool, hazard, principal.unit)
    rechecks = access.allowed("recheck", related, listed=hazard.listing is not None)
    return Reader(
        state=hazard.state,
        originals=rules.sees_original(principal.roles, own_or_above=not related.isdisjoint(_LINE)),
        looks_back=rechecks and not principal.roles.isdisjoint(access.ROLES["recheck"]),
    )


async def add(
    desk: Desk, principal: Principal, hazard_id: UUID, said: Said, stream: AsyncIterator[bytes], at: datetime
) -> tuple[Evidence, bool]:
    """Add a file to a hazard. The second value is False when the hazard had it as this kind already; that one is returned.

    Raises:
        Problem: 403 wrong role, foreign hazard or unit; 404 unknown hazard or unit; 409 the hazard has ended; 413 the file has
            too many bytes; 415 it is of no allowed type, or of another one than declared; 422 it is empty or damaged, or was
            taken in the future; 503 the store of files does not answer, or too many files come in.
    """
    caller, looks_back = await _admit(desk.kit.pool, principal, hazard_id, said, at)
    async with _answered(), scratch(desk.settings.evidence_scratch) as folder:
        file = await _received(desk.settings, said, stream, folder / "original")
        before = await store.same(desk.kit.pool, hazard_id, file.content.sha256, said.kind)
        async with desk.turn():
            if before is not None:
                # Kept for ever, so it may be written without a claim: whoever sends it again mends what a disk has lost.
                await desk.objects.put(file.content.sha256, file.path)
                return before, False
            shown, rendition = await _looked_into(desk.settings, said.media_type, file, folder / "rendition")
            await _put(desk, at, {file.path: file.content} | ({} if rendition is None else {folder / "rendition": rendition}))
        new = store.NewEvidence(
            hazard_id=hazard_id,
            said=said,
            shown=shown,
            original=file.content,
            rendition=rendition,
            recorded_at=at,
            subject=principal.subject,
            unit=caller,
            on_behalf_of=principal.actor(said.unit).on_behalf_of,
        )
        return await desk.kit.command(lambda connection: _record(connection, new, looks_back))


async def _admit(pool: Pool, principal: Principal, hazard_id: UUID, said: Said, at: datetime) -> tuple[str, bool]:
    if not rules.may_upload(principal.roles):
        principal.require("submitter", "office", "supervisor", "agency")
    caller = principal.acting_unit()
    found = await reader(pool, principal, hazard_id)
    _refuse_ended(found.state, found.looks_back)
    if said.unit is not None:
        await units.in_scope(pool, principal, said.unit)
    if reason := rules.against_taking(said.taken_at, at):
        raise invalid("taken_at", reason)
    return caller, found.looks_back


def _refuse_ended(state: State, looks_back: bool) -> None:
    if not rules.may_add(state, look_back=looks_back):
        raise conflict(f"the hazard is {state}; only a look-back adds evidence to it", "state")


async def _received(settings: EvidenceSettings, said: Said, stream: AsyncIterator[bytes], path: Path) -> Received:
    try:
        file = await receive(stream, path, settings.evidence_limit_bytes)
    except TooLargeError as error:
        limit = settings.evidence_limit_bytes
        text = f"a file may have at most {limit} bytes"
        raise Problem(413, f"{text}; reduce or divide it", FieldError(_FILE, text)) from error
    if file.content.size == 0:
        raise invalid(_FILE, "the file is empty; send its bytes as the body")
    if reason := rules.against_type(said.media_type, file.head, settings.evidence_types):
        raise Problem(415, f"content-type: {reason}", FieldError("content-type", reason))
    return file


async def _looked_into(settings: EvidenceSettings, media_type: str, file: Received, target: Path) -> tuple[Shown, Content | None]:
    bounds = Bounds(settings.evidence_pixels, settings.evidence_seconds, settings.evidence_memory_bytes)
    try:
        shown = await look_bounded(file.path, target, media_type, bounds)
    except Unfit as unfit:
        log.info("evidence_refused", code=unfit.code, why=unfit.detail, media_type=media_type)
        status = _STATUSES.get(unfit.code, 422)
        raise Problem(status, f"{_FILE}: {unfit.reason}", FieldError(_FILE, unfit.reason)) from unfit
    return shown, await content_of(target) if MEDIA_TYPES[media_type].stripped else None


async def _put(desk: Desk, at: datetime, files: dict[Path, Content]) -> None:
    """Claim the objects, then write them: whatever is in the store, a row tells of it."""
    until = at + desk.settings.abandoned_after
    if not await desk.kit.command(lambda connection: store.claim(connection, list(files.values()), until)):
        raise _swept()
    for path, content in files.items():
        await desk.objects.put(content.sha256, path)


async def _record(connection: Connection, new: store.NewEvidence, looks_back: bool) -> tuple[Evidence, bool]:
    state = await store.held_state(connection, new.hazard_id)
    if state is None:
        raise not_found("hazard_id", new.hazard_id)
    _refuse_ended(state, looks_back)
    digests = [new.original.sha256, *([] if new.rendition is None else [new.rendition.sha256])]
    if not await store.keep(connection, digests):
        raise _swept()
    return await store.insert(connection, new)


def _swept() -> Problem:
    return Problem(503, "what an earlier upload of this file left behind is being swept away; try again in a minute")


@asynccontextmanager
async def _answered() -> AsyncIterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        raise unavailable(error) from error


def unavailable(error: StoreUnavailable) -> Problem:
    """Log that the store of files does not answer, and return what the caller is told."""
    log.warning("evidence_store_unavailable", why=str(error))
    return Problem(503, "the store of files does not answer now; try again")


def named(said: Said) -> Said:
    """What the caller says, its file name made fit to be handed out."""
    return replace(said, name=rules.clean_name(said.name))
