"""Drafts for people to read in a terminal."""

from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

_STRENGTHS: Final = {"strive": "力争", "ensure": "确保", "must": "必须"}
_UNKNOWN: Final = "未写明"
_UNTITLED: Final = "(没有标题)"


def show(answer: dict[str, Any]) -> None:
    """Print plans, the files they came from, and what could not be read; the object is that of `--json`."""
    console = Console()
    for plan in answer["plans"]:
        console.print(_plan(plan))
    for file in answer["files"]:
        console.print(f"{escape(file['file'])}:{file['lines']} 行,{file['plans']} 个方案", highlight=False)
        for warning in file["warnings"]:
            console.print(Text(f"  ! {warning['message']}", style="yellow"))
    for error in answer["errors"]:
        console.print(Text(f"{error['file']}:{error['message']}。{error['remedy']}。[{error['code']}]", style="red"))


def _plan(plan: dict[str, Any]) -> Panel:
    parts: list[RenderableType] = [Text(_head(plan))]
    tables = (_phases(plan), _topics(plan), _deadlines(plan), _obligations(plan), _meetings(plan))
    parts += [table for table in tables if table.row_count]
    parts += [Text(f"! {each['message']}{_lines(each['span'])}", style="yellow") for each in plan["warnings"]]
    first, last = plan["span"]
    return Panel(Group(*parts), title=escape(plan["title"]) or _UNTITLED, subtitle=f"{escape(plan['file'])} 第 {first}–{last} 行")


def _head(plan: dict[str, Any]) -> str:
    number, issuer, day = (plan[key] or _UNKNOWN for key in ("document_number", "issuer", "issued_on"))
    tasks = [task for topic in plan["topics"] for task in topic["tasks"]]
    deadlines = sum(len(each["deadlines"]) for each in (plan, *tasks))
    return (
        f"文号:{number}  印发单位:{issuer}  日期:{day}\n"
        f"阶段 {len(plan['phases'])} · 专题 {len(plan['topics'])} · 任务 {len(tasks)} · 时限 {deadlines} · "
        f"报送义务 {len(plan['obligations'])} · 会议 {len(plan['meetings'])} · 清单 {len(plan['lists'])} · "
        f"提醒 {len(plan['warnings'])}"
    )


def _phases(plan: dict[str, Any]) -> Table:
    table = _table("阶段", "起", "止", "出处")
    for phase in plan["phases"]:
        table.add_row(escape(phase["name"]), phase["start"] or _UNKNOWN, phase["end"] or _UNKNOWN, _lines(phase["span"]))
    return table


def _topics(plan: dict[str, Any]) -> Table:
    table = _table("专题", "牵头", "配合", "时限", "出处")
    for topic in plan["topics"]:
        holders = [topic, *topic["tasks"]]
        leads = _names(holders, "leads")
        supports = _names(holders, "supports") + ("等" if any(each["open_list"] for each in holders) else "")
        due = "、".join(_deadline(each) for task in topic["tasks"] for each in task["deadlines"])
        table.add_row(escape(topic["title"]), leads or _UNKNOWN, supports, escape(due), _lines(topic["span"]))
    return table


def _deadlines(plan: dict[str, Any]) -> Table:
    table = _table("任务以外的时限", "日期", "出处")
    for each in plan["deadlines"]:
        table.add_row(escape(each["text"]), escape(_deadline(each)), _lines(each["span"]))
    return table


def _obligations(plan: dict[str, Any]) -> Table:
    table = _table("报送单位", "报给", "节奏", "出处")
    for each in plan["obligations"]:
        rhythm = each["schedule"]["text"] or each["schedule"]["every"]
        zero = "(零报告)" if each["zero_report"] else ""
        table.add_row(
            escape(each["reporters"]), escape("、".join(each["recipients"])), escape(rhythm + zero), _lines(each["span"])
        )
    return table


def _meetings(plan: dict[str, Any]) -> Table:
    table = _table("会议、调度", "节奏", "出处")
    for each in plan["meetings"]:
        table.add_row(escape(each["name"]), escape(each["schedule"]["text"] or each["schedule"]["every"]), _lines(each["span"]))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _names(holders: list[dict[str, Any]], key: str) -> str:
    return escape("、".join(dict.fromkeys(name for holder in holders for name in holder[key])))


def _deadline(deadline: dict[str, Any]) -> str:
    return f"{_STRENGTHS.get(deadline['strength'], '')}{deadline['date'] or deadline['text']}"


def _lines(span: list[int] | None) -> str:
    if span is None:
        return ""
    return f"[{span[0]}]" if span[0] == span[1] else f"[{span[0]}–{span[1]}]"
