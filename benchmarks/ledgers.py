"""Seconds and memory to import a ledger from XLSX, beside the seconds to read its rows alone."""

import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from benchmarks.parts import Parts, execute, say
from benchmarks.sizes import Sizes
from hazards.commands.ledgers import Ledger
from hazards.domain import ledger
from hazards.domain.rows import Cell
from hazards.settings import Settings
from hazards.sheets.bounded import read_bounded
from hazards.sheets.workbooks import write_xlsx
from local_stack.paths import ROOT
from servicekit.auth import Principal
from servicekit.database import create_pool

_AT: Final = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
_FOUND: Final = datetime(2026, 2, 1, 9, 30)  # noqa: DTZ001 - a cell of a sheet is local
_DUE: Final = datetime(2026, 3, 20)  # noqa: DTZ001 - a cell of a sheet is local
_VILLAGES: Final = 2000
_UNITS: Final = f"""
INSERT INTO unit (code, name, level, groups, parent, registered_at, sequence)
SELECT 'c', '青山县', 'county', '{{}}'::text[], NULL, now(), 1
UNION ALL SELECT 't' || n, '镇' || n, 'town', '{{}}', 'c', now(), 1 FROM generate_series(0, 19) AS n
UNION ALL SELECT 'v' || n, '村' || n, 'village', '{{}}', 't' || n % 20, now(), 1 FROM generate_series(0, {_VILLAGES - 1}) AS n
"""


async def measure(parts: Parts, sizes: Sizes) -> dict[str, object]:
    """Import a ledger of hazards under rectification, each with its five elements: two events and two links of its chain a row.

    Raises:
        AssertionError: not every row became a hazard.
    """
    content = _workbook(sizes.ledger_rows)
    url = await parts.database("ledgers", ROOT / "services" / "hazards" / "migrations")
    await execute(url, _UNITS, "ANALYZE unit")
    settings = Settings.model_validate(parts.settings(url).model_dump())
    begin = time.perf_counter()
    rows = sum([1 async for _ in read_bounded(content, settings.ledger_bounds)])
    reading = time.perf_counter() - begin
    pool = await create_pool(settings)
    try:
        office = Principal("benchmark", "c", frozenset({"office"}))

        async def transaction(run):  # type: ignore[no-untyped-def] # what Kit.command does, without its service
            async with pool.acquire() as connection, connection.transaction():
                return await run(connection)

        held = _mebibytes()
        begin = time.perf_counter()
        done = await Ledger(pool, office, content, _AT).bring(settings.ledger_bounds, transaction)
        seconds = time.perf_counter() - begin
        events = await pool.fetchval("SELECT count(*) FROM outbox")
    finally:
        await pool.close()
    assert done.ordered == sizes.ledger_rows, done
    say(f"ledger: {done.ordered:,} hazards, {events:,} events in {seconds:.1f} s")
    return {
        "seconds": round(seconds, 2),
        "seconds_reading_only": round(reading, 2),
        "rows": rows,
        "file_bytes": len(content),
        "events": events,
        "peak_mebibytes_more": _mebibytes() - held,
    }


def _workbook(rows: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        write_xlsx(path, "台账", ledger.header(), (_row(number) for number in range(1, rows + 1)))
        return path.read_bytes()


def _row(number: int) -> list[Cell | None]:
    cells: dict[str, Cell] = {
        "number": f"旧-{number}",
        "title": f"第{number}处林边堆放柴草，靠近居民点",
        "category": "用火",
        "grade": "一般",
        "unit": f"v{number % _VILLAGES}",
        "enterprise": "青山林场",
        "enterprise_code": f"91330802MA2AB{number % 9999:05}",
        "address": "后山林缘",
        "found_at": _FOUND,
        "stage": "明查",
        "description": "约三立方米，距民房不足十米",
        "measures": "清运并设隔离带",
        "responsible": f"村{number % _VILLAGES}",
        "responsible_person": "王某",
        "funds": Decimal(1200),
        "due": _DUE,
        "contingency": "专人看守",
        "state": "整改中",
    }
    return list(_in_order(cells))


def _in_order(cells: dict[str, Cell]) -> Iterator[Cell | None]:
    return (cells.get(column.key) for column in ledger.EXPORTED)


def _mebibytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
