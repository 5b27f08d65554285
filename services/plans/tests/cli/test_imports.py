"""`bihuan plans import` as people and programs call it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.io
SAMPLES = Path(__file__).parents[2] / "samples"
BIHUAN = Path(sys.executable).with_name("bihuan")


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [BIHUAN, "plans", "import", *arguments],
        capture_output=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", **environment},
    )


def read(*arguments: str | Path) -> dict[str, Any]:
    done = run(*arguments, "--json")
    answer: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (1 if answer["errors"] else 0), done.stderr.decode()
    return answer


def test_json_names_what_the_issue_asks_for() -> None:
    [plan] = read(SAMPLES / "01-farm-machinery.txt")["plans"]

    assert {"title", "document_number", "issuer", "span", "phases", "topics", "obligations", "lists", "warnings"} <= plan.keys()
    assert {"name", "text", "start", "end"} <= plan["phases"][0].keys()
    assert {"title", "span", "tasks"} <= plan["topics"][0].keys()
    assert {"text", "span", "leads", "supports", "open_list", "deadlines"} <= plan["topics"][0]["tasks"][0].keys()
    assert {"text", "date", "strength"} <= plan["topics"][0]["tasks"][0]["deadlines"][0].keys()
    assert {"reporters", "recipients", "schedule", "text", "span", "confidence"} <= plan["obligations"][0].keys()
    assert plan["file"].endswith("01-farm-machinery.txt")


def test_many_files_are_one_object_and_a_plan_in_two_of_them_is_told(tmp_path: Path) -> None:
    again = tmp_path / "again.txt"
    again.write_bytes((SAMPLES / "10-every-rhythm.txt").read_bytes())

    answer = read(SAMPLES / "10-every-rhythm.txt", SAMPLES / "06-bridges.pdf", again)

    assert [Path(plan["file"]).name for plan in answer["plans"]] == ["10-every-rhythm.txt", "06-bridges.pdf", "again.txt"]
    assert "duplicate_of_file" in [warning["code"] for warning in answer["plans"][2]["warnings"]]
    assert [file["format"] for file in answer["files"]] == ["txt", "pdf", "txt"]


def test_what_cannot_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    empty = tmp_path / "empty.docx"
    empty.touch()

    answer = read(empty, tmp_path / "absent.txt", tmp_path, SAMPLES / "06-bridges.pdf")

    assert [error["code"] for error in answer["errors"]] == ["empty", "not_readable", "unsupported_format"]
    assert all(error["message"] and error["remedy"] for error in answer["errors"])
    assert len(answer["plans"]) == 1


def test_people_get_a_summary_in_chinese_whatever_the_terminal() -> None:
    done = run(SAMPLES / "01-farm-machinery.txt", PYTHONIOENCODING="utf-8", COLUMNS="120")

    shown = done.stdout.decode()
    assert done.returncode == 0
    for part in ("青农机安〔2026〕4号", "牌证管理专项整治", "农机中心", "动员部署", "每月25日"):
        assert part in shown


def test_a_wrong_call_is_a_wrong_call() -> None:
    assert run().returncode == 2
    assert run("--jsn", SAMPLES / "06-bridges.pdf").returncode == 2
