"""`bihuan plans import FILE…`: read documents into drafts and show them. Nothing is stored and nothing is issued."""

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from plans.bounded import Bounds, import_bounded
from plans.cli.summary import show
from plans.importing.refusal import Unreadable

SOME_UNREADABLE: Final = 1
_MIB: Final = 1024 * 1024


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=".txt、.docx 或 .pdf 文件", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象,供程序读取")] = False,
    max_mib: Annotated[int, typer.Option(min=1, max=256, help="单个文件的大小上限(MiB)")] = 8,
    seconds: Annotated[int, typer.Option(min=1, max=600, help="单个文件的计算时间上限(秒)")] = 30,
) -> None:
    """从文件读出方案草稿:标题、文号、阶段、专题与任务、报送义务,每一项都注明出自原文第几行。只读取,不保存,不印发。

    退出码:0 全部读出;1 有文件读不出来(其余照常输出);2 命令行用法错误。
    """
    answer = asyncio.run(_import_all(files, Bounds(max_mib * _MIB, seconds)))
    if as_json:
        # Not through the terminal's encoding, which may hold no Chinese.
        sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n")
    else:
        show(answer)
    if answer["errors"]:
        raise typer.Exit(SOME_UNREADABLE)


async def _import_all(files: Iterable[Path], bounds: Bounds) -> dict[str, Any]:
    """All files as one object: `plans` in printed order, each with its `file`; `files` that were read; `errors` of those not."""
    answer: dict[str, Any] = {"plans": [], "files": [], "errors": []}
    seen: dict[str, str] = {}
    for file in files:
        try:
            read = await import_bounded(_content(file, bounds.file_bytes), file.name, bounds)
        except Unreadable as refused:
            answer["errors"].append(_error(file, refused.code, refused.message, refused.remedy))
        except OSError as error:
            answer["errors"].append(_error(file, "not_readable", f"打不开文件:{error.strerror}", "请检查路径和权限"))
        else:
            answer["plans"] += [{"file": str(file), **_repeated(plan, seen, file)} for plan in read["plans"]]
            told = {"file": str(file), "format": read["format"], "digest": read["digest"], "lines": len(read["lines"])}
            answer["files"].append(told | {"plans": len(read["plans"]), "warnings": read["warnings"]})
    return answer


def _content(file: Path, limit_bytes: int) -> bytes:
    size = file.stat().st_size
    if not file.is_file():
        raise Unreadable("unsupported_format", "不是普通文件")
    if size > limit_bytes:
        raise Unreadable("too_large", f"{size} 字节,上限 {limit_bytes} 字节")
    return file.read_bytes()


def _repeated(plan: dict[str, Any], seen: dict[str, str], file: Path) -> dict[str, Any]:
    """The plan, with a warning when an earlier file holds it too; within one file the import itself has told."""
    earlier = seen.setdefault(plan["content_digest"], str(file))
    if earlier == str(file):
        return plan
    warning = {"code": "duplicate_of_file", "message": f"与文件 {earlier} 中的方案内容完全相同", "span": None}
    return plan | {"warnings": [*plan["warnings"], warning]}


def _error(file: Path, code: str, message: str, remedy: str) -> dict[str, str]:
    return {"file": str(file), "code": code, "message": message, "remedy": remedy}
