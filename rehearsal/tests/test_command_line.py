"""The command line: what it prints, where, and how it exits."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCENARIO = """
name: smallest
start: "2026-03-02 13:00:00"
end: "2026-03-02 14:00:00"
units: [{code: "33", name: 青山县, level: county}, {code: "3301", name: 白石镇, level: town, parent: "33"}]
contacts: [{unit: "3301", role: office, name: 镇办, mobile: "19900000001"}]
obligations: [{id: daily, type: zero_report, reporters: {level: town}, cutoff: "14:00", escalate_after: [0m]}]
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rehearsal", *arguments], capture_output=True, text=True, timeout=120, check=False
    )


def test_check_names_every_error_and_exits_2(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(SCENARIO + "colour: red\nmode: fast\n", encoding="utf-8")
    done = run("check", str(path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"{path}:8:1: colour: 未知的键 / unknown key" in done.stderr
    assert f"{path}:9:7: mode: 只能是" in done.stderr


def test_check_accepts_a_scenario_and_warns_about_what_will_be_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    action = 'actions: [{at: "13:30", unit: "99", do: report, obligation: daily, zero: true}]\n'
    path.write_text(SCENARIO + action, encoding="utf-8")
    done = run("check", str(path))
    assert done.returncode == 0
    assert f"{path}:8:31: actions[1].unit: 没有单位 99" in done.stderr


@pytest.mark.io
def test_rehearse_writes_the_result_and_prints_it_as_the_last_line(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    done = run("rehearse", str(path), "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout.splitlines()[-1])
    assert printed == json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert list(printed) == [
        *("scenario", "reports", "totals", "rollups", "hazards", "alerts", "contradictions", "refused"),
        *("events", "lost", "duplicate_sends"),
    ]
    assert [(row["unit"], row["verdict"]) for row in printed["reports"]] == [("3301", "missed")]
    assert [(row["reason"], row["role"], row["status"]) for row in printed["alerts"]] == [
        ("report_missed", "office", "delivered")
    ]
