"""When a task's deadline passes (DOMAIN 7): the named day counts, until 24:00 of it, which is 00:00 of the next."""

from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from plans.domain.content import TaskDeadline


def due_at(day: date, at: time | None, zone: ZoneInfo) -> datetime:
    """The first instant that is too late, in UTC."""
    local = datetime.combine(day + timedelta(days=1), time()) if at is None else datetime.combine(day, at)
    return local.replace(tzinfo=zone).astimezone(UTC)


def first_owed(deadline: TaskDeadline, since: datetime, zone: ZoneInfo) -> date | None:
    """The day on which a deadline falls first; of a yearly one the first that passes after `since`. None: there is none."""
    day = deadline.date
    while day is not None and deadline.yearly and due_at(day, deadline.at, zone) <= since:
        day = next_occurrence(deadline, day)
    return day


def next_occurrence(deadline: TaskDeadline, after: date) -> date | None:
    """The day of a yearly deadline in the year after `after`; None: it comes no more. 29 February is the 28th in other years."""
    if not deadline.yearly or deadline.date is None:
        return None
    following = _in_year(deadline.date, after.year + 1)
    return following if deadline.until is None or following <= deadline.until else None


def _in_year(day: date, year: int) -> date:
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) and not isleap(year) else day.replace(year=year)
