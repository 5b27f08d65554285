"""Work on hostile input in a process of its own, which its bounds may end and which takes nothing with it when it falls.

Parsers and decoders are where hostile input ends up, some of them outside Python's reach: bounds on time and memory hold only if
somebody else can end the work. The process sets its own bounds first (`servicekit.rlimits.confine`).
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Final, Literal

_GRACE_SECONDS: Final = 2
_PASSED: Final = frozenset({"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "TMPDIR"})
OUT_OF_TIME: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL})
"""How a process ends whose computing time is used up."""


class EndedError(Exception):
    """The process gave no answer. `fell`: code outside Python did, over a broken file. `failed`: an exception, so our mistake."""

    def __init__(self, how: Literal["too_slow", "fell", "failed"], exception: str = "") -> None:
        super().__init__(how)
        self.how = how
        self.exception = exception
        """Its class. Its text may quote the file, so nobody gets it."""


async def run(module: str, arguments: Sequence[str], content: bytes | None, seconds: int) -> bytes:
    """Run a module with `content` on its standard input; return what it prints.

    Raises:
        EndedError: it computed for longer than `seconds`, or ended without an answer.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module, *arguments),
        stdin=asyncio.subprocess.DEVNULL if content is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(os.environ),
    )
    try:
        async with asyncio.timeout(seconds + _GRACE_SECONDS):
            printed, complaint = await process.communicate(content)
    except TimeoutError as error:
        raise EndedError("too_slow") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode in OUT_OF_TIME:
        raise EndedError("too_slow")
    if process.returncode:
        raise EndedError("failed", _kind(complaint)) if process.returncode > 0 else EndedError("fell")
    return printed


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What such a process gets of our environment: what it needs to start, and no secret."""
    return {key: value for key, value in ours.items() if key in _PASSED} | {"PYTHONUTF8": "1"}


def _kind(complaint: bytes) -> str:
    """The class of the exception that a traceback ends with."""
    last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return last.partition(":")[0][:80]
