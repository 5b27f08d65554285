"""Two days of the year that lie six months apart are one rhythm of half-years: 6月底和12月底, 7月10日和次年1月10日前."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from contracts.schedules import DueDay, Schedule
from plans.importing.rhythms import Rhythm

_HALF: Final = 6
_FIRST_MONTHS: Final = 3
"""A day in the first months of a half-year tells of the half-year before."""
# A year before the days, or days in the middle of a month, may be meant once; these words say that they come again.
_RECURS: Final = re.compile(r"每年|次年|翌年|月(?:底|末)|30日|31日|半年")
_YEAR: Final = re.compile(r"20[0-9]{2} {0,2}年")
_NEAR: Final = 24
_LONG_MONTH: Final = 30


def in_half_years(rhythm: Rhythm, words: str) -> Rhythm:
    """The rhythm as one of half-years when its two days are those of both halves; any other rhythm as it is."""
    schedule = rhythm.schedule
    days = _days(schedule)
    printed = words[max(0, rhythm.start - 2) : rhythm.end]
    recurs = _RECURS.search(printed) or "半年" in words[rhythm.end : rhythm.end + _NEAR]
    if len(days) != 2 or days[1][0] - days[0][0] != _HALF or _YEAR.search(printed) or not recurs:
        return rhythm
    month, day = days[0][0], max(days[0][1], days[1][1])
    on = DueDay(month=month, day=31 if day >= _LONG_MONTH else day)
    about = "previous" if month <= _FIRST_MONTHS else "current"
    changed = schedule.model_copy(update={"every": "half_year", "on": (on,), "dates": (), "about": about})
    return replace(rhythm, schedule=changed)


def _days(schedule: Schedule) -> Sequence[tuple[int, int]]:
    """Month and day of each due day of a year, in the order of the year."""
    if schedule.every == "dates":
        return sorted((day.month, day.day) for day in schedule.dates)
    if schedule.every == "year":
        return sorted((each.month, each.day) for each in schedule.on if each.month and each.day)
    return ()
