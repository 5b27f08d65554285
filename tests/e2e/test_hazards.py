"""Campaigns of hazards through every path, judged by the oracle; what reporting shows of each is the same."""

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from oracle import lived_through, result_of
from oracle_world import World

from local_stack.paths import WORK
from rehearsal.loading import load
from rehearsal.local import LocalSystem, local_system
from rehearsal.run import rehearse
from rehearsal.scenario import Process, ProcessFault, Scenario
from rehearsal.settings import RehearsalSettings
from rehearsal.system import Services

pytestmark = pytest.mark.io

Result = dict[str, Any]
Differences = Callable[[Result, Result], list[str]]
Shown = list[dict[str, Any]]
SCENARIOS = Path(__file__).parents[2] / "rehearsal" / "scenarios"
ALL: tuple[Process, ...] = ("hazards", "reporting", "notify", "postgres", "kafka", "hazards")


def campaign(hazards: int, folder: Path) -> Scenario:
    """A three-month campaign with so many hazards."""
    spec = importlib.util.spec_from_file_location("hazard_campaign", SCENARIOS / "hazard_campaign.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write(folder / "campaign.yaml", module.campaign(hazards))
    return load(folder / "campaign.yaml").scenario


def shaken(scenario: Scenario, processes: tuple[Process, ...] = ALL) -> Scenario:
    """The same with processes restarted, each at an instant at which something is scripted."""
    places = [(number + 1) * len(scenario.actions) // (len(processes) + 1) for number in range(len(processes))]
    faults = [
        ProcessFault(at=scenario.actions[place].at, do="restart", process=name)
        for place, name in zip(places, processes, strict=True)
    ]
    return replace(scenario, faults=faults)


async def run(scenario: Scenario, folder: Path) -> tuple[Result, Shown]:
    """Run a scenario; return its result, and every hazard with its history as reporting shows it."""
    async with local_system(scenario, "embedded", folder, keep=False) as system:
        result = await rehearse(scenario, system, system.now, settings=RehearsalSettings())
        return result, await shown_by_reporting(system)


async def shown_by_reporting(system: LocalSystem) -> Shown:
    async with Services(system.urls, system.token, RehearsalSettings()) as services:
        listed = [item async for item in services.items("reporting", "/hazards", None, "admin")]
        return [await services.get("reporting", f"/hazards/{item['hazard_id']}", None, "admin") for item in listed]


def wrong_in_reporting(world: World, shown: Shown) -> list[str]:
    """What reporting shows otherwise than the oracle: states, limits that passed (one event each), gaps in the history."""
    known = {hazard.ref: hazard for hazard in world.hazards.values()}
    found = []
    for item in shown:
        hazard = known.pop(f"h{int(item['title'].removeprefix('隐患')):03}")
        history = item["history"]
        overdue = [instant(row["occurred_at"]) for row in history if row["kind"] == "RectificationOverdue"]
        told = {
            "state": item["state"] == hazard.state,
            "grade": item["grade"] == hazard.grade,
            "listed_by": item["listed_by"] == hazard.lister,
            "due_at": instant((item["approved"] or {}).get("due_at")) == hazard.due,
            "original": instant((item["original"] or {}).get("due_at")) == hazard.first_due,
            "overdue_since": instant(item["overdue_since"]) == hazard.overdue_since,
            "overdue events": overdue == hazard.passed,
            "history": [row["sequence"] for row in history] == list(range(1, item["sequence"] + 1)),
        }
        found += [f"{hazard.ref}: {name}: {item}" for name, holds in told.items() if not holds]
    return found + [f"{ref} is not shown" for ref in known]


def instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


async def judged(scenario: Scenario, folder: Path, differences: Differences) -> tuple[list[str], Result, Shown]:
    world = lived_through(scenario)
    result, shown = await run(scenario, folder)
    assert result["events"]["dead_lettered"] == 0
    return differences(result_of(world), result) + wrong_in_reporting(world, shown), result, shown


async def test_every_path_of_a_hazard_leads_where_the_rules_say_whatever_is_restarted(differences: Differences) -> None:
    scenario = shaken(load(SCENARIOS / "hazards.yaml").scenario, ("hazards", "reporting"))
    wrong, _, _ = await judged(scenario, WORK / "e2e" / "hazards", differences)
    assert wrong == []


@pytest.mark.campaign
async def test_a_campaign_of_three_months_with_500_hazards_and_the_same_with_restarts(
    differences: Differences, tmp_path: Path
) -> None:
    scenario = campaign(500, tmp_path)
    wrong, calm, shown = await judged(scenario, WORK / "e2e" / "campaign", differences)
    assert wrong == []
    assert len(shown) == 500

    wrong, rough, _ = await judged(shaken(scenario), WORK / "e2e" / "campaign-restarts", differences)
    assert wrong == []
    assert differences(calm, rough | {"events": calm["events"]}) == []
