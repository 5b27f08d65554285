"""Rows of a sheet by their columns: under which header a value stands, and what is wrong with it.

A cell is text, a number or a local date with time; a blank cell is not there. Reasons are written for those who filled the sheet
in.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
Cell = str | Decimal | datetime
"""A number is finite; a datetime is local and has no offset."""

HEADER_WITHIN: Final = 5
"""The header stands in one of the first rows that are not blank: ledgers carry their title above it."""

_CODE: Final = re.compile(r"[0-9A-Za-z_.:-]{1,128}")
_DATE: Final = re.compile(
    r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:[ T]?(\d{1,2})(?::|时)(\d{1,2})?分?(?::(\d{1,2}))?)?"
)
_LEAST_MATCHES: Final = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was read; rows count from 1 as a spreadsheet shows them."""

    number: int
    cells: Sequence[Cell | None]


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in a row. `field` is the header as it is printed in the sheet, or the Chinese one."""

    row: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet, under its Chinese or English header or another name that is in use."""

    key: str
    chinese: str
    english: str
    required: bool = False
    aliases: tuple[str, ...] = ()

    def names(self) -> Iterator[str]:
        """Every header that means this column, as `plain` writes them."""
        return (plain(name) for name in (self.key, self.chinese, self.english, *self.aliases))


class WrongHeaderError(Exception):
    """The sheet has no header, or one that cannot be understood."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__("; ".join(error.reason for error in errors))
        self.errors = errors


def plain(header: str) -> str:
    """A header without what does not tell it from others: width of characters, spaces, case, a mark that it is required."""
    return "".join(unicodedata.normalize("NFKC", header).split()).casefold().strip("*")


def headed(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Give each row below the header as its number and its cells by the keys of `columns`. Blank rows are passed over.

    Raises:
        WrongHeaderError: no header, a header that is unknown or stands there twice, or a required column is missing.
    """
    numbered = iter(rows)
    keys = _header(numbered, columns)
    for row in numbered:
        cells = {key: cell for key, cell in zip(keys, row.cells, strict=False) if key and cell is not None and _filled(cell)}
        beyond = next((cell for cell in row.cells[len(keys) :] if _filled(cell)), None)
        if beyond is not None:
            raise WrongHeaderError([RowError(row.number, "", "该行内容超出表头的列")])
        if cells:
            yield row.number, cells


def _filled(cell: Cell | None) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _header(rows: Iterator[Row], columns: Sequence[Column]) -> list[str | None]:
    known = {name: column for column in columns for name in column.names()}
    seen = 0
    for row in rows:
        if not any(_filled(cell) for cell in row.cells):
            continue
        names = [plain(cell) if isinstance(cell, str) else "" for cell in row.cells]
        if len({known[name].key for name in names if name in known}) >= _LEAST_MATCHES:
            return _matched(row, known, columns)
        seen += 1
        if seen == HEADER_WITHIN:
            break
    wanted = "、".join(column.chinese for column in columns if column.required)
    raise WrongHeaderError([RowError(1, "", f"没有找到表头，至少要有：{wanted}")])


def _matched(row: Row, known: Mapping[str, Column], columns: Sequence[Column]) -> list[str | None]:
    keys: list[str | None] = []
    errors = []
    for cell in row.cells:
        printed = str(cell).strip() if _filled(cell) else ""
        column = known.get(plain(printed))
        if printed and column is None:
            errors.append(RowError(row.number, printed, "不认识的列，请改名或删去"))
        elif column is not None and column.key in keys:
            errors.append(RowError(row.number, printed, f"与另一列同为“{column.chinese}”"))
        keys.append(column.key if column else None)
    errors += [
        RowError(row.number, column.chinese, "缺少这一列") for column in columns if column.required and column.key not in keys
    ]
    if errors:
        raise WrongHeaderError(errors)
    return keys


def written(cell: Cell) -> str:
    """A cell as text, as a person would have typed it."""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M" if cell.time() != cell.min.time() else "%Y-%m-%d")
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f") if cell != cell.to_integral_value() else format(cell.to_integral_value(), "f")
    return unicodedata.normalize("NFC", cell).strip()


@dataclass(slots=True)
class Reader:
    """Reads the values of one row and gathers what is wrong. A value that is wrong, or blank, reads as None."""

    row: int
    cells: Mapping[str, Cell]
    columns: Mapping[str, Column]
    errors: list[RowError] = field(default_factory=list)

    def wrong(self, key: str, reason: str) -> None:
        """Note that a value is wrong."""
        self.errors.append(RowError(self.row, self.columns[key].chinese, reason))

    def text(self, key: str, most: int) -> str | None:
        """Text of at most `most` characters; a blank one is wrong where the column is required."""
        cell = self.cells.get(key)
        text = "" if cell is None else written(cell)
        if not text:
            if self.columns[key].required:
                self.wrong(key, "不能为空")
            return None
        if "\x00" in text:
            self.wrong(key, "含有不能保存的字符")
        elif len(text) > most:
            self.wrong(key, f"最多 {most} 字，现有 {len(text)} 字")
        else:
            return text
        return None

    def code(self, key: str) -> str | None:
        """A code of letters, digits and `_ . : -`."""
        text = self.text(key, 128)
        if text is None or _CODE.fullmatch(text):
            return text
        self.wrong(key, "只能用字母、数字和 _ . : -")
        return None

    def choice(self, key: str, words: Mapping[str, T]) -> T | None:
        """One of some words."""
        text = self.text(key, 64)
        if text is None or plain(text) in words:
            return words.get(plain(text)) if text is not None else None
        self.wrong(key, f"“{text}”不在可选之内：{'、'.join(words)}")
        return None

    def number(self, key: str, least: Decimal, most: Decimal, places: int) -> Decimal | None:
        """A number from `least` to `most` with at most `places` decimal places."""
        cell = self.cells.get(key)
        try:
            value = (
                cell
                if isinstance(cell, Decimal)
                else Decimal(unicodedata.normalize("NFKC", self.text(key, 64) or "").replace(",", ""))
            )
        except InvalidOperation:
            if cell is not None:
                self.wrong(key, "不是数字")
            return None
        if not value.is_finite() or not least <= value <= most:
            self.wrong(key, f"应在 {least} 到 {most} 之间")
        elif value != round(value, places):
            self.wrong(key, f"最多 {places} 位小数" if places else "应为整数")
        else:
            return value
        return None

    def local(self, key: str, zone: ZoneInfo, *, end_of_day: bool = False) -> datetime | None:
        """An instant that is written as a local date, with or without a time. A bare date means its beginning, or its end.

        A named day counts until 24:00 of it (DOMAIN 7), so its end is the beginning of the next one.
        """
        cell = self.cells.get(key)
        moment, bare = (cell, cell.time() == cell.min.time()) if isinstance(cell, datetime) else _moment(self.text(key, 64) or "")
        if moment is None:
            if cell is not None and written(cell):
                self.wrong(key, "不是日期，请写成 2026-03-02 或 2026-03-02 14:30")
            return None
        try:
            local = moment.replace(tzinfo=zone)
            return local + timedelta(days=1) if end_of_day and bare else local
        except OverflowError:
            self.wrong(key, "日期超出范围")
            return None


def _moment(text: str) -> tuple[datetime | None, bool]:
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        return None, False
    parts = [int(part) if part else 0 for part in found.groups()]
    try:
        return datetime(*parts), found[4] is None  # type: ignore[arg-type]  # noqa: DTZ001 - six numbers, local by its column
    except ValueError:
        return None, False
