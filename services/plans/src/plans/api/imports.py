"""Imports: read a document into drafts, and read the drafts again. The body is the file itself; its name goes in the query."""

import asyncio
from typing import Annotated, Any, Final, Self
from uuid import UUID

from fastapi import APIRouter, FastAPI, Query, Response
from fastapi.requests import Request
from pydantic import BaseModel

from contracts.values import Instant, Name, UnitCode
from plans.bounded import Bounds, Imported, import_bounded
from plans.commands import imports as commands
from plans.commands.callers import planning_unit
from plans.importing.draft import PlanDraft, WarningDraft
from plans.importing.refusal import Unreadable
from plans.settings import Settings
from plans.store import imports as store
from servicekit.database import Connection
from servicekit.http import KitDep, PrincipalDep
from servicekit.kit import Kit
from servicekit.problems import FieldError, Problem, not_found
from servicekit.units import in_scope

_FIRST = UUID(int=0)
_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "the bytes of the document",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_STATUSES: Final = {"too_large": 413, "too_much_text": 413, "failed": 500}
router = APIRouter(tags=["imports"])


class ImportItem(BaseModel):
    """An import without what it found."""

    import_id: UUID
    unit: UnitCode
    name: str
    format: str
    file_digest: str
    imported_at: Instant
    plans: int


class ImportView(BaseModel):
    """An import: the source's lines as they were read, and a draft for every plan in it. Line n is `lines[n - 1]`."""

    import_id: UUID
    unit: UnitCode
    name: str
    format: str
    file_digest: str
    content_digest: str
    imported_at: Instant
    plans: list[PlanDraft]
    warnings: list[WarningDraft]
    lines: list[str]

    @classmethod
    def of(cls, found: store.Import) -> Self:
        fields = {name: getattr(found, name) for name in cls.model_fields if name != "plans"}
        return cls(**fields | {"plans": list(found.drafts)})


class ImportPage(BaseModel):
    """Imports, the oldest first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[ImportItem]
    next: UUID | None


@router.post(
    "/plans/imports",
    status_code=201,
    response_model=ImportView,
    responses={200: {"model": ImportView, "description": "The unit imported the same content before; that import"}},
    openapi_extra=_FILE,
    summary="导入方案文件 Read a document into drafts; nothing is issued",
)
async def add(
    kit: KitDep,
    principal: PrincipalDep,
    request: Request,
    name: Annotated[Name, Query(description="the file's name; its ending must agree with its content", examples=["方案.docx"])],
) -> Response:
    at = request.state.received_at
    unit = await planning_unit(kit.pool, principal, at)
    read = await _read(kit, _gate(request.app, kit), await request.body(), name)
    drafts = [PlanDraft.model_validate(each) for each in read["plans"]]
    new = store.NewImport(
        unit=unit,
        name=name,
        format=read["format"],
        file_digest=read["digest"],
        content_digest=commands.content_digest(drafts, read["lines"]),
        lines=read["lines"],
        warnings=[WarningDraft.model_validate(each) for each in read["warnings"]],
        drafts=drafts,
    )

    async def run(connection: Connection) -> tuple[store.Import, bool]:
        return await commands.add(connection, principal, new, at)

    found, is_new = await kit.command(run)
    return Response(ImportView.of(found).model_dump_json(), 201 if is_new else 200, media_type="application/json")


@router.get("/plans/imports/{import_id}", summary="查询导入 An import of the caller's subtree")
async def read(kit: KitDep, principal: PrincipalDep, import_id: UUID) -> ImportView:
    found = await store.find(kit.pool, import_id)
    if found is None:
        raise not_found("import_id", import_id)
    await in_scope(kit.pool, principal, found.unit)
    return ImportView.of(found)


@router.get("/plans/imports", summary="列出导入 Imports of the caller's subtree")
async def read_list(
    kit: KitDep,
    principal: PrincipalDep,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> ImportPage:
    rows = await store.listed(kit.pool, principal.subtree(), after or _FIRST, limit + 1)
    items = [ImportItem(**row) for row in rows[:limit]]
    return ImportPage(items=items, next=items[-1].import_id if len(rows) > limit else None)


def _gate(app: FastAPI, kit: Kit) -> asyncio.Semaphore:
    """The gate of this running service, made when the first document comes."""
    settings = _settings(kit)
    if not hasattr(app.state, "import_gate"):
        app.state.import_gate = asyncio.Semaphore(settings.import_parallel)
    gate: asyncio.Semaphore = app.state.import_gate
    return gate


def _settings(kit: Kit) -> Settings:
    assert isinstance(kit.settings, Settings)  # noqa: S101 - the service runs with its own settings
    return kit.settings


async def _read(kit: Kit, gate: asyncio.Semaphore, content: bytes, name: str) -> Imported:
    settings = _settings(kit)
    try:
        async with asyncio.timeout(settings.import_wait_seconds):
            await gate.acquire()
    except TimeoutError as error:
        raise Problem(503, "too many documents are being imported; try again") from error
    try:
        bounds = Bounds(settings.import_limit_bytes, settings.import_seconds, settings.import_memory_bytes)
        return await import_bounded(content, name, bounds)
    except Unreadable as refused:
        status = _STATUSES.get(refused.code, 422)
        raise Problem(status, f"{refused.message}。{refused.remedy}。", FieldError("file", refused.code)) from refused
    finally:
        gate.release()
