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
        ranges = [self._near] if self._near and not yearly else []
        if self._context.plan_start and self._context.plan_end:
            ranges.append((self._context.plan_start, self._context.plan_end))
        for start, end in ranges:
            for year in range(start.year, min(end.year, start.year + 5) + 1):
                days = days_of(point, year)
                if days and start <= days[1] <= end:
                    return year
        if self._near and not yearly:
            return self._near[1].year
        return self._context.year
