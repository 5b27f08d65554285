"""Expected reports: find, lock, update."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from reporting.domain.expected import Expected, next_due
from servicekit.database import Connection

_COLUMNS: Final = """
e.report_id, e.plan_id, e.obligation, e.type, e.unit, e.parent, e.period, p.opens_at, e.cutoff_at, p.closes_at,
p.reminders, p.escalations, e.recipients, e.rollup_id, e.versions, e.received_at, e.exempt_at, e.withdrawn_at, e.handled_until,
e.sequence
"""
_FROM: Final = "FROM expected_report e JOIN obligation_period p USING (plan_id, obligation, period)"

_FIND = f"""
SELECT {_COLUMNS} {_FROM}
WHERE e.unit = $1 AND e.period = $2 AND e.obligation = $3 AND ($4::text IS NULL OR e.plan_id = $4)
ORDER BY e.plan_id FOR NO KEY UPDATE OF e
"""
_LOCK = f"SELECT {_COLUMNS} {_FROM} WHERE e.report_id = $1 FOR NO KEY UPDATE OF e"
_READ = f"SELECT {_COLUMNS} {_FROM} WHERE e.report_id = $1"
_DUE = f"""
SELECT {_COLUMNS} {_FROM}
WHERE e.next_due <= $1
ORDER BY e.next_due, e.report_id LIMIT $2 FOR NO KEY UPDATE OF e SKIP LOCKED
"""
# Of some units or of a plan, before something about them changes: waits for locks, because these must not be passed over.
_DUE_OF = f"""
SELECT {_COLUMNS} {_FROM}
WHERE e.next_due <= $1 AND ($2::text[] IS NULL OR e.unit = ANY($2)) AND ($3::text IS NULL OR e.plan_id = $3)
ORDER BY e.next_due, e.report_id FOR NO KEY UPDATE OF e
"""
_NEXT_DUE = "SELECT next_due FROM expected_report WHERE next_due IS NOT NULL ORDER BY next_due LIMIT 1"
_SETTLE = """
UPDATE expected_report e SET handled_until = given.handled_until, next_due = given.next_due, sequence = given.sequence
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::bigint[])
    AS given (report_id, handled_until, next_due, sequence)
WHERE e.report_id = given.report_id
"""
_VERSION = """
UPDATE expected_report SET versions = $2, zero = $3, sequence = $4, next_due = NULL,
    received_at = coalesce(received_at, $5), entered_by = coalesce(entered_by, $6)
WHERE report_id = $1
"""
_SUBMIT = """
INSERT INTO submission (report_id, version, received_at, subject, acting_unit, entered_by, zero, items, texts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_EXEMPT = """
UPDATE expected_report SET exempt_at = $2, exempt_reason = $3, exempt_by = $4, next_due = NULL, sequence = $5
WHERE report_id = $1
"""
_LAST_RECEIVED = "SELECT received_at FROM submission WHERE report_id = $1 ORDER BY version DESC LIMIT 1"


def _expected(row: asyncpg.Record) -> Expected:
    values = dict(row)
    for name in ("reminders", "escalations", "recipients"):
        values[name] = tuple(values[name])
    return Expected(**values)


async def find(connection: Connection, *, unit: str, period: date, obligation: str, plan_id: str | None) -> list[Expected]:
    """Lock the expected reports that a caller may mean: none, one, or several when plans share an obligation's name."""
    return [_expected(row) for row in await connection.fetch(_FIND, unit, period, obligation, plan_id)]


async def lock(connection: Connection, report_id: UUID) -> Expected | None:
    """Lock one expected report."""
    row = await connection.fetchrow(_LOCK, report_id)
    return None if row is None else _expected(row)


async def read(connection: Connection, report_id: UUID) -> Expected | None:
    """Read one expected report without a lock."""
    row = await connection.fetchrow(_READ, report_id)
    return None if row is None else _expected(row)


async def lock_due(connection: Connection, now: datetime, limit: int) -> list[Expected]:
    """Claim reports with something due, the longest overdue first; those in other hands are passed over."""
    return [_expected(row) for row in await connection.fetch(_DUE, now, limit)]


async def lock_due_of(
    connection: Connection, until: datetime, *, units: Sequence[str] | None = None, plan_id: str | None = None
) -> list[Expected]:
    """Lock every report of some units or of a plan with something due."""
    return [_expected(row) for row in await connection.fetch(_DUE_OF, until, units, plan_id)]


async def earliest_due(connection: asyncpg.Pool | Connection) -> datetime | None:
    """The instant at which the next report has something due."""
    instant: datetime | None = await connection.fetchval(_NEXT_DUE)
    return instant


async def write_settled(connection: Connection, reports: Sequence[Expected]) -> None:
    """Write how far the steps of reports were acted upon."""
    if reports:
        await connection.execute(
            _SETTLE,
            [report.report_id for report in reports],
            [report.handled_until for report in reports],
            [next_due(report, report.handled_until) for report in reports],
            [report.sequence for report in reports],
        )


async def write_version(connection: Connection, report: Expected, *, received_at: datetime, entered_by: str, zero: bool) -> None:
    """Write that `report.versions` versions exist; the first one keeps its instant and its hand for ever."""
    await connection.execute(_VERSION, report.report_id, report.versions, zero, report.sequence, received_at, entered_by)


async def insert_submission(
    connection: Connection,
    report: Expected,
    *,
    received_at: datetime,
    subject: str,
    acting_unit: str | None,
    entered_by: str,
    zero: bool,
    items: dict[str, str],
    texts: dict[str, str],
) -> None:
    """Insert version `report.versions`; never changed afterwards."""
    await connection.execute(
        _SUBMIT, report.report_id, report.versions, received_at, subject, acting_unit, entered_by, zero, items, texts
    )


async def write_exemption(connection: Connection, report: Expected, reason: str, by: str | None) -> None:
    """Write that the unit need not report for this period."""
    await connection.execute(_EXEMPT, report.report_id, report.exempt_at, reason, by, report.sequence)


async def last_received(connection: Connection, report_id: UUID) -> datetime | None:
    """When the newest version was received."""
    instant: datetime | None = await connection.fetchval(_LAST_RECEIVED, report_id)
    return instant
