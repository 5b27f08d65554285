"""The administrative tree: where a unit stands and stood, and which changes the tree allows.

A unit stands under a parent after a placement's `valid_from` up to and including its `valid_until`: what falls due at the very
instant of a move or a retirement is still owed under the old parent (DOMAIN 7).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.events.units import Placement
from plans.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit with its placements from the oldest to the present one. `sequence` counts its changes from 1."""

    code: str
    name: str
    level: str
    parent: str | None
    groups: tuple[str, ...]
    placements: tuple[Placement, ...]
    sequence: int

    @property
    def retired(self) -> bool:
        return self.placements[-1].valid_until is not None


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that is to be registered; without a parent it is a root."""

    code: str
    name: str
    level: str
    parent: str | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts about a unit as somebody's parent. A root has depth 1."""

    depth: int
    in_scope: bool
    retired: bool = False


def registered(new: NewUnit, at: datetime) -> UnitState:
    """The unit after its registration; its first placement begins at `at`."""
    placement = Placement(parent=new.parent, valid_from=at)
    return UnitState(new.code, new.name, new.level, new.parent, new.groups, (placement,), 1)


def moved(unit: UnitState, parent: str, at: datetime) -> UnitState:
    """The unit after its move: one placement closes and the next opens at the same instant."""
    at = _not_before_present_placement(unit, at)
    present = unit.placements[-1]
    # A placement that would begin and end at one instant held for nobody: it is replaced, not kept.
    closed = () if present.valid_from == at else (present.model_copy(update={"valid_until": at}),)
    placements = (*unit.placements[:-1], *closed, Placement(parent=parent, valid_from=at))
    return replace(unit, parent=parent, placements=placements, sequence=unit.sequence + 1)


def retired(unit: UnitState, at: datetime) -> UnitState:
    """The unit after its retirement: it still owes what falls due up to and including that instant."""
    present = unit.placements[-1].model_copy(update={"valid_until": _not_before_present_placement(unit, at)})
    return replace(unit, placements=(*unit.placements[:-1], present), sequence=unit.sequence + 1)


def _not_before_present_placement(unit: UnitState, at: datetime) -> datetime:
    # Of two requests, the one that arrived first may get its turn last; placements must not overlap for that.
    return max(at, unit.placements[-1].valid_from)


def against_registering(
    units: Sequence[NewUnit], parents: Mapping[str, Standing], taken: AbstractSet[str], *, may_make_roots: bool, max_depth: int
) -> tuple[int, Finding] | None:
    """Return the first objection to registering `units` in this order, with the index of its unit; None if all may be registered.

    `parents` tells of those parents that exist already, `taken` which of the codes are in use.
    """
    codes = {unit.code for unit in units}
    made: dict[str, Standing] = {}
    for index, unit in enumerate(units):
        if unit.code in taken or unit.code in made:
            return index, Finding("conflict", "code", "this code is in use")
        if unit.parent is None:
            if not may_make_roots:
                return index, Finding("foreign", "parent", "a unit without a parent can only be made by an admin without a unit")
            made[unit.code] = Standing(1, in_scope=True)
            continue
        parent = made.get(unit.parent) or parents.get(unit.parent)
        if finding := _against_parent(parent, listed_later=unit.parent in codes, height=1, max_depth=max_depth):
            return index, finding
        made[unit.code] = Standing(parent.depth + 1 if parent else 1, in_scope=True)
    return None


def against_moving(
    unit: UnitState, parent: str, standing: Standing | None, *, line_of_parent: AbstractSet[str], height: int, max_depth: int
) -> Finding | None:
    """Return what forbids to move `unit` under `parent`, or None.

    `line_of_parent` holds the codes from the new parent up to its root, `height` counts the levels from the unit to its deepest
    descendant, itself included.
    """
    if unit.retired:
        return Finding("conflict", "code", "the unit is retired")
    if unit.code in line_of_parent:
        return Finding("conflict", "parent", "a unit cannot come under itself or under one of its own descendants")
    if finding := _against_parent(standing, listed_later=False, height=height, max_depth=max_depth):
        return finding
    if unit.parent == parent:
        return Finding("conflict", "parent", "the unit stands under this parent already")
    return None


def against_retiring(unit: UnitState, *, has_live_children: bool) -> Finding | None:
    """Return what forbids to retire `unit`, or None."""
    if unit.retired:
        return Finding("conflict", "code", "the unit is retired already")
    if has_live_children:
        return Finding("conflict", "code", "units still stand under it; move or retire these first")
    return None


def _against_parent(parent: Standing | None, *, listed_later: bool, height: int, max_depth: int) -> Finding | None:
    if parent is None:
        if listed_later:
            return Finding("invalid", "parent", "the parent comes later in the list; put parents first")
        return Finding("unknown", "parent", "not known")
    if not parent.in_scope:
        return Finding("foreign", "parent", "the parent lies outside the caller's subtree")
    if parent.retired:
        return Finding("conflict", "parent", "the parent is retired")
    if parent.depth + height > max_depth:
        return Finding("conflict", "parent", f"the tree would have more than {max_depth} levels")
    return None
