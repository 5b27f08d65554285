"""Phases of a plan: headings, sentences and table lines that give a stretch of the campaign a name, mostly with dates.

Nothing is expected of their number, names or order. A phase without dates has none; overlaps and gaps are for a person to judge.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from plans.importing.dates import Context, DateMention, dates_in
from plans.importing.dates.numerals import number, own_words
from plans.importing.draft import PhaseDraft
from plans.importing.headings import Mark, mark_of
from plans.importing.lines import Line

NAMES: Final = (
    "动员部署|动员发动|宣传发动|宣传动员|动员培训|部署启动|启动部署|准备部署|筹备启动|工作启动|前期准备|准备工作"
    "|调查摸底|摸底排查|摸排|排查摸底|全面排查|排查整治|排查整改|排查|自查自纠|自查整改|自查|自纠|调查整备"
    "|组织实施|全面实施|集中实施|实施|推进落实|全面推进|深入推进|试点先行|集中行动|专项行动|开展行动"
    "|集中整治|集中攻坚|集中攻势|重点攻坚|攻坚克难|攻坚|专项整治|重点整治|全面整治|整治|整改落实|整改提高|整改提升|整改|解决难题"
    "|督导检查|督查检查|督促检查|督查|抽查|检查验收|考核验收|评估验收|验收|考核评估|考核|评估"
    "|巩固提升|巩固深化|巩固提高|巩固|总结提升|总结提高|总结验收|总结评估|总结表彰|总结推广|总结|提升|建章立制|长效机制|制定方案|\u201c?回头看\u201d?"
)
_NAME: Final = re.compile(rf"(?:{NAMES})(?:[、和与及,]?(?:{NAMES}))?(?:阶段|工作)?$")
_INTRO: Final = re.compile(r"分(?:为|成)?(?:以下)?(?P<count>[一二两三四五六]|[2-6]) ?个?(?:阶段|步骤|步)")
_SECTION: Final = re.compile(
    r"(?:实施|工作|方法|整治|推进|行动|活动|时间|整改|检查|治理)(?:和|与|及)?(?:方法|时间)?(?:步骤|阶段|进度)|时间(?:安排|进度|节点|步骤)|(?:进度|步骤|阶段)安排|阶段划分"
)
_COUNTED: Final = re.compile(r"^分|[一二两三四五六各几本该]个?阶段$")
_NOTHING_MORE: Final = re.compile(r" {0,2}(?:止|为止|结束|期间|左右|起|全年)? {0,2}(?:[),。:;、]|$)")
_HEAD_LENGTH: Final = 100
_ROW_LENGTH: Final = 400
_INLINE_MARK: Final = re.compile(r"(?<=[。;:])(?= {0,3}(?:第[一二三四五六1-6]阶段|\([一二三四五六]\)[^。;]{2,16}阶段))")
_TIME_LINE: Final = re.compile(r" {0,8}\(?(?:起止|实施|工作|具体)?时间(?:安排)?(?:为|是)? {0,2}:? {0,2}(?:从|自)? {0,2}")
_CELLS: Final = re.compile(r" {0,8}[|] {0,8}| {3,}")
_BEFORE_NAME: Final = re.compile(r" {0,3}(?:为|是|:|,)? {0,3}(?P<name>[^,。;:()、\d]{2,14}阶段)")
_SHELL: Final = re.compile(r"\([^()]*\)|(?:从|自|时间(?:安排)?(?:为|是|:)?|起止)? {0,2}□+(?: *(?:止|结束|全年|前|期间))?")


@dataclass(frozen=True, slots=True)
class _Head:
    """A heading that may be a phase."""

    index: int
    mark: Mark | None
    printed: str
    name: str
    dates: DateMention | None
    dated_apart: bool
    """The date stands in brackets or at an end of the heading, and nothing is said about it (2021年修订, 2021年底前完成)."""


@dataclass(frozen=True, slots=True)
class _Section:
    """The part of a plan in which headings are phases; `left` counts the phases announced and not yet seen."""

    style: str | None = None
    ordinal: int = 0
    left: int | None = None
    outer: str | None = None


def phases_in(lines: Sequence[Line], context: Context) -> tuple[PhaseDraft, ...]:
    """The phases of one plan in printed order; the span of a phase runs to the line before the next heading."""
    return tuple(phase for _, _, phase in _placed(lines, context))


PlacedLine = tuple[Line, Context, bool]
"""A line, the context that holds there, and whether it is the heading of a phase."""


def in_phases(lines: Sequence[Line], context: Context) -> Iterator[PlacedLine]:
    """Every line with the context that holds there, inside a phase that of the phase, and whether it is a phase's heading."""
    phases = {first: (last, phase) for first, last, phase in _placed(lines, context)}
    within, end = context, -1
    for index, line in enumerate(lines):
        heading = phases.get(index)
        if heading:
            end, within = heading[0], context.within(heading[1].start, heading[1].end)
        elif index > end:
            within = context
        yield line, within, heading is not None


def _placed(lines: Sequence[Line], context: Context) -> list[tuple[int, int, PhaseDraft]]:
    """Phases with the places of their first and last line; several lines may have one number."""
    heads: list[_Head] = []
    previous: date | None = None
    section: _Section | None = None
    for index, line in enumerate(lines):
        words = own_words(line.text)
        opened = _opens(words)
        section = opened or section
        for head in _heads_of(index, lines, words, _after(context, previous)):
            section, is_phase = (section, False) if opened and not head.dates else _judged(head, section)
            if is_phase:
                heads.append(head)
                previous = head.dates.first if head.dates and head.dates.first else previous
    placed = []
    for place, head in enumerate(heads):
        last = _last_line(head, heads[place + 1].index if place + 1 < len(heads) else None, lines)
        placed.append((head.index, last, _draft(head, last, lines)))
    return placed


def _after(context: Context, previous: date | None) -> Context:
    """A phase without a year begins in the first such month after the phase before it began."""
    if previous is None:
        return context
    return replace(context, plan_start=previous, plan_end=date(previous.year + 1, 12, 31), year=previous.year)


def _opens(words: str) -> _Section | None:
    """A sentence that announces phases, or a short heading over them."""
    mark = mark_of(words)
    announced = _INTRO.search(words, 0, 400)
    if announced and not (mark and mark.style == "stage"):
        return _Section(left=number(announced["count"]) or None, outer=mark.style if mark else None)
    if len(words.strip()) <= 24 and _SECTION.search(words):
        return _Section(outer=mark.style if mark else None)
    return None


def _heads_of(index: int, lines: Sequence[Line], words: str, context: Context) -> Iterator[_Head]:
    if not words.strip():
        return
    if (cells := _table_head(index, words, context)) is not None:
        yield cells
        return
    if mark_of(words) is None and "阶段" in words and (row := list(_sentence_heads(index, words, lines[index].text, context))):
        yield from row
        return
    starts = [0, *(found.start() for found in _INLINE_MARK.finditer(words))]
    for number_, start in enumerate(starts):
        stop = starts[number_ + 1] if number_ + 1 < len(starts) else len(words)
        head = _head(index, words[start:stop], lines[index].text[start:stop], context)
        if head is not None:
            behind = None if head.dates else _date_behind(lines, index, words[start:stop], head, context)
            yield replace(head, dates=behind, printed=f"{head.printed} {behind.text}") if behind else head


def _head(index: int, words: str, printed: str, context: Context) -> _Head | None:
    """The heading at the beginning of a line, up to its full stop; None when there is nothing like one."""
    mark = mark_of(words)
    if mark is None and "阶段" not in words[:_HEAD_LENGTH]:
        return None
    begin = mark.end if mark else 0
    end = next((place for place in range(begin, min(len(words), _HEAD_LENGTH)) if words[place] in "。;"), None)
    if end is None:
        end = min(len(words), _HEAD_LENGTH)
    mentions = [m for m in dates_in(printed[begin:end], context) if m.kind not in {"within", "named"}]
    closed = words.find(")", begin + mentions[0].end) if mentions else -1
    if closed != -1 and closed < end and words.rfind("(", begin, begin + mentions[0].start) > begin:
        end = closed + 1
    mentions = [m for m in mentions if begin + m.end <= end]
    name = _name(_blotted(words[begin:end], mentions))
    if mark and mark.style == "stage":
        name = name or words[:begin].strip()
    if not name or (mark is None and not name.endswith("阶段")) or (mark is None and not mentions):
        return None
    if mark is None and len(name) > 16:
        return None
    apart = bool(mentions) and _apart(words[begin:end], mentions[0])
    pure = apart and _NOTHING_MORE.match(words, begin + mentions[0].end) is not None
    return _Head(index, mark, printed[: end + 1].strip(), name, mentions[0] if mentions and apart else None, pure)


def _blotted(words: str, mentions: Sequence[DateMention]) -> str:
    for mention in mentions:
        words = words[: mention.start] + "□" * (mention.end - mention.start) + words[mention.end :]
    return words


def _name(blotted: str) -> str:
    """What is left of a heading without brackets, dates and punctuation: the first part that says 阶段, else the first."""
    parts = [part.strip(' ,:、.-"') for part in re.split(r"[,:]| {2,}", _SHELL.sub(":", blotted))]
    parts = [part for part in parts if part]
    return next((part for part in parts if part.endswith("阶段")), parts[0] if parts else "")


def _apart(words: str, mention: DateMention) -> bool:
    before = words[: mention.start].rstrip()
    before = re.sub(r"(?:从|自|为|是|时间(?:安排)?:?)$", "", before).rstrip()
    after = words[mention.end :].lstrip()
    return not before or before[-1] in "(:,、段" or (not after and mention.kind == "range") or after.startswith(")")


def _date_behind(lines: Sequence[Line], index: int, words: str, head: _Head, context: Context) -> DateMention | None:
    """The date of a heading may stand behind its full stop, or on the next line behind 时间."""
    rest = words[len(head.printed) :].lstrip(" 。:")
    candidates = (
        [rest] if rest else [own_words(line.text).lstrip() for line in lines[index + 1 : index + 3] if line.text.strip()][:1]
    )
    for text in candidates:
        labelled = _TIME_LINE.match(text)
        begin = labelled.end() if labelled else 0
        for mention in dates_in(text[begin : begin + 60], context):
            ends_there = text[begin + mention.end : begin + mention.end + 1] in {"", ",", "。", ":", ";", ")", "止"}
            names_phase = head.name.endswith("阶段") and not mention.limit
            ends_there = ends_there or mention.since
            if mention.start == 0 and ends_there and (labelled or mention.kind == "range" or names_phase):
                return mention
            break
    return None


def _table_head(index: int, words: str, context: Context) -> _Head | None:
    """A line of a table: one cell names the phase, another holds nothing but its dates."""
    if len(words) > _ROW_LENGTH or ("|" not in words and "   " not in words.strip()):
        return None
    cells = [cell for cell in _CELLS.split(words.strip(" |")) if cell][:6]
    names = [cell for cell in cells if len(cell) <= 20 and (cell.endswith("阶段") or _NAME.search(cell))]
    for cell in cells:
        mentions = dates_in(cell, context)
        if names and cell not in names and len(mentions) == 1 and len(cell) - (mentions[0].end - mentions[0].start) <= 2:
            mark = mark_of(names[0])
            return _Head(index, None, " ".join(cells[:3]), names[0][mark.end if mark else 0 :].strip(), mentions[0], True)
    return None


def _sentence_heads(index: int, words: str, printed: str, context: Context) -> Iterator[_Head]:
    """6月1日至6月10日为宣传发动阶段: several of these in one paragraph."""
    found = []
    for mention in dates_in(printed, context):
        behind = _BEFORE_NAME.match(words, mention.end)
        if behind and mention.kind in {"range", "month", "year", "half", "quarter"}:
            found.append(_Head(index, None, printed[mention.start : behind.end()], behind["name"], mention, True))
    if len(found) >= 2:
        yield from found


def _judged(head: _Head, section: _Section | None) -> tuple[_Section | None, bool]:
    """Whether a heading is a phase, and the section behind it."""
    named = len(head.name) <= 24 and (head.name.endswith("阶段") or bool(head.mark and head.mark.style == "stage"))
    usual = len(head.name) <= 12 and _NAME.search(head.name) is not None
    alone = not _COUNTED.search(head.name) and (named or (head.dates is not None and head.dated_apart and usual))
    if head.mark is None:
        return section, alone
    if section is None:
        return None, alone
    fits = alone or head.dates is not None or usual or section.left is not None
    first = section.style is None and head.mark.ordinal == 1
    next_one = head.mark.style == section.style and head.mark.ordinal == section.ordinal + 1 and section.left != 0
    if (first and head.mark.style != section.outer and fits) or next_one:
        left = section.left - 1 if section.left else section.left
        return replace(section, style=head.mark.style, ordinal=head.mark.ordinal, left=left), fits
    if head.mark.style in {section.outer, section.style}:
        return None, alone
    return section, alone and section.style is None


def _draft(head: _Head, last: int, lines: Sequence[Line]) -> PhaseDraft:
    start, end = _days(head.dates)
    return PhaseDraft(
        text=head.printed,
        span=(lines[head.index].number, lines[last].number),
        confidence=_confidence(head),
        name=head.name,
        start=start,
        end=end,
    )


def _days(mention: DateMention | None) -> tuple[date | None, date | None]:
    """Of 9月中旬前 only the end is printed."""
    if mention is None:
        return None, None
    if mention.limit and mention.kind != "range":
        return None, mention.due
    if mention.since:
        return mention.first, None
    return mention.first, (mention.due if mention.limit else mention.last)


def _confidence(head: _Head) -> float:
    if head.dates is None:
        return 0.7 if head.name.endswith("阶段") else 0.6
    if head.dates.problem:
        return 0.7
    return 0.95 if head.dates.year_printed else 0.85


def _last_line(head: _Head, next_index: int | None, lines: Sequence[Line]) -> int:
    """The text of a phase ends before the next phase, or before the next heading that is numbered in the same style.

    Behind the last phase only a heading that stands alone on its line has its text on the lines below.
    """
    stop = len(lines) if next_index is None else max(next_index, head.index + 1)
    if next_index is None and len(lines[head.index].text.strip()) > len(head.printed) + 3:
        return head.index
    for index in range(head.index + 1, stop):
        mark = mark_of(own_words(lines[index].text[:40]))
        if mark and (head.mark is None or mark.style in {head.mark.style, "chinese"}):
            stop = index
            break
    while stop - 1 > head.index and not lines[stop - 1].text.strip():
        stop -= 1
    return stop - 1
