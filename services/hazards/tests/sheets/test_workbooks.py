"""XLSX: what is read of one, what is refused, and that what is written reads back."""

# ruff: noqa: DTZ001 - cells are local

import io
import struct
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.domain.rows import Cell, Row
from hazards.sheets.limits import Limits, UnreadableSheet
from hazards.sheets.workbooks import SheetTooLargeError, read_xlsx, write_xlsx

CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=50),
    st.decimals(-(10**9), 10**9, places=2),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
)


def refusal(content: bytes, limits: Limits | None = None, sheet: str | None = None) -> str:
    with pytest.raises(UnreadableSheet) as refused:
        list(read_xlsx(content, limits or Limits(), sheet))
    return refused.value.code


def test_texts_numbers_and_dates_are_read_with_the_numbers_of_their_rows(workbook) -> None:
    def fill(sheet, book) -> None:
        moment, day, clock = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd hh:mm", "yyyy/m/d", "hh:mm"))
        sheet.write_row(0, 0, ["文字", 1, 2.5, True])
        sheet.write_datetime(3, 0, datetime(2026, 3, 2, 14, 30), moment)
        sheet.write_datetime(3, 1, date(2026, 3, 2), day)
        sheet.write_datetime(3, 2, time(14, 30), clock)
        sheet.write_number(3, 3, 13800138000)

    assert list(read_xlsx(workbook(fill), Limits())) == [
        Row(1, ["文字", Decimal(1), Decimal("2.5"), "TRUE"]),
        Row(4, [datetime(2026, 3, 2, 14, 30), datetime(2026, 3, 2), "14:30:00", Decimal(13800138000)]),
    ]


def test_of_a_formula_the_stored_value_is_read(workbook) -> None:
    def fill(sheet, _book) -> None:
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_formula(0, 1, '=HYPERLINK("http://a.test")', None, "链接")

    assert list(read_xlsx(workbook(fill), Limits())) == [Row(1, [Decimal(2), "链接"])]


def test_a_moment_a_hair_before_the_minute_is_that_minute(workbook) -> None:
    def fill(sheet, book) -> None:
        sheet.write_number(0, 0, 46083.604166660, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))

    [row] = read_xlsx(workbook(fill), Limits())
    assert row.cells == [datetime(2026, 3, 2, 14, 30)]


def test_the_only_sheet_with_content_is_read_and_of_several_one_has_to_be_named(workbook) -> None:
    def filled(sheet, _book) -> None:
        sheet.write(0, 0, sheet.name)

    def hidden(sheet, _book) -> None:
        sheet.write(0, 0, "藏")
        sheet.hide()

    def blank(_sheet, _book) -> None: ...

    assert list(read_xlsx(workbook(filled, 空=blank, 藏=hidden), Limits())) == [Row(1, ["台账"])]
    several = workbook(filled, 说明=filled)
    assert refusal(several) == "several_sheets"
    assert list(read_xlsx(several, Limits(), "说明")) == [Row(1, ["说明"])]
    assert refusal(several, sheet="别的") == "unknown_sheet"
    assert list(read_xlsx(workbook(blank), Limits())) == []


def test_what_holds_too_much_is_refused(workbook) -> None:
    def fill(sheet, _book) -> None:
        sheet.write_row(0, 0, ["一", "二二", "三"])
        sheet.write(4, 0, "五")

    content = workbook(fill)
    assert refusal(content, Limits(rows=4)) == "too_many_rows"
    assert refusal(content, Limits(columns=2)) == "too_many_columns"
    assert refusal(content, Limits(cell_characters=1)) == "cell_too_long"
    assert refusal(content, Limits(row_characters=3)) == "row_too_long"
    assert refusal(content, Limits(file_bytes=len(content) - 1)) == "too_large"
    assert refusal(content, Limits(unpacked_bytes=1000)) == "too_large"
    assert len(list(read_xlsx(content, Limits(rows=5, columns=3, cell_characters=2, row_characters=4)))) == 2


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/activeX/activeX1.bin", "macros"),
        ("xl/externalLinks/externalLink1.xml", "external_links"),
        ("XL\\externalLinks\\externalLink1.xml", "external_links"),
        ("xl/connections.xml", "external_links"),
    ],
)
def test_code_and_links_to_other_files_are_refused(workbook, repacked, part, code) -> None:
    content = workbook(lambda sheet, _: sheet.write(0, 0, "一"))

    assert refusal(repacked(content, {part: b""})) == code


def test_what_is_no_workbook_is_refused(workbook, repacked) -> None:
    content = workbook(lambda sheet, _: sheet.write(0, 0, "一"))
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    types = zipfile.ZipFile(io.BytesIO(content)).read("[Content_Types].xml")

    assert refusal(b"") == "damaged"
    assert refusal(content[: len(content) // 2]) == "damaged"
    assert refusal(repacked(content, {"xl/workbook.xml": b"<workbook"})) == "damaged"
    assert refusal(repacked(content, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='x'"})) == "damaged"
    assert refusal(compound + b"Workbook") == "not_a_sheet"
    assert refusal(compound + "EncryptedPackage".encode("utf-16-le")) == "protected"
    assert (
        refusal(repacked(content, {"[Content_Types].xml": types.replace(b"spreadsheetml.sheet.main", b"word")})) == "not_a_sheet"
    )
    macro = types.replace(b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main")
    assert refusal(repacked(content, {"[Content_Types].xml": macro})) == "macros"


def test_a_part_that_says_it_is_small_does_not_unpack_to_more(workbook, repacked) -> None:
    """A zip bomb whose directory lies about the size."""
    bomb = repacked(workbook(lambda sheet, _: sheet.write(0, 0, "一")), {"xl/sharedStrings.xml": b" " * 50_000_000})
    lying = bytearray(bomb)
    real = struct.pack("<L", 50_000_000)
    while (at := lying.find(real)) >= 0:
        lying[at : at + 4] = struct.pack("<L", 1000)

    assert refusal(bomb, Limits(unpacked_bytes=10_000_000)) == "too_large"
    assert refusal(bytes(lying), Limits(unpacked_bytes=10_000_000)) == "damaged"


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5))
def test_what_is_written_reads_back(tmp_path_factory, lines: list[list[Cell | None]]) -> None:
    path = tmp_path_factory.mktemp("sheets") / "ledger.xlsx"

    assert write_xlsx(path, "台账", ["甲", "乙", "丙"], lines) == len(lines)
    read = {row.number: list(row.cells) for row in read_xlsx(path.read_bytes(), Limits())}
    assert read.pop(1) == ["甲", "乙", "丙"]
    assert [read.get(number, [None] * 3) for number in range(2, len(lines) + 2)] == lines


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-5", "@SUM(A1)", "\tx", "http://a.test", "0012", "{=1}", "_x0041_"])
def test_text_stays_text_whatever_it_looks_like(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ledger.xlsx"
    write_xlsx(path, "台账", ["甲"], [[text]])

    assert [row.cells for row in read_xlsx(path.read_bytes(), Limits())] == [["甲"], [text]]
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_what_does_not_fit_is_refused_and_what_cannot_be_written_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    write_xlsx(path, "一二三[]:*?/\\'四" * 9, ["甲"], [["a\x00b\x0bc\ud800d"], [Decimal(12345678901234567890)]])

    assert [row.cells for row in read_xlsx(path.read_bytes(), Limits())] == [["甲"], ["abcd"], ["12345678901234567890"]]
    with pytest.raises(SheetTooLargeError):
        write_xlsx(path, "台账", ["甲"], [["字" * 32_768]])


def test_time_of_day_and_spans_read_as_text(workbook) -> None:
    def fill(sheet, book) -> None:
        sheet.write_datetime(0, 0, timedelta(hours=30), book.add_format({"num_format": "[h]:mm"}))

    assert list(read_xlsx(workbook(fill), Limits())) == [Row(1, ["1 day, 6:00:00"])]
