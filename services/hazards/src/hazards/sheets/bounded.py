"""A sheet read in a process of its own, so that no file can hold up or bring down whoever imports it.

The rows come one by one while the process reads on; memory here is that of the file and of a row.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from hazards.domain.rows import Cell, Row
from hazards.sheets.limits import Limits, UnreadableSheet
from servicekit.confinement import OUT_OF_TIME, environment

_OUT_OF_MEMORY: Final = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS})
_BYTES_OF_A_CHARACTER: Final = 6
_BYTES_OF_A_CELL: Final = 64


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading one sheet may use. `seconds` are of computing, and of waiting for the next row."""

    limits: Limits = field(default_factory=Limits)
    seconds: int = 30
    memory_bytes: int = 1024 * 1024 * 1024


async def read_bounded(content: bytes, bounds: Bounds, sheet: str | None = None) -> AsyncIterator[Row]:
    """Give the rows of an XLSX or CSV file; which of the two it is, its first bytes say.

    Close the iterator (`contextlib.aclosing`) when not all rows are wanted: that ends the process.

    Raises:
        UnreadableSheet: while the rows are given, too.
    """
    limits = bounds.limits
    if len(content) > limits.file_bytes:
        raise UnreadableSheet("too_large", f"上限 {limits.file_bytes} 字节")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hazards.sheets",
        json.dumps({"limits": asdict(limits), "seconds": bounds.seconds, "memory": bounds.memory_bytes, "sheet": sheet}),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=limits.row_characters * _BYTES_OF_A_CHARACTER + limits.columns * _BYTES_OF_A_CELL + 1000,
        env=environment(os.environ),
    )
    assert process.stdin is not None  # noqa: S101 - a pipe was asked for
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    feeding = asyncio.create_task(_feed(process.stdin, content))
    try:
        while True:
            async with asyncio.timeout(bounds.seconds):
                line = await process.stdout.readline()
            if not line:
                await process.wait()
                raise _ended(process.returncode, bounds)
            said: dict[str, Any] = json.loads(line)
            if "refused" in said:
                raise UnreadableSheet(said["refused"], said["detail"])
            if "end" in said:
                return
            yield Row(said["row"], [_cell(cell) for cell in said["cells"]])
    except TimeoutError as error:
        raise UnreadableSheet("too_slow", f"上限 {bounds.seconds} 秒") from error
    finally:
        feeding.cancel()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _feed(stream: asyncio.StreamWriter, content: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # it may have refused the file before it read all of it
        stream.write(content)
        await stream.drain()
        stream.close()
        await stream.wait_closed()


def _ended(code: int | None, bounds: Bounds) -> UnreadableSheet:
    if code in OUT_OF_TIME:
        return UnreadableSheet("too_slow", f"上限 {bounds.seconds} 秒")
    # A reader outside Python aborts when it gets no memory.
    return UnreadableSheet("too_much_memory" if code in _OUT_OF_MEMORY else "failed")


def printed(row: Row) -> str:
    """A row as a line of JSON."""
    return json.dumps({"row": row.number, "cells": [_plain(cell) for cell in row.cells]}, ensure_ascii=False)


def _plain(cell: Cell | None) -> str | dict[str, str] | None:
    match cell:
        case Decimal():
            return {"number": str(cell)}
        case datetime():
            return {"moment": cell.isoformat()}
        case _:
            return cell


def _cell(plain: Any) -> Cell | None:
    match plain:
        case {"number": number}:
            return Decimal(number)
        case {"moment": moment}:
            return datetime.fromisoformat(moment)
        case _:
            text: str | None = plain
            return text
