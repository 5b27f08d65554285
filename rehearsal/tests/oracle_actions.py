"""The oracle's reading of the actions: what each does, and when it is refused (points 3, 4, 7, 12 and 13 of SCENARIO.md)."""

from datetime import timedelta
from decimal import Decimal

from oracle_deeds import RefusedError, order, perform_deed
from oracle_hazards import Hazard
from oracle_world import Place, Rollup, Slot, Version, World

from rehearsal.hazard_deeds import OnHazard, SetPolicy
from rehearsal.scenario import (
    Action,
    CorrectReport,
    Exempt,
    MoveUnit,
    Obligation,
    OrderRectification,
    RegisterUnit,
    Report,
    ReportForChild,
    ReportHazard,
    RetireUnit,
    SubmitRollup,
)

Submission = Report | CorrectReport | ReportForChild | SubmitRollup


def perform(world: World, action: Action) -> None:
    try:
        apply(world, action)
    except RefusedError as refusal:  # [12]
        at = world.write(action.at)
        world.refused.append({"at": at, "do": action.do, "unit": action.unit, "status": refusal.status})


def apply(world: World, action: Action) -> None:
    match action:
        case Report() | CorrectReport() | ReportForChild():
            report(world, action)
        case SubmitRollup():
            submit_rollup(world, action)
        case Exempt():
            exempt_child(world, action)
        case ReportHazard():
            report_hazard(world, action)
        case OrderRectification():
            order(world, action)
        case SetPolicy():
            if action.unit not in world.tree:
                raise RefusedError(404)
            world.policies[action.unit] = action.policy
        case OnHazard():
            perform_deed(world, action)
        case RegisterUnit() | MoveUnit() | RetireUnit():
            change_tree(world, action)


def checked_slot(
    world: World, action: Report | CorrectReport | ReportForChild | SubmitRollup, unit: str
) -> tuple[Obligation, Slot]:
    """Check everything that a first or further version needs [3, 12]."""
    obligation = world.scenario.obligation(action.obligation)
    if unit not in world.tree or obligation is None:
        raise RefusedError(404)
    if unit != action.unit and action.unit not in world.above(unit):
        raise RefusedError(403)
    day = world.scenario.period_of(action)
    if unit not in world.expected(obligation, day):
        raise RefusedError(409)
    slot = (obligation.id, unit, day)
    is_open = world.day_start(day) <= world.now < world.day_start(day + timedelta(days=2))
    if not is_open and slot not in world.versions:  # a correction is not bound to the window of the first report
        raise RefusedError(409)
    return obligation, slot


def report(world: World, action: Report | CorrectReport | ReportForChild) -> None:
    if not action.zero and not action.items:
        raise RefusedError(422)
    unit = action.child if isinstance(action, ReportForChild) else action.unit
    _, slot = checked_slot(world, action, unit)
    if (slot in world.versions) != isinstance(action, CorrectReport):
        raise RefusedError(409)  # [4]
    numbers = {key: Decimal(value) for key, value in (action.items or {}).items() if not isinstance(value, str)}
    add_version(world, slot, "self" if unit == action.unit else "parent", bool(action.zero), numbers)
    world.suspect(unit, slot[2])


def add_version(world: World, slot: Slot, by: str, zero: bool, items: dict[str, Decimal]) -> None:
    world.counter += 1
    world.versions.setdefault(slot, []).append(Version(world.counter, world.now, by, zero, items))


def submit_rollup(world: World, action: SubmitRollup) -> None:
    obligation, slot = checked_slot(world, action, action.unit)
    if slot in world.versions:
        raise RefusedError(409)  # [7]
    sums = world.sums(obligation, action.unit, slot[2])
    missing = world.missing_children(obligation, action.unit, slot[2])
    add_version(world, slot, "self", zero=False, items=sums)
    world.rollups[slot] = Rollup(world.counter, sums, missing)


def exempt_child(world: World, action: Exempt) -> None:
    obligation = world.scenario.obligation(action.obligation)
    if not action.reason.strip():
        raise RefusedError(422)
    if action.child not in world.tree or obligation is None:
        raise RefusedError(404)
    if action.unit not in world.above(action.child):
        raise RefusedError(403)
    day = world.scenario.period_of(action)
    if world.now >= world.cutoff(obligation, day):
        raise RefusedError(409)  # [3]
    world.exempt.add((obligation.id, action.child, day))


def report_hazard(world: World, action: ReportHazard) -> None:
    if not action.category.strip() or not action.title.strip():
        raise RefusedError(422)
    if action.unit not in world.tree:
        raise RefusedError(404)
    if action.occurred_at > world.now:
        raise RefusedError(422)
    day = action.occurred_at.astimezone(world.scenario.zone).date()
    world.hazards[action.ref] = Hazard(action.ref, action.unit, day)
    world.suspect(action.unit, day)


def change_tree(world: World, action: RegisterUnit | MoveUnit | RetireUnit) -> None:
    if isinstance(action, RegisterUnit):
        if action.parent not in world.tree:
            raise RefusedError(404)
        if action.unit != action.parent and action.unit not in world.above(action.parent):
            raise RefusedError(403)
        if action.code in world.tree:
            raise RefusedError(409)
        world.tree[action.code] = Place(action.name, action.level, action.parent, action.groups)
        return
    if action.code not in world.tree or (isinstance(action, MoveUnit) and action.parent not in world.tree):
        raise RefusedError(404)
    if action.unit not in world.above(action.code):
        raise RefusedError(403)
    place = world.tree[action.code]
    if place.retired:
        raise RefusedError(409)
    if isinstance(action, MoveUnit):
        place.parent = action.parent
    else:
        place.retired = True
