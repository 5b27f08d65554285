"""An import in a process of its own, so that no document can hold up or bring down whoever imports it.

Parsers of documents are where hostile input ends up, one of them (PDFium) outside Python's reach: bounds on time and memory
hold only if somebody else can end the work.
"""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, NotRequired, TypedDict

from plans.importing.refusal import Code, Unreadable

_GRACE_SECONDS: Final = 2
_PASSED: Final = frozenset({"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "TMPDIR"})
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,16}")
_OUT_OF_TIME: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one import may use."""

    file_bytes: int = 8 * 1024 * 1024
    seconds: int = 30
    memory_bytes: int = 1024 * 1024 * 1024


class Imported(TypedDict):
    """An import as JSON: the file's lines as they were read (line n is `lines[n - 1]`), and what `ImportResult` holds."""

    name: str
    format: str
    digest: str
    lines: list[str]
    plans: list[dict[str, Any]]
    warnings: list[dict[str, Any]]
    refused: NotRequired[Code]
    detail: NotRequired[str]


async def import_bounded(content: bytes, name: str, bounds: Bounds) -> Imported:
    """Import a document in a process of its own.

    Raises:
        Unreadable: the file cannot be read, or not within the bounds.
    """
    if len(content) > bounds.file_bytes:
        raise Unreadable("too_large", f"{len(content)} 字节,上限 {bounds.file_bytes} 字节")
    ending = PurePosixPath(name.replace("\\", "/")).suffix
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "plans.importing",
        # Only the ending decides; the name itself may hold what this system cannot pass on.
        *(
            f"file{ending}" if _ENDING.fullmatch(ending) else "file",
            str(bounds.file_bytes),
            str(bounds.seconds),
            str(bounds.memory_bytes),
        ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(os.environ),
    )
    try:
        async with asyncio.timeout(bounds.seconds + _GRACE_SECONDS):
            printed, complaint = await process.communicate(content)
    except TimeoutError as error:
        raise Unreadable("too_slow", f"上限 {bounds.seconds} 秒") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode in _OUT_OF_TIME:
        raise Unreadable("too_slow", f"上限 {bounds.seconds} 秒")
    if process.returncode:
        # A parser outside Python falls over broken files; an exception is a mistake of ours. Its text may quote the document.
        ours = process.returncode > 0
        raise Unreadable("failed", _kind(complaint)) if ours else Unreadable("damaged")
    answer: Imported = json.loads(printed)
    if "refused" in answer:
        raise Unreadable(answer["refused"], answer.get("detail", ""))
    return {**answer, "name": name}


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What the process gets of our environment: what it needs to start, and no secret."""
    return {key: value for key, value in ours.items() if key in _PASSED} | {"PYTHONUTF8": "1"}


def _kind(complaint: bytes) -> str:
    """The class of the exception that a traceback ends with."""
    last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return last.partition(":")[0][:80]
