"""`up`, `status`, `token` and `down`, with the keeper as a process of its own."""

import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from local_stack import background
from local_stack.__main__ import app
from local_stack.processes import is_alive

pytestmark = pytest.mark.io

Command = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    folder = tmp_path / "up"

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--folder", str(folder)])

    yield run
    background.stop(folder)


def test_a_stack_stays_up_until_it_is_taken_down(command: Command, tmp_path: Path) -> None:
    up = command("up", "--service", "plans")
    assert up.exit_code == 0, up.stderr
    state_file = tmp_path / "up" / "state.json"
    state = json.loads(state_file.read_text())
    assert stat.S_IMODE(state_file.stat().st_mode) == 0o600
    for role in background.TOKENS:
        assert state["tokens"][role] in up.stdout
    assert "平台" in command("up").stdout

    token = command("token", "--role", "admin").stdout.strip()
    for bearer in (token, state["tokens"]["admin"]):
        answer = httpx.get(f"{state['urls']['plans']}/ops/progress", headers={"Authorization": f"Bearer {bearer}"})
        assert answer.status_code == 200
    status = command("status")
    assert status.exit_code == 0
    assert state["urls"]["plans"] in status.stdout
    assert "ended unexpectedly" not in status.stdout

    down = command("down")
    assert down.exit_code == 0
    assert "stopped" in down.stdout
    assert [pid for pid in (*state["pids"].values(), state["pid"]) if is_alive(pid)] == []
    assert not state_file.exists()


def test_nothing_to_take_down_is_no_error(command: Command) -> None:
    assert command("down").exit_code == 0
    assert command("down", "--quiet").stdout == ""
    assert command("status").exit_code == 3


def test_the_state_of_a_crashed_stack_is_not_believed(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "up"
    folder.mkdir()
    crashed = background.State(pid=1, kafka="embedded", kafka_servers="", urls={}, pids={"postgres": 1}, tokens={})
    (folder / "state.json").write_text(json.dumps(asdict(crashed)))
    (folder / "lock").write_text("1")
    assert background.running(folder) is None
    assert command("status").exit_code == 3
    assert is_alive(1)


def test_a_part_that_ended_is_named(command: Command) -> None:
    state = background.State(
        pid=1, kafka="embedded", kafka_servers="", urls={}, pids={"kafka": 1, "plans": None, "notify": 2**22 + 1}, tokens={}
    )
    assert state.ended() == ["plans", "notify"]


def test_a_failed_start_says_why_and_leaves_nothing(command: Command, tmp_path: Path) -> None:
    up = command("up", "--service", "mainframe")
    assert up.exit_code == 1
    assert "mainframe" in up.stderr
    assert background.running(tmp_path / "up") is None
