"""Children become ready or are reported, end in bounded time, and never outlive their launcher."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from local_stack import ports
from local_stack.processes import Launch, ProcessFailed, SupervisedProcess, is_alive, listens, run_to_end, tail

pytestmark = pytest.mark.io

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def _says(log: Path, word: str) -> Callable[[], Awaitable[bool]]:
    async def said() -> bool:
        return word in tail(log)

    return said


def _process(tmp_path: Path, program: str, word: str = "up", start_within: float = 10.0, **env: str | None) -> SupervisedProcess:
    log = tmp_path / "child.log"
    return SupervisedProcess(
        Launch(
            name="child",
            argv=[sys.executable, "-c", program],
            log=log,
            ready=_says(log, word),
            env=env,
            start_within=start_within,
            stop_within=0.3,
        )
    )


def _gone_within(pids: list[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(is_alive(pid) for pid in pids)


async def test_a_process_is_stopped_and_started_again(tmp_path: Path) -> None:
    process = _process(tmp_path, SLEEPER)
    await process.start()
    first = process.pid
    await process.stop()
    assert not is_alive(first or 0)
    await process.start()
    assert process.pid not in (first, None)
    with pytest.raises(ProcessFailed, match="already running"):
        await process.start()
    await process.kill()
    assert process.pid is None


async def test_a_process_that_ignores_the_request_to_stop_is_killed_in_time(tmp_path: Path) -> None:
    process = _process(tmp_path, STUBBORN)
    await process.start()
    started = time.monotonic()
    await process.stop()
    assert 0.3 <= time.monotonic() - started < 3
    assert process.pid is None


async def test_a_process_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    process = _process(tmp_path, "raise SystemExit('no such database')")
    with pytest.raises(ProcessFailed, match="code 1\nno such database"):
        await process.start()


async def test_a_process_that_never_becomes_ready_is_reported_and_not_left_running(tmp_path: Path) -> None:
    process = _process(tmp_path, SLEEPER, word="never said", start_within=0.5)
    with pytest.raises(ProcessFailed, match=r"not ready within[\s\S]*up"):
        await process.start()
    assert process.pid is None


async def test_a_start_that_is_cancelled_leaves_nothing_running(tmp_path: Path) -> None:
    process = _process(tmp_path, SLEEPER, word="never said")
    starting = asyncio.ensure_future(process.start())
    while process.pid is None:  # noqa: ASYNC110 -- another process is awaited
        await asyncio.sleep(0.01)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert process.pid is None


async def test_settings_of_the_launcher_are_not_inherited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_DATABASE_URL", "someone-elses")
    monkeypatch.setenv("HTTP_PROXY", "taken-away")
    monkeypatch.setenv("GREETING", "inherited")
    names = ["BIHUAN_DATABASE_URL", "HTTP_PROXY", "GREETING", "BIHUAN_MODE"]
    program = f"import os, time; print(*[os.environ.get(name) for name in {names}], flush=True); time.sleep(60)"
    process = _process(tmp_path, program, word="None None inherited local", BIHUAN_MODE="local", HTTP_PROXY=None)
    await process.start()
    await process.kill()


async def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ProcessFailed, match="did not end within"):
        await run_to_end("slow", [sys.executable, "-c", SLEEPER], log=tmp_path / "log", within=0.3)


async def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProcessFailed, match=r"no-such-program: .*No such file"):
        await run_to_end("missing", ["no-such-program"], log=tmp_path / "log", within=5)


LAUNCHER = """
import asyncio, sys, threading
from pathlib import Path
from local_stack.processes import Launch, SupervisedProcess

log = Path(sys.argv[1]) / "child.log"

async def said() -> bool:
    return "up" in log.read_text()

async def start() -> int:
    process = SupervisedProcess(Launch(name="child", argv=[sys.executable, "-c", sys.argv[2]], log=log, ready=said))
    await process.start()
    return process.pid

pids = []
thread = threading.Thread(target=lambda: pids.append(asyncio.run(start())))
thread.start()
thread.join()
print(pids[0], flush=True)
threading.Event().wait()
"""


def _launch(tmp_path: Path, program: str) -> tuple["subprocess.Popen[str]", int]:
    command = [sys.executable, "-c", LAUNCHER, str(tmp_path), program]
    launcher = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    return launcher, int(launcher.stdout.readline())


def test_children_die_when_the_launcher_is_killed(tmp_path: Path) -> None:
    launcher, child = _launch(tmp_path, STUBBORN)
    assert is_alive(child)
    launcher.kill()
    launcher.communicate(timeout=10)
    assert _gone_within([child], 5)


def test_children_outlive_the_thread_that_asked_for_them(tmp_path: Path) -> None:
    launcher, child = _launch(tmp_path, STUBBORN)
    time.sleep(0.3)
    survived = is_alive(child)
    launcher.kill()
    launcher.communicate(timeout=10)
    assert survived


def test_an_interrupt_at_the_terminal_reaches_only_the_launcher(tmp_path: Path) -> None:
    launcher, child = _launch(tmp_path, STUBBORN)
    group = os.getpgid(child)
    launcher.kill()
    launcher.communicate(timeout=10)
    assert group == child != launcher.pid


def test_a_given_port_is_free_and_outside_the_range_of_outgoing_connections() -> None:
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    given = {ports.free_port() for _ in range(50)}
    assert len(given) == 50
    assert all(port < first_ephemeral for port in given)
    assert not any(asyncio.run(listens(ports.HOST, port)) for port in list(given)[:5])


def test_a_port_in_use_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    port = ports.free_port()
    monkeypatch.setattr(ports, "_given", set())
    monkeypatch.setattr(ports, "_LOWEST", port)
    monkeypatch.setattr(ports, "_HIGHEST", port + 1)
    with socket.socket() as holder:
        holder.bind((ports.HOST, port))
        holder.listen()
        with pytest.raises(OSError, match="no free port"):
            ports.free_port()
    assert ports.free_port() == port


def test_the_stop_signal_can_be_chosen(tmp_path: Path) -> None:
    program = (
        "import signal, sys, time; signal.signal(signal.SIGINT, lambda *_: sys.exit(0)); print('up', flush=True); time.sleep(60)"
    )
    log = tmp_path / "log"
    launch = Launch("child", [sys.executable, "-c", program], log, _says(log, "up"), stop_within=5, stop_signal=signal.SIGINT)

    async def scenario() -> float:
        process = SupervisedProcess(launch)
        await process.start()
        started = time.monotonic()
        await process.stop()
        return time.monotonic() - started

    assert asyncio.run(scenario()) < 4
