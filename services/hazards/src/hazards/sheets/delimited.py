"""CSV (RFC 4180) as spreadsheets write it: UTF-8 with or without a byte order mark, or GB18030.

A spreadsheet takes text that begins with = + - @ for a formula. Such text is written behind an apostrophe and read without it;
text that begins with apostrophes before such a character gets one more, so that everything comes back as it was.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from hazards.domain.rows import Cell, Row, written
from hazards.sheets.limits import Code, Limits, UnreadableSheet

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_QUOTED_FORMULA: Final = re.compile(r"'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(content: bytes, limits: Limits) -> Iterator[Row]:
    """Give the rows of a CSV file. Records are counted, not lines: a quoted line break begins no row.

    Raises:
        UnreadableSheet: while the rows are given, too.
    """
    if len(content) > limits.file_bytes:
        raise UnreadableSheet("too_large", f"上限 {limits.file_bytes} 字节")
    records = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    try:
        for number, record in enumerate(records, start=1):
            limits.check(number, record)
            if record:
                yield Row(number, [_unquoted(cell) for cell in record])
    except csv.Error as error:
        # The module's own bound on a field, or a quotation mark that is not closed.
        code: Code = "cell_too_long" if "field larger" in str(error) else "damaged"
        raise UnreadableSheet(code, f"第 {records.line_num} 行附近") from error


def write_csv(rows: Iterable[Sequence[Cell | None]]) -> Iterator[bytes]:
    """Give a CSV file in pieces: UTF-8 with a byte order mark, because spreadsheets take it for another encoding without one."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    yield codecs.BOM_UTF8
    for row in rows:
        writer.writerow([_quoted(cell) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF_16):
        raise UnreadableSheet("encoding", "UTF-16")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableSheet("encoding")


def _quoted(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return written(cell)
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unquoted(cell: str) -> str:
    return cell[1:] if _QUOTED_FORMULA.match(cell) else cell
