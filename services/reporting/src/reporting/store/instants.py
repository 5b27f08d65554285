"""Which instants a report goes by: those that everybody shares, or those of what happened to its unit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import asyncpg

from reporting.domain.periods import PeriodInstants
from servicekit.database import Connection

# An amendment can turn a rhythm into a limit after an event, or back: what is owed comes before what has ended.
OF_REPORT: Final = """LATERAL (
    SELECT * FROM obligation_period p
    WHERE p.plan_id = e.plan_id AND p.obligation = e.obligation AND p.period = e.period AND p.only_unit IN ('', e.unit)
    ORDER BY p.ended, p.only_unit DESC LIMIT 1
) AS p"""
# Thousands of reports share the instants of one period: they are read once, not joined to each.
_PERIODS: Final = """
SELECT p.* FROM obligation_period p
JOIN unnest($1::text[], $2::text[], $3::date[], $4::text[]) AS wanted (plan_id, obligation, period, only_unit)
USING (plan_id, obligation, period, only_unit)
"""
_Key = tuple[str, str, date, str]
"""Plan, obligation, period, and the unit that has instants of its own ('': everybody)."""


async def of_reports(connection: Connection, rows: Sequence[asyncpg.Record]) -> list[PeriodInstants]:
    """The instants of each of some rows of expected reports."""
    shared = await _read(connection, {_key(row, "") for row in rows})
    own = await _read(connection, {_key(row, row["unit"]) for row in rows if not _live(shared.get(_key(row, "")))})
    return [_instants(_first_live(own.get(_key(row, row["unit"])), shared.get(_key(row, "")))) for row in rows]


async def _read(connection: Connection, wanted: Iterable[_Key]) -> Mapping[_Key, asyncpg.Record]:
    columns = [list(column) for column in zip(*wanted, strict=True)]
    found = await connection.fetch(_PERIODS, *columns) if columns else []
    return {_key(row, row["only_unit"]): row for row in found}


def _key(row: asyncpg.Record, unit: str) -> _Key:
    return row["plan_id"], row["obligation"], row["period"], unit


def _live(row: asyncpg.Record | None) -> bool:
    return row is not None and not row["ended"]


def _first_live(*rows: asyncpg.Record | None) -> asyncpg.Record:
    there = [row for row in rows if row is not None]
    return next((row for row in there if _live(row)), there[0])


def _instants(row: asyncpg.Record) -> PeriodInstants:
    return PeriodInstants(
        period=row["period"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        label=row["label"],
        explanation=row["explanation"],
        opens_at=row["opens_at"],
        cutoff_at=row["cutoff_at"],
        closes_at=row["closes_at"],
        reminders=tuple(row["reminders"]),
        escalations=tuple(row["escalations"]),
    )
