"""Sums, missing children, whose lateness it was, and the hash of what was frozen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain import rollups
from reporting.domain.rollups import Child, Frozen

CUTOFF = datetime(2026, 3, 2, 7, tzinfo=UTC)
OWN_CUTOFF = CUTOFF - timedelta(hours=1)
TICK = timedelta(microseconds=1)


def child(unit: str = "V1", received_at: datetime | None = None, **changes: object) -> Child:
    found = Child(UUID(int=1), unit, int(received_at is not None), received_at, OWN_CUTOFF, None, False, {}, None)
    return replace(found, **changes)  # type: ignore[arg-type]  # tests name fields


quantities = st.decimals(-(10**15) + 1, 10**15 - 1, places=6, allow_nan=False)
moments = st.sampled_from([OWN_CUTOFF - TICK, OWN_CUTOFF, CUTOFF - TICK, CUTOFF, CUTOFF + TICK])


@st.composite
def children(draw: st.DrawFn) -> list[Child]:
    found = []
    for number in range(draw(st.integers(0, 8))):
        received = draw(st.none() | moments)
        zero = received is not None and draw(st.booleans())
        items = {} if zero or received is None else draw(st.dictionaries(st.sampled_from("abc"), quantities, max_size=3))
        one = child(f"V{number}", received, exempt_at=draw(st.none() | moments), zero=zero, items=items)
        found.append(replace(one, report_id=UUID(int=number), position=None if received is None else draw(st.integers(1, 50))))
    return found


@given(family=children(), data=st.data())
def test_what_is_concluded_does_not_depend_on_the_order_of_children(family: list[Child], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(family))
    conclusions: list[Callable[[list[Child]], object]] = [
        rollups.sums,
        rollups.missing,
        lambda found: rollups.missing_at(found, CUTOFF),
        lambda found: rollups.attribution(found, CUTOFF),
        lambda found: rollups.restated(found, 7),
        lambda found: rollups.freeze_submitted(UUID(int=9), found, CUTOFF, CUTOFF).content_hash,
        lambda found: rollups.freeze_silent(UUID(int=9), found, CUTOFF).content_hash,
    ]
    assert [conclude(shuffled) for conclude in conclusions] == [conclude(family) for conclude in conclusions]
    assert list(rollups.sums(shuffled)) == list(rollups.sums(family))


@given(family=children(), precision=st.integers(1, 30))
def test_sums_are_exact_whatever_the_decimal_context(family: list[Child], precision: int) -> None:
    exact: dict[str, Fraction] = {}
    for one in family:
        for name, value in one.items.items():
            exact[name] = exact.get(name, Fraction(0)) + Fraction(value)
    with localcontext() as context:
        context.prec = precision
        total = rollups.sums(family)
    assert {name: Fraction(value) for name, value in total.items()} == exact


def test_many_long_numbers_lose_no_digit() -> None:
    one = child(received_at=OWN_CUTOFF, items={"a": Decimal("999999999999999.999999")})
    assert rollups.sums([one] * 41_000) == {"a": Decimal("40999999999999999999.959")}


def test_a_zero_report_adds_nothing_and_no_report_gives_no_keys() -> None:
    assert rollups.sums([child(received_at=OWN_CUTOFF, zero=True, items={"a": Decimal(3)}), child("V2")]) == {}
    assert rollups.sums([child(received_at=OWN_CUTOFF, items={"a": Decimal(0)})]) == {"a": Decimal(0)}


def test_sums_that_others_could_not_read_exactly_are_found() -> None:
    assert rollups.unspeakable({"a": Decimal(10**15) - Decimal("0.000001")}) is None
    assert "a" in str(rollups.unspeakable({"a": Decimal(10**15)}))
    assert "a" in str(rollups.unspeakable({"b": Decimal(1), "a": Decimal(-(10**15))}))
    assert rollups.unspeakable({str(number): Decimal(1) for number in range(rollups.MAX_NAMES)}) is None
    assert "1001" in str(rollups.unspeakable({str(number): Decimal(1) for number in range(rollups.MAX_NAMES + 1)}))


@given(family=children())
def test_each_child_has_reported_or_is_exempt_or_is_missing(family: list[Child]) -> None:
    gone = rollups.missing(family)
    assert len(set(gone)) == len(gone)
    for one in family:
        assert [one.versions > 0, one.versions == 0 and one.exempt_at is not None, one.unit in gone].count(True) == 1


@given(family=children())
def test_who_was_missing_at_the_cutoff_had_neither_reported_nor_been_exempted_strictly_before_it(family: list[Child]) -> None:
    def stood(one: Child) -> bool:
        return all(instant is None or instant >= CUTOFF for instant in (one.received_at, one.exempt_at))

    assert rollups.missing_at(family, CUTOFF) == tuple(sorted(one.unit for one in family if stood(one)))


def test_a_unit_that_owes_two_reports_to_one_rollup_is_named_once() -> None:
    twice = [child(report_id=UUID(int=1)), child(report_id=UUID(int=2))]
    assert rollups.missing(twice) == ("V1",)
    assert rollups.missing_at(twice, CUTOFF) == ("V1",)
    assert rollups.attribution(twice, CUTOFF).missing == ("V1",)


@pytest.mark.parametrize(
    ("received_at", "exempt", "missing", "late"),
    [
        (OWN_CUTOFF - TICK, False, (), ()),
        (OWN_CUTOFF, False, (), ("V1",)),
        (CUTOFF - TICK, False, (), ("V1",)),
        (CUTOFF, False, ("V1",), ()),
        (None, False, ("V1",), ()),
        (None, True, (), ()),
        (OWN_CUTOFF, True, (), ("V1",)),
    ],
)
def test_lateness_is_of_children_silent_at_the_rollups_cutoff_or_late_by_their_own(
    received_at: datetime | None, exempt: bool, missing: tuple[str, ...], late: tuple[str, ...]
) -> None:
    one = child(received_at=received_at, exempt_at=OWN_CUTOFF - TICK if exempt else None)
    found = rollups.attribution([one], CUTOFF)
    assert (found.missing, found.late) == (missing, late)


@given(family=children())
def test_nobody_is_blamed_twice_and_only_who_was_not_on_time(family: list[Child]) -> None:
    found = rollups.attribution(family, CUTOFF)
    assert not set(found.missing) & set(found.late)
    on_time = {one.unit for one in family if one.received_at is not None and one.received_at < one.cutoff_at}
    assert not on_time & {*found.missing, *found.late}


def test_only_a_late_submission_asks_whose_lateness_it_was() -> None:
    assert rollups.freeze_submitted(UUID(int=9), [child()], CUTOFF - TICK, CUTOFF).attribution is None
    assert rollups.freeze_submitted(UUID(int=9), [child()], CUTOFF, CUTOFF).attribution == rollups.Attribution(("V1",), ())


def test_a_version_after_the_rollups_own_restates_it() -> None:
    assert not rollups.restated([child(position=4), child("V2"), child("V3", position=6)], 7)
    assert rollups.restated([child(position=4), child("V2", position=8)], 7)


FROZEN = Frozen(
    report_id=UUID(int=9),
    basis="submission",
    frozen_at=CUTOFF,
    sums={"fires": Decimal("1.50"), "patrols": Decimal(4)},
    missing_children=("V2", "V3"),
    included=((UUID(int=1), 2), (UUID(int=4), 1)),
    attribution=None,
)


@pytest.mark.parametrize(
    "change",
    [
        {"report_id": UUID(int=8)},
        {"basis": "cutoff"},
        {"frozen_at": CUTOFF + TICK},
        {"sums": {"fires": Decimal("1.500001"), "patrols": Decimal(4)}},
        {"sums": {"fires": Decimal("1.5")}},
        {"sums": {"fires": Decimal("1.5"), "patrol": Decimal(4)}},
        {"missing_children": ("V2",)},
        {"missing_children": ("V2V3",)},
        {"included": ((UUID(int=1), 1), (UUID(int=4), 1))},
        {"included": ((UUID(int=1), 2),)},
        {"included": ((UUID(int=2), 2), (UUID(int=4), 1))},
    ],
)
def test_the_hash_changes_with_every_part_of_the_content(change: dict[str, object]) -> None:
    assert replace(FROZEN, **change).content_hash != FROZEN.content_hash  # type: ignore[arg-type]  # tests name fields


def test_the_hash_is_that_of_the_values_not_of_how_they_are_written() -> None:
    same = replace(
        FROZEN,
        frozen_at=CUTOFF.astimezone(ZoneInfo("Asia/Shanghai")),
        sums={"patrols": Decimal("4.000"), "fires": Decimal("1.5")},
    )
    assert same.content_hash == FROZEN.content_hash
    assert FROZEN.content_hash == "1cdd93adc7492d3c53d82896e232331aba710f8ae81d6581f19aabf29bc0dca2"
