"""`bihuan hazards verify`: finds whatever of hazards, their history and their files was changed, dropped or reordered."""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Annotated, Any, Final

import structlog
import typer

from hazards.commands import evidence_objects
from hazards.commands.verifying import verify as verify_hazards
from hazards.objects.settings import open_store
from hazards.settings import Settings
from servicekit.database import create_pool

SOMETHING_FOUND: Final = 1


def verify(
    most: Annotated[int, typer.Option(min=1, max=100_000, help="最多列出多少项发现")] = 1000,
    files: Annotated[bool, typer.Option(help="同时核对证据文件的内容")] = True,
) -> None:
    """核对隐患档案:每一行变更都与前一行的哈希相连,查出被改动、缺失或换序的行,以及被改动的隐患、列表和证据文件。只读取。

    结果为一个 JSON 对象。退出码:0 没有发现;1 有发现;2 命令行用法错误。
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    answer = asyncio.run(run(Settings(), most, files=files))
    # Not through the terminal's encoding, which may hold no Chinese.
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, indent=2, default=str).encode() + b"\n")
    if answer["findings"] or answer["files"]:
        raise typer.Exit(SOMETHING_FOUND)


async def run(settings: Settings, most: int, *, files: bool) -> dict[str, Any]:
    """Verify what a database and its store of files hold. `files` of the answer: those that are not what was uploaded."""
    pool = await create_pool(settings)
    try:
        found = await verify_hazards(pool, most)
        flawed = await evidence_objects.verify(pool, open_store(settings), most=most) if files else []
    finally:
        await pool.close()
    return {**asdict(found), "files": [asdict(each) for each in flawed]}
