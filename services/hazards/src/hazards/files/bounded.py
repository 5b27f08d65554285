"""A look into a file in a process of its own, so that no file can hold up or bring down whoever takes it in.

Decoders of pictures are where hostile input ends up, written in C: bounds on time and memory hold only if somebody else can end
the work (ADR 0011), and a process that falls takes nothing with it.
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hazards.domain.evidence import Position, Shown
from hazards.files.refusal import Unfit

_GRACE_SECONDS: Final = 2
_PASSED: Final = frozenset({"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "TMPDIR"})
_OUT_OF_TIME: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one look may use: pixels of a picture, seconds of computing, bytes of address space."""

    pixels: int
    seconds: int
    memory_bytes: int


async def look_bounded(source: Path, target: Path, media_type: str, bounds: Bounds) -> Shown:
    """Look into `source`; afterwards the rendition for outsiders is at `target` where the type has one.

    Raises:
        Unfit: the file is not what its type promises, or cannot be looked into within the bounds.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "hazards.files", str(source), str(target), media_type),
        *(str(bounds.pixels), str(bounds.seconds), str(bounds.memory_bytes)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # What it needs to start, and no secret.
        env={name: value for name, value in os.environ.items() if name in _PASSED} | {"PYTHONUTF8": "1"},
    )
    try:
        async with asyncio.timeout(bounds.seconds + _GRACE_SECONDS):
            printed, complaint = await process.communicate()
    except TimeoutError as error:
        raise Unfit("too_slow") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode in _OUT_OF_TIME:
        raise Unfit("too_slow")
    if process.returncode:
        # A decoder outside Python falls over broken files; an exception is a mistake of ours. Its text may quote the file.
        raise Unfit("failed", _kind(complaint)) if process.returncode > 0 else Unfit("damaged", "fell")
    return _shown(json.loads(printed))


def _shown(answer: dict[str, Any]) -> Shown:
    if "refused" in answer:
        raise Unfit(answer["refused"], answer["detail"])
    taken_at, position = answer["taken_at"], answer["position"]
    return Shown(
        width=answer["width"],
        height=answer["height"],
        taken_at=taken_at and datetime.fromisoformat(taken_at),
        position=position and Position(*position),
    )


def _kind(complaint: bytes) -> str:
    """The class of the exception that a traceback ends with."""
    last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return last.partition(":")[0][:80]
