"""What differs between two versions of a plan, one line for each thing, in words for the people who must follow it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from plans.domain.changes import MAX_CHARACTERS, MAX_LINES
from plans.domain.changes import changes as obligation_changes
from plans.domain.content import ListComponent, Party, Target, Task
from plans.domain.content.list_kinds import ListKind
from plans.domain.plan import Text

_QUOTED: Final = 60
_STRENGTHS: Final = {"strive": "力争", "ensure": "确保", "must": "必须", "plain": "无"}
_KINDS: Final = {"unit": "单位", "group": "群体", "outside": "体系外"}
_LIST_KINDS: Final[Mapping[ListKind, str]] = {
    "hazards": "隐患",
    "measures": "措施",
    "responsibility": "责任",
    "tasks": "任务",
    "other": "其他",
}


def differences(before: Text, after: Text) -> tuple[str, ...]:
    """Say what changed; empty if nothing did. The order of items says nothing; at most MAX_LINES lines."""
    lines = _fields(_HEAD, before, after)
    lines += obligation_changes(before.obligations, after.obligations)
    lines += _fields(_WHOLE, before.content, after.content)
    for label, kind, aspects in _ITEMS:
        lines += _items(label, aspects, getattr(before.content, kind), getattr(after.content, kind))
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], f"另有{len(lines) - MAX_LINES + 1}处改动"]
    return tuple(line if len(line) <= MAX_CHARACTERS else f"{line[: MAX_CHARACTERS - 1]}…" for line in lines)


def _items(label: str, aspects: "Aspects", before: Sequence[Any], after: Sequence[Any]) -> list[str]:
    old, new = {each.id: each for each in before}, {each.id: each for each in after}
    lines = [f"新增{label} {each.id}“{_title(each)}”" for each in after if each.id not in old]
    lines += [f"取消{label} {each.id}“{_title(each)}”" for each in before if each.id not in new]
    for id_, each in new.items():
        if id_ in old and old[id_] != each:
            lines += _item(f"{label} {id_}", aspects, old[id_], each)
    return lines


def _item(path: str, aspects: "Aspects", old: Any, new: Any) -> list[str]:
    lines = [f"{path}:{line}" for line in _fields(aspects, old, new)]
    if isinstance(old, Task) and isinstance(new, Task):
        lines += [f"{path}:{line}" for line in _items("时限", _DEADLINE, old.deadlines, new.deadlines)]
    # What the table does not name is still a change, and must not pass unseen.
    return lines or [f"{path}:其他内容有改动"]


def _fields(aspects: "Aspects", old: Any, new: Any) -> list[str]:
    return [
        f"{label}由“{say(getattr(old, name))}”改为“{say(getattr(new, name))}”"
        for name, (label, say) in aspects.items()
        if getattr(old, name) != getattr(new, name)
    ]


def _title(item: Any) -> str:
    words = next((getattr(item, name) for name in ("title", "name", "text", "trigger", "what") if getattr(item, name, None)), "")
    return _text(words)


def _text(value: object) -> str:
    words = "无" if value is None or value == () else str(value)
    return words if len(words) <= _QUOTED else f"{words[: _QUOTED - 1]}…"


def _day(value: date | None) -> str:
    return "未定" if value is None else f"{value.year}年{value.month}月{value.day}日"


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _party(party: Party) -> str:
    kind = "" if party.kind == "unit" else f"/{_KINDS[party.kind]}"
    scope = f":{party.scope}" if party.scope else ""
    return f"{party.name}{f'({party.unit})' if party.unit else kind}{scope}"


def _parties(parties: Sequence[Party]) -> str:
    return "、".join(map(_party, parties)) or "无"


def _names(values: Sequence[Any]) -> str:
    named = (
        value if isinstance(value, str) else getattr(value, "name", None) or getattr(value, "title", None) or str(value)
        for value in values
    )
    return _text("、".join(named) or "无")


def _components(parts: Sequence[str | ListComponent]) -> str:
    named = (part if isinstance(part, str) else f"{part.name}/{_LIST_KINDS[part.kind]}" for part in parts)
    return _text("、".join(named) or "无")


def _target(target: Target) -> str:
    value = "0" if target.direction == "zero" else _text(target.value)
    return f"{target.direction} {value}{target.unit or ''}"


Aspects = Mapping[str, tuple[str, Callable[[Any], str]]]

_HEAD: Final[Aspects] = {"title": ("标题", _text), "document_number": ("发文字号", _text)}
_WHOLE: Final[Aspects] = {"issued_on": ("发文日期", _day), "parents": ("上级方案", _names), "basis": ("依据文件", _names)}
_DEADLINE: Final[Aspects] = {
    "date": ("日期", _day),
    "at": ("时刻", _text),
    "strength": ("强度", lambda value: _STRENGTHS[value]),
    "yearly": ("每年", _yes),
    "until": ("至", _day),
    "text": ("原文", _text),
    "inherited": ("上级时限", lambda value: "无" if value is None else _day(value.date)),
}
_TASK: Final[Aspects] = {
    "text": ("内容", _text),
    "topic": ("专题", _text),
    "phase": ("阶段", _text),
    "leads": ("牵头单位", _parties),
    "supports": ("配合单位", _parties),
    "open_list": ("等单位", _yes),
    "cooperates_upward": ("配合上级", _yes),
    "territorial": ("属地责任", _parties),
    "sector": ("行业监管责任", _parties),
    "responsible": ("责任人", _names),
}
_TOPIC: Final[Aspects] = {
    "title": ("标题", _text),
    "leads": ("牵头单位", _parties),
    "supports": ("配合单位", _parties),
    "open_list": ("等单位", _yes),
}
_PHASE: Final[Aspects] = {"name": ("名称", _text), "start": ("开始", _day), "end": ("结束", _day), "text": ("内容", _text)}
_TARGET: Final[Aspects] = {"name": ("名称", _text), "target": ("目标", _target), "tasks": ("任务", _names)}
_RULE: Final[Aspects] = {"trigger": ("情形", _text), "measure": ("措施", _text), "body": ("实施主体", _text)}

_ITEMS: Final[Sequence[tuple[str, str, Aspects]]] = (
    ("阶段", "phases", _PHASE),
    ("专题", "topics", _TOPIC),
    ("任务", "tasks", _TASK),
    ("指标", "indicators", _TARGET),
    ("清单", "lists", {"name": ("名称", _text), "parts": ("组成", _components)}),
    ("检查", "inspections", {"role": ("角色", _text), "what": ("内容", _text)}),
    ("会议", "meetings", {"name": ("名称", _text), "parties": ("参加单位", _names)}),
    ("问责规则", "accountability", _RULE),
)
