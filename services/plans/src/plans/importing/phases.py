"""Phases of a plan: headings, sentences and table lines that give a stretch of the campaign a name, mostly with dates.

Nothing is expected of their number, names or order. A phase without dates has none; overlaps and gaps are for a person to judge.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from plans.importing.dates import Context, DateMention
from plans.importing.dates.numerals import number, own_words
from plans.importing.draft import PhaseDraft
from plans.importing.headings import mark_of
from plans.importing.lines import Line
from plans.importing.phase_heads import Head, heads_of
from plans.importing.step_words import ANOTHER_STEP, USUAL_NAME

_INTRO: Final = re.compile(r"分(?:为|成)?(?:以下)?(?P<count>[一二两三四五六]|[2-6]) ?个?(?:阶段|步骤|步)")
_SECTION: Final = re.compile(
    r"(?:实施|工作|方法|整治|推进|行动|活动|时间|整改|检查|治理)(?:和|与|及)?(?:方法|时间)?(?:步骤|阶段|进度)"
    r"|时间(?:安排|进度|节点|步骤)|(?:进度|步骤|阶段)安排|阶段划分|^[^,。;]{0,4}(?:总体|行动|实施)安排$"
)
_STEPS: Final = re.compile(r"(?:步骤|阶段|进度)(?:安排|划分)?[:。 ]*$")
_STAGE: Final = re.compile(r".{0,5}第[一二三四五六1-6]阶段")
_STAGE_MARKS: Final = frozenset({"stage", "step"})
_COUNTED: Final = re.compile(r"^分|[一二两三四五六各几本该]个?阶段$")
_LONGEST_STEP: Final = 12
_NEAR: Final = 15
"""So many lines lie between two headings of one count at most."""


@dataclass(frozen=True, slots=True)
class _Section:
    """The part of a plan in which headings are phases; `left` counts the phases announced and not yet seen."""

    style: str | None = None
    ordinal: int = 0
    left: int | None = None
    outer: str | None = None
    any_name: bool = False
    """The heading says that what follows are steps, whatever their names."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line with the context that holds there, inside a phase that of the phase, and whether it is a phase's heading."""

    line: Line
    context: Context
    heads_phase: bool
    told: tuple[tuple[int, int], ...] = ()
    """Where its sentences tell of phases: the days there are those of the phases, no limits of work. Offsets of the line."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The phases of one plan in printed order, and all of its lines placed in them."""

    phases: tuple[PhaseDraft, ...]
    lines: tuple[PlacedLine, ...]


def timeline_of(lines: Sequence[Line], context: Context) -> Timeline:
    """The phases and where each line stands. The span of a phase runs to the line before the next heading."""
    heads = _heads(lines, context)
    placed = _placed(heads, lines)
    told: dict[int, list[tuple[int, int]]] = {}
    for head in heads:
        if head.place:
            told.setdefault(head.index, []).append(head.place)
    return Timeline(
        tuple(phase for _, _, phase in placed),
        tuple(replace(each, told=tuple(told.get(at, ()))) for at, each in enumerate(_in_phases(lines, context, placed))),
    )


def phases_in(lines: Sequence[Line], context: Context) -> tuple[PhaseDraft, ...]:
    """The phases alone."""
    return timeline_of(lines, context).phases


def _in_phases(lines: Sequence[Line], context: Context, placed: Sequence[tuple[int, int, PhaseDraft]]) -> Iterator[PlacedLine]:
    phases = {first: (last, phase) for first, last, phase in placed}
    within, end = context, -1
    for index, line in enumerate(lines):
        heading = phases.get(index)
        if heading:
            end, within = heading[0], context.within(heading[1].start, heading[1].end)
        elif index > end:
            within = context
        yield PlacedLine(line, within, heading is not None)


def _heads(lines: Sequence[Line], context: Context) -> list[Head]:
    """The headings of phases in printed order."""
    heads: list[Head] = []
    doubtful: list[Head] = []
    previous: date | None = None
    section: _Section | None = None
    above: str | None = None
    for index, line in enumerate(lines):
        words = own_words(line.text)
        opened = _opens(words, above)
        section = opened or section
        above = mark.style if (mark := mark_of(words)) else above
        for head in heads_of(index, lines, words, _after(context, previous), in_section=section is not None):
            section, is_phase = (section, False) if opened and not head.dates else _judged(head, section)
            if is_phase:
                heads.append(head)
                previous = head.dates.first if head.dates and head.dates.first else previous
            elif _may_be_one_of_several(head):
                doubtful.append(head)
    return sorted([*heads, *(head for head in doubtful if _beside_phases(head, heads))], key=lambda head: head.index)


def _placed(heads: Sequence[Head], lines: Sequence[Line]) -> list[tuple[int, int, PhaseDraft]]:
    """Phases with the places of their first and last line; several lines may have one number."""
    placed = []
    for place, head in enumerate(heads):
        last = _last_line(head, heads[place + 1].index if place + 1 < len(heads) else None, lines)
        placed.append((head.index, last, _draft(head, last, lines)))
    return placed


def _may_be_one_of_several(head: Head) -> bool:
    short = head.mark is not None and len(head.name) <= _LONGEST_STEP
    return short and head.dated_apart and head.dates is not None and head.dates.kind == "range"


def _beside_phases(head: Head, phases: Sequence[Head]) -> bool:
    """1.宣传(9月1日至15日) before 2.排查(9月16日至30日): a heading with a range is what its neighbours in the count are."""
    mark = head.mark
    near = [other.mark for other in phases if other.mark and abs(other.index - head.index) <= _NEAR]
    return mark is not None and any(each.style == mark.style and abs(each.ordinal - mark.ordinal) == 1 for each in near)


def _after(context: Context, previous: date | None) -> Context:
    """A phase without a year begins in the first such month after the phase before it began."""
    if previous is None:
        return context
    return replace(context, plan_start=previous, plan_end=date(previous.year + 1, 12, 31), year=previous.year)


def _opens(words: str, above: str | None) -> _Section | None:
    """A sentence that announces phases, or a short heading over them. `above`: the numbering of the heading before."""
    mark = mark_of(words)
    announced = _INTRO.search(words, 0, 400)
    if announced and not (mark and mark.style in _STAGE_MARKS):
        outer = mark.style if mark else above if above == "numeral" else None
        return _Section(left=number(announced["count"]) or None, outer=outer)
    if len(words.strip()) <= 24 and _SECTION.search(words):
        return _Section(outer=mark.style if mark else None, any_name=_STEPS.search(words) is not None)
    return None


def _judged(head: Head, section: _Section | None) -> tuple[_Section | None, bool]:
    """Whether a heading is a phase, and the section behind it."""
    counted = bool(head.mark and head.mark.style in _STAGE_MARKS) or _STAGE.match(head.printed) is not None
    another = _is_another_step(head, section)
    named = len(head.name) <= 24 and (head.name.endswith("阶段") or counted or another)
    usual = len(head.name) <= 12 and USUAL_NAME.search(head.name) is not None
    alone = not _COUNTED.search(head.name) and (named or (head.dates is not None and head.dated_apart and usual))
    if head.mark is None:
        return section, alone or head.below_phases or head.told
    if section is None:
        return _Section(style=head.mark.style, ordinal=head.mark.ordinal) if another and alone else None, alone
    step = section.any_name and len(head.name) <= _LONGEST_STEP
    fits = alone or head.dates is not None or usual or step or section.left is not None
    first = section.style is None and head.mark.ordinal == 1
    next_one = head.mark.style == section.style and head.mark.ordinal == section.ordinal + 1 and section.left != 0
    if (first and head.mark.style != section.outer and fits) or next_one:
        left = section.left - 1 if section.left else section.left
        return replace(section, style=head.mark.style, ordinal=head.mark.ordinal, left=left), fits
    if head.mark.style in {section.outer, section.style}:
        return None, alone
    return section, alone and section.style is None


def _is_another_step(head: Head, section: _Section | None) -> bool:
    """春季战役(3月至5月): a step by its noun when it has dates, or when its elder sibling is one."""
    if not ANOTHER_STEP.fullmatch(head.name):
        return False
    sibling = section is not None and head.mark is not None and section.style == head.mark.style
    return sibling or (head.dates is not None and head.dated_apart)


def _draft(head: Head, last: int, lines: Sequence[Line]) -> PhaseDraft:
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


def _confidence(head: Head) -> float:
    if head.dates is None:
        return 0.7 if head.name.endswith("阶段") else 0.6
    if head.dates.problem:
        return 0.7
    return 0.95 if head.dates.year_printed else 0.85


def _last_line(head: Head, next_index: int | None, lines: Sequence[Line]) -> int:
    """The text of a phase ends before the next phase, or before the next heading that is numbered in the same style.

    Behind the last phase only a heading that stands alone on its line has its text on the lines below.
    """
    stop = len(lines) if next_index is None else max(next_index, head.index + 1)
    if next_index is None and len(lines[head.index].text.strip()) > len(head.printed) + 3:
        return head.index
    for index in range(head.index + 1, stop):
        mark = mark_of(own_words(lines[index].text[:40]))
        if mark and (head.mark is None or mark.style in {head.mark.style, "numeral"}):
            stop = index
            break
    while stop - 1 > head.index and not lines[stop - 1].text.strip():
        stop -= 1
    return stop - 1
