"""Phases told in one running sentence: 3月为宣传发动,4月至9月集中整治,10月总结验收; 动员部署(3月),自查自纠(4月).

One part of such a sentence is no phase: at least two of them stand in a paragraph, below a heading over the time table or behind
words that part the time.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from plans.importing.dates import Context, DateMention, dates_in
from plans.importing.step_words import NAMES, STEP_END

_PARTS_TIME: Final = re.compile(
    r"分(?:为|成)?(?:以下)?(?:[一二两三四五六七几各多]|[2-7])? ?个?(?:阶段|步骤|步走|步|时段|环节|时期)|分(?:阶段|步)"
)
_FEWEST: Final = 2
_FEWEST_LIMITED: Final = 3
"""6月底前完成整改,9月验收 may be work; a third part shows that the sentence tells of the whole time."""
_LONGEST: Final = 1_200
"""No paragraph that tells of phases is longer."""
_KINDS: Final = frozenset({"range", "month", "day", "half", "quarter"})
_AHEAD: Final = re.compile(
    r"(?:^|[,。;:、(])(?:其中[,:]?)?(?:第[一二三四五六1-6](?:步|阶段)[,:为是]?|[一二三四五六]是|\(?[一二三四五六1-6][.)、]|[\u2460-\u2468])?"
    r" {0,2}"
    r"(?:从|自|到|至|于|在|时间)? {0,2}$"
)
_BETWEEN: Final = (
    r" {0,3}(?:起|止|底|末|期间|以前|前|之前)?(?:[为是,:])? {0,2}"
    r"(?:主要|全面|集中|重点|统一|深入|进行|开展|组织开展|组织|完成|启动|转入|进入|作为|用于|为|,){0,3}?"
)
# Short names that are phases only beside others in one sentence.
_BESIDE: Final = (
    rf"{NAMES}|摸底|摸清底数|登记造册|动员|部署|启动|宣传教育|宣传|培训|清理整顿|清理整治|清理|整顿|联合执法|执法检查|专项检查|全面检查|检查"
    "|巡查管控|巡查|管控|管护|建档立卡|建档|提质增效|提质|攻坚|督导|督查|考核"
    "|复查|复核|评比|交叉互查|互查|治理|整改销号|收尾|验收评估|评价|表彰"
)
_NAMED_BEHIND: Final = re.compile(
    rf"{_BETWEEN}(?P<name>(?:{_BESIDE})(?:[、和与及]?(?:{_BESIDE}))?|[\u4e00-\u9fff]{{2,10}}(?:阶段|环节|时段)"
    r"|[\u4e00-\u9fff]{2,8}(?=期[,。;]))(?:阶段|环节|工作|期)?(?=[,。;:、(]|$)"
)
_USUAL: Final = re.compile(rf"(?:{_BESIDE})$")
_NAMED_AHEAD: Final = re.compile(
    r"(?:^|[,。;:、]) {0,2}(?:[一二三四五六]是|[\u2460-\u2468]|[(][一二三四五六1-6][)]|[1-6][.、])? {0,2}"
    r"(?:第[一二三四五六1-6](?:步|阶段)[,:为是]?)?(?P<name>[\u4e00-\u9fff、]{2,14}) {0,2}[(](?:时间:?|从|自|为)? {0,2}$"
)
# Where words part the time, whatever 为 names is a phase.
_CALLED: Final = re.compile(r" {0,3}(?:期间)?[,]?(?:为|是)(?P<name>(?!期|主|了)[\u4e00-\u9fff、]{2,10})(?=[,。;(]|$)")
_CLOSES: Final = re.compile(r" {0,3}(?:起|止|为止|结束|期间)? {0,2}[)]")
_LOOK_BACK: Final = 40


@dataclass(frozen=True, slots=True)
class Told:
    """A phase in a sentence; `start` and `end` are offsets of the line."""

    start: int
    end: int
    name: str
    dates: DateMention


def told_in(words: str, printed: str, context: Context, *, in_section: bool) -> tuple[Told, ...]:
    """The phases that a paragraph tells of, none when there are fewer than two. `in_section`: below a heading of a time table."""
    if len(words) > _LONGEST or ("月" not in words and "季度" not in words and "半年" not in words):
        return ()
    parted = _PARTS_TIME.search(words) is not None
    if not (in_section or parted):
        return ()
    found = tuple(_found(words, dates_in(printed, context), parted=parted))
    limited = not parted and any(each.dates.limit for each in found)
    return tuple(_in_order(found)) if len(found) >= (_FEWEST_LIMITED if limited else _FEWEST) else ()


def _found(words: str, mentions: Sequence[DateMention], *, parted: bool) -> Iterator[Told]:
    done = 0
    for mention in mentions:
        if mention.kind not in _KINDS or mention.yearly or mention.start < done:
            continue
        before = words[max(done, mention.start - _LOOK_BACK) : mention.start]
        ahead = _NAMED_AHEAD.search(before)
        closes = _CLOSES.match(words, mention.end)
        if ahead and closes:
            name = ahead["name"]
            if parted or _USUAL.search(name) or STEP_END.search(name):
                start = mention.start - len(before) + ahead.start("name")
                done = closes.end()
                yield Told(start, done, name, mention)
            continue
        behind = _NAMED_BEHIND.match(words, mention.end) or (_CALLED.match(words, mention.end) if parted else None)
        if behind and _AHEAD.search(before or words[max(0, mention.start - 1) : mention.start]):
            done = behind.end()
            yield Told(mention.start, done, behind["name"], mention)


def _in_order(found: Sequence[Told]) -> Iterator[Told]:
    """11月…,12月…,1月…: a month without a year that lies before the phase before it is one of the next year."""
    latest: date | None = None
    for each in found:
        dates = each.dates
        if latest and dates.last and dates.last < latest and not dates.year_printed:
            dates = replace(dates, first=_next_year(dates.first), last=_next_year(dates.last), due=_next_year(dates.due))
        latest = dates.last or latest
        yield replace(each, dates=dates)


def _next_year(day: date | None) -> date | None:
    return day and date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
