"""Walking through lists by period: a page reads some days, not the whole of history."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from servicekit.database import Pool

Row = dict[str, Any]

_NEXT: Final = "SELECT min(period) FROM obligation_period WHERE period >= $1 AND period <= $2"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands: in a period, after the row with this key; before its first row if there is no key."""

    period: date
    key: tuple[Any, ...] | None = None


Fetch = Callable[[date, date, Place | None], Awaitable[list[Row]]]
"""`await fetch(first, last, after)` -> rows of these days after a place, in order, at most a page."""


async def walk(
    pool: Pool, fetch: Fetch, *, place: Place, last: date, days: int, limit: int, key: tuple[str, ...]
) -> tuple[list[Row], Place | None]:
    """Read the next rows and say where the walk goes on; None when it has come to its end.

    `key` names the columns that order the rows of one period. A page may be short, but is only empty at the end.
    """
    while (first := await pool.fetchval(_NEXT, place.period, last)) is not None:
        end = min(last, first + days * _DAY - _DAY)
        rows = await fetch(first, end, place if first == place.period and place.key is not None else None)
        if len(rows) == limit:
            return rows, Place(rows[-1]["period"], tuple(rows[-1][name] for name in key))
        if rows:
            more = end < last and await pool.fetchval(_NEXT, end + _DAY, last) is not None
            return rows, Place(end + _DAY) if more else None
        if end == last:
            break
        place = Place(end + _DAY)
    return [], None
