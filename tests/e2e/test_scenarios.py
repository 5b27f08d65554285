"""The committed scenarios and random ones mean to the system what they mean to the oracle."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scenario_strategy import scenario_of_seed

from rehearsal.scenario import ProcessFault, Scenario

pytestmark = pytest.mark.io

Result = dict[str, Any]
Run = Callable[..., Awaitable[Result]]
Judge = Callable[[Scenario, Result], list[str]]
Named = Callable[[str], Scenario]
Differences = Callable[[Result, Result], list[str]]


@pytest.mark.parametrize("stem", ["boundaries", "variants", "faults"])
async def test_a_scenario_results_in_what_the_specification_says(
    run_scenario: Run, judge: Judge, scenario_named: Named, stem: str
) -> None:
    scenario = scenario_named(stem)
    result = await run_scenario(scenario)
    assert judge(scenario, result) == []
    assert result["events"]["dead_lettered"] == 0


@pytest.mark.parametrize("seed", [1, 3, 23])
async def test_a_random_scenario_results_in_what_the_specification_says(
    run_scenario: Run, judge: Judge, tmp_path: Path, seed: int
) -> None:
    scenario = scenario_of_seed(seed, tmp_path)[1]
    assert judge(scenario, await run_scenario(scenario)) == []


async def test_the_same_scenario_gives_the_same_result_and_restarts_change_nothing_in_it(
    run_scenario: Run, judge: Judge, scenario_named: Named, differences: Differences
) -> None:
    scenario = scenario_named("afternoon")
    results = [await run_scenario(scenario) for _ in range(3)]
    assert judge(scenario, results[0]) == []
    assert results[1] == results[0]
    assert results[2] == results[0]

    shaken = await run_scenario(replace(scenario, faults=restarts(scenario)))
    assert differences(results[0], shaken | {"events": results[0]["events"]}) == []


def restarts(scenario: Scenario) -> list[Any]:
    """One restart of every process, each at an instant at which something is scripted."""
    names = ("reporting", "notify", "kafka", "hazards", "postgres", "plans")
    actions = scenario.actions
    picked = [actions[(place + 1) * len(actions) // (len(names) + 1)].at for place in range(len(names))]
    return [ProcessFault(at=at, do="restart", process=name) for at, name in zip(picked, names, strict=True)]


@pytest.mark.apache
@pytest.mark.usefixtures("apache_possible")
async def test_killing_apache_kafka_in_the_middle_of_what_is_due_changes_nothing(
    run_scenario: Run, judge: Judge, scenario_named: Named
) -> None:
    scenario = scenario_named("fault-restart-kafka")
    result = await run_scenario(scenario, kafka="apache")
    assert judge(scenario, result) == []
    assert result["events"]["dead_lettered"] == 0
