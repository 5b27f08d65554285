"""A schedule in Chinese words."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import groupby
from typing import Final

from contracts.calendars import WorkingCalendar
from contracts.schedules import DueDay, Schedule

_DAY: Final = timedelta(days=1)
_WEEKDAYS: Final = "一二三四五六日"
_MONTH_END: Final = 31
_EVERY: Final = {
    "day": "每日",
    "working_day": "每个工作日",
    "week": "每周",
    "month": "每月",
    "quarter": "每季度",
    "half_year": "每半年",
    "year": "每年",
}
_PREVIOUS: Final = {
    "day": "前一日",
    "working_day": "上一工作日以来",
    "week": "上周",
    "month": "上月",
    "quarter": "上季度",
    "half_year": "上半年度",
    "year": "上一年度",
}
_NEXT: Final = {"week": "次周", "month": "次月", "quarter": "次季度", "half_year": "下一半年", "year": "次年"}
_THIS: Final = {"week": "本周", "month": "当月", "quarter": "本季度", "half_year": "本半年", "year": "当年"}
_HOLIDAYS: Final = {
    "keep": "节假日不顺延",
    "next_working_day": "遇节假日顺延至下一工作日",
    "previous_working_day": "遇节假日提前至上一工作日",
}
_TRIGGERS: Final = {
    "plan_issued": "方案印发",
    "publication": "发布",
    "fire": "火情发生",
    "major_case": "重大案情发生",
    "incident": "突发情况发生",
    "major_hazard": "重大隐患发现",
    "rectification": "整改完成",
    "receipt": "收到",
    "change": "情况变更",
    "inspection": "检查结束",
    "discovery": "发现",
    "event": "情况发生",
}
"""What starts a limit; any other word is said as it is."""


def in_words(schedule: Schedule) -> str:
    """Say a rhythm on one line, as 每季度首月10日24:00前(报上季度)，节假日不顺延."""
    parts = [_rhythm(schedule)]
    if schedule.every not in ("day", "working_day", "event") or schedule.on_holiday != "keep":
        parts.append(_HOLIDAYS.get(schedule.on_holiday, schedule.on_holiday))
    if schedule.effective_from is not None:
        parts.append(f"自{schedule.effective_from.isoformat()}起")
    if schedule.effective_until is not None:
        parts.append(f"至{schedule.effective_until.isoformat()}止")
    return "，".join(parts)


def _rhythm(schedule: Schedule) -> str:
    if schedule.every == "dates":
        return f"{'、'.join(map(date.isoformat, schedule.dates))} {clock(schedule.at)}前"
    if schedule.every == "event":
        return limit(schedule)
    days = "、".join(due_day(schedule.every, each) for each in schedule.on) or ("末日" if schedule.every in _THIS else "")
    about = f"(报{_PREVIOUS.get(schedule.every, '上期')})" if schedule.about == "previous" else ""
    return f"{_EVERY.get(schedule.every, schedule.every)}{days}{clock(schedule.at)}前{about}"


def rule(schedule: Schedule, number: int | None) -> str:
    """Say where a due day lies, seen from the period reported about, as 次季度首月10日. `number` counts due days from 0."""
    if schedule.every not in _THIS:
        working = schedule.every == "working_day"
        return "当日" if schedule.about == "current" else "下一工作日" if working else "次日"
    side = (_NEXT if schedule.about == "previous" else _THIS)[schedule.every]
    day = due_day(schedule.every, schedule.on[number]) if schedule.on and number is not None else "末日"
    return f"{side.removesuffix('周') if schedule.every == 'week' and schedule.on else side}{day}"


def due_day(every: str, each: DueDay) -> str:
    """Say a day inside a period, as 周四, 10日, 首月第3个工作日, 7月底."""
    if every == "week":
        return f"周{_WEEKDAYS[(each.weekday or 7) - 1]}"
    inside = "月底" if each.day == _MONTH_END else f"{each.day}日" if each.day is not None else f"第{each.working_day}个工作日"
    if every == "month" or each.month is None:
        return inside
    if every == "year":
        return f"{each.month}{inside}" if inside == "月底" else f"{each.month}月{inside}"
    length = 3 if every == "quarter" else 6
    month = "首月" if each.month == 1 else "末月" if each.month == length else f"第{each.month}个月"
    return month.removesuffix("月") + inside if inside == "月底" else f"{month}{inside}"


def event(schedule: Schedule) -> str:
    """Say what starts a limit, as 火情发生."""
    return _TRIGGERS.get(schedule.trigger or "", schedule.trigger or "")


def limit(schedule: Schedule) -> str:
    """Say a limit that starts with an event, as 发布后3个工作日内."""
    trigger, within = event(schedule), schedule.within
    if within is None:
        return f"{trigger}后及时"
    length, unit = next(
        ((length, unit) for length, unit in
         ((within.hours, "小时"), (within.days, "日"), (within.working_days, "个工作日")) if length is not None),
        (0, ""),
    )  # fmt: skip
    until = "" if schedule.at is None else f"(截至{clock(schedule.at)})"
    return f"{trigger}后{length}{unit}内{until}" if length else f"{trigger}后立即"


def clock(at: time | None) -> str:
    """Say a cut-off; none is the end of the day."""
    return "24:00" if at is None else at.strftime("%H:%M:%S" if at.second else "%H:%M")


def days_off(first: date, last: date, calendar: WorkingCalendar) -> str:
    """Say which days between two are not working days, and which are only by make-up, in brackets; nothing if there are none."""
    said = [f"{_span(run)}{name}" for (working, name), run in _runs(first, last, calendar) if not working or name == "调休上班"]
    return f"({'、'.join(said)})" if said else ""


def _runs(first: date, last: date, calendar: WorkingCalendar) -> Iterator[tuple[tuple[bool, str], list[date]]]:
    days = (first + number * _DAY for number in range((last - first).days + 1))
    for kind, run in groupby(days, key=lambda day: (calendar.is_working(day), _kind(day, calendar))):
        yield kind, list(run)


def _kind(day: date, calendar: WorkingCalendar) -> str:
    reason = calendar.reason(day)
    return "周末" if reason.startswith("周") else reason if reason in ("调休上班", "工作日") else f"{reason}放假"


def _span(run: list[date]) -> str:
    first, last = run[0], run[-1]
    if first == last:
        return f"{first.month}月{first.day}日"
    return f"{first.month}月{first.day}日至{last.month}月{last.day}日"
