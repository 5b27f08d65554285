"""Working days: a calendar of what was published, which says where its knowledge ends.

The weekly rhythm alone is wrong in China: notices make weekdays holidays and weekends working days (调休). They come out year
by year and have been amended during the year, so a calendar has a version and a horizon; past it there is no answer, never a
guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

import yaml

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 6
_WEEKDAYS: Final = "一二三四五六日"


class BeyondHorizonError(Exception):
    """Whether a day is a working day is not known: it lies outside what was published. `day` is the first such day met."""

    def __init__(self, day: date, calendar: "WorkingCalendar") -> None:
        self.day = day
        self.reason = (
            f"{calendar.name}工作日历({calendar.version})只公布到{calendar.horizon.isoformat()}，"
            f"{day.isoformat()}是否上班尚不知道，不作推测"
        )
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are working days from `first` to `horizon`, both included.

    `holidays` and `make_up` hold only what notices named: days off with the name of the holiday, and working days.
    """

    name: str
    version: str
    """The number of the newest notice in it."""
    dated: date
    """The date of that notice: of two calendars, the later one knows more."""
    first: date
    horizon: date
    holidays: Mapping[date, str]
    make_up: frozenset[date]
    sources: Mapping[int, str]
    """The number of the newest notice for each year."""

    def is_working(self, day: date) -> bool:
        """Whether people work on a day.

        Raises:
            BeyondHorizonError: the day lies outside of the calendar.
        """
        if not self.first <= day <= self.horizon:
            raise BeyondHorizonError(day, self)
        return day in self.make_up or (day not in self.holidays and day.isoweekday() < _SATURDAY)

    def reason(self, day: date) -> str:
        """Why a day is or is not a working day, in Chinese: 春节, 周六, 调休上班 or 工作日."""
        if self.is_working(day):
            return "调休上班" if day in self.make_up else "工作日"
        return self.holidays.get(day, f"周{_WEEKDAYS[day.weekday()]}")


@cache
def china(known_on: date | None = None) -> WorkingCalendar:
    """China's official calendar: with every notice that we have, or as it stood at the end of a day (`known_on`)."""
    source = yaml.safe_load((files(__name__) / "china.yaml").read_text(encoding="utf-8"))
    notices = [each for each in source["notices"] if known_on is None or each["dated"] <= known_on]
    if not notices:
        raise ValueError(f"no notice was published by {known_on}")
    holidays: dict[date, str] = {}
    make_up: set[date] = set()
    for notice in notices:
        off = dict(_days_off(notice))
        make_up = (make_up - off.keys()) | set(notice["working"])
        holidays = {day: name for day, name in (holidays | off).items() if day not in make_up}
    return WorkingCalendar(
        name=source["name"],
        version=notices[-1]["number"],
        dated=notices[-1]["dated"],
        first=source["first"],
        horizon=max(each["until"] for each in notices),
        holidays=MappingProxyType(holidays),
        make_up=frozenset(make_up),
        sources=MappingProxyType({each["until"].year: each["number"] for each in notices}),
    )


def _days_off(notice: Mapping[str, Any]) -> list[tuple[date, str]]:
    days: list[tuple[date, str]] = []
    for name, written in notice["holidays"].items():
        first, _, last = str(written).partition("/")
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        while day <= end:
            days.append((day, name))
            day += _DAY
    return days
