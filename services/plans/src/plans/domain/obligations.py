"""What a set of reporting obligations must satisfy before a plan may carry it."""

from collections.abc import Sequence
from datetime import time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import available_timezones

from contracts.events.plans import Obligation
from contracts.rhythms import flaws, keyed_alike
from contracts.schedules import Schedule
from plans.domain.findings import Finding

ROLL_UP: Final = "roll_up"
MAX_OFFSET: Final = timedelta(days=7)
MAX_NAMED_UNITS: Final = 1000
"""Units named as reporters in one plan: what keeps a plan's event far below the size that a broker takes."""

ZONES: Final = frozenset(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
"""The zones a plan may name: IANA's places, without the old abbreviations and the machine's own `localtime`."""


def normalised(obligation: Obligation) -> Obligation:
    """Put reminders into the order in which they take effect: the longest before the cut-off comes first.

    A schedule says the rhythm and the cut-off once; what stands beside it for older readers repeats it.
    """
    update: dict[str, object] = {"remind_before": tuple(sorted(obligation.remind_before, reverse=True))}
    if obligation.schedule is not None:
        update |= {"every": obligation.schedule.every, "cutoff": obligation.schedule.at or time(0)}
    return obligation.model_copy(update=update)


def findings(obligations: Sequence[Obligation]) -> list[Finding]:
    """Return everything that is wrong with the obligations of a plan, field by field; empty if they may stand."""
    found = [finding for index, each in enumerate(obligations) for finding in _alone(f"obligations.{index}", each)]
    found += _together(obligations)
    if sum(len(each.reporters.units or ()) for each in obligations) > MAX_NAMED_UNITS:
        found.append(Finding("invalid", "obligations", f"at most {MAX_NAMED_UNITS} units are named; use a level or a group"))
    return found


def _alone(path: str, each: Obligation) -> list[Finding]:
    found: list[Finding] = []

    def wrong(field: str, reason: str) -> None:
        found.append(Finding("invalid", f"{path}.{field}", reason))

    reporters = each.reporters
    if sum(choice is not None for choice in (reporters.level, reporters.group, reporters.units)) != 1:
        wrong("reporters", "name exactly one of level, group and units")
    elif reporters.units is not None and not reporters.units:
        wrong("reporters.units", "name at least one unit")
    elif reporters.units and len(set(reporters.units)) < len(reporters.units):
        wrong("reporters.units", "a unit is named twice")
    if len(set(each.recipients)) < len(each.recipients):
        wrong("recipients", "a unit is named twice")
    if len(set(each.remind_before)) < len(each.remind_before):
        wrong("remind_before", "a reminder is named twice")
    if any(not timedelta(0) < offset <= MAX_OFFSET for offset in each.remind_before):
        wrong("remind_before", f"a reminder comes before the cut-off, by at most {MAX_OFFSET.days} days")
    if any(offset > MAX_OFFSET for offset in each.escalate_after):
        wrong("escalate_after", f"a step comes at most {MAX_OFFSET.days} days after the cut-off")
    if any(later <= earlier for earlier, later in pairwise(each.escalate_after)):
        wrong("escalate_after", "each step comes later than the one before")
    for flaw in flaws(each.schedule) if each.schedule is not None else ():
        wrong(f"schedule.{flaw.field}", flaw.reason)
    return found


def rhythm(obligation: Obligation) -> Schedule:
    """When an obligation is owed; without a schedule every day before the cut-off."""
    return obligation.schedule or Schedule(every="day", at=obligation.cutoff)


def _together(obligations: Sequence[Obligation]) -> list[Finding]:
    found: list[Finding] = []
    by_id: dict[str, Obligation] = {}
    for index, each in enumerate(obligations):
        if each.id in by_id:
            found.append(Finding("invalid", f"obligations.{index}.id", "another obligation of the plan has this id"))
        by_id.setdefault(each.id, each)
    for index, each in enumerate(obligations):
        if each.rolls_up_into is not None and (reason := _against_target(each, by_id)):
            found.append(Finding("invalid", f"obligations.{index}.rolls_up_into", reason))
    return found


def _against_target(each: Obligation, by_id: dict[str, Obligation]) -> str | None:
    target = by_id.get(each.rolls_up_into or "")
    if target is None:
        return "no obligation of the plan has this id"
    if target.type != ROLL_UP:
        return f"only an obligation of type {ROLL_UP} takes the reports of others"
    if not keyed_alike(rhythm(each), rhythm(target)):
        return "a roll-up sums reports about the same periods; the two schedules differ"
    seen = {each.id}
    step: Obligation | None = target
    while step is not None:
        if step.id in seen:
            return "the obligations roll up in a circle"
        seen.add(step.id)
        step = by_id.get(step.rolls_up_into or "")
    return None
