"""Points of time as plans print them, and the days that they cover once the year is known."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Part = Literal["early", "first", "first_mid", "mid", "mid_last", "last", "end"]
"""月初, 上旬, 上中旬, 中旬, 中下旬, 下旬, 月底 (of a month); early and end also of a year, quarter or half-year."""

_DAYS_OF_PART: Final[dict[Part, tuple[int, int]]] = {
    "early": (1, 10),
    "first": (1, 10),
    "first_mid": (1, 20),
    "mid": (11, 20),
    "mid_last": (11, 31),
    "last": (21, 31),
    "end": (31, 31),
}
Days = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class Point:
    """What was printed. `months` are the first and last month of a quarter, half-year or year when it is no single month."""

    year: int | None = None
    blank: bool = False
    """A part of it was printed as a blank: 20xx, __月."""
    months: tuple[int, int] = (1, 12)
    day: int | None = None
    part: Part | None = None

    @property
    def is_day(self) -> bool:
        """Whether it names one day: a date or the end of something."""
        return self.day is not None or self.part == "end"

    @property
    def month_and_day(self) -> tuple[int, int]:
        """Where it begins inside its year, for comparing two points without years."""
        if self.part == "end":
            return (self.months[1], 31)
        return (self.months[0], self.day or (_DAYS_OF_PART[self.part][0] if self.part else 1))


def days_of(point: Point, year: int) -> Days | None:
    """The days that a point covers in a year; None when the calendar has no such day (30 February)."""
    try:
        if point.day is not None:
            day = date(year, point.months[0], point.day)
            return (day, day)
        length = monthrange(year, point.months[1])[1]
        if point.part is None:
            return (date(year, point.months[0], 1), date(year, point.months[1], length))
        if point.months[0] != point.months[1]:
            return _part_of_many_months(point, year, length)
        first, last = _DAYS_OF_PART[point.part]
        return (date(year, point.months[0], min(first, length)), date(year, point.months[1], min(last, length)))
    except ValueError:
        return None


def _part_of_many_months(point: Point, year: int, length: int) -> Days:
    """年底 and 季度末 name the last day; 年初 the first month."""
    if point.part == "end":
        day = date(year, point.months[1], length)
        return (day, day)
    return (date(year, point.months[0], 1), date(year, point.months[0], 31 if point.months[0] in {1, 7, 10} else 30))


def last_day_before(point: Point, days: Days) -> date:
    """The last day that counts for 前: a named day counts itself, anything longer must not have begun."""
    return days[1] if point.is_day else days[0] - timedelta(days=1)
