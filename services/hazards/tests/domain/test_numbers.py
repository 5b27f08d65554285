"""Numbers of hazards, and when a hazard can have been there."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.domain import numbers
from hazards.domain.record import EARLIEST

NOW = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("occurred_at", "allowed"),
    [(NOW, True), (NOW + TICK, False), (EARLIEST, True), (EARLIEST - TICK, False)],
)
def test_a_hazard_was_there_before_it_is_told(occurred_at: datetime, allowed: bool) -> None:
    assert (numbers.against_occurrence(occurred_at, NOW) is None) is allowed


@pytest.mark.parametrize(
    ("line", "county"),
    [
        ([("330802101201", "village"), ("330802101", "town"), ("330802", "county"), ("3308", "prefecture")], "330802"),
        ([("330802", "county"), ("3308", "prefecture")], "330802"),
        ([("3308", "prefecture"), ("33", "province")], "33"),
        ([("farm", "enterprise")], "farm"),
    ],
)
def test_the_county_numbers_its_hazards_or_else_the_topmost_unit(line: list[tuple[str, str]], county: str) -> None:
    assert numbers.county_of(line) == county


def test_a_number_carries_county_and_local_year() -> None:
    new_year = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)

    assert numbers.number("330802", numbers.number_year(new_year), 123) == "330802-2026-000123"
    assert numbers.number("330802", numbers.number_year(new_year - TICK), 1_234_567) == "330802-2025-1234567"


_CODES = st.text("0123456789abz-._", min_size=1, max_size=32)


@given(
    st.tuples(_CODES, st.integers(2000, 2200), st.integers(1, 10**9)),
    st.tuples(_CODES, st.integers(2000, 2200), st.integers(1, 10**9)),
)
def test_two_counts_never_make_one_number(one: tuple[str, int, int], other: tuple[str, int, int]) -> None:
    assert (numbers.number(*one) == numbers.number(*other)) == (one == other)
