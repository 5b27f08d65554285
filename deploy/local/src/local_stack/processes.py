"""A supervised child process: started, watched until it is ready, stopped in bounded time, never left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_GUARD = Path(__file__).with_name("guard.py")
_POLL_SECONDS = 0.01
_CONNECT_WITHIN_SECONDS = 1.0
_ANSWER_WITHIN_SECONDS = 5.0
_KILL_WITHIN_SECONDS = 10.0
_OWN_PREFIX = "BIHUAN_"
# The kernel ties a child to the *thread* that forked it. This one lives as long as the launcher.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")

Ready = Callable[[], Awaitable[bool]]


class ProcessFailed(RuntimeError):  # noqa: N818 -- an event in the life of a process, named as the log names it
    """A process ended or did not become ready in time; the text holds the end of its log."""


@dataclass(frozen=True)
class Account:
    """The system user a child runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Launch:
    """How to start one process.

    `ready` answers whether the process serves; it is asked again until `start_within` seconds have passed.
    `env` is laid over the launcher's environment, of which BIHUAN_* variables are not inherited; None takes a variable away.
    """

    name: str
    argv: Sequence[str]
    log: Path
    ready: Ready
    env: Mapping[str, str | None] = field(default_factory=dict)
    cwd: Path | None = None
    account: Account | None = None
    start_within: float = 30.0
    stop_within: float = 10.0
    stop_signal: signal.Signals = signal.SIGTERM


class SupervisedProcess:
    """One process that can be started, killed and started again with the same command line."""

    def __init__(self, launch: Launch) -> None:
        self.launch = launch
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._popen.pid if self._popen is not None and self._popen.poll() is None else None

    async def start(self) -> None:
        """Starts and waits until ready. Raises ProcessFailed (and leaves nothing running) when that does not come about."""
        if self.pid is not None:
            raise ProcessFailed(f"{self.launch.name} is already running")
        self._popen = _spawned(self.launch)
        try:
            await self._wait_ready(self._popen)
        except BaseException:
            await self.kill()
            raise

    async def stop(self) -> None:
        """Asks the process to end and kills it after `stop_within` seconds. Does nothing when it is not running."""
        if self._popen is None:
            return
        if self._popen.poll() is None:
            self._popen.send_signal(self.launch.stop_signal)
            if not await _ended(self._popen, self.launch.stop_within):
                await self.kill()

    async def kill(self) -> None:
        """SIGKILL to the process and whatever it started in its own session."""
        if self._popen is None:
            return
        if self._popen.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.kill()
        if not await _ended(self._popen, _KILL_WITHIN_SECONDS):
            raise ProcessFailed(f"{self.launch.name} (pid {self._popen.pid}) survived SIGKILL")

    async def _wait_ready(self, popen: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.launch.start_within
        while True:
            if popen.poll() is not None:
                raise ProcessFailed(f"{self.launch.name} ended with code {popen.returncode}\n{tail(self.launch.log)}")
            if await self.launch.ready():
                return
            if time.monotonic() >= deadline:
                limit = f"{self.launch.start_within:.0f} s"
                raise ProcessFailed(f"{self.launch.name} was not ready within {limit}\n{tail(self.launch.log)}")
            await asyncio.sleep(_POLL_SECONDS)


async def run_to_end(
    name: str, argv: Sequence[str], *, log: Path, within: float, account: Account | None = None, cwd: Path | None = None
) -> None:
    """Runs a short command with the same protection. Raises ProcessFailed on a non-zero code or after `within` seconds."""

    async def never_ready() -> bool:
        return False

    launch = Launch(name=name, argv=argv, log=log, ready=never_ready, account=account, cwd=cwd)
    process = SupervisedProcess(launch)
    popen = _spawned(launch)
    process._popen = popen  # noqa: SLF001 -- same module: the kill below is the class's own
    try:
        ended = await _ended(popen, within)
    finally:
        await process.kill()
    if not ended:
        raise ProcessFailed(f"{name} did not end within {within:.0f} s\n{tail(log)}")
    if popen.returncode != 0:
        raise ProcessFailed(f"{name} ended with code {popen.returncode}\n{tail(log)}")


def spawn(launch: Launch) -> "subprocess.Popen[bytes]":
    """Forks the guard, which becomes the program. To be called on a thread that lives as long as the launcher."""
    launch.log.parent.mkdir(parents=True, exist_ok=True)
    account = "-" if launch.account is None else f"{launch.account.uid}:{launch.account.gid}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OWN_PREFIX)}
    environment = {name: value for name, value in {**inherited, **launch.env}.items() if value is not None}
    with _open_log(launch.log) as log:
        return subprocess.Popen(  # noqa: S603 -- our own command lines, no shell
            [sys.executable, "-I", "-S", str(_GUARD), str(os.getpid()), account, *launch.argv],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=launch.cwd,
            # Ctrl-C is for the launcher, which stops its children in order.
            start_new_session=True,
        )


def python(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module with the launcher's own interpreter."""
    return [sys.executable, "-m", module, *arguments]


async def listens(host: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        async with asyncio.timeout(_CONNECT_WITHIN_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def answers(host: str, port: int, path: str) -> bool:
    """Whether an HTTP server there answers a GET with a status of success. Spares the weight of an HTTP client."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(request.encode())
                status = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    return status.split(b" ")[1:2] in ([b"200"], [b"204"])


def is_alive(pid: int) -> bool:
    """Whether a process of that id runs. One that has ended and waits for its parent does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    # The second field, the program's name in brackets, may hold anything.
    return status.rpartition(")")[2].split()[0] not in {"Z", "X"}


def tail(log: Path, characters: int = 4000) -> str:
    """The end of a log file, or an empty text when there is none."""
    try:
        return log.read_text(encoding="utf-8", errors="replace")[-characters:]
    except FileNotFoundError:
        return ""


def _spawned(launch: Launch) -> "subprocess.Popen[bytes]":
    # Waited for, not awaited: a cancellation in between would leave a process that nobody knows. It takes some milliseconds.
    return _spawner.submit(spawn, launch).result()


def _open_log(log: Path) -> IO[bytes]:
    return log.open("ab")


async def _ended(popen: "subprocess.Popen[bytes]", within: float) -> bool:
    deadline = time.monotonic() + within
    while popen.poll() is None:
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True
