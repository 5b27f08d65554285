"""The committed scenarios: they load without a warning, the generated ones are current, and they show what they are for."""

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from oracle import expected_result

from rehearsal.hazard_deeds import DEEDS
from rehearsal.loading import load

FOLDER = Path(__file__).parents[1] / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))


def generator(name: str = "make_scenarios") -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_committed_scenario_loads_and_the_oracle_can_judge_it(path: Path) -> None:
    loaded = load(path)
    assert loaded.warnings == [] or path.stem == "variants"  # which names things that do not exist, for the refusals
    # What a document says is known once it is imported (tests/e2e/test_documents.py).
    expected = {} if loaded.scenario.document else expected_result(loaded.scenario)
    assert loaded.scenario.document or expected["reports"] or expected["hazards"]


def test_generated_scenarios_are_what_the_generator_writes(tmp_path: Path) -> None:
    module = generator()
    for stem, content in module.all_scenarios():
        module.write(tmp_path / "fresh.yaml", content)
        assert (tmp_path / "fresh.yaml").read_text() == (FOLDER / f"{stem}.yaml").read_text(), f"{stem}: run make_scenarios.py"


def test_there_is_a_scenario_for_every_kind_of_fault() -> None:
    stems = {path.stem for path in FILES}
    assert {f"fault-restart-{p}" for p in ("plans", "hazards", "reporting", "notify", "kafka", "postgres")} <= stems
    behaviours = ("timeout", "lost", "reject", "throttle", "slow")
    assert {f"fault-{channel}-{behave}" for channel in ("sms", "wecom") for behave in behaviours} <= stems


def test_one_scenario_has_every_kind_of_fault_on_a_day_of_its_own() -> None:
    scenario = load(FOLDER / "faults.yaml").scenario
    kinds = {(fault.do, getattr(fault, "process", ""), getattr(fault, "behave", "")) for fault in scenario.faults}
    assert len(kinds) == 2 * 6 + 5
    assert len({fault.at.date() for fault in scenario.faults}) == len(generator().FAULT_KINDS)


def test_the_afternoon_shows_everything_that_can_happen() -> None:
    scenario = load(FOLDER / "afternoon.yaml").scenario
    result = expected_result(scenario)
    assert Counter(unit.level for unit in scenario.units) == {"county": 1, "town": 3, "village": 25}
    assert {row["verdict"] for row in result["reports"]} == {"on_time", "late", "missed", "exempt"}
    assert {row["verdict"] for row in result["rollups"]} == {"on_time", "late"}
    assert [row["missing_children"] for row in result["rollups"] if row["missing_children"]]
    assert [row for row in result["rollups"] if row["restated"]]
    assert [row for row in result["hazards"] if row["overdue_since"]]
    assert {row["reason"] for row in result["alerts"]} == {
        *("report_reminder", "report_missed", "rollup_missed", "rectification_overdue", "contradiction_suspected"),
    }
    assert {row["channel"] for row in result["alerts"]} == {"sms", "wecom"}
    assert "parent" in {row["entered_by"] for row in result["reports"]}
    assert result["refused"]


def test_the_month_owes_every_day_of_it_holiday_or_not() -> None:
    result = expected_result(load(FOLDER / "month.yaml").scenario)
    days = [row["period"] for row in result["totals"] if row["obligation"] == "village-daily"]
    assert days[0] == "2026-09-15"
    assert days[-1] == "2026-10-12"
    assert len(days) == 28
    assert {"2026-09-25", "2026-10-01", "2026-10-04"} <= set(days)


def test_the_county_has_twenty_towns_of_fifteen_villages() -> None:
    result = expected_result(load(FOLDER / "county.yaml").scenario)
    assert [(row["obligation"], row["expected"]) for row in result["totals"]] == [("village-daily", 300), ("town-daily", 20)]
    assert {row["verdict"] for row in result["rollups"]} == {"on_time", "late", "missed"}


def test_the_campaign_is_what_its_generator_writes_and_takes_every_path(tmp_path: Path) -> None:
    module = generator("hazard_campaign")
    module.write(tmp_path / "fresh.yaml", module.campaign(24, days=30, hours=(10,)))
    assert (tmp_path / "fresh.yaml").read_text() == (FOLDER / "hazards.yaml").read_text(), "run hazard_campaign.py"
    scenario = load(FOLDER / "hazards.yaml").scenario
    assert {action.do for action in scenario.actions} >= {deed.model_fields["do"].annotation.__args__[0] for deed in DEEDS}
    result = expected_result(scenario)
    assert {row["state"] for row in result["hazards"]} >= {"closed", "dismissed", "monitored", "ordered"}
    assert {row["reason"] for row in result["alerts"]} >= {
        *("rectification_overdue", "rectification_digest", "rectification_rejected", "rectification_extended", "use_suspended"),
        *("hazard_listed", "hazard_transferred", "transfer_unanswered", "extension_undecided"),
    }
    assert {row["status"] for row in result["refused"]} == {403, 409}
