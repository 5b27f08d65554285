"""Rhythms that a report takes from the one before it, or from words apart from it: the same day, the same week, every year."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from contracts.schedules import DueDay, Schedule
from plans.importing.clauses import Piece, clauses
from plans.importing.dates.clock import cutoff_in
from plans.importing.draft import ObligationDraft
from plans.importing.parties import subject_of
from plans.importing.report_verbs import Report
from plans.importing.rhythms import Rhythm, rhythms_in

_HOUR: Final = re.compile(r"(?:上午|下午|晚上)?[0-9]{1,2} ?(?:时|点|:)|上午|下午|下班")
_DAILY: Final = frozenset({"day", "working_day"})
_IN_PERIODS: Final = _DAILY | {"week", "month", "quarter", "half_year", "year"}
_WEEKDAY: Final = re.compile(r"(?<![每上下本])(?:周|星期|礼拜)[一二三四五六日天]")
_SAME_DAY: Final = re.compile(r"当[日天晚]")
_BEFORE: Final = re.compile(r" ?(?:之|以)?前")


def moved(rhythm: Rhythm, offset: int) -> Rhythm:
    """The rhythm with its offsets counted from elsewhere."""
    return replace(rhythm, start=rhythm.start + offset, end=rhythm.end + offset)


def until_clock(rhythm: Rhythm, words: str, report: Report) -> Rhythm:
    """每日巡查,当日18时前上报: the time of day may stand apart from the rhythm, before the verb."""
    schedule = rhythm.schedule
    between = words[rhythm.end : report.start]
    if schedule.at is not None or schedule.every not in _IN_PERIODS or rhythm.end > report.start:
        return rhythm
    at, end = cutoff_in(between)
    same_day = schedule.every in _DAILY or schedule.on
    if at is None or not same_day or not (_SAME_DAY.search(between) or _BEFORE.match(between, end)):
        return rhythm
    limit = _BEFORE.match(between, end)
    until = rhythm.end + (limit.end() if limit else end)
    return replace(rhythm, end=until, schedule=schedule.model_copy(update={"at": at}))


def same_day(words: str, begin: int, report: Report, previous: Sequence[ObligationDraft]) -> list[Rhythm]:
    """每日17时前报区里,区里18时前报市里: behind a daily report a time of day alone means every day."""
    if not previous or previous[-1].schedule.every not in _DAILY:
        return []
    at, end = cutoff_in(words[begin : report.start])
    schedule = previous[-1].schedule.model_copy(update={"at": at})
    hour = _HOUR.search(words, begin, begin + end)
    return [Rhythm(hour.start() if hour else begin, begin + end, schedule, 0.85)] if end else []


def next_link(words: str, piece: Piece, report: Report, earlier: Sequence[ObligationDraft]) -> list[Rhythm]:
    """Each day … to the town. 镇应急办当日18时前报县里: whoever got the daily reports passes them on the same day."""
    if not earlier or not _SAME_DAY.search(words, piece.start, report.start):
        return []
    passes_on = any(subject_of(part.words) in earlier[-1].recipients for part in clauses(piece.words)[:2])
    return same_day(words, piece.start, report, earlier[-1:]) if passes_on else []


def same_week(words: str, begin: int, report: Report, previous: Sequence[ObligationDraft]) -> list[Rhythm]:
    """每周四前报中心校,中心校周五上午报县里: behind a weekly report a weekday alone means every week."""
    found = _WEEKDAY.search(words, begin, report.start)
    if found is None or not previous or previous[-1].schedule.every != "week":
        return []
    read = [moved(rhythm, found.start() - 1) for rhythm in rhythms_in("每" + words[found.start() : report.start])][:1]
    return [replace(rhythm, start=found.start()) for rhythm in read]


def every_year(rhythm: Rhythm, words: str, previous: Sequence[ObligationDraft]) -> Rhythm:
    """每年12月10日前报市里,市里12月20日前报省里: behind a yearly report a day without a year comes every year too."""
    yearly = bool(previous) and previous[-1].schedule.every == "year" and bool(previous[-1].schedule.on)
    if not yearly or not rhythm.schedule.dates or "年" in words[rhythm.start : rhythm.end]:
        return rhythm
    on = tuple(DueDay(month=month, day=day) for month, day in sorted({(each.month, each.day) for each in rhythm.schedule.dates}))
    return replace(rhythm, schedule=Schedule(every="year", on=on, at=rhythm.schedule.at))
