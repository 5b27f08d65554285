"""A plan that was imported from its document and issued as it is runs like one whose obligations were written by hand."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from rehearsal.scenario import Obligation, Reporters, Scenario

pytestmark = pytest.mark.io

Result = dict[str, Any]
STEPS = {"remind_before": [timedelta(minutes=30)], "escalate_after": [timedelta(0), timedelta(minutes=10)]}
CHAIN = [
    Obligation.model_construct(
        id="village-daily",
        type="zero_report",
        reporters=Reporters.model_construct(level="village"),
        cutoff=time(14),
        rolls_up_into="town-daily",
        **STEPS,
    ),
    Obligation.model_construct(
        id="town-daily", type="roll_up", reporters=Reporters.model_construct(level="town"), cutoff=time(15), **STEPS
    ),
]


async def test_the_obligations_of_a_document_are_owed_as_it_prints_them(
    run_scenario: Callable[..., Awaitable[Result]],
    judge: Callable[[Scenario, Result], list[str]],
    scenario_named: Callable[[str], Scenario],
) -> None:
    scenario = scenario_named("document")
    result = await run_scenario(scenario)
    assert judge(replace(scenario, document=None, obligations=CHAIN), result) == []
    assert result["totals"]
