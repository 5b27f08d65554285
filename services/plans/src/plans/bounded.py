"""An import in a process of its own, so that no document can hold up or bring down whoever imports it."""

import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, NotRequired, TypedDict

from plans.importing.refusal import Code, Unreadable
from servicekit import confinement
from servicekit.confinement import EndedError

_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,16}")


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
    # Only the ending decides; the name itself may hold what this system cannot pass on.
    file = f"file{ending}" if _ENDING.fullmatch(ending) else "file"
    arguments = (file, str(bounds.file_bytes), str(bounds.seconds), str(bounds.memory_bytes))
    try:
        printed = await confinement.run("plans.bounded_child", arguments, content, bounds.seconds)
    except EndedError as ended:
        raise _refusal(ended, bounds) from ended
    answer: Imported = json.loads(printed)
    if "refused" in answer:
        raise Unreadable(answer["refused"], answer.get("detail", ""))
    return {**answer, "name": name}


def _refusal(ended: EndedError, bounds: Bounds) -> Unreadable:
    match ended.how:
        case "too_slow":
            return Unreadable("too_slow", f"上限 {bounds.seconds} 秒")
        case "failed":
            return Unreadable("failed", ended.exception)
        case "fell":
            return Unreadable("damaged")
