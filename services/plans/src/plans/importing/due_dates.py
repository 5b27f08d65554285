"""Due days that a reporting sentence prints as dates: once, several times, every year, or within days of an event."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Final

from contracts.schedules import DueDay, Schedule, Within
from plans.importing.dates import Context, DateMention, dates_in
from plans.importing.dates.clock import cutoff_in
from plans.importing.dates.numerals import number, own_words
from plans.importing.dates.points import days_of, last_day_before
from plans.importing.rhythms import Rhythm
from plans.importing.triggers import trigger_of

_JOINT: Final = re.compile(r"(?:\([^()]{0,12}\))? {0,2}(?:[、,]|和|及|与|以及) {0,2}(?:每年)?$")
_LISTED: Final = re.compile(r" ?(?:、|和|及) ?[0-9]{1,2}月")
_FROM: Final = re.compile(r" {0,2}(?:份)?(?:起|开始)")
_DURING: Final = re.compile(r" {0,2}(?:期间|内)?\)? {0,2}[,每]")
_RANGE_NEAR: Final = 24
_LEAD: Final = re.compile(r"(?:于|在|分别于|时间为|日期为|到|至|每年的?) {0,2}$")
_FROM_YEAR: Final = re.compile(r"(?:从|自)?(?P<year>20[0-9]{2})年(?:度)?(?P<month>[0-9]{1,2}月)?(?:起|开始)(?!\))")
_SINCE_BRACKET: Final = re.compile(
    r" {0,2}\((?:仅)?(?:从|自)?(?P<year>20[0-9]{2})年(?:度)?(?P<month>[0-9]{1,2}月)?(?:起|开始)[^()]{0,4}\)(?:之?前)?"
)
_URGENT: Final = re.compile(r"立即|立刻|随时|第一时间|马上|即时|当即|迅速(?=上报|报告|向|报)|同步(?=报|向)|及时")
_TODAY: Final = re.compile(r"(?:于|在)?当[日天]内?")
_AHEAD: Final = re.compile(r"(?:至少|应当?|须|需)?提前(?:[0-9]{1,3}|[一二两三五七十]{1,2})个?(?:工作日|日|天|小时|周|个月)")
_BEFORE: Final = re.compile(r" ?(?:之|以)?前")
_UNITS: Final = {"工作日": "working_days", "日": "days", "天": "days", "自然日": "days", "小时": "hours"}


def dated_rhythms(text: str, context: Context) -> tuple[Rhythm, ...]:
    """Rhythms made of dates: 12月18日、1月15日前 is one with two days; 每年7月10日和11月25日前 comes every year."""
    words = own_words(text)
    mentions = [mention for mention in dates_in(text, context) if _may_be_due(mention, words)]
    result: list[Rhythm] = []
    latest: date | None = None
    for group in groups_of(words, mentions):
        first, last = group[0], group[-1]
        if first.kind == "within":
            result.append(_within(first, words))
        elif last.limit or any(mention.yearly for mention in group) or _LEAD.search(words, max(0, first.start - 8), first.start):
            result.extend(_of_dates(part, words, latest) for part in _parted(group, words))
            latest = max(result[-1].schedule.dates, default=latest)
    return tuple(result)


def starts_in(text: str, context: Context) -> tuple[tuple[int, date], ...]:
    """自4月起, 从2024年2月开始: where such words end and the day that they name."""
    words = own_words(text)
    return tuple(
        (mention.end, mention.first)
        for mention in dates_in(text, context)
        if mention.since and mention.first and _FROM.match(words, mention.end)
    )


def since(rhythm: Rhythm, starts: Sequence[tuple[int, date]]) -> Rhythm:
    """The rhythm with the beginning that stands right before it."""
    first = next((day for end, day in starts if 0 <= rhythm.start - end <= 6), None)
    if first is None:
        return rhythm
    return replace(rhythm, schedule=rhythm.schedule.model_copy(update={"effective_from": first}))


def ranges_in(text: str, context: Context) -> tuple[tuple[int, date, date], ...]:
    """6月1日至9月30日,: where such words end, and the first and last day that they name."""
    words = own_words(text)
    return tuple(
        (mention.end, mention.first, mention.last)
        for mention in dates_in(text, context)
        if mention.kind == "range" and mention.first and mention.last and _DURING.match(words, mention.end)
    )


def during(rhythm: Rhythm, ranges: Sequence[tuple[int, date, date]]) -> Rhythm:
    """The rhythm with the range that stands before it in its sentence."""
    found = next(((first, last) for end, first, last in ranges if 0 <= rhythm.start - end <= _RANGE_NEAR), None)
    if found is None or rhythm.schedule.every in {"dates", "event"}:
        return rhythm
    return replace(rhythm, schedule=rhythm.schedule.model_copy(update={"effective_from": found[0], "effective_until": found[1]}))


def _may_be_due(mention: DateMention, words: str) -> bool:
    if mention.since or mention.kind in {"range", "start", "named"}:
        return False
    if re.search(r"(?:截至|每|各) {0,2}$", words[max(0, mention.start - 6) : mention.start]) and not mention.yearly:
        return False
    listed = mention.kind == "month" and _LISTED.match(words, mention.end) is not None
    return (
        listed
        or mention.kind == "within"
        or mention.limit
        or (bool(mention.points) and mention.points[-1].is_day)
        or mention.yearly
    )


def groups_of(words: str, mentions: Sequence[DateMention]) -> Iterator[list[DateMention]]:
    """Dates with only a comma or 和 between them belong together, as far as 前 does not end the group."""
    group: list[DateMention] = []
    for mention in mentions:
        joined = bool(group) and not group[-1].limit and _JOINT.fullmatch(words, group[-1].end, mention.start)
        both_limits = bool(group) and group[-1].limit and words[group[-1].end : mention.start].strip() in {"、", "和", "及"}
        if group and not joined and not both_limits:
            yield group
            group = []
        group.append(mention)
    if group:
        yield group


def _parted(group: list[DateMention], words: str) -> Iterator[list[DateMention]]:
    """A bracket such as (2021年起) holds for the date before it only, so that date stands alone."""
    if not any(mention.yearly for mention in group):
        yield group
        return
    apart = [mention for mention in group if _SINCE_BRACKET.match(words, mention.end)]
    yield from ([replace(mention, yearly=True)] for mention in apart)
    if rest := [replace(mention, yearly=True) for mention in group if mention not in apart]:
        yield rest


def _on_the_same_day(group: list[DateMention]) -> list[DateMention]:
    """3月、6月、9月的20日前: months before a day are due on that day of theirs."""
    day = group[-1].points[-1].day if group[-1].kind == "day" and group[-1].points else None
    if day is None or len(group) < 3 or any(each.kind != "month" or each.last is None for each in group[:-1]):
        return group
    return [
        *(replace(each, due=each.last.replace(day=min(day, each.last.day))) for each in group[:-1] if each.last),
        group[-1],
    ]


def _of_dates(group: list[DateMention], words: str, latest: date | None) -> Rhythm:
    start, end, at = group[0].start, group[-1].end, group[-1].at
    if group[0].yearly:
        return _yearly(group, words, at)
    group = _on_the_same_day(group)
    days = [mention.due for mention in group if mention.due is not None]
    certainty = 0.9 if len(days) == len(group) and all(mention.year_printed for mention in group) else 0.8 if days else 0.6
    return Rhythm(start, end, Schedule(every="dates", dates=tuple(sorted(set(_in_order(days, group, latest)))), at=at), certainty)


def _yearly(group: list[DateMention], words: str, at: time | None) -> Rhythm:
    """Days of every year, from a year on when the words say so."""
    start, end = group[0].start, group[-1].end
    start -= 2 if words[max(0, start - 2) : start] == "每年" else 0
    found = sorted({(day.month, day.day) for mention in group if (day := _day_of_common_year(mention))})
    schedule = Schedule(
        every="year", on=tuple(DueDay(month=month, day=31 if (month, day) == (2, 28) else day) for month, day in found), at=at
    )
    since = _SINCE_BRACKET.match(words, end) or _FROM_YEAR.search(words, max(0, start - 14), start)
    if since:
        end = max(end, since.end())
        month = int((since["month"] or "1月").rstrip("月"))
        schedule = schedule.model_copy(update={"effective_from": date(int(since["year"]), min(max(month, 1), 12), 1)})
    return Rhythm(start, end, schedule, 0.9 if found else 0.6)


def _day_of_common_year(mention: DateMention) -> date | None:
    point = mention.points[-1]
    days = None if point.blank else days_of(point, 2001)
    if days is None:
        return None
    return last_day_before(point, days) if mention.limit else days[1]


def _in_order(days: list[date], group: list[DateMention], latest: date | None) -> list[date]:
    """12月18日、1月15日、2月26日: printed in order, so a date before the one printed before it lies in the next year."""
    result: list[date] = []
    for day, mention in zip(days, [m for m in group if m.due is not None], strict=True):
        moved = day
        if latest and moved < latest and not mention.year_printed:
            moved = _in_year(day, latest.year)
            moved = moved if moved >= latest else _in_year(day, latest.year + 1)
        result.append(moved)
        latest = moved
    return result


def _in_year(day: date, year: int) -> date:
    """The same day of another year; 29 February becomes the 28th."""
    return date(year, day.month, min(day.day, 28) if day.month == 2 else day.day)


def _within(mention: DateMention, words: str) -> Rhythm:
    found = re.match(
        r" {0,3}([0-9]{1,3}|[一二两三四五六七八九十]{1,3}) {0,3}个? {0,3}(工作日|自然日|日|天|小时|分钟|周|星期|月|年)",
        words[mention.start :],
    )
    count, unit = (number(found[1]) or 0, found[2]) if found else (0, "")
    lead = re.split("[。;]", words[max(0, mention.start - 30) : mention.start])[-1]
    within: Within | None = None
    if unit in _UNITS:
        within = Within.model_validate({_UNITS[unit]: count})
    elif unit == "分钟" and count % 60 == 0:
        within = Within(hours=count // 60)
    elif unit in {"周", "星期"}:
        within = Within(days=count * 7)
    schedule = Schedule(every="event", trigger=trigger_of(lead), within=within)
    return Rhythm(mention.start, mention.end, schedule, 0.85 if within else 0.5)


def urgent_rhythm(words: str, start: int, end: int, around: str) -> Rhythm | None:
    """立即, 随时, 第一时间: at once. 及时 sets no limit that could be missed, so its `within` stays empty."""
    urgent = list(_URGENT.finditer(words, start, end))
    if not urgent:
        return None
    found = urgent[-1]
    at_once = found.group() != "及时"
    schedule = Schedule(every="event", trigger=trigger_of(around), within=Within(hours=0) if at_once else None)
    return Rhythm(found.start(), found.end(), schedule, 0.8 if at_once else 0.55)


def today_rhythm(words: str, start: int, end: int, around: str) -> Rhythm | None:
    """当日18时前, 当天: on the day of the event itself, until a time where one is printed."""
    found = _TODAY.search(words, start, end)
    if found is None:
        return None
    at, length = cutoff_in(words[found.end() : end])
    stop = found.end() + length
    limit = _BEFORE.match(words, stop) if length else None
    schedule = Schedule(every="event", trigger=trigger_of(around), within=Within(days=0), at=at)
    return Rhythm(found.start(), limit.end() if limit else stop, schedule, 0.8)


def ahead_rhythm(words: str, start: int, end: int) -> Rhythm | None:
    """提前3个工作日: before something that happens; no limit of a schedule says so, its words do."""
    found = _AHEAD.search(words, start, end)
    return Rhythm(found.start(), found.end(), Schedule(every="event", trigger="event"), 0.7) if found else None


def with_text(rhythm: Rhythm, text: str) -> Rhythm:
    """The same rhythm, its schedule carrying the printed words."""
    printed = text[rhythm.start : rhythm.end].strip(" ,、")
    return replace(rhythm, schedule=rhythm.schedule.model_copy(update={"text": printed or None}))
