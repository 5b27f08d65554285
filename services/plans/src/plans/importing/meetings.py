"""Meetings and dispatches that a plan wants regularly: 每季度召开一次联席会议, 周调度, 月例会."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from contracts.schedules import Schedule
from plans.importing.clauses import Piece, clauses, sentences
from plans.importing.dates import Context
from plans.importing.dates.numerals import own_words
from plans.importing.draft import MeetingDraft
from plans.importing.due_dates import with_text
from plans.importing.lines import Line
from plans.importing.rhythms import Rhythm, rhythms_in

_MEETING: Final = (
    r"(?:联席会议|联席会|调度会商|工作例会|调度例会|调度会议|调度会|推进会议|推进会|专题会议|专题会|分析会议|分析会|研判会|会商会|碰头会|座谈会|办公会议|办公会"
    r"|工作会议|例会|领导小组会议|全体会议|总结会|通报会|点评会|安全生产会|[^,。;、“”召开的次和及与]{0,8}会议)"
)
_HELD: Final = re.compile(
    rf"(?:召开|组织|举行|开展|听取|主持)[^,。;]{{0,12}}?(?P<name>{_MEETING})(?!室|精神|纪要|期间|制度的?精神)"
)
_COUNT: Final = re.compile(r"(?:至少|不少于|原则上)?(?:[一二两三1-9])次|至少|定期|集中|组织|召开")
_UNITS: Final = {
    "日": "day", "每日": "day", "周": "week", "每周": "week", "月": "month", "每月": "month", "月度": "month", "季": "quarter",
    "季度": "quarter", "每季度": "quarter", "半年": "half_year", "年": "year", "年度": "year",
}  # fmt: skip
# 周调度, 季度联席会议, 月例会: the rhythm is the first half of the name.
_NAMED: Final = re.compile(
    rf"(?<![上下本当首次末几两三四五六个0-9一二节假])(?P<every>(?:每)?(?:日|周|月度?|季度?|半年|年度?))[“\"]?"
    rf"(?P<name>调度例会|调度会商|{_MEETING}|调度|会商|研判)(?P<tail>制度|机制)?(?!室|中心|精神)"
)
_HOLIDAY_WORDS: Final = re.compile(r"(?:周年|今年|去年|往年|多年|近年|全年)$")


def meetings_in(lines: Sequence[Line], context: Context) -> tuple[MeetingDraft, ...]:  # noqa: ARG001  the signature that an import calls
    """Every regular meeting in printed order. A meeting without a rhythm (定期召开) is not scheduled, so it is none."""
    return tuple(draft for line in lines for draft in _in_line(line))


def _in_line(line: Line) -> Iterator[MeetingDraft]:
    words = own_words(line.text)
    if "会" not in words and "调度" not in words and "研判" not in words:
        return
    seen: set[tuple[str, str]] = set()
    for sentence in sentences(words):
        for draft in (*_held(line, sentence), *_named(line, sentence)):
            key = (draft.schedule.every, draft.name[-2:])
            if key not in seen:
                seen.add(key)
                yield draft


def _held(line: Line, sentence: Piece) -> Iterator[MeetingDraft]:
    """每季度召开一次会议: a rhythm and a meeting in one clause, or in two with nothing else between."""
    for part in clauses(sentence.words, sentence.start):
        for rhythm in rhythms_in(part.words):
            behind = part.words[rhythm.end : rhythm.end + 60]
            found = _HELD.search(behind) or re.match(
                rf" ?(?:至少|原则上)?[一二两三1-9]次[^,。;]{{0,10}}?(?P<name>{_MEETING})", behind
            )
            if found is None and rhythm.schedule.every != "year":
                found = re.match(r"[^,。;报送]{0,10}?(?P<name>调度会商|调度|会商)(?:一次)?(?!室|中心|员)", behind)
            if found:
                yield _draft(line, sentence, _shifted(rhythm, part.start), found["name"])


def _named(line: Line, sentence: Piece) -> Iterator[MeetingDraft]:
    for found in _NAMED.finditer(sentence.words):
        before = sentence.words[: found.start()]
        every = _UNITS.get(found["every"].removeprefix("每"))
        if (
            every is None
            or _HOLIDAY_WORDS.search(sentence.words[: found.start() + 1])
            or (found["every"] == "年" and before[-1:].isdigit())
        ):
            continue
        start, end = sentence.start + found.start(), sentence.start + found.end()
        rhythm = Rhythm(start, end, Schedule(every=every), 0.85)
        yield _draft(line, sentence, rhythm, found["name"] + (found["tail"] or ""))


def _shifted(rhythm: Rhythm, offset: int) -> Rhythm:
    return Rhythm(rhythm.start + offset, rhythm.end + offset, rhythm.schedule, rhythm.certainty)


def _draft(line: Line, sentence: Piece, rhythm: Rhythm, name: str) -> MeetingDraft:
    return MeetingDraft(
        text=line.text[sentence.start : sentence.end].strip(),
        span=(line.number, line.number),
        confidence=max(rhythm.certainty, 0.8),
        name=name.strip("一次 的"),
        schedule=with_text(rhythm, line.text).schedule,
    )
