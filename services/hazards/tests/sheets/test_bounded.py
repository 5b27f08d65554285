"""Sheets read in a process of their own: rows come through, bounds end what goes too far, nothing is left running."""

# ruff: noqa: DTZ001 - cells are local

import contextlib
import os
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hazards.domain.rows import Row
from hazards.sheets.bounded import Bounds, read_bounded
from hazards.sheets.limits import Limits, UnreadableSheet
from servicekit.confinement import environment

pytestmark = pytest.mark.io


async def rows(content: bytes, bounds: Bounds | None = None, sheet: str | None = None) -> list[Row]:
    return [row async for row in read_bounded(content, bounds or Bounds(), sheet)]


async def refusal(content: bytes, bounds: Bounds | None = None) -> str:
    with pytest.raises(UnreadableSheet) as refused:
        await rows(content, bounds)
    return refused.value.code


@pytest.fixture
def sparse(workbook) -> bytes:
    """Two cells in the corners of the grid: a few kilobytes, and half a terabyte as a table."""

    def fill(sheet, _book) -> None:
        sheet.write(0, 0, "一")
        sheet.write(1_048_575, 16_383, "二")

    content: bytes = workbook(fill)
    return content


async def test_cells_come_through_as_they_are(workbook) -> None:
    def fill(sheet, book) -> None:
        sheet.write_row(0, 0, ['引号"、换行\n、\u2028 和 😀', 2.5])
        sheet.write_datetime(1, 2, datetime(2026, 3, 2, 14, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))

    assert await rows(workbook(fill)) == [
        Row(1, ['引号"、换行\n、\u2028 和 😀', Decimal("2.5"), None]),
        Row(2, [None, None, datetime(2026, 3, 2, 14, 30)]),
    ]
    assert await rows('编号,名称\nA-1,"二\n行"\n'.encode("gb18030")) == [Row(1, ["编号", "名称"]), Row(2, ["A-1", "二\n行"])]
    assert await rows(workbook(fill, 说明=fill), sheet="说明") == await rows(workbook(fill))


async def test_refusals_come_through(workbook) -> None:
    assert await refusal(b"a,b\n" * 9, Bounds(Limits(rows=5))) == "too_many_rows"
    assert await refusal(b"a" * 9, Bounds(Limits(file_bytes=5))) == "too_large"
    assert await refusal(b"PK\x03\x04 and nothing more") == "damaged"


async def test_a_sheet_that_would_take_half_a_terabyte_ends_its_process_only(sparse) -> None:
    assert await refusal(sparse) == "too_much_memory"


async def test_a_reading_that_takes_too_long_is_ended() -> None:
    content = b"a," * 100 + b"\n"

    assert await refusal(content * 60_000, Bounds(Limits(columns=101), seconds=1)) == "too_slow"


async def test_leaving_early_ends_the_process(workbook) -> None:
    def fill(sheet, _book) -> None:
        for row in range(20_000):
            sheet.write(row, 0, "字" * 100)

    content = workbook(fill)
    async with contextlib.aclosing(read_bounded(content, Bounds())) as reading:
        assert (await anext(reading)).number == 1

    assert not [child for child in _children() if "hazards.sheets" in child]


def _children() -> list[str]:
    """The command lines of this process' children."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == os.getpid():
                found.append((folder / "cmdline").read_text())
    return found


def test_the_process_gets_no_secret() -> None:
    assert environment({"BIHUAN_INFORMANT_KEYS": "secret", "PATH": "/bin"}) == {"PATH": "/bin", "PYTHONUTF8": "1"}
