"""CSV that is written reads back, and holds no formula."""

# ruff: noqa: DTZ001 - cells are local

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.sheets.delimited import read_csv, write_csv
from hazards.sheets.limits import Limits

TEXTS = st.text(st.characters(codec="utf-8")) | st.text("'=+-@\t\r\n\",x", max_size=6)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=4), max_size=5))
def test_what_is_written_reads_back(lines: list[list[str]]) -> None:
    content = b"".join(write_csv(lines))

    assert [list(row.cells) for row in read_csv(content, Limits())] == lines


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''+1", "＝1+1", "＠x"])
def test_no_text_begins_as_a_formula_does(text: str) -> None:
    _, line = write_csv([[text, "x"]])

    assert line.decode().lstrip('"').startswith("'")


def test_numbers_and_dates_are_written_as_such() -> None:
    _, line = write_csv([[Decimal("-5.50"), Decimal("1E+3"), datetime(2026, 3, 2, 14, 30), datetime(2026, 3, 2), None]])

    assert line.decode() == "-5.5,1000,2026-03-02 14:30,2026-03-02,\r\n"
