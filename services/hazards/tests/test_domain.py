"""The rules of hazards, as tables."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards import domain
from hazards.domain import TRANSITIONS, Hazard, Order

NOW = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def test_only_a_reported_hazard_is_ordered_and_only_once() -> None:
    assert TRANSITIONS == {("reported", "order"): "ordered"}
    assert domain.next_state("reported", "order") == "ordered"
    assert domain.next_state("ordered", "order") is None


@pytest.mark.parametrize(
    ("occurred_at", "allowed"),
    [(NOW, True), (NOW + TICK, False), (domain.EARLIEST, True), (domain.EARLIEST - TICK, False)],
)
def test_a_hazard_was_there_before_it_is_told(occurred_at: datetime, allowed: bool) -> None:
    assert (domain.against_occurrence(occurred_at, NOW) is None) is allowed


@pytest.mark.parametrize(
    ("due_at", "allowed"),
    [
        (NOW, False),
        (NOW + TICK, True),
        (NOW - TICK, False),
        (NOW + domain.LONGEST_LIMIT, True),
        (NOW + domain.LONGEST_LIMIT + TICK, False),
    ],
)
def test_a_time_limit_lies_strictly_ahead(due_at: datetime, allowed: bool) -> None:
    assert (domain.against_due(due_at, NOW) is None) is allowed


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
    assert domain.county_of(line) == county


def test_a_number_carries_county_and_local_year() -> None:
    new_year = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)

    assert domain.number("330802", domain.number_year(new_year), 123) == "330802-2026-000123"
    assert domain.number("330802", domain.number_year(new_year - TICK), 1_234_567) == "330802-2025-1234567"


_CODES = st.text("0123456789abz-._", min_size=1, max_size=32)


@given(
    st.tuples(_CODES, st.integers(2000, 2200), st.integers(1, 10**9)),
    st.tuples(_CODES, st.integers(2000, 2200), st.integers(1, 10**9)),
)
def test_two_counts_never_make_one_number(one: tuple[str, int, int], other: tuple[str, int, int]) -> None:
    assert (domain.number(*one) == domain.number(*other)) == (one == other)


def hazard(due_at: datetime | None, overdue_since: datetime | None = None) -> Hazard:
    order = None if due_at is None else Order("t", NOW, due_at, "清运", "v", Decimal(0), "看守")
    return Hazard(
        UUID(int=1), "n", "v", "用火", "柴草", None, NOW, NOW, "ordered" if order else "reported", 1, order, overdue_since
    )


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (hazard(None), None),
        (hazard(NOW + TICK), None),
        (hazard(NOW), NOW),
        (hazard(NOW - TICK), NOW - TICK),
        (hazard(NOW - TICK, NOW - TICK), NOW - TICK),
    ],
)
def test_a_hazard_is_overdue_from_the_due_instant_on(seen: Hazard, expected: datetime | None) -> None:
    assert seen.overdue(NOW) == expected


def test_the_id_of_an_overdue_event_follows_from_hazard_and_instant() -> None:
    shanghai = NOW.astimezone(domain.ZONE)

    assert domain.overdue_event_id(UUID(int=1), NOW) == domain.overdue_event_id(UUID(int=1), shanghai)
    assert len({domain.overdue_event_id(UUID(int=number), at) for number in (1, 2) for at in (NOW, NOW + TICK)}) == 4
