"""Placements never overlap and never leave a gap; the tree refuses what would break it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events.units import Placement
from plans.domain import tree
from plans.domain.tree import NewUnit, Standing, UnitState
from servicekit.units import MAX_DEPTH

START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def village(parent: str | None = "t1") -> UnitState:
    return tree.registered(NewUnit("v1", "上溪村", "village", parent), at(0))


def test_registering_opens_the_first_placement() -> None:
    assert village().placements == (Placement(parent="t1", valid_from=at(0)),)
    assert village().sequence == 1


def test_a_move_closes_one_placement_and_opens_another_at_the_same_instant() -> None:
    moved = tree.moved(village(), "t2", at(5))

    assert moved.placements == (
        Placement(parent="t1", valid_from=at(0), valid_until=at(5)),
        Placement(parent="t2", valid_from=at(5)),
    )
    assert (moved.parent, moved.sequence) == ("t2", 2)


def test_a_move_at_the_instant_of_the_registration_leaves_no_empty_placement() -> None:
    assert tree.moved(village(), "t2", at(0)).placements == (Placement(parent="t2", valid_from=at(0)),)


def test_retiring_closes_the_present_placement_and_keeps_the_parent() -> None:
    retired = tree.retired(village(), at(7))

    assert retired.placements == (Placement(parent="t1", valid_from=at(0), valid_until=at(7)),)
    assert (retired.retired, retired.parent, retired.sequence) == (True, "t1", 2)


def test_a_request_that_got_its_turn_late_does_not_reach_behind_the_one_before() -> None:
    moved = tree.moved(tree.moved(village(), "t2", at(9)), "t3", at(4))

    assert [place.valid_from for place in moved.placements] == [at(0), at(9)]
    assert moved.parent == "t3"


@given(st.lists(st.tuples(st.sampled_from(["t1", "t2", "t3"]), st.integers(-3, 60)), max_size=8), st.integers(-3, 60))
def test_any_history_covers_its_time_once(moves: list[tuple[str, int]], end: int) -> None:
    unit = village()
    for parent, minutes in moves:
        unit = tree.moved(unit, parent, at(minutes))
    unit = tree.retired(unit, at(end))

    placements = unit.placements
    assert placements[0].valid_from == at(0)
    assert all(earlier.valid_until == later.valid_from for earlier, later in pairwise(placements))
    assert all(place.valid_until is not None and place.valid_from < place.valid_until for place in placements[:-1])
    assert placements[-1].valid_until is not None
    assert placements[-1].valid_from <= placements[-1].valid_until
    assert unit.sequence == len(moves) + 2


COUNTY = {"c": Standing(1, in_scope=True)}


def new(code: str, parent: str | None) -> NewUnit:
    return NewUnit(code, code, "village", parent)


@pytest.mark.parametrize(
    ("units", "parents", "taken", "expected"),
    [
        ([new("t", "c"), new("v", "t")], COUNTY, set(), None),
        ([new("t", "c")], COUNTY, {"t"}, (0, "conflict", "code")),
        ([new("t", "c"), new("t", "c")], COUNTY, set(), (1, "conflict", "code")),
        ([new("t", "x")], COUNTY, set(), (0, "unknown", "parent")),
        ([new("v", "t"), new("t", "c")], COUNTY, set(), (0, "invalid", "parent")),
        ([new("v", "v")], COUNTY, set(), (0, "invalid", "parent")),
        ([new("t", "c")], {"c": Standing(1, in_scope=False)}, set(), (0, "foreign", "parent")),
        ([new("t", "c")], {"c": Standing(1, in_scope=True, retired=True)}, set(), (0, "conflict", "parent")),
        ([new("t", "c")], {"c": Standing(16, in_scope=True)}, set(), (0, "conflict", "parent")),
        ([new("t", "c")], {"c": Standing(15, in_scope=True)}, set(), None),
        ([new("t", "c"), new("v", "t")], {"c": Standing(15, in_scope=True)}, set(), (1, "conflict", "parent")),
        ([new("r", None)], {}, set(), (0, "foreign", "parent")),
    ],
)
def test_registering_is_refused_where_the_tree_would_break(
    units: list[NewUnit], parents: dict[str, Standing], taken: set[str], expected: tuple[int, str, str] | None
) -> None:
    objection = tree.against_registering(units, parents, taken, may_make_roots=False, max_depth=MAX_DEPTH)

    assert (None if objection is None else (objection[0], objection[1].kind, objection[1].field)) == expected


def test_only_who_may_make_roots_registers_a_root_and_what_hangs_below_it() -> None:
    units = [new("r", None), new("c", "r")]

    assert tree.against_registering(units, {}, set(), may_make_roots=True, max_depth=MAX_DEPTH) is None


@pytest.mark.parametrize(
    ("parent", "standing", "line", "height", "expected"),
    [
        ("t2", Standing(2, in_scope=True), {"t2", "c"}, 1, None),
        ("t1", Standing(2, in_scope=True), {"t1", "c"}, 1, ("conflict", "parent")),
        ("v1", Standing(3, in_scope=True), {"v1", "t1", "c"}, 2, ("conflict", "parent")),
        ("g", Standing(4, in_scope=True), {"g", "v1", "t1", "c"}, 2, ("conflict", "parent")),
        ("x", None, set(), 1, ("unknown", "parent")),
        ("t2", Standing(2, in_scope=False), {"t2", "c"}, 1, ("foreign", "parent")),
        ("t2", Standing(2, in_scope=True, retired=True), {"t2", "c"}, 1, ("conflict", "parent")),
        ("t2", Standing(14, in_scope=True), {"t2", "c"}, 2, None),
        ("t2", Standing(14, in_scope=True), {"t2", "c"}, 3, ("conflict", "parent")),
    ],
)
def test_a_move_is_refused_where_the_tree_would_break(
    parent: str, standing: Standing | None, line: set[str], height: int, expected: tuple[str, str] | None
) -> None:
    finding = tree.against_moving(village(), parent, standing, line_of_parent=line, height=height, max_depth=MAX_DEPTH)

    assert (None if finding is None else (finding.kind, finding.field)) == expected


def test_a_retired_unit_neither_moves_nor_retires_again() -> None:
    gone = tree.retired(village(), at(1))

    moving = tree.against_moving(gone, "t2", Standing(2, in_scope=True), line_of_parent={"t2"}, height=1, max_depth=MAX_DEPTH)
    retiring = tree.against_retiring(gone, has_live_children=False)
    assert (moving and moving.kind, retiring and retiring.kind) == ("conflict", "conflict")


def test_a_unit_with_live_children_does_not_retire() -> None:
    finding = tree.against_retiring(village(), has_live_children=True)

    assert finding is not None
    assert finding.kind == "conflict"
    assert tree.against_retiring(village(), has_live_children=False) is None
