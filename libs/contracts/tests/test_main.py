"""The command line, on a copy of this very checkout."""

import shutil
from pathlib import Path

import pytest

from contracts import checks
from contracts.__main__ import main
from contracts.registry import EVENTS

MOVED = "bihuan.plans.UnitMoved.v1.schema.json"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A writable copy of what the commands write to."""
    shutil.copytree(checks.SCHEMAS, tmp_path / "src" / "contracts" / "schemas")
    (tmp_path / "src" / "contracts" / "topics").mkdir()
    for name in ("asyncapi.yaml", "pyproject.toml"):
        shutil.copy(checks.ROOT / name, tmp_path / name)
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    monkeypatch.setattr(checks, "SCHEMAS", tmp_path / "src" / "contracts" / "schemas")
    monkeypatch.setattr(checks, "RELEASED", tmp_path / "released")
    monkeypatch.setattr(checks, "ASYNCAPI", tmp_path / "asyncapi.yaml")
    return tmp_path


def test_the_committed_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert f"{len(EVENTS)} events hold" in capsys.readouterr().out


def test_generate_repairs_what_check_found(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schemas = checkout / "src" / "contracts" / "schemas"
    (schemas / MOVED).write_text("{}")
    (schemas / "bihuan.plans.Gone.v1.schema.json").write_text("{}")
    (checkout / "asyncapi.yaml").unlink()

    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert f"{MOVED} is not current" in said
    assert "bihuan.plans.Gone.v1.schema.json belongs to no registered event" in said
    assert "asyncapi.yaml is not current" in said

    assert main(["generate"]) == 0
    assert main(["check"]) == 0
    assert (schemas / MOVED).read_text() == (Path(__file__).parents[1] / "src/contracts/schemas" / MOVED).read_text()


def test_a_change_that_is_not_compatible_fails_and_names_the_services(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["release", "0.1.0"]) == 0
    released = checkout / "released" / "0.1.0" / MOVED
    released.write_text(released.read_text().replace('"previous_parent"', '"moved_from"'))
    capsys.readouterr()

    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "bihuan.plans.UnitMoved.v1 is not compatible with 0.1.0: /moved_from field removed" in said
    assert "would need the consumers (hazards, reporting, notify) first, then the producer (plans)" in said
    assert "/previous_parent required field added" in said
    assert "would need the producer (plans) first" in said
    assert main(["release", "0.2.0"]) == 1


def test_compatible_changes_are_told_with_their_order(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["release", "0.1.0"]) == 0
    folder = checkout / "released" / "0.1.0"
    (folder / "bihuan.plans.PlanIssued.v1.schema.json").unlink()
    (folder / MOVED).write_text((folder / MOVED).read_text().replace('"description"', '"$comment"'))
    capsys.readouterr()

    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "new: bihuan.plans.PlanIssued.v1: deploy consumers that want it (hazards, reporting) first" in said
    assert "changed compatibly: bihuan.plans.UnitMoved.v1: deploy either side first" in said


def test_a_release_is_made_once(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["release", "0.1.0"]) == 0
    assert len(list((checkout / "released" / "0.1.0").iterdir())) == len(EVENTS)
    assert main(["release", "0.1.0"]) == 1
    assert "exists already" in capsys.readouterr().out


def test_asyncapi_is_printed_as_committed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["asyncapi"]) == 0
    assert capsys.readouterr().out == checks.ASYNCAPI.read_text(encoding="utf-8")


def test_outside_a_checkout_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    assert main(["generate"]) == 1
    assert list(tmp_path.iterdir()) == []
