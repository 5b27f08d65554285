"""The live board in the terminal, and the verdict that follows it. Chinese, as for the people on duty."""

import asyncio
from collections import Counter
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from rehearsal.board_state import REASONS, TICKER_LINES, VERDICTS, BoardState, Line
from rehearsal.scenario import Action, Fault

_STYLES: Final = {"on_time": "green", "late": "yellow", "missed": "bold red", "exempt": "cyan", "pending": "dim"}
_STATUSES: Final = {"delivered": "已送达", "failed": "失败", "unknown": "未知", "pending": "待发"}
_ITEMS: Final = {"fires": "火情", "hazards_found": "发现隐患", "patrols": "巡查"}
_FRAME_SECONDS: Final = 0.1


class Board:
    """Watches a run and shows it. `show_seconds` is how long the whole stretch of the scenario takes to watch."""

    def __init__(self, state: BoardState, console: Console, show_seconds: float) -> None:
        self._state = state
        self._live = Live(console=console, screen=False, auto_refresh=False, transient=True)
        span = (state.scenario.end - state.scenario.start).total_seconds()
        self._pace = show_seconds / span if span else 0.0

    async def __aenter__(self) -> Self:
        self._live.start()
        self._refresh()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._live.stop()

    async def stepping(self, now: datetime, to: datetime) -> None:
        """Let the shown clock run from `now` to `to` at the pace of the show."""
        seconds = (to - now).total_seconds() * self._pace
        frames = max(1, round(seconds / _FRAME_SECONDS))
        for frame in range(1, frames + 1):
            self._state.now = now + (to - now) * frame / frames
            self._refresh()
            await asyncio.sleep(seconds / frames)

    def fault(self, fault: Fault) -> None:
        """Show a fault."""
        self._state.fault(fault)

    def acted(self, action: Action, status: int) -> None:
        """Show an action."""
        self._state.acted(action, status)

    def _refresh(self) -> None:
        self._live.update(render(self._state), refresh=True)


def render(state: BoardState) -> Group:
    """Draw the whole board."""
    local = state.now.astimezone(state.zone)
    head = Text.assemble(
        (f" {state.scenario.name} ", "bold reverse"),
        (f"  {local:%Y-%m-%d %H:%M:%S}  ", "bold"),
        f"事件 {state.events}   告警 {state.alerts}   送达 {state.delivered}   ",
        (f"失败 {state.failed}   ", "red" if state.failed else "dim"),
        (f"疑似漏报 {state.contradictions}   ", "magenta" if state.contradictions else "dim"),
        (f"拒绝 {state.refused}", "yellow" if state.refused else "dim"),
    )
    low = Table.grid(expand=True)
    low.add_column(ratio=3)
    low.add_column(ratio=2)
    ticker = Text("\n".join(state.ticker), no_wrap=True, overflow="ellipsis")
    height = TICKER_LINES + 2
    low.add_row(Panel(ticker, title="动态", height=height), Panel(_hazards(state), title="隐患", height=height))
    return Group(Panel(head), Panel(_towns(state.lines()), title="各单位今日报送"), low)


def _towns(lines: list[Line]) -> Table:
    table = Table(expand=True, box=None, pad_edge=False)
    table.add_column("单位", no_wrap=True)
    for verdict, label in VERDICTS.items():
        table.add_column(label, justify="right", style=_STYLES[verdict])
    table.add_column("本级汇总", justify="center")
    table.add_column("未报单位", overflow="ellipsis", no_wrap=True, style="red")
    for line in lines:
        counts = [str(line.verdicts[verdict] or "·") for verdict in VERDICTS]
        table.add_row(line.name, *counts, line.rollup, "、".join(line.missing))
    return table


def _hazards(state: BoardState) -> Table:
    table = Table("单位", "隐患", "状态", "期限", expand=True, box=None, pad_edge=False)
    for line in list(state.hazards.values())[-8:]:
        style = {"已超期": "bold red", "整改中": "yellow"}.get(line.state, "")
        due = f"{line.due_at.astimezone(state.zone):%m-%d %H:%M}" if line.due_at else ""
        table.add_row(state.name(line.unit), line.title, Text(line.state, style=style), due)
    return table


def verdict(result: dict[str, Any], names: dict[str, str]) -> Group:
    """The verdict of a run as tables. `names` maps unit codes to names."""
    return Group(
        _totals(result),
        _rollups(result, names),
        _alerts(result),
        _hazard_verdicts(result),
        Text.assemble(
            f"发布事件 {result['events']['published']}，死信 {result['events']['dead_lettered']}；",
            (f"丢失 {result['lost']}，重复发送 {result['duplicate_sends']}；", "bold red" if result["lost"] else "bold green"),
            f"疑似漏报瞒报 {len(result['contradictions'])}，被拒绝的操作 {len(result['refused'])}",
        ),
    )


def _totals(result: dict[str, Any]) -> Table:
    table = Table(title="报送结论")
    for label in ("报送制度", "日期", "应报", "按时", "迟报", "未报", "免报"):
        table.add_column(label, justify="left" if label in {"报送制度", "日期"} else "right")
    for row in result["totals"]:
        counts = [str(row[key]) for key in ("expected", "on_time", "late", "missed", "exempt")]
        table.add_row(row["obligation"], row["period"], *counts)
    return table


def _rollups(result: dict[str, Any], names: dict[str, str]) -> Table:
    table = Table(title="汇总")
    for label in ("单位", "日期", "结论", "缺报单位", "合计", "更正后"):
        table.add_column(label)
    for row in result["rollups"]:
        missing = "、".join(names.get(code, code) for code in row["missing_children"]) or "—"
        after = _sums(row["restated_sums"]) if row["restated"] else "—"
        verdict_text = Text(VERDICTS[row["verdict"]], style=_STYLES[row["verdict"]])
        table.add_row(names.get(row["unit"], row["unit"]), row["period"], verdict_text, missing, _sums(row["sums"]), after)
    return table


def _sums(sums: dict[str, Any]) -> str:
    return "，".join(f"{_ITEMS.get(key, key)} {value}" for key, value in sums.items()) or "—"


def _alerts(result: dict[str, Any]) -> Table:
    counted = Counter((row["reason"], row["channel"], row["status"]) for row in result["alerts"])
    table = Table(title="告警通知")
    for label in ("事由", "渠道", "状态", "条数"):
        table.add_column(label)
    for (reason, channel, status), count in sorted(counted.items()):
        table.add_row(REASONS.get(reason, reason), channel, _STATUSES.get(status, status), str(count))
    return table


def _hazard_verdicts(result: dict[str, Any]) -> Table:
    table = Table(title="隐患")
    for label in ("编号", "状态", "超期自"):
        table.add_column(label)
    for row in result["hazards"]:
        table.add_row(
            row["ref"], {"reported": "已上报", "ordered": "整改中"}.get(row["state"], row["state"]), row["overdue_since"] or "—"
        )
    return table
