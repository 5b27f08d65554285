"""A second, independent reading of SCENARIO.md: what a scenario must result in, worked out without any service.

It walks the instants of the run one by one, keeps the state of the world at that moment, and applies what is due and then
what is scripted. It is slow on purpose: nothing is computed ahead, so no boundary needs a formula. It shares only the
scenario's types with the driver. Numbers in brackets are the points of SCENARIO.md.
"""

from datetime import datetime, time, timedelta
from decimal import Decimal

from oracle_actions import perform
from oracle_hazards import Hazard
from oracle_world import Row, Slot, World, days

from rehearsal.hazard_deeds import OnHazard, SetPolicy
from rehearsal.scenario import Action, OrderRectification, Scenario


def instants(world: World, script: list[tuple[datetime, Action]]) -> list[datetime]:
    """Every instant of the run at which anything is due or scripted, ascending."""
    scenario = world.scenario
    found = {at for at, _ in script} | {a.due for a in scenario.actions if isinstance(a, OrderRectification)}
    if any(isinstance(action, OnHazard | SetPolicy) for action in scenario.actions):
        found |= days_of_hazards(scenario)
    for obligation in scenario.obligations:
        for day in days(scenario):
            cutoff = world.cutoff(obligation, day)
            found |= {cutoff} | {cutoff - before for before in obligation.remind_before}
            found |= {cutoff + after for after in obligation.escalate_after}
    return sorted(instant for instant in found if scenario.start <= instant <= scenario.end)


def days_of_hazards(scenario: Scenario) -> set[datetime]:
    """Ends of days, times of digests, and intervals of days from any action on: when time may change a hazard."""
    first = scenario.start.astimezone(scenario.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    clocks = {action.at.astimezone(scenario.zone).timetz() for action in scenario.actions if isinstance(action, OnHazard)}
    for action in scenario.actions:
        if isinstance(action, SetPolicy):
            clocks.add(time.fromisoformat(action.policy.get("notices", {}).get("at", "09:00")))
    days = [first + timedelta(days=number) for number in range((scenario.end - first).days + 1)]
    return {*days, *(datetime.combine(day.date(), clock.replace(tzinfo=None), scenario.zone) for day in days for clock in clocks)}


def expected_result(scenario: Scenario) -> Row:
    """Work out the result of a scenario: every key of SCENARIO.md's result except `events`."""
    return result_of(lived_through(scenario))


def lived_through(scenario: Scenario) -> World:
    """Go through a scenario; return the world as it is at the end."""
    world = World(scenario, scenario.start)
    script = sorted(
        ((world.outages.performed_at(action), action) for action in scenario.actions), key=lambda pair: (pair[0], pair[1].at)
    )
    for instant in instants(world, script):
        world.now = instant
        if instant > scenario.start:
            world.due()
        for at, action in script:
            if at == instant:
                perform(world, action)
    world.now = scenario.end
    return world


def result_of(world: World) -> Row:
    """Write down what a world has come to."""
    return {
        "scenario": world.scenario.name,
        "reports": (reports := [report_row(world, slot) for slot in world.owed]),
        "totals": total_rows(reports),
        "rollups": [rollup_row(world, slot) for slot in world.owed if slot in world.rollups],
        "hazards": [hazard_row(world, hazard) for hazard in world.hazards.values()],
        "alerts": world.alerts,
        "contradictions": [
            {"unit": unit, "period": day.isoformat(), "kind": "zero_with_hazard"} for unit, day in world.suspected
        ],
        "refused": world.refused,
        "lost": 0,
        "duplicate_sends": 0,
    }


def report_row(world: World, slot: Slot) -> Row:
    obligation = world.scenario.obligation(slot[0])
    assert obligation is not None
    versions = world.versions.get(slot, [])
    if versions:
        verdict = "on_time" if versions[0].at < world.cutoff(obligation, slot[2]) else "late"
    else:
        verdict = "exempt" if slot in world.exempt else "missed"
    return {
        "obligation": slot[0],
        "unit": slot[1],
        "period": slot[2].isoformat(),
        "verdict": verdict,
        "received_at": world.write(versions[0].at) if versions else None,
        "entered_by": versions[0].by if versions else None,
        "versions": len(versions),
        "zero": versions[-1].zero if versions else None,
    }


def total_rows(reports: list[Row]) -> list[Row]:
    totals: dict[tuple[str, str], Row] = {}
    for row in reports:
        key = (row["obligation"], row["period"])
        empty = {"obligation": key[0], "period": key[1], "expected": 0, "on_time": 0, "late": 0, "missed": 0, "exempt": 0}
        total = totals.setdefault(key, empty)
        total["expected"] += 1
        total[row["verdict"]] += 1
    return list(totals.values())


def rollup_row(world: World, slot: Slot) -> Row:
    obligation, rollup = world.scenario.obligation(slot[0]), world.rollups[slot]
    assert obligation is not None
    children = world.children(obligation, slot[1], slot[2])
    newest = [world.versions[child][-1].number for child in children if child in world.versions]
    restated = rollup.number is not None and any(number > rollup.number for number in newest)
    row = {
        "obligation": slot[0],
        "unit": slot[1],
        "period": slot[2].isoformat(),
        "verdict": report_row(world, slot)["verdict"],
        "missing_children": rollup.missing,
        "sums": plain(rollup.sums),
        "restated": restated,
    }
    if restated:
        row["restated_sums"] = plain(world.sums(obligation, slot[1], slot[2]))
    return row


def hazard_row(world: World, hazard: Hazard) -> Row:
    return {
        "ref": hazard.ref,
        "state": hazard.state,
        "overdue_since": None if hazard.overdue_since is None else world.write(hazard.overdue_since),
    }


def plain(sums: dict[str, Decimal]) -> dict[str, int | float]:
    return {key: int(value) if value == int(value) else float(value) for key, value in sums.items()}


def sorted_rows(result: Row) -> Row:
    """The same result with every list in one canonical order, for comparing row by row."""
    return {
        key: sorted(value, key=lambda row: repr(sorted(row.items()))) if isinstance(value, list) else value
        for key, value in result.items()
    }
