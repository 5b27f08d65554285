"""Every kind of fault, one a day, means to the system what it means to the oracle."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from rehearsal.scenario import Scenario

pytestmark = pytest.mark.io

Result = dict[str, Any]


async def test_a_fortnight_of_faults_results_in_what_the_specification_says(
    run_scenario: Callable[..., Awaitable[Result]],
    judge: Callable[[Scenario, Result], list[str]],
    scenario_named: Callable[[str], Scenario],
) -> None:
    scenario = scenario_named("faults")
    result = await run_scenario(scenario)
    assert judge(scenario, result) == []
    assert result["events"]["dead_lettered"] == 0
