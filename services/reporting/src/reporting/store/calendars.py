"""Which calendar due days were derived by, and what a newer one moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from contracts.calendars import WorkingCalendar
from servicekit.database import Connection, Pool

_OUTDATED: Final = "calendar_of < $1 AND next_due_day IS NOT NULL"
_EARLIEST: Final = f"SELECT in_force_from FROM obligation WHERE {_OUTDATED} ORDER BY in_force_from LIMIT 1"
_NEXT: Final = f"SELECT plan_id, obligation FROM obligation WHERE {_OUTDATED} ORDER BY plan_id, obligation LIMIT 1"
_END_PERIOD: Final = """
UPDATE obligation_period SET ended = true WHERE plan_id = $1 AND obligation = $2 AND period = $3
"""
_WITHDRAW: Final = """
UPDATE expected_report SET withdrawn_at = $4, next_due = NULL
WHERE plan_id = $1 AND obligation = $2 AND period = $3 AND withdrawn_at IS NULL
RETURNING rollup_id
"""
_KEEP: Final = """
INSERT INTO moved_cutoff (plan_id, obligation, period, calendar, before, after, moved_at, unit)
SELECT $1, $2, period, $3, before, after, $4, unit
FROM unnest($5::date[], $6::timestamptz[], $7::timestamptz[], $8::text[]) AS moved (period, before, after, unit)
"""
_MOVED: Final = "SELECT * FROM moved_cutoff ORDER BY plan_id, obligation, period, calendar, unit LIMIT $1"
_MOVED_AFTER: Final = """
SELECT * FROM moved_cutoff WHERE (plan_id, obligation, period, calendar, unit) > ($2, $3, $4, $5, $6)
ORDER BY plan_id, obligation, period, calendar, unit LIMIT $1
"""
_UP_TO_DATE: Final = "UPDATE obligation SET calendar_of = $3 WHERE plan_id = $1 AND obligation = $2"


@dataclass(frozen=True, slots=True)
class Moved:
    """A period whose cut-off a newer calendar moved; None: it was not owed before, or is no longer.

    `unit` is set where only that unit owed it, for what happened to it.
    """

    period: date
    before: datetime | None
    after: datetime | None
    unit: str = ""


async def earliest_outdated(pool: Pool, calendar: WorkingCalendar) -> datetime | None:
    """Since when the oldest obligation is in force whose due days were derived by an older calendar; None when there is none."""
    instant: datetime | None = await pool.fetchval(_EARLIEST, calendar.dated)
    return instant


async def outdated(connection: Connection, calendar: WorkingCalendar) -> tuple[str, str] | None:
    """Plan and name of an obligation whose due days were derived by an older calendar."""
    row = await connection.fetchrow(_NEXT, calendar.dated)
    return None if row is None else (row["plan_id"], row["obligation"])


async def end_period(connection: Connection, plan_id: str, obligation: str, period: date, now: datetime) -> set[UUID]:
    """Let nobody owe a period any more; return the roll-ups that lost children."""
    await connection.execute(_END_PERIOD, plan_id, obligation, period)
    rows = await connection.fetch(_WITHDRAW, plan_id, obligation, period, now)
    return {row["rollup_id"] for row in rows if row["rollup_id"] is not None}


async def moved_cutoffs(pool: Pool, after: tuple[str, str, date, str, str] | None, limit: int) -> list[dict[str, Any]]:
    """What newer calendars moved, by plan, obligation, period, calendar and unit."""
    rows = await pool.fetch(_MOVED_AFTER if after else _MOVED, limit, *(after or ()))
    return [dict(row) for row in rows]


async def keep(
    connection: Connection, plan_id: str, obligation: str, calendar: WorkingCalendar, moved: Sequence[Moved], now: datetime
) -> None:
    """Keep what moved, and that the obligation follows this calendar now."""
    await connection.execute(
        _KEEP,
        plan_id,
        obligation,
        calendar.version,
        now,
        [each.period for each in moved],
        [each.before for each in moved],
        [each.after for each in moved],
        [each.unit for each in moved],
    )
    await connection.execute(_UP_TO_DATE, plan_id, obligation, calendar.dated)
