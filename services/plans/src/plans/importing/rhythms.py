"""Rhythms of reporting as plans print them, each as a `Schedule`: 每天14点前, 每季度首月10日前, 次周一上午, 每月10日和25日.

A rhythm is a head (每月) and a tail that says on which days of the period (10日和25日); both stand in tables.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Final

from contracts.schedules import DueDay, Schedule
from plans.importing.dates.clock import cutoff_in
from plans.importing.dates.numerals import number


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A printed rhythm; `start` and `end` are offsets into the words. `certainty` is how surely it was read."""

    start: int
    end: int
    schedule: Schedule
    certainty: float = 0.9


_EACH: Final = r"(?:每一?个?|每逢|各)"
_SUFFIX: Final = r"(?:告?制度?|告(?!会|厅)|送|(?=[、,。”\"]|$))"
# Group names are values of Schedule.every, with next_ where the due day lies in the following period. An interval (每三天) has no
# printed day to count from: it stays without days, and the draft warns.
_HEADS: Final[dict[str, str]] = {
    "interval": (
        r"每隔?(?!(?:10|十) ?[天日])(?:[2-9]|[1-9][0-9]|[二两三四五六七八九十]{1,2}) ?个?"
        r"(?:天|日|周|星期|月|季度|年|小时)(?![0-9])"
        r"|隔(?:日|天|周)|每(?:班次?(?=结束|[前后下交向将报])|学期|学年|航次|批次)"
    ),
    "working_day": r"每一?个?(?:工作日|上学日|上课日|教学日|在校日|开学日)",
    "next_day": r"次日|翌日|第二天",
    "day": rf"每天|每日|每晚|逐日|(?:每日|每天|一日|一天)一(?:报|汇总|调度)|(?<![0-9节假当次生])日报{_SUFFIX}",
    "next_week": r"(?:次|下)一?个?(?:周|星期)(?=[一二三四五六日天1-7])",
    "week": rf"{_EACH}(?:周|星期|礼拜)(?!期|边|末值|年)|(?:每周|一周)一(?:报|汇总|调度)|(?<![上本下每各])周报{_SUFFIX}|逐周|按周",
    "half_month": rf"每半个?月|半月报{_SUFFIX}",
    "ten_days": rf"每旬|每隔?(?:10|十) ?[天日]|(?<![上中下])旬报{_SUFFIX}",
    "next_month": r"(?<!年)(?<!每年)(?:次|下)个?月",
    "month": (
        rf"{_EACH}月(?!份?度考)|逐月|按月|(?:每月|一月)一(?:报|汇总|调度)"
        rf"|(?<![0-9一二三四五六七八九十上本半])月报{_SUFFIX}|月度(?=报告|总结)"
    ),
    "next_quarter": r"(?:次|下)一?个?季度?",
    "quarter": (
        rf"{_EACH}季度?|按季度?|逐季度?|一季(?:度)?一(?:报|汇总|调度)|(?<![一二三四上本])季报{_SUFFIX}"
        r"|(?<![一二三四上本每个第])季度(?=[末底]|首月|第一个月|最后一个月|报告|总结)"
    ),
    "half_year": (
        rf"每半年|半年报{_SUFFIX}|上半年(?:[、和及与]|以及)下半年(?=结束|各|分别|末|底|,|向|至少)|上、?下半年(?=各|分别)"
        r"|(?<![上下前后每近])半年(?=总结|报告|情况|一(?:报|次|总结|汇报)|至少|向[^,。;]{2,20}(?:报|汇))"
    ),
    "next_year": r"(?:次|下|翌)一?年度?(?=[0-9]{1,2}月)",
    "year": (
        rf"分年度|按年度|逐年度?|每年度?(?=(?:至少)?(?:将|向|报|对|形成|上报|总结|定期|,))|年报{_SUFFIX}"
        r"|年度(?=[^,。;、]{0,8}(?:报告|总结|计划|评估))"
    ),
}
_HEAD: Final = re.compile("|".join(f"(?P<{every}>{pattern})" for every, pattern in _HEADS.items()))

_DAY: Final = r"[0-9]{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_AND: Final = r" ?(?:[、,]|和|及|与|以及) ?"
_DAY_LIST: Final = re.compile(
    rf" ?(?:的|为|[一二两三]次)?[( ]?"
    rf"(?P<days>(?:{_DAY}) ?[日号]?(?:(?:之?前)?{_AND}(?:{_DAY}) ?[日号]?){{0,5}})(?<=[日号])\)?(?!内)"
    rf"(?P<end>(?:之?前)?{_AND}月[底末](?:之?前)?)?"
)
_EDGE: Final = re.compile(r" ?的? ?(?:月|季度?|季末)?(?P<edge>底|末|最后一[天日]|下旬|中旬|上旬|初)")
_NTH_WORKING_DAY: Final = re.compile(
    r" ?的? ?(?:第(?P<nth>[0-9]{1,2}|[一二三四五六七八九十]{1,2})个|前(?P<first>[0-9]|[一二三四五六七八九])个|最后一?个"
    r"|(?P<one>首)个)工作日"
)
_WITHIN_MONTH: Final = re.compile(
    r" ?的?(?:月?(?:结束|终了)?后的?|前)? ?(?P<count>[0-9]{1,2}|[一二三四五六七八九十]{1,2})(?:个(?P<working>工作日)|日|天)内"
)
_WEEKDAYS: Final = re.compile(
    r" ?的? ?(?:周|星期)?(?P<weekdays>[一二三四五六日天1-7](?:(?:[、,]|和|及|与)(?:每?周|星期)?[一二三四五六日天1-7]){0,6})"
    # 每周3次 and 每周12… count; 每周四17:00 is a day and a time.
    r"(?![次个份家场]|(?<=[1-7])[0-9])"
)
_POSITION: Final = re.compile(
    r"的?(?:(?P<first>首个?月|第一个?月|第1个月|次月)|(?P<second>第二个?月|第2个月|中间月)"
    r"|(?P<third>第三个?月|第3个月|最后一?个月|末月))(?:份)?"
)
_AFTER_END: Final = re.compile(
    r"(?:结束|终了)?[后末]的?(?P<count>[0-9]{1,2}|[一二三四五六七八九十]{1,2})(?:个?(?P<working>工作日)|日|天)内?"
)
_QUARTER_END: Final = re.compile(r"(?:季?末月|季末|末|底)")
_NEXT_MONTH_OF: Final = re.compile(r"(?:结束|终了)?后?的?次月")
_PARTS_OF_MONTH: Final = {"half_month": (15, 31), "ten_days": (10, 20, 31)}
_SAID_AS: Final = {"half_month": "month", "ten_days": "month", "interval": "dates"}
_TENTH: Final = rf"(?:逢|第)?(?:{_DAY}|首) ?[日天号]?"
_OF_TEN_DAYS: Final = re.compile(rf" ?[(的于]{{0,2}}(?P<days>{_TENTH}(?:{_AND}{_TENTH}){{0,5}})(?<=[日天号])\)?(?!内)")
_EDGES: Final = {"上旬": 10, "中旬": 20, "初": 10}
_CLOCK_SPACE: Final = re.compile(r"[^,。;、向将把由]{0,14}(?:[,。;、向将把由]|$)?")
_BEFORE: Final = re.compile(r" ?(?:之|以)?前")
_TIME_JOINT: Final = re.compile(
    r" ?(?:[、,]|和|及|与) ?(?P<clock>(?:上午|中午|下午|晚上|晚)? ?[0-9]{1,2}(?:时|点|:[0-5][0-9])(?:整|半|[0-9]{1,2}分)?)"
    r" ?(?:(?:之|以)?前)?"
)
_PREVIOUS: Final = re.compile(r"上一?个?(?:月|季度?|周|星期|半年|年度?)(?!报)|前一[天日周月]|前[日天]|上[月周季]度?|上期|上年")


def rhythms_in(words: str) -> tuple[Rhythm, ...]:
    """Every rhythm in plain words, in printed order. Rhythms made of dates of the calendar are read by `due_dates`."""
    return tuple(_read(words))


def _read(words: str) -> Iterator[Rhythm]:
    position = 0
    while found := _HEAD.search(words, position):
        position = found.end()
        every = found.lastgroup or ""
        ahead = every.startswith("next_")
        every = every.removeprefix("next_")
        on, end, certainty = _due_days(every, words, found.end())
        at, stop = _cutoff(words, end)
        if ahead and not on and every != "day":
            continue
        previous = ahead or _tells_of_previous(every, on, words, end)
        yield Rhythm(
            found.start(),
            max(end, stop),
            Schedule(
                every=_SAID_AS.get(every, every),
                on=on,
                about="previous" if previous else "current",
                at=at,
                on_holiday="previous_working_day" if words[found.end() : end].endswith("最后一个工作日") else "keep",
            ),
            certainty,
        )
        if every in {"day", "working_day"} and at is not None:
            for start, later, until in _further_times(words, stop):
                yield Rhythm(
                    start, until, Schedule(every=every, about="previous" if previous else "current", at=later), certainty
                )
        position = max(position, end)


def _tells_of_previous(every: str, on: tuple[DueDay, ...], words: str, end: int) -> bool:
    """上季度, 上月 in the same sentence, or a due day in the first month of the quarter, which cannot be about that quarter."""
    if every == "quarter" and len(on) == 1 and on[0].month == 1:
        return True
    ahead = range(end, min(end + 40, len(words)))
    sentence_end = next((place for place in ahead if words[place] in "。;"), ahead.stop)
    return every in {"week", "month", "quarter", "half_year", "year"} and _PREVIOUS.search(words, end, sentence_end) is not None


def _due_days(every: str, words: str, end: int) -> tuple[tuple[DueDay, ...], int, float]:
    """The due days behind a head, where they end, and how surely they were read."""
    if every in _PARTS_OF_MONTH:
        return _days_of_part(every, words, end)
    if every == "week":
        return _weekdays(words, end)
    if every == "month":
        return _days_of_month(words, end, None)
    if every == "quarter":
        return _days_of_quarter(words, end)
    if every == "half_year" and (edge := re.compile(r"(?:年)?[底末]").match(words, end)):
        return (DueDay(month=6, day=31),), edge.end(), 0.9
    return (), end, 0.9 if every in {"day", "working_day"} else 0.7


def _days_of_part(every: str, words: str, end: int) -> tuple[tuple[DueDay, ...], int, float]:
    listed = _OF_TEN_DAYS.match(words, end) if every == "ten_days" else None
    if listed:
        return _days_of_ten(listed["days"]), listed.end(), 0.9
    return tuple(DueDay(day=day) for day in _PARTS_OF_MONTH[every]), end, 0.7


def _days_of_ten(printed: str) -> tuple[DueDay, ...]:
    """每旬5日 is the 5th, 15th and 25th; where a day past the 10th is named (每旬10日、20日), the days are those of the month."""
    named = {1 if value == "首" else number(value) or 0 for value in re.findall(rf"{_DAY}|首", printed)}
    days = named if max(named) > 10 else {value + ten for value in named for ten in (0, 10, 20)}
    return tuple(DueDay(day=value) for value in sorted(days) if 1 <= value <= 31)


def _weekdays(words: str, end: int) -> tuple[tuple[DueDay, ...], int, float]:
    found = _WEEKDAYS.match(words, end)
    if found is None:
        return (), end, 0.75
    signs = "一二三四五六日"
    days = {signs.index(sign) + 1 for sign in found["weekdays"].replace("天", "日") if sign in signs}
    days |= {int(sign) for sign in found["weekdays"] if sign.isdigit()}
    return tuple(DueDay(weekday=day) for day in sorted(days)), found.end(), 0.95


def _days_of_month(words: str, end: int, month: int | None) -> tuple[tuple[DueDay, ...], int, float]:
    if nth := _NTH_WORKING_DAY.match(words, end):
        count = 1 if nth["one"] else number(nth["nth"] or nth["first"] or "")
        day = DueDay(month=month, working_day=count) if count and count <= 23 else DueDay(month=month, day=31)
        return (day,), nth.end(), 0.9
    if listed := _DAY_LIST.match(words, end):
        values = {number(value) or 0 for value in re.findall(_DAY, listed["days"])}
        if listed["end"]:
            values.add(31)
        days = tuple(DueDay(month=month, day=value) for value in sorted(values) if 1 <= value <= 31)
        return days, listed.end(), 0.95
    if (within := _WITHIN_MONTH.match(words, end)) and 0 < (count := number(within["count"]) or 0) <= 23:
        return (DueDay(month=month, **{"working_day" if within["working"] else "day": count}),), within.end(), 0.8
    if edge := _EDGE.match(words, end):
        return (DueDay(month=month, day=_EDGES.get(edge["edge"], 31)),), edge.end(), 0.9
    return (), end, 0.75


def _days_of_quarter(words: str, end: int) -> tuple[tuple[DueDay, ...], int, float]:
    if after := _AFTER_END.match(words, end):
        count = number(after["count"]) or 1
        if count <= 23:
            day = DueDay(month=1, working_day=count) if after["working"] else DueDay(month=1, day=count)
            return (day,), after.end(), 0.85
    position = _POSITION.match(words, end) or _NEXT_MONTH_OF.match(words, end)
    if position is None:
        edge = _QUARTER_END.match(words, end)
        if edge and (listed := _DAY_LIST.match(words, edge.end())):
            return _days_of_month(words, edge.end(), 3)[0], listed.end(), 0.9
        return ((DueDay(month=3, day=31),), edge.end(), 0.9) if edge else ((), end, 0.75)
    month = (
        3
        if "third" in position.re.groupindex and position["third"]
        else 2
        if "second" in position.re.groupindex and position["second"]
        else 1
    )
    days, stop, certainty = _days_of_month(words, position.end(), month)
    return days or (DueDay(month=month, day=31),), stop, certainty


def _further_times(words: str, end: int) -> Iterator[tuple[int, time, int]]:
    """每天8时前、16时前: where each further time of day begins, the time, and where it ends."""
    while joint := _TIME_JOINT.match(words, end):
        at, length = cutoff_in(joint["clock"])
        if at is None or not length:
            return
        yield joint.start("clock"), at, joint.end()
        end = joint.end()


def _cutoff(words: str, end: int) -> tuple[time | None, int]:
    """A time of day right behind the days, and where it ends."""
    space = _CLOCK_SPACE.match(words, end)
    if space is None:
        return None, end
    at, printed = cutoff_in(space.group())
    limit = _BEFORE.match(words, end + printed)
    return at, (limit.end() if limit else end + printed) if printed else end
