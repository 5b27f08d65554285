"""The same scenario gives the same result, whatever is restarted in between."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from rehearsal.scenario import ProcessFault, Scenario

pytestmark = pytest.mark.io

Result = dict[str, Any]


async def test_the_same_scenario_gives_the_same_result_and_restarts_change_nothing_in_it(
    run_scenario: Callable[..., Awaitable[Result]],
    judge: Callable[[Scenario, Result], list[str]],
    scenario_named: Callable[[str], Scenario],
    differences: Callable[[Result, Result], list[str]],
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
