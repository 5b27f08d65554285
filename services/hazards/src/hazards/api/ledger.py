"""The ledger (台账) as a sheet: an older one comes in, the present one goes out with the documents' column names."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask

from contracts.values import UnitCode
from hazards.api.searching import Narrowed
from hazards.commands.ledgers import Ledger
from hazards.domain import ledger
from hazards.domain.policy import ZONE
from hazards.domain.rows import Cell
from hazards.settings import Settings
from hazards.sheets.delimited import write_csv
from hazards.sheets.settings import LEDGER_IMPORTS
from hazards.sheets.workbooks import write_xlsx
from hazards.store import search
from hazards.store.ledgers import LedgerImport
from servicekit import units
from servicekit.http import KitDep, PrincipalDep
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.units import in_scope

_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "an XLSX or CSV file with the columns "
        + "、".join(column.chinese for column in ledger.COLUMNS if column.imported),
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv")
        },
    }
}
_TYPES: Final[Mapping[str, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
router = APIRouter(tags=["ledger"])


class LedgerImportView(BaseModel):
    """What an import brought, by where the hazards stand. The same file again answers the same."""

    import_id: UUID
    unit: UnitCode
    hazards: int
    reported: int
    ordered: int
    closed: int


class Export(Narrowed):
    """Which hazards, as which kind of file."""

    form: Literal["xlsx", "csv"] = "xlsx"


@router.post(
    LEDGER_IMPORTS,
    status_code=201,
    response_model=LedgerImportView,
    openapi_extra=_FILE,
    summary="导入台账 Import an older ledger; all rows or none",
)
async def bring(kit: KitDep, principal: PrincipalDep, request: Request) -> LedgerImportView:
    content = await request.body()
    older = Ledger(kit.pool, principal, content, request.state.received_at)
    done: LedgerImport = await older.bring(_settings(kit).ledger_bounds, kit.command)
    return LedgerImportView(**{name: getattr(done, name) for name in LedgerImportView.model_fields})


@router.get(
    "/ledger",
    response_class=FileResponse,
    responses={200: {"content": {kind: {} for kind in _TYPES.values()}}},
    summary="导出台账 The ledger of a subtree, redacted by role",
)
async def export(kit: KitDep, principal: PrincipalDep, wanted: Annotated[Export, Query()]) -> Response:
    unit = wanted.unit or principal.subtree()
    if unit is not None:
        await in_scope(kit.pool, principal, unit)
    most = _settings(kit).ledger_limit_rows
    target = tempfile.NamedTemporaryFile(suffix=f".{wanted.form}", delete=False)  # noqa: SIM115 - the answer deletes it
    target.close()
    path = Path(target.name)
    rows = _rows(kit, wanted.filter(unit), most)
    try:
        await _write(path, wanted.form, rows, principal.roles)
    except BaseException:
        path.unlink(missing_ok=True)  # noqa: ASYNC240 - one system call
        raise
    day = kit.clock.now().astimezone(ZONE).date()
    return FileResponse(
        path,
        media_type=_TYPES[wanted.form],
        filename=f"隐患台账-{day.isoformat()}.{wanted.form}",
        headers={"X-Content-Type-Options": "nosniff"},
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


def _settings(kit: Kit) -> Settings:
    assert isinstance(kit.settings, Settings)  # noqa: S101 - the service runs with its own settings
    return kit.settings


async def _rows(kit: Kit, wanted: search.Filter, most: int) -> AsyncIterator[list[dict[str, Cell | None]]]:
    """Rows a bounded number at a time, their units by name."""
    now, count = kit.clock.now(), 0
    async with aclosing(search.every(kit.pool, wanted, most + 1)) as pages:
        async for page in pages:
            count += len(page)
            if count > most:
                raise Problem(413, f"the ledger has more than {most} rows: narrow it, by unit, state or time")
            codes = {code for hazard in page for code in (hazard.unit, hazard.rectifier)}
            names = await units.names(kit.pool, codes)
            yield [ledger.row_of(hazard, names, now) for hazard in page]


async def _write(path: Path, form: str, pages: AsyncIterator[list[dict[str, Cell | None]]], roles: Iterable[str]) -> None:
    """Write in a thread, page after page: neither the rows nor the file stand in memory."""
    loop = asyncio.get_running_loop()

    async def following() -> list[dict[str, Cell | None]]:
        return await anext(pages, [])

    def all_rows() -> Iterator[dict[str, Cell | None]]:
        while page := asyncio.run_coroutine_threadsafe(following(), loop).result():
            yield from page

    def write() -> None:
        printed = ledger.printed(all_rows(), set(roles))
        if form == "xlsx":
            write_xlsx(path, "隐患台账", ledger.header(), printed)
            return
        with path.open("wb") as file:
            file.writelines(write_csv(_headed(printed)))

    await asyncio.to_thread(write)


def _headed(rows: Iterable[Sequence[Cell | None]]) -> Iterator[Sequence[Cell | None]]:
    yield ledger.header()
    yield from rows
