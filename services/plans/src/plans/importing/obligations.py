"""Reporting sentences: who reports what to whom by when.

A sentence is read as a row of reports. A report takes the rhythms printed since the report before it; without one it needs words
of urgency or an event to be an obligation at all.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.schedules import Schedule
from plans.importing.chained_rhythms import every_year, moved, next_link, same_day, same_week, until_clock
from plans.importing.changed_rhythms import with_changes
from plans.importing.clauses import Piece, clauses, sentences
from plans.importing.contents import attachments_in, content_of
from plans.importing.dates import Context
from plans.importing.dates.numerals import own_words
from plans.importing.draft import ObligationDraft
from plans.importing.due_dates import (
    ahead_rhythm,
    dated_rhythms,
    during,
    ranges_in,
    since,
    starts_in,
    today_rhythm,
    urgent_rhythm,
    with_text,
)
from plans.importing.half_years import in_half_years
from plans.importing.headings import mark_of
from plans.importing.lines import Line
from plans.importing.parties import agent_of, reporter_of, subject_of
from plans.importing.phases import PlacedLine, timeline_of
from plans.importing.report_verbs import Report, reports_in
from plans.importing.rhythms import Rhythm, rhythms_in
from plans.importing.role_rhythms import role_obligations
from plans.importing.shared_parts import (
    also_to,
    distinct,
    passed_on,
    with_recipients_of,
    with_reporter,
    with_shared_recipients,
    with_zero,
)
from plans.importing.triggers import names_event, trigger_of

_WORTH_READING: Final = re.compile(r"报|反馈|提交|检|传达|调度|录入|上传|送|发至|发到|交|查")
_SYSTEM: Final = re.compile(r"(?:日|周|月|旬|季度?|零)报告?[”\"]?(?:制度|和|、)|零报告")
_ZERO: Final = re.compile(r"[零0][”\"]?(?:报告|报送|上报)")
_FINAL: Final = re.compile(r"三年行动[^,。;]{0,6}报告|总结报告|工作总结|自评报告")
_ALSO: Final = re.compile(r"(?:并|同时|抄)[^,。;]{0,4}$")
_COPY: Final = frozenset({"抄送", "抄报", "抄告"})


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a line; all offsets are those of the line."""

    line: Line
    words: str
    piece: Piece
    parts: tuple[Piece, ...]
    rhythms: tuple[Rhythm, ...]


def obligations_in(lines: Sequence[Line], context: Context) -> tuple[ObligationDraft, ...]:
    """Every reporting obligation in printed order. Dates without a year are read within the phase that they stand in."""
    return obligations_of(timeline_of(lines, context).lines)


def obligations_of(placed: Iterable[PlacedLine]) -> tuple[ObligationDraft, ...]:
    """As `obligations_in`, of lines whose phases are known."""
    return tuple(draft for each in placed for draft in _in_line(each.line, each.context))


def _in_line(line: Line, context: Context) -> Iterator[ObligationDraft]:
    if not _WORTH_READING.search(line.text):
        return
    words = own_words(line.text)
    found_dated, starts, ranges = dated_rhythms(line.text, context), starts_in(line.text, context), ranges_in(line.text, context)
    dated = [in_half_years(rhythm, words) for rhythm in found_dated]
    subject, zero = "", False
    found: list[ObligationDraft] = []
    for piece in sentences(words):
        zero = zero or _ZERO.search(piece.words) is not None
        parts = clauses(piece.words, piece.start)
        if mark_of(piece.words):
            subject = ""
        sentence = _Sentence(line, words, piece, parts, _rhythms(piece, dated, starts, ranges))
        drafts = [with_reporter(draft, subject) for draft in with_shared_recipients(list(_in_sentence(sentence, found)))]
        if not mark_of(piece.words):
            drafts = [with_recipients_of(draft, found) for draft in drafts]
        found.extend(drafts or _systems(sentence, subject))
        subject = next((name for part in parts[:2] if (name := subject_of(part.words))), subject)
    yield from (with_zero(draft) if zero else draft for draft in with_changes(distinct(found), line.text, words, starts))


def _rhythms(
    piece: Piece, dated: Sequence[Rhythm], starts: Sequence[tuple[int, date]], ranges: Sequence[tuple[int, date, date]]
) -> tuple[Rhythm, ...]:
    """Rhythms of one sentence; a date inside another rhythm (每季度结束后5日内) is part of it."""
    own = [each for each in ranges if piece.start <= each[0] < piece.end]
    regular = [during(since(moved(rhythm, piece.start), starts), own) for rhythm in rhythms_in(piece.words)]
    inside = [rhythm for rhythm in dated if piece.start <= rhythm.start < piece.end]
    apart = [rhythm for rhythm in inside if not any(other.start < rhythm.end and rhythm.start < other.end for other in regular)]
    return tuple(sorted((*regular, *apart), key=lambda rhythm: rhythm.start))


def _in_sentence(sentence: _Sentence, earlier: Sequence[ObligationDraft]) -> Iterator[ObligationDraft]:
    yield from role_obligations(sentence.line, sentence.piece)
    reports = list(reports_in(sentence.words, sentence.piece))
    begin = sentence.piece.start
    previous: list[ObligationDraft] = []
    for number, report in enumerate(reports):
        is_last = number + 1 == len(reports)
        stop = sentence.piece.end if is_last else reports[number + 1].start
        own = _own_rhythms(sentence.rhythms, begin, report, stop if is_last else report.end)
        own = [until_clock(rhythm, sentence.words, report) for rhythm in own]
        own = [every_year(rhythm, sentence.words, previous) for rhythm in own]
        own = own or same_day(sentence.words, begin, report, previous) or same_week(sentence.words, begin, report, previous)
        own = own or next_link(sentence.words, sentence.piece, report, earlier)
        if not own and previous and report.recipients and (other := _another(sentence, begin, report, previous)):
            yield from previous
            previous = [passed_on(draft, other, report.recipients) for draft in previous]
            begin = report.end
            continue
        if not own and previous and report.recipients and _continues(sentence.words, begin, report, previous):
            previous = [also_to(draft, report.recipients) for draft in previous]
            begin = report.end
            continue
        drafts = list(_drafts(sentence, begin, report, own))
        if drafts:
            yield from previous
            previous = drafts
            begin = max(report.end, min(stop, _clause_end(sentence.parts, report)))
    yield from previous


def _clause_end(parts: Sequence[Piece], report: Report) -> int:
    """Where the clause of a verb ends: what follows the verb there are its recipients or its object."""
    return next((part.end for part in parts if part.start <= report.start < part.end), report.end)


def _continues(words: str, begin: int, report: Report, previous: Sequence[ObligationDraft]) -> bool:
    """Whether a verb without a rhythm only adds recipients to the report before it (并抄送…, 统一报…)."""
    if any(not draft.recipients for draft in previous) or report.verb in _COPY:
        return True
    return _ALSO.search(words, max(begin, report.start - 8), report.start) is not None


def _another(sentence: _Sentence, begin: int, report: Report, previous: Sequence[ObligationDraft]) -> str:
    """县直学校直接报县教育局: whoever is named anew before a verb without a rhythm reports in the rhythm said before."""
    clause = next((part for part in sentence.parts if part.start <= report.start < part.end), None)
    if clause is None or clause.start < begin or report.verb in _COPY or previous[-1].schedule.every == "event":
        return ""
    words = sentence.words[clause.start : report.start]
    named = agent_of(words, sentence.piece.words) or subject_of(clause.words)
    return "" if named in previous[-1].reporters else named


def _own_rhythms(rhythms: Sequence[Rhythm], begin: int, report: Report, stop: int) -> list[Rhythm]:
    """Those printed before the verb; when there are none, those behind it (报送时间为每月5日前)."""
    before = [rhythm for rhythm in rhythms if begin <= rhythm.start < report.end]
    exact = [rhythm for rhythm in before if rhythm.schedule.on or rhythm.schedule.dates or rhythm.schedule.at]
    return exact or before or [rhythm for rhythm in rhythms if report.end <= rhythm.start < stop]


def _drafts(sentence: _Sentence, begin: int, report: Report, own: Sequence[Rhythm]) -> Iterator[ObligationDraft]:
    rhythms = list(own) or [rhythm for rhythm in (_event_of(sentence, begin, report),) if rhythm]
    if own and report.recipients and all(rhythm.schedule.every == "year" and not rhythm.schedule.on for rhythm in own):
        rhythms.extend(_final_of(sentence.words, begin, report))
    if not rhythms:
        return
    reporters, sure = _reporter(sentence, begin, report)
    line, piece = sentence.line, sentence.piece
    for rhythm in rhythms:
        yield ObligationDraft(
            text=line.text[piece.start : piece.end].strip(),
            span=(line.number, line.number),
            confidence=round(rhythm.certainty * sure * (1.0 if report.recipients else 0.85), 2),
            reporters=reporters,
            recipients=report.recipients,
            schedule=with_text(rhythm, line.text).schedule,
            content=content_of(line.text, sentence.words, begin, report.start, report.end, piece.end),
            attachments=attachments_in(piece.words),
        )


def _reporter(sentence: _Sentence, begin: int, report: Report) -> tuple[str, float]:
    parts = sentence.parts
    clause = next((number for number, part in enumerate(parts) if part.start <= report.start < part.end), 0)
    first = next((number for number, part in enumerate(parts) if part.end > begin), 0)
    # Without the clauses of the report before, whose recipients look like a subject.
    cut = [Piece(max(part.start, begin), part.words[max(0, begin - part.start) :]) for part in parts]
    if cut and (agent := agent_of(sentence.words[cut[clause].start : report.start], sentence.piece.words)):
        return agent, 1.0
    reporters, sure = reporter_of(cut, clause, first)
    return (reporters, sure) if reporters or not first else reporter_of(parts, clause, 0)


def _event_of(sentence: _Sentence, begin: int, report: Report) -> Rhythm | None:
    """What a report without a rhythm hangs on: urgency, an event, or a final paper. None: no obligation."""
    words = sentence.words
    around = words[max(sentence.piece.start, begin) : min(sentence.piece.end, report.end + 30)]
    event = names_event(around)
    if event and (today := today_rhythm(words, begin, report.start, around)):
        return today
    if ahead := ahead_rhythm(words, begin, report.start):
        return ahead
    urgent = urgent_rhythm(words, max(begin, report.start - 40), report.end, around)
    if urgent and (report.recipients or event):
        return urgent
    if report.recipients and (final := next(_final_of(words, begin, report), None)):
        return final
    if report.recipients and (event or "双报告" in report.verb):
        return Rhythm(report.start, report.start, Schedule(every="event", trigger=trigger_of(around)), 0.55)
    return None


def _final_of(words: str, begin: int, report: Report) -> Iterator[Rhythm]:
    """A final report whose date is not printed."""
    if final := _FINAL.search(words, begin, report.end):
        yield Rhythm(final.start(), final.end(), Schedule(every="dates"), 0.6)


def _systems(sentence: _Sentence, subject: str) -> Iterator[ObligationDraft]:
    """实行日报告、零报告制度: a rhythm whose recipients are not printed."""
    if not _SYSTEM.search(sentence.piece.words):
        return
    line, piece = sentence.line, sentence.piece
    for rhythm in rhythms_in(piece.words):
        yield ObligationDraft(
            text=line.text[piece.start : piece.end].strip(),
            span=(line.number, line.number),
            confidence=0.6,
            reporters=next((name for part in sentence.parts if (name := subject_of(part.words))), subject),
            schedule=with_text(moved(rhythm, piece.start), line.text).schedule,
        )
