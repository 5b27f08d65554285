"""When a unit that has to rectify is told of its time limits, and of which: one digest a day, by the policy of a body."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID, uuid5

from hazards.domain.policy import ZONE, NoticeTerms

MOST_ITEMS: Final = 50
"""So many hazards a digest names; of the rest it says how many."""
_DAY: Final = timedelta(days=1)
_EVENTS: Final = UUID("7d7f0e0a-9a43-5c55-8a4e-1d0c2f6b9e31")


def told_of(terms: NoticeTerms) -> tuple[int, ...]:
    """The days until a limit on which it is told of: 3 days before is 3, the day itself 0, then -1, -2, -4, -8…"""
    on_the_day = (0,) if terms.on_the_day else ()
    after = tuple(-(2**number) for number in range(terms.most_after))
    return (*sorted(set(terms.before_days), reverse=True), *on_the_day, *after)


def telling_after(instant: datetime, at: time, last_day: date | None) -> datetime:
    """The first time to tell after an instant, on no day that was told of before."""
    day = instant.astimezone(ZONE).date()
    if last_day is not None and day <= last_day:
        day = last_day + _DAY
    telling = datetime.combine(day, at, ZONE)
    return telling if telling > instant else datetime.combine(day + _DAY, at, ZONE)


def day_of(instant: datetime) -> date:
    """The local day of a telling."""
    return instant.astimezone(ZONE).date()


def last_day_of(due_at: datetime) -> date:
    """The last local day before a limit: a limit is the first instant that is too late, so midnight belongs to the day before."""
    return (due_at - timedelta(microseconds=1)).astimezone(ZONE).date()


def limits_on(day: date, until: int) -> tuple[datetime, datetime]:
    """After which instant and until which one (it included) the limits lie that are so many days from a day."""
    first = datetime.combine(day, time(), ZONE) + until * _DAY
    return first, first + _DAY


def digest_id(unit: str, day: date) -> UUID:
    """The id of the one digest of a unit and day."""
    return uuid5(_EVENTS, f"{unit}:{day.isoformat()}")
