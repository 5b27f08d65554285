"""A stack that outlives the command that started it: its keeper (`local_stack.keeper`) is found again through a state file."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from local_stack.names import SERVICES, BrokerKind
from local_stack.paths import WORK
from local_stack.processes import ProcessFailed, is_alive, python, tail
from local_stack.workfolder import WorkFolder

FOLDER: Final = WORK / "up"
"""Where `up` keeps its stack."""

STATE_FILE: Final = "state.json"
LOG_FILE: Final = "keeper.log"

TOKENS: Final[Mapping[str, str | None]] = {
    "admin": None,
    "office": "330802",
    "supervisor": "330802",
    "auditor": "330802",
    "agency": "330802",
    "submitter": "330802101201",
}
"""The role of each ready-made token, and the unit it acts for (those of the example in SCENARIO.md; None: no unit)."""

_UP_WITHIN_SECONDS = 180.0
_DOWN_WITHIN_SECONDS = 60.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class State:
    """What a running stack tells of itself. `pid` is its keeper's."""

    pid: int
    kafka: str
    kafka_servers: str
    urls: dict[str, str]
    pids: dict[str, int | None]
    tokens: dict[str, str]

    def write(self, folder: Path) -> None:
        """Tells whoever asks in the folder, and nobody else: the tokens open everything."""
        file = folder / STATE_FILE
        draft = file.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(asdict(self), stream)
        draft.replace(file)

    def ended(self) -> list[str]:
        """The parts that run no more, by name."""
        return [name for name, pid in self.pids.items() if pid is None or not is_alive(pid)]


def running(folder: Path = FOLDER) -> State | None:
    """The stack that serves from the folder, or None. A state file without its keeper is what a crash left."""
    holder = WorkFolder(folder).holder()
    try:
        state = State(**json.loads((folder / STATE_FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    return state if state.pid == holder else None


def start(kafka: BrokerKind, services: Sequence[str] = SERVICES, folder: Path = FOLDER) -> State:
    """Starts a keeper and waits until its stack serves. Raises ProcessFailed with the end of its log."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / LOG_FILE
    with log.open("wb") as output:
        keeper = subprocess.Popen(  # noqa: S603 -- our own command line, no shell
            python("local_stack.keeper", "--kafka", kafka, "--folder", str(folder), *(f"--service={name}" for name in services)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C and the end of the terminal are not for the keeper.
            start_new_session=True,
        )
    deadline = time.monotonic() + _UP_WITHIN_SECONDS
    while (state := running(folder)) is None or state.pid != keeper.pid:
        if keeper.poll() is not None:
            raise ProcessFailed(f"the stack did not start\n{tail(log)}")
        if time.monotonic() >= deadline:
            keeper.kill()
            raise ProcessFailed(f"the stack did not start within {_UP_WITHIN_SECONDS:.0f} s\n{tail(log)}")
        time.sleep(_POLL_SECONDS)
    return state


def stop(folder: Path = FOLDER) -> bool:
    """Stops the stack of the folder, also one that is still starting, by force when it takes too long. False: there was none."""
    work = WorkFolder(folder)
    keeper = work.holder()
    if keeper is None:
        return False
    for request in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(keeper, request)
        deadline = time.monotonic() + _DOWN_WITHIN_SECONDS
        while time.monotonic() < deadline:
            if work.holder() != keeper and not is_alive(keeper):
                return True
            time.sleep(_POLL_SECONDS)
    raise ProcessFailed(f"the keeper (pid {keeper}) does not end; see {folder / 'keeper.log'}")
