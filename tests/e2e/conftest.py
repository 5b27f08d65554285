"""Runs scenarios on the whole system, and compares what it concludes with the oracle row by row."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from oracle import expected_result

from local_stack.paths import WORK
from rehearsal.loading import load
from rehearsal.local import KafkaKind, local_system
from rehearsal.run import rehearse
from rehearsal.scenario import Scenario
from rehearsal.settings import RehearsalSettings

Result = dict[str, Any]
RunScenario = Callable[..., Awaitable[Result]]
SCENARIOS = Path(__file__).parents[2] / "rehearsal" / "scenarios"


@pytest.fixture
def scenario_named() -> Callable[[str], Scenario]:
    """Load one of the committed scenarios."""
    return lambda stem: load(SCENARIOS / f"{stem}.yaml").scenario


@pytest.fixture
def run_scenario(request: pytest.FixtureRequest) -> RunScenario:
    """Run a scenario on a stack of its own and return the result. The logs of a failed run are kept."""
    folder = WORK / "e2e" / "".join(letter if letter.isalnum() else "-" for letter in request.node.name)

    async def run(scenario: Scenario, kafka: KafkaKind = "embedded") -> Result:
        async with local_system(scenario, kafka, folder, keep=False) as system:
            return await rehearse(scenario, system, system.now, settings=RehearsalSettings())

    return run


@pytest.fixture
def differences() -> Callable[[Result, Result], list[str]]:
    """Compare two results row by row; `events` only where both have it. Returns what differs, one line each."""
    return compare


@pytest.fixture
def judge() -> Callable[[Scenario, Result], list[str]]:
    """Compare a result with what the oracle expects of the scenario."""
    return lambda scenario, result: compare(expected_result(scenario), result)


def compare(expected: Result, actual: Result) -> list[str]:
    """List rows that are missing (-) and rows that are too many (+), and scalars that differ."""
    found = []
    for key in expected:
        if isinstance(expected[key], list):
            wanted, given = _counted(expected[key]), _counted(actual[key])
            found += [f"- {key}: {row}" for row in (wanted - given).elements()]
            found += [f"+ {key}: {row}" for row in (given - wanted).elements()]
        elif expected[key] != actual[key]:
            found.append(f"{key}: {expected[key]} expected, {actual[key]} found")
    return found


def _counted(rows: list[Result]) -> Counter[str]:
    return Counter(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)
