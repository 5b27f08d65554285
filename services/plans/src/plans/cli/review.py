"""`bihuan plans draft|check|review|decide|correct|resolve|diff|issue|close`: from a document to a plan in force."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from plans.cli.remote import Address, PlanId, Remote, Token, Version, connect

_BLOCKED: Final = 1
_PAGE: Final = 200
Items = Annotated[list[str], typer.Argument(metavar="条目…", help="review 列出的条目,如 tasks/task-1-2", show_default=False)]


class Verdict(StrEnum):
    """What is decided without a new value."""

    ACCEPT = "accept"
    REJECT = "reject"


def draft(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".txt、.docx 或 .pdf 文件", show_default=False)],
    url: Address,
    token: Token,
    position: Annotated[int, typer.Option(min=1, help="文件中的第几个方案")] = 1,
) -> None:
    """导入文件并起草方案;不印发。"""
    remote = connect(context, url, token)
    imported = remote.upload(file.name, file.read_bytes())
    drafted = remote.post(f"/plans/imports/{imported['import_id']}/proposals", {"position": position})
    typer.echo(f"{drafted['plan_id']} 版本 {drafted['version']}")
    for note in drafted["notes"]:
        typer.echo(f"! {note['message']}")


def check(context: typer.Context, plan_id: PlanId, url: Address, token: Token) -> None:
    """列出印发前要处理的问题;有阻止印发的问题时退出码为 1。"""
    found = connect(context, url, token).get(f"/plans/{plan_id}/findings")
    typer.echo(f"版本 {found['version']}:{'可以印发' if found['issuable'] else '不能印发'}")
    for each in found["items"]:
        mark = "×" if each["severity"] == "blocks" else "!"
        meant = "、".join(f"{one['name']}={one['code']}" for one in each["candidates"])
        typer.echo(f"{mark} {each['message']}{f'(可能是 {meant})' if meant else ''} [{each['field']}]")
    if not found["issuable"]:
        raise typer.Exit(_BLOCKED)


def review(
    context: typer.Context,
    plan_id: PlanId,
    url: Address,
    token: Token,
    pending: Annotated[bool, typer.Option("--pending", help="只列未核对的")] = False,
) -> None:
    """对照原文列出读出的每一项;同一段原文只列一次。"""
    shown_lines: tuple[int, int] | None = None
    for each in _read(connect(context, url, token), plan_id):
        if pending and each["decision"] != "pending":
            continue
        typer.echo(f"{each['item']} [{each['decision']}] 第 {each['first_line']}–{each['last_line']} 行 {each['confidence']:.0%}")
        lines = each["first_line"], each["last_line"]
        for line in each["source"] if lines != shown_lines else ():
            typer.echo(f"    原文 {line}")
        shown_lines = lines
        shown = "已删除" if each["value"] is None else json.dumps(_short(each["value"]), ensure_ascii=False)
        typer.echo(f"    读作 {shown}")


def decide(
    context: typer.Context,
    plan_id: PlanId,
    *,
    verdict: Annotated[Verdict, typer.Argument(help="accept 采纳,reject 删除", show_default=False)],
    items: Items,
    version: Version,
    url: Address,
    token: Token,
) -> None:
    """采纳或删除若干条目。"""
    decisions = [{"item": item, "decision": verdict.value} for item in items]
    answer = connect(context, url, token).post(f"/plans/{plan_id}/review", {"version": version, "decisions": decisions})
    _tell(answer)


def correct(
    context: typer.Context,
    plan_id: PlanId,
    *,
    item: Annotated[str, typer.Argument(metavar="条目", show_default=False)],
    value: Annotated[typer.FileText, typer.Argument(help="更正后的条目(JSON 文件,- 为标准输入)", show_default=False)],
    version: Version,
    url: Address,
    token: Token,
) -> None:
    """更正一个条目:给出完整的条目,编号不变。"""
    try:
        decision = {"item": item, "decision": "correct", "value": json.load(value)}
    except ValueError as error:
        raise typer.BadParameter(f"不是 JSON:{error}") from error
    _tell(connect(context, url, token).post(f"/plans/{plan_id}/review", {"version": version, "decisions": [decision]}))


def resolve(
    context: typer.Context,
    plan_id: PlanId,
    names: Annotated[list[str], typer.Argument(metavar="名称=单位代码…", help="@group 群体,@outside 体系外", show_default=False)],
    version: Version,
    url: Address,
    token: Token,
) -> None:
    """说明原文中的名称指哪个单位。"""
    body = {"version": version, "names": dict(map(_meaning, names))}
    _tell(connect(context, url, token).post(f"/plans/{plan_id}/resolve", body))


def diff(
    context: typer.Context,
    plan_id: PlanId,
    url: Address,
    token: Token,
    earlier: Annotated[int | None, typer.Option(min=1)] = None,
    later: Annotated[int | None, typer.Option(min=1)] = None,
) -> None:
    """比较两个版本;不给出版本时,比较现行版本与前一版本。"""
    found = connect(context, url, token).get(f"/plans/{plan_id}/differences", earlier=earlier, later=later)
    typer.echo(f"版本 {found['earlier']} → {found['later']}")
    for line in found["changes"]:
        typer.echo(f"  {line}")


def issue(context: typer.Context, plan_id: PlanId, version: Version, url: Address, token: Token) -> None:
    """印发。"""
    _tell(connect(context, url, token).post(f"/plans/{plan_id}/issue", {"version": version}))


def close(
    context: typer.Context,
    plan_id: PlanId,
    version: Version,
    url: Address,
    token: Token,
    reason: Annotated[str | None, typer.Option(help="原因")] = None,
) -> None:
    """终止方案:此后不再报送;任务继续到确认为止。"""
    _tell(connect(context, url, token).post(f"/plans/{plan_id}/close", {"version": version, "reason": reason}))


def _read(remote: Remote, plan_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = remote.get(f"/plans/{plan_id}/review", after=after, limit=_PAGE)
        items += page["items"]
        after = page["next"]
    return items


def _meaning(written: str) -> tuple[str, dict[str, str]]:
    name, sign, meant = written.partition("=")
    if not (name and sign and meant):
        raise typer.BadParameter(f"“{written}”应写作 名称=单位代码")
    return name, {"kind": meant[1:]} if meant in {"@group", "@outside"} else {"unit": meant}


def _short(value: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in value.items() if part not in (None, [], "", False)}


def _tell(answer: dict[str, Any]) -> None:
    typer.echo(f"{answer['plan_id']} 版本 {answer['version']} {answer['state']}")
    for line in answer.get("changes", ()):
        typer.echo(f"  {line}")
