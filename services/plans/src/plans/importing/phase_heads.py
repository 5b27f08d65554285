"""Headings that may be phases: numbered ones, rows of tables, several in one paragraph, each with its name and dates."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from plans.importing.dates import Context, DateMention, dates_in
from plans.importing.dates.numerals import own_words
from plans.importing.headings import Mark, mark_of
from plans.importing.lines import Line
from plans.importing.phase_sentences import Told, told_in
from plans.importing.step_words import ANOTHER_STEP, USUAL_NAME

_NOTHING_MORE: Final = re.compile(r" {0,2}(?:止|为止|结束|期间|左右|起|全年)? {0,2}(?:[),。:;、]|$)")
_HEAD_LENGTH: Final = 100
_ONLY_COUNTED: Final = re.compile(r"第[一二三四五六1-6](?:个?阶段|步骤?|环节|战役|节点|波次?|轮次?|批次)")
_STEPS: Final = frozenset({"stage", "step"})
_LONGEST_BARE_NAME: Final = 16
_ROW_LENGTH: Final = 400
_INLINE_MARK: Final = re.compile(
    r"(?<=[。;:,])(?= {0,3}(?:第[一二三四五六1-6](?:阶段|(?:步骤?|环节|战役|波次?|轮次?|批次)[,:为是(])"
    r"|(?:\([一二三四五六1-6]\)|[一二三四五六]是)[^。;,]{2,16}阶段))"
)
_TIME_LINE: Final = re.compile(r" {0,8}\(?(?:起止|实施|工作|具体)?时间(?:安排)?(?:为|是)? {0,2}:? {0,2}(?:从|自)? {0,2}")
_CELLS: Final = re.compile(r" {0,8}[|] {0,8}| {3,}")
_PHASE_COLUMN: Final = re.compile(r"(?:工作|整治|行动|实施|推进)?(?:阶段|步骤|环节)(?:名称|划分)?")
_RULE: Final = re.compile(r"[\s|:\uff5c+-]+")
_FEWEST_CELLS: Final = 2
_MOST_ROWS: Final = 16
"""A header stands so many lines above its last row at most."""
_LONGEST_CELL: Final = 20
_BEFORE_NAME: Final = re.compile(r" {0,3}(?:为|是|:|,)? {0,3}(?P<name>[^,。;:()、\d]{2,14}阶段)")
_SHELL: Final = re.compile(r"\([^()]*\)|(?:从|自|时间(?:安排)?(?:为|是|:)?|起止)? {0,2}□+(?: *(?:止|结束|全年|前|期间))?")


@dataclass(frozen=True, slots=True)
class Head:
    """A heading that may be a phase."""

    index: int
    mark: Mark | None
    printed: str
    name: str
    dates: DateMention | None
    dated_apart: bool
    """The date stands in brackets or at an end of the heading, and nothing is said about it (2021年修订, 2021年底前完成)."""
    below_phases: bool = False
    """It stands in a table below a cell that says 阶段: whatever its name, it is a phase."""
    told: bool = False
    """A running sentence tells of it beside others."""
    place: tuple[int, int] | None = None
    """Where its dates stand when the line holds more than its heading; offsets of the line."""


def heads_of(index: int, lines: Sequence[Line], words: str, context: Context, *, in_section: bool) -> Iterator[Head]:
    """The headings of one line that may be phases. `in_section`: something above the line announces phases."""
    if not words.strip():
        return
    if (cells := _table_head(index, lines, words, context)) is not None:
        yield cells
        return
    if not _counts_steps(words) and (told := told_in(words, lines[index].text, context, in_section=in_section)):
        yield from (_of_told(index, each, lines[index].text) for each in told)
        return
    if mark_of(words) is None and "阶段" in words and (row := list(_sentence_heads(index, words, lines[index].text, context))):
        yield from row
        return
    starts = [0, *(found.start() for found in _INLINE_MARK.finditer(words))]
    for number_, start in enumerate(starts):
        stop = starts[number_ + 1] if number_ + 1 < len(starts) else len(words)
        head = _head(index, words[start:stop], lines[index].text[start:stop], context, in_section=in_section)
        if head is not None:
            if head.dates and start and (at := lines[index].text.find(head.dates.text, start, stop)) >= 0:
                head = replace(head, place=(at, at + len(head.dates.text)))
            behind = None if head.dates else _date_behind(lines, index, words[start:stop], head, context)
            yield replace(head, dates=behind, printed=f"{head.printed} {behind.text}") if behind else head


def _counts_steps(words: str) -> bool:
    mark = mark_of(words)
    return (mark is not None and mark.style in _STEPS) or _INLINE_MARK.search(words) is not None


def _of_told(index: int, told: Told, printed: str) -> Head:
    return Head(index, None, printed[told.start : told.end], told.name, told.dates, True, told=True, place=(told.start, told.end))


def _head(index: int, words: str, printed: str, context: Context, *, in_section: bool) -> Head | None:
    """The heading at the beginning of a line, up to its full stop; None when there is nothing like one."""
    mark = mark_of(words)
    if mark is None and not in_section and "阶段" not in words[:_HEAD_LENGTH]:
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
    if mark and mark.style in _STEPS:
        name = name or words[:begin].strip()
    if not name or (mark is None and not _heads_alone(name, words[begin:end], mentions, in_section=in_section)):
        return None
    apart = bool(mentions) and _apart(words[begin:end], mentions[0])
    pure = apart and _NOTHING_MORE.match(words, begin + mentions[0].end) is not None
    return Head(index, mark, printed[: end + 1].strip(), name, mentions[0] if mentions and apart else None, pure)


def _heads_alone(name: str, words: str, mentions: Sequence[DateMention], *, in_section: bool) -> bool:
    """Without a number a heading says 阶段 and its dates or nothing else; below a heading over phases a usual name does."""
    if len(name) > _LONGEST_BARE_NAME:
        return False
    if name.endswith("阶段"):
        return bool(mentions) or words.strip(" :") == name
    named = USUAL_NAME.fullmatch(name) is not None or ANOTHER_STEP.fullmatch(name) is not None
    return in_section and bool(mentions) and named


def _blotted(words: str, mentions: Sequence[DateMention]) -> str:
    for mention in mentions:
        words = words[: mention.start] + "□" * (mention.end - mention.start) + words[mention.end :]
    return words


def _name(blotted: str) -> str:
    """What is left of a heading without brackets, dates and punctuation: the first part that says 阶段, else the first."""
    parts = [part.strip(' ,:、.-"') for part in re.split(r"[,:]| {2,}", _SHELL.sub(":", blotted))]
    parts = [part for part in parts if part]
    parts = [part for part in parts if not _ONLY_COUNTED.fullmatch(part)] or parts
    return next((part for part in parts if part.endswith("阶段")), parts[0] if parts else "")


def _apart(words: str, mention: DateMention) -> bool:
    before = words[: mention.start].rstrip()
    before = re.sub(r"(?:从|自|为|是|时间(?:安排)?:?)$", "", before).rstrip()
    after = words[mention.end :].lstrip()
    return not before or before[-1] in "(:,、段" or (not after and mention.kind == "range") or after.startswith(")")


def _date_behind(lines: Sequence[Line], index: int, words: str, head: Head, context: Context) -> DateMention | None:
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


def _table_head(index: int, lines: Sequence[Line], words: str, context: Context) -> Head | None:
    """A line of a table: one cell names the phase, another holds nothing but its dates."""
    if len(words) > _ROW_LENGTH or ("|" not in words and "   " not in words.strip()):
        return None
    cells = [cell for cell in _CELLS.split(words.strip(" |")) if cell][:6]
    names = [cell for cell in cells if len(cell) <= 20 and (cell.endswith("阶段") or USUAL_NAME.search(cell))]
    below = [] if names else _named_by_header(index, lines, words)
    names = names or below
    for cell in cells:
        mentions = dates_in(cell, context)
        if names and cell not in names and len(mentions) == 1 and len(cell) - (mentions[0].end - mentions[0].start) <= 2:
            mark = mark_of(names[0])
            return Head(
                index, None, " ".join(cells[:3]), names[0][mark.end if mark else 0 :].strip(), mentions[0], True, bool(below)
            )
    return None


def _named_by_header(index: int, lines: Sequence[Line], words: str) -> list[str]:
    """The cell below 阶段, whatever the phase is called."""
    row = _bars(words)
    if len(row) < _FEWEST_CELLS:
        return []
    for above in reversed(lines[max(0, index - _MOST_ROWS) : index]):
        cells = _bars(own_words(above.text))
        if len(cells) != len(row):
            if above.text.strip() and not _RULE.fullmatch(above.text):
                return []
            continue
        column = next((place for place, cell in enumerate(cells) if _PHASE_COLUMN.fullmatch(cell)), None)
        if column is not None:
            named = 2 <= len(row[column]) <= _LONGEST_CELL and not dates_in(row[column], Context())
            return [row[column]] if named else []
    return []


def _bars(words: str) -> list[str]:
    return [cell.strip() for cell in words.strip().strip("|").split("|")] if "|" in words else []


def _sentence_heads(index: int, words: str, printed: str, context: Context) -> Iterator[Head]:
    """6月1日至6月10日为宣传发动阶段: several of these in one paragraph."""
    found = []
    for mention in dates_in(printed, context):
        behind = _BEFORE_NAME.match(words, mention.end)
        if behind and mention.kind in {"range", "month", "year", "half", "quarter"}:
            found.append(Head(index, None, printed[mention.start : behind.end()], behind["name"], mention, True))
    if len(found) >= 2:
        yield from found
