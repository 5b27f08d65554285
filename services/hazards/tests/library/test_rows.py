"""Reading a sheet of standard hazards: headers, rows and what is wrong with them."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.domain.library import COLUMNS, Entry, Standard, changes, parsed
from hazards.domain.rows import Row, RowError
from hazards.sheets.delimited import read_csv
from hazards.sheets.limits import Limits, UnreadableSheet

HEADER = ["编号", "隐患类别", "隐患名称", "依据条款", "隐患等级", "整改天数", "天数类型"]
WIRING = ["DQ-001", "用电", "电线私拉乱接", "《消防法》第二十七条", "一般", "15", "工作日"]


def rows(*lines: list[str]) -> list[Row]:
    return [Row(number, line) for number, line in enumerate(lines, start=1)]


def errors(*lines: list[str]) -> list[tuple[int, str]]:
    found = parsed(rows(*lines))
    assert all(isinstance(each, RowError) for each in found)
    return [(each.row, each.field) for each in found]


def test_a_sheet_reads_into_standards() -> None:
    assert parsed(rows(HEADER, WIRING)) == [
        Standard(
            code="DQ-001",
            category="用电",
            title="电线私拉乱接",
            clause="《消防法》第二十七条",
            grade="general",
            days=15,
            day_kind="working",
        )
    ]


def test_headers_are_known_in_english_in_other_widths_and_under_a_title() -> None:
    english = [column.english for column in COLUMNS if column.chinese in HEADER]
    keys = [column.key for column in COLUMNS if column.chinese in HEADER]
    starred = ["＊编号*", *HEADER[1:]]

    assert [parsed(rows(["标准隐患库"], [], line, WIRING)) for line in (english, keys)] == 2 * [parsed(rows(HEADER, WIRING))]
    assert parsed(rows(starred, WIRING)) == parsed(rows(HEADER, WIRING))


def test_blank_days_are_no_default_and_zero_is_refused() -> None:
    without = parsed(rows(HEADER, [*WIRING[:4], "", "", ""]))
    assert isinstance(without[0], Standard)
    assert (without[0].grade, without[0].days, without[0].day_kind) == (None, None, None)

    assert errors(HEADER, [*WIRING[:5], "0", ""]) == [(2, "整改天数")]
    assert errors(HEADER, [*WIRING[:5], "", "工作日"]) == [(2, "天数类型")]


def test_days_without_a_kind_are_calendar_days() -> None:
    [standard] = parsed(rows(HEADER, [*WIRING[:6], ""]))

    assert isinstance(standard, Standard)
    assert standard.day_kind == "calendar"


def test_every_wrong_row_is_told_with_its_field() -> None:
    found = errors(
        HEADER,
        WIRING,
        ["一号", "用电", "", "条款", "", "", ""],
        [],
        ["DQ-002", "用电", "无接地", "条款", "特别重大", "半年", "天"],
        WIRING,
        ["DQ-003", "用" * 201, "无接地", "条款", "", "1.5", ""],
    )

    assert found == [
        (3, "编号"),
        (3, "隐患名称"),
        (5, "整改天数"),
        (5, "天数类型"),
        (5, "隐患等级"),
        (6, "编号"),
        (7, "整改天数"),
        (7, "隐患类别"),
    ]


def test_unknown_double_and_missing_columns_are_told() -> None:
    assert errors(["编号", "隐患类别", "隐患名称", "条款号", "名称"], WIRING) == [(1, "条款号"), (1, "名称"), (1, "依据条款")]
    assert errors(["甲", "乙"], WIRING) == [(1, "")]
    assert errors(HEADER) == [(1, "")]
    assert errors(HEADER, [*WIRING, "多出来的"]) == [(2, "")]


def test_what_says_the_same_stays_its_version() -> None:
    [wiring] = parsed(rows(HEADER, WIRING))
    assert isinstance(wiring, Standard)
    newest = [Entry(**wiring.model_dump(), unit="3308", version=3)]
    other = wiring.model_copy(update={"title": "电线老化"})
    new = wiring.model_copy(update={"code": "DQ-009"})

    assert changes([wiring], newest) == ([], 0)
    assert changes([other, new], newest) == ([(4, other), (1, new)], 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_all_encodings_that_offices_send_are_read(encoding: str) -> None:
    printed = io.StringIO()
    csv.writer(printed).writerows([HEADER, [*WIRING[:2], "电线\n私拉", *WIRING[3:]], WIRING])

    read = list(read_csv(printed.getvalue().encode(encoding), Limits()))

    assert [row.number for row in read] == [1, 2, 3], "a quoted line break begins no row"
    assert read[1].cells[2] == "电线\n私拉"


@pytest.mark.parametrize(
    ("content", "limits", "code"),
    [
        ("编号".encode("utf-16"), Limits(), "encoding"),
        (b"\xff\xff\xff", Limits(), "encoding"),
        (b'"a', Limits(), "damaged"),
        (b"a\nb\nc\n", Limits(rows=2), "too_many_rows"),
        (b"a,b,c\n", Limits(columns=2), "too_many_columns"),
        (b"aaaa\n", Limits(cell_characters=3), "cell_too_long"),
        (b"a" * 200_000, Limits(), "cell_too_long"),
        (b"aaaa\n", Limits(file_bytes=4), "too_large"),
    ],
)
def test_what_cannot_be_read_within_the_limits_is_refused_by_a_code(content: bytes, limits: Limits, code: str) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        list(read_csv(content, limits))

    assert refused.value.code == code


@given(st.lists(st.lists(st.text() | st.decimals(allow_nan=False, allow_infinity=False, places=2), min_size=7, max_size=7)))
def test_no_content_of_cells_breaks_the_reading(lines: list[list[str | Decimal]]) -> None:
    found = parsed([Row(1, HEADER), *(Row(number, line) for number, line in enumerate(lines, start=2))])

    assert found
