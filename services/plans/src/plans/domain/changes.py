"""What differs between two sets of obligations, one line for each thing, in words for the people who must follow the plan."""

from collections.abc import Callable, Sequence
from datetime import time, timedelta
from typing import Final

from contracts.events.plans import Obligation
from contracts.rhythms import in_words as rhythm_in_words
from plans.domain.durations import in_words

MAX_LINES: Final = 100
MAX_CHARACTERS: Final = 300
_MAX_NAMED: Final = 5
_TYPES: Final = {"zero_report": "零报告", "roll_up": "汇总上报"}


def changes(before: Sequence[Obligation], after: Sequence[Obligation]) -> tuple[str, ...]:
    """Say what changed; empty if nothing did. The order of the obligations says nothing."""
    old = {each.id: each for each in before}
    new = {each.id: each for each in after}
    lines = [f"新增报送事项 {each.id}({_summary(each)})" for each in after if each.id not in old]
    lines += [f"取消报送事项 {each.id}" for each in before if each.id not in new]
    for each in after:
        if each.id in old:
            lines += _differences(old[each.id], each)
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], f"另有{len(lines) - MAX_LINES + 1}处改动"]
    return tuple(line if len(line) <= MAX_CHARACTERS else f"{line[: MAX_CHARACTERS - 1]}…" for line in lines)


def _summary(each: Obligation) -> str:
    return f"{_type(each)}，{_rhythm(each)}，报送单位:{_reporters(each)}"


def _differences(old: Obligation, new: Obligation) -> list[str]:
    if old.reporters.units is not None and new.reporters.units is not None:
        lines = _roster(f"{new.id}:报送单位", old.reporters.units, new.reporters.units)
        new = new.model_copy(update={"reporters": old.reporters})
    else:
        lines = []
    return lines + [f"{new.id}:{what}由“{say(old)}”改为“{say(new)}”" for what, part, say in _ASPECTS if part(old) != part(new)]


def _roster(what: str, old: Sequence[str], new: Sequence[str]) -> list[str]:
    # Long lists differ in a few names: these are said, not the lists.
    added = [name for name in new if name not in set(old)]
    removed = [name for name in old if name not in set(new)]
    return [f"{what}{verb}{_names(names)}" for verb, names in (("增加", added), ("减少", removed)) if names]


def _type(each: Obligation) -> str:
    return _TYPES.get(each.type, each.type)


def _clock(at: time) -> str:
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")


def _rhythm(each: Obligation) -> str:
    if each.schedule is None:
        return f"每日{_clock(each.cutoff)}前"
    printed = f"(原文:{each.schedule.text})" if each.schedule.text else ""
    return rhythm_in_words(each.schedule) + printed


def _reporters(each: Obligation) -> str:
    if each.reporters.level is not None:
        return f"层级 {each.reporters.level}"
    if each.reporters.group is not None:
        return f"分组 {each.reporters.group}"
    return _names(each.reporters.units or ())


def _recipients(each: Obligation) -> str:
    return _names(each.recipients) if each.recipients else "上级单位"


def _names(names: Sequence[str]) -> str:
    shown = "、".join(names[:_MAX_NAMED])
    return f"{shown}等{len(names)}个单位" if len(names) > _MAX_NAMED else shown


def _offsets(offsets: Sequence[timedelta]) -> str:
    return "、".join(map(in_words, offsets)) or "无"


_ASPECTS: Final[Sequence[tuple[str, Callable[[Obligation], object], Callable[[Obligation], str]]]] = (
    ("类型", lambda each: each.type, _type),
    ("报送单位", lambda each: each.reporters, _reporters),
    ("报送对象", lambda each: frozenset(each.recipients), _recipients),
    ("周期", lambda each: each.schedule, _rhythm),
    (
        "截止时间",
        lambda each: None if each.schedule else each.cutoff,
        lambda each: "随周期" if each.schedule else _clock(each.cutoff),
    ),
    ("截止前提醒", lambda each: each.remind_before, lambda each: _offsets(each.remind_before)),
    ("逾期催报", lambda each: each.escalate_after, lambda each: _offsets(each.escalate_after)),
    ("汇总到", lambda each: each.rolls_up_into, lambda each: each.rolls_up_into or "不汇总"),
)
