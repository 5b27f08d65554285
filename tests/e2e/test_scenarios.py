"""The committed scenarios and random ones mean to the system what they mean to the oracle."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from scenario_strategy import scenario_of_seed

from rehearsal.scenario import Scenario

pytestmark = pytest.mark.io

Result = dict[str, Any]
Run = Callable[..., Awaitable[Result]]
Judge = Callable[[Scenario, Result], list[str]]
Named = Callable[[str], Scenario]


@pytest.mark.parametrize("stem", ["boundaries", "variants"])
async def test_a_scenario_results_in_what_the_specification_says(
    run_scenario: Run, judge: Judge, scenario_named: Named, stem: str
) -> None:
    scenario = scenario_named(stem)
    result = await run_scenario(scenario)
    assert judge(scenario, result) == []
    assert result["events"]["dead_lettered"] == 0


@pytest.mark.parametrize("seed", [3, 23])
async def test_a_random_scenario_results_in_what_the_specification_says(
    run_scenario: Run, judge: Judge, tmp_path: Path, seed: int
) -> None:
    scenario = scenario_of_seed(seed, tmp_path)[1]
    assert judge(scenario, await run_scenario(scenario)) == []


@pytest.mark.apache
@pytest.mark.usefixtures("apache_possible")
async def test_killing_apache_kafka_in_the_middle_of_what_is_due_changes_nothing(
    run_scenario: Run, judge: Judge, scenario_named: Named
) -> None:
    scenario = scenario_named("fault-restart-kafka")
    result = await run_scenario(scenario, kafka="apache")
    assert judge(scenario, result) == []
    assert result["events"]["dead_lettered"] == 0
