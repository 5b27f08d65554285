"""Numbers to reach: 达标率达到100%, 不少于2项, 控制在5%以内, 较上年提高2个百分点, 力争90%左右, 动态清零."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from plans.importing.draft import IndicatorDraft, Strength
from plans.importing.headings import mark_of
from plans.importing.lines import Line
from plans.importing.spellings import plain

Direction = Literal["=", ">=", "<=", "delta", "about"]

_VALUE = r"(?P<value>\d+(?:\.\d+)?)"
_UNIT = r"(?P<unit>个百分点|%|百分点|万?(?:人次|人|户|亩|元|个|家|起|例|项|处|栋|所|吨|平方米|公里|套|辆|名|场|件|份))?"
_AFTER = "(?P<after>以上|以下|以内|之内|左右|上下)?"
# The words before a number, and the direction that they give; in the order in which they are tried.
_BEFORE: tuple[tuple[Direction, str], ...] = (
    (">=", "不(?:得)?(?:低于|少于|小于)|至少(?:达到|完成|建成)?|(?<!不)(?<!不得)(?:超过|突破)"),
    ("<=", "不(?:得)?(?:高于|超过|多于|大于)|(?:严格)?控制在|(?:降(?:低|至|到)|下降|压减|减少)(?:到|至)"),
    ("delta", "(?:同比|比上?年|较上?年|较去年|比去年|年均|分别)?(?:提高|提升|增长|增加|上升|下降|降低|减少|压减)(?:了)?"),
    ("=", "(?:要|均|全部|都|应|须|稳定|保持|逐年|基本|力争|确保)?(?:达到|达|实现|完成|落实|稳定在|保持在|任务|目标)"),
)
_PATTERNS = tuple((direction, re.compile(f"(?:{words}) ?{_VALUE} ?{_UNIT}{_AFTER}")) for direction, words in _BEFORE)
_SHARE = re.compile(
    "(?P<name>[^,。;:、()]{2,24}?(?:率|覆盖面|比例|占比))(?:严格)?[在要为]? ?"
    "(?P<value>\\d+(?:\\.\\d+)?) ?%(?P<after>以上|以下|以内|左右)?"
)
# 新建示范点3个, 培育产业基地2处: a verb, the thing, how many.
_THINGS = re.compile(
    "(?P<name>(?:完成|落实|建成|新建|改造|培育|打造|创建|培训|种植|新增)[^,。;:\\d]{1,14}?) ?" + _VALUE + " ?" + _UNIT + _AFTER
)
# 培养30名网格员, 建成不少于3个示范点: the thing stands behind its number.
_COUNTED = re.compile(
    "(?P<verb>培养|引进|选拔|培训|建设|新建|建成|改造|扶持|评选|资助|创建|打造|培育|整治|更换|招募)(?P<least>不少于|至少|超过)? ?"
    + _VALUE
    + " ?"
    + _UNIT
    + _AFTER
    + "(?P<thing>[^,。;、:()\\d]{2,16})"
)
_PAST = re.compile("已|共有|现有|累计|目前|截至")
_NO_THING = re.compile("[的按罚奖补低高]|不足|未")
_MONEY = re.compile("奖|罚|补贴|补助|标准|经费")
_ZERO = re.compile('(?P<name>[^,。;:、]{2,30}?)(?:动态)?(?P<zero>(?<![大个项类])清零(?![”"’行工])|零增长|为零|零发生|归零)')
_RHYTHM = re.compile("每(?:季度|半年|周|月|年|天|日|学期)|不少于\\d+次|\\d+小时")
_STRENGTHS: tuple[tuple[Strength, re.Pattern[str]], ...] = (
    ("strive", re.compile("力争|争取|努力|尽量")),
    ("must", re.compile("必须|务必|严禁|坚决")),
    ("ensure", re.compile("确保|保证")),
)
_LEADING = re.compile("^(?:力争|确保|保证|努力|争取|必须|使|将|要|实现|推动|其中|和|并|且|到|年底|年|底|前|严格)+")
_TIME = re.compile("^(?:到)?(?:20[\\dxX*]{2})?年?(?:\\d{1,2}月)?(?:年?底|末)?(?:前)?,?")
_COUNTED_TIME = re.compile("\\d ?(?:个?工作日|年|月|日|天|时|小时|分钟|个月|周|次|号|级|岁|楼|层|名以上)")
_DIRECTION_AFTER: dict[str, Direction] = {
    "以上": ">=", "以下": "<=", "以内": "<=", "之内": "<=", "左右": "about", "上下": "about",
}  # fmt: skip


def indicators_in(lines: Sequence[Line]) -> tuple[IndicatorDraft, ...]:
    """The indicators of one plan in printed order. Frequencies (每年不少于1次) are rhythms, not indicators."""
    return tuple(indicator for line in lines for indicator in _in_line(line))


def _in_line(line: Line) -> Iterator[IndicatorDraft]:
    flat = plain(line.text)
    start = 0
    for stop in re.finditer("[,。;\n]|$", flat):
        clause = flat[start : stop.start()]
        if 4 <= len(clause) <= 80 and not _RHYTHM.search(clause):
            found = _of_clause(clause)
            if found is not None and not (found[3] in {"元", "万元"} and _MONEY.search(clause)):
                name, direction, value, unit = found
                yield IndicatorDraft(
                    text=line.text[start : stop.start()].strip(),
                    span=(line.number, line.number),
                    confidence=0.9 if unit == "%" else 0.7,
                    name=name,
                    direction=direction,
                    value=value,
                    unit=unit,
                    strength=_strength(flat[max(0, start - 20) : stop.start()]),
                )
        start = stop.end()


def _of_clause(clause: str) -> tuple[str, Direction, str, str | None] | None:
    zero = _ZERO.search(clause)
    if zero:
        return _name(zero["name"]), "=", "0", None
    counted = _counted(clause)
    if counted is not None:
        return counted
    for direction, pattern in _PATTERNS:
        found = pattern.search(clause)
        if found is None or (found["unit"] is None and direction in {"=", "delta"}) or _counts_time(clause, found):
            continue
        name = _name(clause[: found.start()])
        if len(name) >= 2:
            return name, _turned(direction, found["after"]), found["value"], found["unit"]
    share = _SHARE.search(clause)
    if share:
        return _name(share["name"]), _turned("=", share["after"]), share["value"], "%"
    things = _THINGS.search(clause)
    if things and things["unit"] and not _NO_THING.search(things["name"]) and not _counts_time(clause, things):
        return things["name"], _turned("=", things["after"]), things["value"], things["unit"]
    return None


def _counted(clause: str) -> tuple[str, Direction, str, str | None] | None:
    found = _COUNTED.search(clause)
    if found is None or found["unit"] in {None, "%"} or _PAST.search(clause) or _counts_time(clause, found):
        return None
    direction: Direction = ">=" if found["least"] else _turned("=", found["after"])
    return found["verb"] + found["thing"], direction, found["value"], found["unit"]


def _counts_time(clause: str, found: re.Match[str]) -> bool:
    return _COUNTED_TIME.match(clause, found.end("value") - 1) is not None


def _turned(direction: Direction, after: str | None) -> Direction:
    if after is None or direction == "delta":
        return direction
    return _DIRECTION_AFTER[after]


def _name(printed: str) -> str:
    mark = mark_of(printed.strip())
    name = _TIME.sub("", printed.strip()[mark.end :] if mark else printed.strip())
    return _LEADING.sub("", name).strip(' “”"')


def _strength(words: str) -> Strength:
    return next((strength for strength, pattern in _STRENGTHS if pattern.search(words)), "plain")
