"""Deadlines in task sentences: 6月底前完成, 到2022年实现, 完成时限:5月底前, 3个工作日内.

A date is a deadline when words around it say that something is to be finished by then. Dates of other documents, of the past,
of phases and of activities are not.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from plans.importing.clauses import Piece, clauses
from plans.importing.dates import Context, DateMention, dates_in
from plans.importing.dates.grammar import UNTIL
from plans.importing.dates.numerals import own_words
from plans.importing.draft import DeadlineDraft, ObligationDraft, Strength
from plans.importing.due_dates import groups_of
from plans.importing.lines import Line
from plans.importing.phases import PlacedLine, timeline_of

_STRENGTHS: Final[tuple[tuple[Strength, re.Pattern[str]], ...]] = (
    ("strive", re.compile(r"力争|争取|努力|尽量|力求|原则上")),
    ("must", re.compile(r"必须|务必|一律|不得晚于|不晚于|不迟于|最迟|严禁|坚决|务求")),
    ("ensure", re.compile(r"确保|保证|保障.{0,6}按期")),
)
# 完成, 建成…: with one of these a year alone is a milestone (2022年,达标率实现100%).
_FINISHING: Final = re.compile(
    r"完成|建成|实现|达到|达标|全部|全覆盖|得到|消除|制定|建立|落实|纳入|"
    r"打造|推广|改善|提升|形成|出台|健全|完善|投入使用|到位|清零|销号|销案|办结|取得|不低于|不高于|控制在|降至|提高到"
)
_COMPLETED: Final = re.compile(r"(?:前|内|,)?(?:要|应|须|力争|确保|必须|全面|全部|基本)?(?:完成|建成|实现)")
# 5月20日完成摸底, 力争10月1日投入使用: a day or month without 前 is a limit where the result stands right behind it.
_OUTCOME: Final = (
    r"完成|建成|实现|达到|达标|投入使用|投用|投产|投运|启用|竣工|交付|上线"
    r"|到位|清零|销号|办结|关停|拆除|取缔|淘汰|退出|搬迁|见效|完工|完毕|开通|联网"
)
_ADVERBS: Final = r"(?:要|应|须|力争|争取|确保|保证|必须|务必|一律|全面|全部|基本|正式|如期|按期|率先|统一|集中|整体|前|内|,)"
_STRAIGHT: Final = re.compile(rf"{_ADVERBS}{{0,3}}(?:{_OUTCOME})(?![后以之的]|情况)")
# 10月31日清理到位, 9月10日强制清除完毕: the clause ends in its result.
_CLOSING: Final = re.compile(
    r"(?:(?![的未没不已曾])[\u4e00-\u9fff]){0,8}"
    r"(?:完毕|到位|完成|清零|销号|办结|投用|达标|见底|清除|拆除)(?=[,。;:)]|$)"
)
_EXPLAINED: Final = re.compile(r" ?\([^()]{0,6}[0-9]{1,2} ?月")
_AIMED: Final = re.compile(r"(?:力争|争取|确保|保证|必须|务必|计划|预计|须|应|要|拟)(?:[在于到]|最迟|最晚)? {0,2}$")
_RESULT_NEAR: Final = re.compile(rf"[^,。;:]{{0,16}}?(?:{_OUTCOME}|全部|一律|运行|通过|关闭|验收|恢复)(?![后以之]|情况)")
_RECURRING: Final = re.compile(r"每年?的?$|各$")
_ENDS: Final = re.compile(r" ?(?:结束|止|为止|期间|[)分,]?分[一二三四五两]?[个步])")
# 春节前集中公布一批案件; 春节、国庆等节日前开展检查 comes again and again.
_DOING: Final = re.compile(
    r",? ?(?:要|应|须|必须|全面|集中|全部|组织|基本)?[^,。;、的]{0,4}?"
    r"(?:公布|组织|开展|安排|发放|签订|更换|清理|检修|储备)"
)
_AMONG_OTHERS: Final = re.compile(r"(?:[、和及]|重大|重要|每年|每逢|历年)[^,。;]{0,4}$")
_OUGHT: Final = re.compile(r",? {0,2}[^,。;]{0,12}?(?:要|应|须|必须|完成|开展|组织|全面|集中)")
_TO_FINISH: Final = re.compile(
    r"(?!、)[^,。;:报交]{0,12}?(?:完成|建成|实现|整改|制定|制订|建立|落实|达到|清零|销号|办结|消除|摸清)(?![^,。;]{0,8}(?:总结|报告|材料)[^,。;]{0,4}$)"
)
_LABEL: Final = re.compile(r"(?:时限|期限|(?:完成|整改|办结|落实|截止|销号)(?:时间|节点|日期))(?:要求)?(?:为|是|:)? {0,2}$")
_HOLDING: Final = re.compile(r"长期|持续|常态")
# Behind the date: words that tell of the past, or that the date belongs to a thing (2000年前建成的住宅).
_PAST: Final = re.compile(r",?[^,。;]{0,12}(?:已经?(?!完成时限)|曾|累计|共(?:有|计|发生)|发生了|召开了|顺利完成)")
_ATTRIBUTE: Final = re.compile(
    r"(?:建成|竣工|投入使用|投用|设立|成立|取得|登记|出生|入职|注册|修建|建造|批准|印发|出台|发布|立项|开工|发现|排查|形成|产生|发生|遗留|累积|拖欠)(?:[^,。;])?的"
)
_UP_TO_NOW: Final = re.compile(r"(?:截至|截止到?) {0,2}$")
# 2020年底实现, 2022年年底初步建立: an end without 前 needs a verb behind it.
_VERB: Final = re.compile(
    r",? {0,2}(?:力争|确保|争取|必须|要|应|须|实现|完成|建成|达到|建立|初步|基本|全面|全部|形成|消除|取得|将|实行|做到|落实"
    r"|全市|全县|全区|各)"
)
_MILESTONE_BEHIND: Final = re.compile(r",? {0,2}(?:[以在按][^,。;]{2,14},)?(?P<clause>[^,。;]{2,60})")
# An activity of that year is no limit, unless it is to have a result: 组织建立….
_ACTIVITY: Final = re.compile(r"组织|开展|召开|举办|根据|按照|继续|持续|是|作为|以来|起")
_RESULT: Final = re.compile(r"^,? {0,2}(?:组织)[^,。;]{0,20}(?:完成|建成|建立|制定|形成)")
_HEADING_BRACKET: Final = re.compile(r"[^。;]{0,60}?\([^()。;]{0,12}$")
_WITHIN_LEAD: Final = re.compile(r"(?:有效期|每|任期|近|过去|连续|保存|保留|为期|历时|半径|同一|同比|一)[^,。;]{0,4}$")


@dataclass(frozen=True, slots=True)
class _Place:
    """A date and the words around it."""

    mention: DateMention
    words: str

    @property
    def before(self) -> str:
        return self.words[max(0, self.mention.start - 40) : self.mention.start]

    @property
    def behind(self) -> str:
        return self.words[self.mention.end : self.mention.end + 80]


def deadlines_in(lines: Sequence[Line], context: Context) -> tuple[DeadlineDraft, ...]:
    """Every deadline of the lines in printed order. A date without a year is read within the phase that it stands in."""
    return deadlines_of(timeline_of(lines, context).lines)


def deadlines_of(placed: Iterable[PlacedLine]) -> tuple[DeadlineDraft, ...]:
    """As `deadlines_in`, of lines whose phases are known."""
    return tuple(draft for each in placed for draft in _in_line(each))


def without_reports(deadlines: Sequence[DeadlineDraft], obligations: Sequence[ObligationDraft]) -> tuple[DeadlineDraft, ...]:
    """The deadlines that are not only the day on which a report is owed. What is to be finished *and* told by a day is both."""
    reports: dict[int, list[ObligationDraft]] = defaultdict(list)
    for each in obligations:
        reports[each.span[0]].append(each)
    return tuple(each for each in deadlines if not any(_only_reports(each, report) for report in reports[each.span[0]]))


def _only_reports(deadline: DeadlineDraft, report: ObligationDraft) -> bool:
    schedule = report.schedule
    place = report.text.find(deadline.text)
    if place < 0 or (deadline.date not in schedule.dates and deadline.text not in (schedule.text or "")):
        return False
    return _TO_FINISH.match(own_words(report.text), place + len(deadline.text)) is None


def _in_line(placed: PlacedLine) -> Iterator[DeadlineDraft]:
    line = placed.line
    mentions = [m for m in dates_in(line.text, placed.context) if not any(a <= m.start < z for a, z in placed.told)]
    if not mentions:
        return
    words = own_words(line.text)
    parts = clauses(words)
    for group in groups_of(words, mentions):
        last = _Place(group[-1], words)
        limits_all = len(group) > 1 and group[-1].limit and _certainty(last) is not None
        for mention in group:
            place = _Place(mention, words)
            shared = limits_all and mention.kind in {"day", "month", "year"}
            certainty = 0.9 if shared else _certainty(place)
            if certainty is None or (placed.heads_phase and _in_heading(place)):
                continue
            yield DeadlineDraft(
                text=mention.text,
                span=(line.number, line.number),
                confidence=_confidence(mention, certainty),
                date=mention.due,
                strength=_strength(place, parts),
                yearly=mention.yearly or (shared and group[0].yearly),
            )


def _in_heading(place: _Place) -> bool:
    """The dates of a phase stand in its heading: before the first full stop, in brackets or right behind the name."""
    start = place.mention.start
    if start > 100 or "。" in place.words[:start]:
        return False
    return start < 12 or _HEADING_BRACKET.fullmatch(place.words[:start]) is not None


def _certainty(place: _Place) -> float | None:
    """How surely a date is a deadline; None when it is none."""
    mention = place.mention
    if mention.kind == "within":
        return None if _WITHIN_LEAD.search(place.before) or "分钟" in mention.text else 0.8
    past = _UP_TO_NOW.search(place.before) and _PAST.match(place.behind)
    if mention.kind == "start" or mention.since or past:
        return None
    if mention.limit:
        return _certainty_of_limit(place)
    return None if mention.yearly else _certainty_without_limit(place)


def _certainty_without_limit(place: _Place) -> float | None:
    """Without 前 a label, 到 or a verb behind the date must say that it is a limit."""
    mention = place.mention
    ranged = mention.kind == "range"
    if _LABEL.search(place.before) and not _HOLDING.match(place.behind):
        return 0.7 if ranged else 0.9
    if ranged and mention.text.startswith("即日") and _OUGHT.match(place.behind):
        return 0.6
    if ranged or _PAST.match(place.behind):
        return None
    if UNTIL.search(place.before) and _goes_to_work(place):
        return 0.9
    if mention.points and mention.points[-1].part == "end" and _VERB.match(place.behind):
        return 0.85
    return _certainty_of_milestone(place)


def _certainty_of_limit(place: _Place) -> float | None:
    if _ATTRIBUTE.match(place.behind) or _PAST.match(place.behind):
        return None
    if place.mention.kind == "named" and _EXPLAINED.match(place.behind):
        # 汛期前(4月30日前): the day in brackets is the limit.
        return None
    if place.mention.kind == "named":
        told = _FINISHING.search(place.behind[:30]) or _DOING.match(place.behind)
        return 0.6 if told and not _AMONG_OTHERS.search(place.before) else None
    return 0.95


def _goes_to_work(place: _Place) -> bool:
    """到2022年基本消除…, not 从6月到7月, 至10月15日结束 or 推迟到2022年."""
    return not _ENDS.match(place.behind) and not re.search(
        r"(?:从|自|推迟|延长|延期|延续|追溯|有效期?|聘期|任期)[^,。;]{0,12}$", place.before[:-1].rstrip("到至在于")
    )


def _certainty_of_milestone(place: _Place) -> float | None:
    """A year at the beginning of a clause with a finishing verb: 2022年,达标率实现100%."""
    mention = place.mention
    before = place.before.rstrip()
    ends = bool(mention.points) and mention.points[-1].part == "end" and mention.problem != "yearless"
    clear = (
        mention.year_printed or mention.text == "年内" or (mention.kind != "year" and _COMPLETED.match(place.behind) is not None)
    )
    long = mention.kind in {"year", "half", "quarter"} and clear and mention.problem is None
    if mention.kind in {"day", "month", "half", "quarter"} and _told_by_result(place) and not _RECURRING.search(before):
        return 0.75
    if not (ends or long):
        return None
    if before and before[-1] not in "。;,:、)." and not re.search(r"[一二三四五六七八九十]是$", before):
        return None
    behind = _MILESTONE_BEHIND.match(place.behind)
    if behind is None:
        return None
    if behind["clause"].startswith("为") or (_ACTIVITY.search(behind["clause"][:8]) and not _RESULT.search(behind["clause"])):
        return None
    return 0.6 if _FINISHING.search(behind["clause"]) else None


def _told_by_result(place: _Place) -> bool:
    """6月20日完成拆除, or with an aim before the date: 力争…, 确保12月上旬全部通过…."""
    if _COMPLETED.match(place.behind) or (place.mention.kind != "quarter" and _STRAIGHT.match(place.behind)):
        return True
    if place.mention.kind in {"day", "month"} and _CLOSING.match(place.behind):
        return True
    return _AIMED.search(place.before) is not None and _RESULT_NEAR.match(place.behind) is not None


def _confidence(mention: DateMention, certainty: float) -> float:
    if mention.problem:
        return round(certainty * 0.75, 2)
    return certainty if mention.year_printed else round(certainty * 0.9, 2)


def _strength(place: _Place, parts: Sequence[Piece]) -> Strength:
    """力争, 确保, 必须 in the clause of the date, or in the next one when the date stands at the end of its own."""
    index = bisect_right(parts, place.mention.start, key=lambda part: part.start) - 1
    if index < 0:
        return "plain"
    own = parts[index]
    words = own.words
    ends_clause = not place.words[place.mention.end : own.end].strip()
    if ends_clause and index + 1 < len(parts) and place.words[own.end : own.end + 1] in {",", ":"}:
        words += parts[index + 1].words
    return next((strength for strength, pattern in _STRENGTHS if pattern.search(words)), "plain")
