"""The generated scenarios are valid, varied, and the oracle's laws hold on all of them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from oracle import expected_result
from scenario_strategy import scenario_of_seed, scenario_texts

from rehearsal.loading import load


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=scenario_texts)
def test_the_oracle_keeps_its_laws_on_any_scenario(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    scenario = load(path).scenario
    result = expected_result(scenario)

    for total in result["totals"]:
        assert total["expected"] == total["on_time"] + total["late"] + total["missed"] + total["exempt"]
    slots = [(row["obligation"], row["unit"], row["period"]) for row in result["reports"]]
    assert len(set(slots)) == len(slots)
    rollups = {(row["obligation"], row["unit"], row["period"]) for row in result["rollups"]}
    assert rollups == {slot for slot in slots if slot[0] in {"town-daily", "county-daily"}}
    assert all(("restated_sums" in row) == row["restated"] for row in result["rollups"])
    suspected = [(row["unit"], row["period"]) for row in result["contradictions"]]
    assert len(set(suspected)) == len(suspected)
    accepted = len(scenario.actions) - len(result["refused"])
    assert sum(row["versions"] for row in result["reports"]) <= accepted


def test_a_seed_names_one_scenario(tmp_path: Path) -> None:
    first, again = scenario_of_seed(7, tmp_path)[1], scenario_of_seed(7, tmp_path)[1]
    assert first == again
    assert first != scenario_of_seed(8, tmp_path)[1]


WANTED = [
    *("on_time", "late", "missed", "exempt", "restated", "overdue"),
    *("report_reminder", "report_missed", "rollup_missed", "rectification_overdue", "contradiction_suspected"),
    *("status delivered", "status failed", "status unknown", "status pending"),
    *("refused 403", "refused 404", "refused 409"),
    *("move_unit", "retire_unit", "register_unit", "correct_report", "kill", "start", "provider"),
]


@pytest.mark.slow
def test_the_generator_reaches_every_kind_of_outcome(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for seed in range(300):
        scenario = scenario_of_seed(seed, tmp_path)[1]
        seen.update(kinds_of(expected_result(scenario)))
        seen.update(item.do for item in [*scenario.actions, *scenario.faults])
        if all(seen[kind] >= 2 for kind in WANTED):
            return
    pytest.fail(f"hardly ever: {[kind for kind in WANTED if seen[kind] < 2]}")


def kinds_of(result: dict[str, Any]) -> Iterator[str]:
    yield from (row["verdict"] for row in result["reports"])
    yield from (row["reason"] for row in result["alerts"])
    yield from (f"status {row['status']}" for row in result["alerts"])
    yield from (f"refused {row['status']}" for row in result["refused"])
    yield from ("restated" for row in result["rollups"] if row["restated"])
    yield from ("overdue" for row in result["hazards"] if row["overdue_since"])


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_file_does_not_matter_across_instants(tmp_path: Path, seed: int) -> None:
    path, scenario = scenario_of_seed(seed, tmp_path)
    assert [action.at for action in scenario.actions] == sorted(action.at for action in scenario.actions)
    assert load(path).scenario == scenario
