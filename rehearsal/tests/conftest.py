"""Small scenarios to load: one county, one town, two villages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.document import Problem, ScenarioError
from rehearsal.loading import load
from rehearsal.scenario import Scenario

UNITS = """
units:
  - {code: "33", name: 青山县, level: county}
  - {code: "3301", name: 白石镇, level: town, parent: "33"}
  - {code: "330101", name: 上溪村, level: village, parent: "3301"}
  - {code: "330102", name: 下溪村, level: village, parent: "3301"}
"""
OBLIGATIONS = """
obligations:
  - {id: village-daily, type: zero_report, reporters: {level: village}, recipients: parent, every: day, cutoff: "14:00",
     remind_before: [30m], escalate_after: [0m, 10m, 20m], rolls_up_into: town-daily}
  - {id: town-daily, type: roll_up, reporters: {level: town}, recipients: parent, every: day, cutoff: "15:00",
     escalate_after: [0m, 10m, 20m]}
"""
HEAD = """
name: small
zone: Asia/Shanghai
start: "2026-03-02 13:00:00"
end: "2026-03-02 15:30:00"
"""


@pytest.fixture
def scenario_of(tmp_path: Path) -> Callable[..., Scenario]:
    """Make a scenario of one county, one town and two villages; keyword arguments replace the sections, `more` adds some."""

    def make(more: str = "", *, head: str = HEAD, units: str = UNITS, obligations: str = OBLIGATIONS) -> Scenario:
        path = tmp_path / "scenario.yaml"
        path.write_text(head + units + obligations + more, encoding="utf-8")
        return load(path).scenario

    return make


@pytest.fixture
def problems_of(tmp_path: Path) -> Callable[..., list[Problem]]:
    """Load a broken scenario and return what was reported."""

    def problems(more: str = "", *, head: str = HEAD, units: str = UNITS, obligations: str = OBLIGATIONS) -> list[Problem]:
        path = tmp_path / "scenario.yaml"
        path.write_text(head + units + obligations + more, encoding="utf-8")
        with pytest.raises(ScenarioError) as raised:
            load(path)
        return raised.value.problems

    return problems
