"""XLSX: reading with calamine, writing with XlsxWriter.

calamine holds a whole sheet in memory, as large as its outermost cells make it: it is called in a process with bounds
(`hazards.sheets.bounded`) and nowhere else. Of a formula its stored value is read; a value that is an error reads as blank.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

import python_calamine as calamine
import xlsxwriter

from hazards.domain.rows import Cell, Row
from hazards.sheets.limits import Limits, UnreadableSheet
from hazards.sheets.packages import check_package

_MOST_CHARACTERS: Final = 32_767
_MOST_ROWS: Final = 1_048_576
_FORMULA: Final = re.compile(r"[=+\-@\t\r]")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTH: Final = 18
_TOO_WIDE_FOR_A_NUMBER: Final = 15


class SheetTooLargeError(Exception):
    """The rows do not fit into one sheet of a workbook."""


def read_xlsx(content: bytes, limits: Limits, sheet: str | None = None) -> Iterator[Row]:
    """Give the rows of the sheet of that name, or of the only one that is shown and not empty.

    Raises:
        UnreadableSheet: while the rows are given, too.
    """
    if len(content) > limits.file_bytes:
        raise UnreadableSheet("too_large", f"上限 {limits.file_bytes} 字节")
    check_package(content, limits)
    try:
        for number, cells in enumerate(_chosen(content, sheet).iter_rows(), start=1):
            row = [_cell(cell) for cell in cells]
            if any(cell is not None for cell in row):
                limits.check(number, row)
                yield Row(number, row)
    except calamine.PasswordError as error:
        raise UnreadableSheet("protected") from error
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise UnreadableSheet("damaged") from error


def _chosen(content: bytes, name: str | None) -> calamine.CalamineSheet:
    workbook = calamine.CalamineWorkbook.from_object(io.BytesIO(content))
    shown = [
        each.name
        for each in workbook.sheets_metadata
        if each.typ == calamine.SheetTypeEnum.WorkSheet and each.visible == calamine.SheetVisibleEnum.Visible
    ]
    if name is not None:
        if name not in shown:
            raise UnreadableSheet("unknown_sheet", f"现有：{'、'.join(shown)}")
        return workbook.get_sheet_by_name(name)
    sheets = [workbook.get_sheet_by_name(each) for each in shown]
    filled = [sheet for sheet in sheets if sheet.start is not None]
    if len(filled) > 1:
        raise UnreadableSheet("several_sheets", f"现有：{'、'.join(sheet.name for sheet in filled)}")
    if not sheets:
        raise UnreadableSheet("damaged", "没有工作表")
    return filled[0] if filled else sheets[0]


def _cell(value: object) -> Cell | None:
    match value:
        case "" | None:
            return None
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return Decimal(repr(value))
        case dt.datetime():
            # A spreadsheet counts days in binary fractions: 14:30 can come as 14:29:59.999999.
            return (value + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        case dt.date():
            return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a cell is local
        case _:
            return str(value)


def write_xlsx(path: Path, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell | None]]) -> int:
    """Write a workbook of one sheet, row by row, with memory for one row; return the number of rows below the header.

    Text stays text, whatever it begins with. A control character is left out: XML cannot hold it.

    Raises:
        SheetTooLargeError: too many rows, or a text of more characters than a cell takes.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    count = 0
    with xlsxwriter.Workbook(path, options) as workbook:
        sheet = workbook.add_worksheet(re.sub(r"[\[\]:*?/\\']", "", title)[:31] or None)
        bold = workbook.add_format({"bold": True, "text_wrap": True})
        moment, day = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}), workbook.add_format({"num_format": "yyyy-mm-dd"})
        # Stays text when somebody edits the cell.
        text = workbook.add_format({"quote_prefix": True})
        sheet.set_column(0, max(len(header) - 1, 0), _WIDTH)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
        for count, row in enumerate(rows, start=1):
            if count >= _MOST_ROWS:
                raise SheetTooLargeError(f"a sheet has at most {_MOST_ROWS} rows")
            for column, cell in enumerate(row):
                match cell:
                    case None | "":
                        continue
                    case dt.datetime():
                        sheet.write_datetime(count, column, cell, day if cell.time() == dt.time() else moment)
                    case Decimal() if len(cell.as_tuple().digits) <= _TOO_WIDE_FOR_A_NUMBER:
                        sheet.write_number(count, column, cell)
                    case _:
                        written = _CONTROLS.sub("", str(cell))
                        if len(written) > _MOST_CHARACTERS:
                            raise SheetTooLargeError(f"a cell holds at most {_MOST_CHARACTERS} characters")
                        sheet.write_string(count, column, written, text if _FORMULA.match(written) else None)
    return count
