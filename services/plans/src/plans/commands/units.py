"""Changes of the administrative tree."""

from collections.abc import Sequence
from datetime import datetime

from contracts.events.units import UnitEvent, UnitMoved, UnitRegistered, UnitRetired
from plans.commands.refusals import refuse
from plans.domain import tree
from plans.domain.tree import NewUnit, UnitState
from plans.store import units as store
from servicekit import outbox, units
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.outbox import Outgoing
from servicekit.problems import conflict, forbidden, not_found


async def register(
    connection: Connection, principal: Principal, new: Sequence[NewUnit], at: datetime, path: str = ""
) -> list[UnitState]:
    """Register units, parents first, all or none.

    `path` is what stands before a unit's fields in the request, with `{index}` for its place.

    Raises:
        Problem: 403 wrong role, a parent outside the caller's subtree, or a root by anybody but an admin without a unit;
            404 unknown parent; 409 code in use, retired parent or too deep a tree; 422 a parent after its child.
    """
    _require(principal)
    await store.share_tree(connection)
    parents = await store.standings(connection, {unit.parent for unit in new if unit.parent}, principal.unit)
    taken = await units.known(connection, [unit.code for unit in new])
    objection = tree.against_registering(
        new, parents, taken, may_make_roots=principal.unit is None, max_depth=units.MAX_DEPTH
    )  # fmt: skip
    if objection is not None:
        index, finding = objection
        refuse([finding], path.format(index=index))
    registered = [tree.registered(unit, at) for unit in new]
    changes = [_change(UnitRegistered, unit, principal, unit.parent, at, at) for unit in registered]
    written = await store.record(connection, "registered", principal.actor(), changes)
    if len(written) < len(changes):  # somebody else registered it after we looked
        late = next(unit.code for unit in registered if unit.code not in written)
        raise conflict(f"the code {late} is in use", "code")
    await _publish(connection, changes)
    return registered


async def move(connection: Connection, principal: Principal, code: str, parent: str, at: datetime) -> UnitState:
    """Put a unit under another parent, with everything below it.

    Raises:
        Problem: 403 wrong role, or the old or the new parent lies outside the caller's subtree; 404 unknown unit or parent;
            409 retired unit or parent, the same parent, itself or a descendant as parent, or too deep a tree.
    """
    _require(principal)
    await store.hold_tree(connection)
    unit = await _in_charge_of(connection, principal, code)
    standing = (await store.standings(connection, [parent], principal.unit)).get(parent)
    line = {each.code for each in await units.lineage(connection, parent)}
    height = await store.height(connection, code)
    finding = tree.against_moving(
        unit, parent, standing, line_of_parent=line, height=height, max_depth=units.MAX_DEPTH
    )  # fmt: skip
    refuse([finding] if finding else [])
    moved = tree.moved(unit, parent, at)
    occurred_at = moved.placements[-1].valid_from
    change = _change(UnitMoved, moved, principal, unit.parent, occurred_at, at, previous_parent=unit.parent)
    await store.record(connection, "moved", principal.actor(), [change])
    await _publish(connection, [change])
    return moved


async def retire(connection: Connection, principal: Principal, code: str, reason: str | None, at: datetime) -> UnitState:
    """Let a unit leave the tree. It must have no live children: nobody loses the parent that it reports to by the way.

    Raises:
        Problem: 403 wrong role or the parent lies outside the caller's subtree; 404 unknown; 409 retired or with live children.
    """
    _require(principal)
    await store.hold_tree(connection)
    unit = await _in_charge_of(connection, principal, code)
    finding = tree.against_retiring(unit, has_live_children=await store.has_live_children(connection, code))
    refuse([finding] if finding else [])
    retired = tree.retired(unit, at)
    occurred_at = retired.placements[-1].valid_until or at
    change = _change(UnitRetired, retired, principal, unit.parent, occurred_at, at, reason=reason)
    await store.record(connection, "retired", principal.actor(), [change], reason)
    await _publish(connection, [change])
    return retired


def _require(principal: Principal) -> None:
    principal.require("office", "admin")
    if "admin" not in principal.roles:
        principal.acting_unit()


async def _in_charge_of(connection: Connection, principal: Principal, code: str) -> UnitState:
    """Return the unit if the caller's unit is an ancestor of it; a root answers only to an admin without a unit."""
    unit = await store.find(connection, code)
    if unit is None:
        raise not_found("code", code)
    if principal.unit is not None and (unit.parent is None or not await units.within(connection, unit.parent, principal.unit)):
        raise forbidden(f"unit {code} does not stand below {principal.unit}")
    return unit


def _change(
    kind: type[UnitEvent],
    unit: UnitState,
    principal: Principal,
    on_behalf_of: str | None,
    occurred_at: datetime,
    recorded_at: datetime,
    **more: str | None,
) -> store.Change:
    event = kind(
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        actor=principal.actor(on_behalf_of),
        code=unit.code,
        name=unit.name,
        level=unit.level,
        parent=unit.parent,
        groups=unit.groups,
        placements=unit.placements,
        **more,
    )
    return store.Change(event, unit.sequence)


async def _publish(connection: Connection, changes: Sequence[store.Change]) -> None:
    await outbox.append(connection, [Outgoing(change.event, change.sequence) for change in changes])
