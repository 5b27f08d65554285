"""Which year a date means that was printed without one."""

from datetime import date

from plans.importing.dates.context import Context
from plans.importing.dates.points import Days, Point, days_of


class Years:
    """Gives years to points: from the other end of a range, from a date before it in the line, from the plan."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._near: Days | None = None

    def note(self, first: date | None, last: date | None, *, printed: bool) -> None:
        """Remember a date of the line with a printed year, when the plan may be speaking of that year."""
        if not printed or last is None:
            return
        earliest = self._context.plan_start.year if self._context.plan_start else self._context.year
        if earliest is None or last.year >= earliest:
            self._near = (first or last, last)

    def days_of(self, points: tuple[Point, ...], *, yearly: bool = False) -> tuple[Days | None, ...] | None:
        """Days of one point or of both ends of a range (None: impossible); None altogether when no year is known.

        What comes every year begins in the first year of the plan, whatever year stands before it in the line.
        """
        year = points[0].year
        if year is None:
            year = (
                self._left_year(points)
                if len(points) > 1 and points[1].year is not None
                else self._year_for(points[0], yearly=yearly)
            )
        if year is None:
            return None
        if len(points) == 1:
            return (days_of(points[0], year),)
        right_year = points[1].year
        if right_year is None:
            right_year = year + 1 if points[1].month_and_day < points[0].month_and_day else year
        return (days_of(points[0], year), days_of(points[1], right_year))

    def _left_year(self, points: tuple[Point, ...]) -> int | None:
        """7月至2021年2月: the nearest July before."""
        right = points[1].year
        if right is None:
            return None
        return right - 1 if points[0].month_and_day > points[1].month_and_day else right

    def _year_for(self, point: Point, *, yearly: bool) -> int | None:
        """Inside the date before it in the line, else in that date's year, else inside the plan, as far as these fit."""
        near = None if yearly else self._near
        whole = self._context.whole if yearly else None
        plan = whole or ((self._context.plan_start, self._context.plan_end) if self._context.plan_end else None)
        if near and (year := _year_inside(point, near)):
            return year
        if near and (plan is None or _lies_in(point, near[1].year, plan)):
            return near[1].year
        if plan and (year := _year_inside(point, plan)):
            return year
        return near[1].year if near else self._context.year


Range = tuple[date | None, date | None]


def _lies_in(point: Point, year: int, within: Range) -> bool:
    days = days_of(point, year)
    start, end = within
    return days is not None and (start is None or start <= days[1]) and (end is None or days[1] <= end)


def _year_inside(point: Point, within: Range) -> int | None:
    """The first year in which the last day of a point lies inside a range. A range of centuries is a misprint: five years do."""
    start, end = within
    if start is None or end is None:
        return None
    return next((year for year in range(start.year, min(end.year, start.year + 5) + 1) if _lies_in(point, year, within)), None)
