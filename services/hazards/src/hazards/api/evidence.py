"""Evidence over HTTP. The body of an upload is the file itself; what is said of it stands beside it."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, Final, Self
from urllib.parse import quote
from uuid import UUID

import structlog
from fastapi import APIRouter, FastAPI, Header, Query, Response
from fastapi.requests import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from contracts.values import Instant, Name, UnitCode
from hazards.commands import evidence as commands
from hazards.commands.evidence import Desk
from hazards.commands.evidence_objects import ChangedError, checked
from hazards.domain.evidence import MEDIA_TYPES, Evidence, Kind, Position, Said
from hazards.objects.interface import ObjectMissing, StoreUnavailable
from hazards.objects.settings import EvidenceSettings, open_store
from hazards.store import evidence as store
from servicekit.http import KitDep, PrincipalDep
from servicekit.kit import Kit
from servicekit.problems import Problem, forbidden, invalid, not_found

log = structlog.get_logger(__name__)

_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "the bytes of the file, of the type that Content-Type declares",
        "content": dict.fromkeys(MEDIA_TYPES, _BINARY),
    }
}
_DOWNLOAD: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file; Content-Digest is its SHA-256", "content": dict.fromkeys(MEDIA_TYPES, _BINARY)}
}
router = APIRouter(tags=["evidence"])


class PlaceView(BaseModel):
    """A place in decimal degrees of WGS 84."""

    latitude: float
    longitude: float

    @classmethod
    def of(cls, position: Position | None) -> Self | None:
        return None if position is None else cls(latitude=position.latitude, longitude=position.longitude)


class ContentView(BaseModel):
    """Bytes of a file."""

    size: int
    sha256: str


class EvidenceView(BaseModel):
    """A file of a hazard. `taken_at` and `place` are what the caller said, `file_…` what the file itself says; outsiders see no
    place and not who added it. `rendition` is what is handed out without `original=true`; null: the original."""

    evidence_id: UUID
    hazard_id: UUID
    kind: Kind
    name: str
    media_type: str
    original: ContentView
    rendition: ContentView | None
    width: int | None
    height: int | None
    taken_at: Instant | None
    place: PlaceView | None
    file_taken_at: Instant | None
    file_place: PlaceView | None
    recorded_at: Instant
    unit: UnitCode
    on_behalf_of: UnitCode | None
    subject: str | None

    @classmethod
    def of(cls, evidence: Evidence, *, whole: bool) -> Self:
        """The evidence as an outsider sees it, or the whole of it."""
        original, rendition = evidence.original, evidence.rendition
        return cls(
            evidence_id=evidence.evidence_id,
            hazard_id=evidence.hazard_id,
            kind=evidence.said.kind,
            name=evidence.file_name(),
            media_type=evidence.said.media_type,
            original=ContentView(size=original.size, sha256=original.sha256.hex()),
            rendition=rendition and ContentView(size=rendition.size, sha256=rendition.sha256.hex()),
            width=evidence.shown.width,
            height=evidence.shown.height,
            taken_at=evidence.said.taken_at,
            place=PlaceView.of(evidence.said.position) if whole else None,
            file_taken_at=evidence.shown.taken_at,
            file_place=PlaceView.of(evidence.shown.position) if whole else None,
            recorded_at=evidence.recorded_at,
            unit=evidence.unit,
            on_behalf_of=evidence.on_behalf_of,
            subject=evidence.subject if whole else None,
        )


class EvidencePage(BaseModel):
    """Evidence, the oldest first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[EvidenceView]
    next: UUID | None


@router.post(
    "/hazards/{hazard_id}/evidence",
    status_code=201,
    response_model=EvidenceView,
    responses={200: {"model": EvidenceView, "description": "The hazard had the same file as the same kind; that evidence"}},
    openapi_extra=_UPLOAD,
    summary="上传证据 Add a photo or a file to a hazard",
)
async def add(
    kit: KitDep,
    principal: PrincipalDep,
    request: Request,
    hazard_id: UUID,
    kind: Annotated[Kind, Query(description="before or after the rectification, or other")],
    name: Annotated[Name | None, Query(description="the file's name", examples=["整改前.jpg"])] = None,
    taken_at: Annotated[Instant | None, Query(description="when it was taken, with an offset; not in the future")] = None,
    unit: Annotated[UnitCode | None, Query(description="the unit of the caller's subtree that the caller acts for")] = None,
    # Not in the query: addresses end up in the logs of proxies, and a place may be where somebody lives.
    evidence_place: Annotated[
        str | None,
        Header(
            pattern=r"^-?[0-9]{1,2}(\.[0-9]{1,8})?,-?[0-9]{1,3}(\.[0-9]{1,8})?$",
            description="where it was taken: latitude,longitude in decimal degrees of WGS 84",
            examples=["28.9354,118.8741"],
        ),
    ] = None,
) -> Response:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    said = Said(kind, media_type, name, taken_at, _position(evidence_place), unit)
    desk = _desk(request.app, kit)
    at = request.state.received_at
    evidence, is_new = await commands.add(desk, principal, hazard_id, commands.named(said), request.stream(), at)
    reader = await commands.reader(kit.pool, principal, hazard_id)
    body = EvidenceView.of(evidence, whole=reader.originals).model_dump_json()
    return Response(body, 201 if is_new else 200, media_type="application/json")


@router.get("/hazards/{hazard_id}/evidence", summary="列出证据 The evidence of a hazard")
async def read_list(
    kit: KitDep,
    principal: PrincipalDep,
    hazard_id: UUID,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> EvidencePage:
    reader = await commands.reader(kit.pool, principal, hazard_id)
    found = await store.of_hazard(kit.pool, hazard_id, after or store.FIRST, limit + 1)
    items = [EvidenceView.of(each, whole=reader.originals) for each in found[:limit]]
    return EvidencePage(items=items, next=items[-1].evidence_id if len(found) > limit else None)


@router.get(
    "/hazards/{hazard_id}/evidence/{evidence_id}",
    response_class=StreamingResponse,
    responses=_DOWNLOAD,
    summary="下载证据 A file of a hazard, stripped unless the original is asked for and may be seen",
)
async def read(
    kit: KitDep,
    principal: PrincipalDep,
    request: Request,
    hazard_id: UUID,
    evidence_id: UUID,
    *,
    original: Annotated[bool, Query(description="as it was uploaded: office and supervisor of the hazard's line only")] = False,
) -> Response:
    reader = await commands.reader(kit.pool, principal, hazard_id)
    if original and not reader.originals:
        raise forbidden(
            "originals are for the office and supervisors of the hazard's unit and those above it; leave original out"
        )
    found = await store.find(kit.pool, hazard_id, evidence_id)
    if found is None:
        raise not_found("evidence_id", evidence_id)
    content = found.content(original=original)
    chunks = checked(_desk(request.app, kit).objects, content)
    try:
        first = await anext(chunks)
    except StoreUnavailable as error:
        raise commands.unavailable(error) from error
    except (ObjectMissing, ChangedError) as error:
        log.error("evidence_broken", evidence_id=str(evidence_id), flaw=type(error).__name__)  # noqa: TRY400 - its name says all
        raise Problem(500, "the file is not in the store as it was put there; it was logged for an operator") from error

    async def body() -> AsyncIterator[bytes]:
        async with aclosing(chunks):
            yield first
            async for chunk in chunks:
                yield chunk

    ending = MEDIA_TYPES[found.said.media_type].ending
    headers = {
        "Content-Length": str(content.size),
        "Content-Digest": f"sha-256=:{base64.b64encode(content.sha256).decode()}:",
        "Content-Disposition": f"attachment; filename=\"evidence{ending}\"; filename*=UTF-8''{quote(found.file_name(), safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(body(), media_type=found.said.media_type, headers=headers)


def _position(place: str | None) -> Position | None:
    if place is None:
        return None
    latitude, _, longitude = place.partition(",")
    try:
        return Position(float(latitude), float(longitude))
    except ValueError as error:
        raise invalid("evidence-place", str(error)) from error


def _desk(app: FastAPI, kit: Kit) -> Desk:
    """The desk of this running service, set up when it is needed first."""
    if not hasattr(app.state, "evidence_desk"):
        settings = kit.settings
        assert isinstance(settings, EvidenceSettings)  # noqa: S101 - the service runs with its own settings
        app.state.evidence_desk = Desk(kit, settings, open_store(settings), asyncio.Semaphore(settings.evidence_parallel))
    desk: Desk = app.state.evidence_desk
    return desk
