"""A row of a ledger: how it reads, what is wrong with it, who sees what of it."""

# ruff: noqa: DTZ001 - cells are local

from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.domain import ledger
from hazards.domain.ledger import COLUMNS, EXPORTED, REDACTED, Draft, header, last_day, local, parsed, printed
from hazards.domain.record import Grade, Stage
from hazards.domain.rows import Cell, Row, RowError, headed, plain
from hazards.domain.states import STATES

NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: Decimal(repr(number)))
WAITING: dict[str, Cell] = {"title": "林边堆放柴草", "category": "用火", "unit": "330802101202", "found_at": "2026年3月2日"}
ORDERED = WAITING | {
    "state": "整改中",
    "measures": "清运",
    "responsible": "某村委会",
    "funds": Decimal("1200.5"),
    "due": datetime(2026, 3, 5),
    "contingency": "专人看守",
}


def read(cells: dict[str, Cell]) -> Draft:
    draft = parsed(3, cells)
    assert isinstance(draft, Draft), draft
    return draft


def wrong(cells: dict[str, Cell]) -> list[str]:
    found = parsed(3, cells)
    assert isinstance(found, list)
    assert {error.row for error in found} == {3}
    return [error.field for error in found]


def test_a_waiting_hazard_needs_four_columns() -> None:
    draft = read(WAITING)

    assert (draft.standing, draft.stage, draft.grade, draft.due) == ("reported", "self_check", None, None)
    assert draft.found_at == datetime(2026, 3, 1, 16, tzinfo=UTC)
    for key in ("title", "category", "unit", "found_at"):
        assert wrong({name: cell for name, cell in WAITING.items() if name != key}) == [ledger.BY_KEY[key].chinese]


def test_a_hazard_being_rectified_has_five_elements() -> None:
    draft = read(ORDERED)

    assert (draft.standing, draft.funds) == ("ordered", Decimal("1200.5"))
    assert draft.due == datetime(2026, 3, 5, 16, tzinfo=UTC), "the named day counts until 24:00 of it"
    for key in ledger.ELEMENTS:
        assert wrong({name: cell for name, cell in ORDERED.items() if name != key}) == [ledger.BY_KEY[key].chinese]


def test_money_is_in_one_column() -> None:
    in_wan = {name: cell for name, cell in ORDERED.items() if name != "funds"} | {"funds_wan": "0.12005"}

    assert read(in_wan).funds == Decimal("1200.5")
    assert wrong(ORDERED | {"funds_wan": "1"}) == ["整改资金(万元)"]
    assert wrong(ORDERED | {"funds": "约一万"}) == ["整改资金(元)"]


def test_closed_and_its_instant_go_together() -> None:
    closed = WAITING | {"closed_at": "2026-03-04 09:30", "accepted_by": "李某"}

    assert read(closed).standing == read(closed | {"state": "已销案"}).standing == "closed"
    assert wrong(WAITING | {"state": "已销号"}) == ["销号时间"]
    assert wrong(closed | {"state": "未整改"}) == ["状态"]
    assert wrong(closed | {"closed_at": "2026-03-01"}) == ["销号时间"]


def test_what_cannot_be_is_told() -> None:
    assert wrong(ORDERED | {"due": "2026-03-01"}) == ["整改时限"]
    assert wrong(WAITING | {"found_at": "三月初"}) == ["发现时间"]
    assert wrong(WAITING | {"found_at": "2026-02-30"}) == ["发现时间"]
    assert wrong(WAITING | {"state": "待验收"}) == ["状态"]
    assert wrong(WAITING | {"discoverer": REDACTED}) == ["发现人"]
    assert wrong(WAITING | {"grade": "较大", "stage": "网上"}) == ["隐患等级", "发现方式"]


@pytest.mark.parametrize(
    ("printed_date", "hour"),
    [
        ("2026-03-02 14:30", 14),
        ("2026/3/2 14:30:59", 14),
        ("2026.3.2", 0),
        ("２０２６年３月２日14时", 14),
        ("2026-03-02T14:30", 14),
    ],
)
def test_dates_are_read_as_they_are_written(printed_date: str, hour: int) -> None:
    assert local(read(WAITING | {"found_at": printed_date}).found_at).hour == hour


def test_the_words_cover_what_there_is() -> None:
    assert set(ledger.STATE_WORDS) == set(STATES)
    assert set(ledger.STAGE_WORDS) == set(get_args(Stage))
    assert set(ledger.GRADE_WORDS) == set(get_args(Grade))
    names = [name for column in COLUMNS for name in set(column.names())]
    assert len(names) == len(set(names)), "a header means one column"
    for words in (ledger._GRADES, ledger._STAGES, ledger._STANDINGS):
        assert all(word == plain(word) for word in words)


def test_roles_see_what_they_need() -> None:
    row: dict[str, Cell | None] = {
        "title": "柴草",
        "address": "村口",
        "responsible_person": "王某",
        "accepted_by": None,
        "due": datetime(2026, 3, 5),
    }

    def seen(*roles: str) -> dict[str, Cell | None]:
        [cells] = printed([row], roles)
        return {key: cell for column, cell in zip(EXPORTED, cells, strict=True) if (key := column.key) in row}

    assert seen("office") == row
    assert seen("submitter") == row | {"responsible_person": REDACTED}
    assert seen("agency") == row | {"responsible_person": REDACTED, "address": REDACTED}
    assert seen("admin") == seen("agency")
    assert seen("agency", "supervisor") == row


def test_an_exported_row_reads_again() -> None:
    draft = read(ORDERED)
    assert draft.due is not None
    values: dict[str, Cell | None] = {
        **{key: getattr(draft, key) for key in ("title", "category", "unit", "measures", "responsible", "funds", "contingency")},
        "found_at": local(draft.found_at),
        "due": last_day(draft.due),
        "state": "整改中",
    }
    [line] = printed([values], ["office"])
    [(number, cells)] = headed([Row(1, header()), Row(3, line)], COLUMNS)

    assert parsed(number, cells) == draft
    assert line[0] == Decimal(1)
    assert last_day(datetime(2026, 3, 5, 6, 30, tzinfo=UTC)) == datetime(2026, 3, 5, 14, 30)


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text() | NUMBERS | st.datetimes()))
def test_no_content_of_cells_breaks_the_reading(cells: dict[ledger.LedgerColumn, Cell]) -> None:
    found = parsed(3, {column.key: cell for column, cell in cells.items()})

    assert isinstance(found, Draft) or all(isinstance(error, RowError) for error in found)
