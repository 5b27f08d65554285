"""The library of standard hazards over HTTP. The body of an import is the CSV file itself."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from fastapi.requests import Request
from pydantic import BaseModel

from contracts.values import Key, Name, UnitCode
from hazards.commands import library as commands
from hazards.domain.library import COLUMNS, Entry
from hazards.sheets.limits import Limits
from hazards.sheets.settings import LIBRARY_IMPORTS, SheetSettings
from hazards.store import library as store
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.http import KitDep, PrincipalDep
from servicekit.kit import Kit
from servicekit.problems import forbidden, not_found

_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "a CSV file (UTF-8 or GB18030) with the columns " + "、".join(column.chinese for column in COLUMNS),
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}
router = APIRouter(tags=["library"])


class ImportView(BaseModel):
    """What an import published. `changed` entries got a next version; `unchanged` ones stay the version they were."""

    import_id: str
    unit: UnitCode
    added: int
    changed: int
    unchanged: int


class EntryPage(BaseModel):
    """Entries by their codes. `next` goes into `after` for the following page; null: this is the last."""

    items: list[Entry]
    next: Key | None


@router.post(
    LIBRARY_IMPORTS,
    status_code=201,
    response_model=ImportView,
    openapi_extra=_FILE,
    summary="导入标准隐患库 Publish standard hazards; all rows or none",
)
async def add(kit: KitDep, principal: PrincipalDep, request: Request) -> Response:
    at = request.state.received_at
    await commands.publisher(kit.pool, principal, at)
    content = await request.body()
    standards = await asyncio.to_thread(commands.read, content, _limits(kit))

    async def run(connection: Connection) -> commands.Imported:
        return await commands.publish(connection, principal, content, standards, at)

    done = await kit.command(run)
    view = ImportView(
        import_id=str(done.import_id), unit=done.unit, added=done.added, changed=done.changed, unchanged=done.unchanged
    )
    return Response(view.model_dump_json(), 201, media_type="application/json")


@router.get("/library/{code}", summary="查询标准隐患 The entry that holds for a unit, or a version that a unit published")
async def read(
    kit: KitDep,
    principal: PrincipalDep,
    code: Key,
    unit: Annotated[UnitCode | None, Query(description="default: the caller's; with `version` the unit that published")] = None,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Entry:
    line = await _line(kit.pool, principal, unit)
    found = await store.entry(kit.pool, line, code) if version is None else await store.version(kit.pool, line[0], code, version)
    if found is None:
        raise not_found("code", code)
    return found


@router.get("/library", summary="列出标准隐患 The entries that hold for a unit")
async def read_list(
    kit: KitDep,
    principal: PrincipalDep,
    unit: Annotated[UnitCode | None, Query(description="default: the caller's")] = None,
    q: Annotated[Name | None, Query(description="words in code, title, description or clause")] = None,
    category: Name | None = None,
    after: Key | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> EntryPage:
    line = await _line(kit.pool, principal, unit)
    found = await store.page(kit.pool, line, category, q, after or "", limit + 1)
    return EntryPage(items=found[:limit], next=found[limit - 1].code if len(found) > limit else None)


def _limits(kit: Kit) -> Limits:
    assert isinstance(kit.settings, SheetSettings)  # noqa: S101 - the service runs with its own settings
    return kit.settings.library_limits


async def _line(pool: Pool, principal: Principal, code: str | None) -> list[str]:
    """The line of a unit that stands above, at or below the caller's: standards bind below and are read from above."""
    code = code or principal.acting_unit()
    line = [unit.code for unit in await units.lineage(pool, code)]
    if not line:
        raise not_found("unit", code)
    if principal.unit is None:
        principal.require("admin", "auditor")
    elif principal.unit not in line and not await units.within(pool, principal.unit, code):
        raise forbidden(f"unit {code} stands neither above nor below {principal.unit}")
    return line
