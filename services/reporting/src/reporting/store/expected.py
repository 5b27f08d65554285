"""Expected reports: find, lock, update."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from reporting.domain.expected import Expected
from reporting.store import instants
from servicekit.database import Connection

_SELECT: Final = """
SELECT report_id, plan_id, obligation, type, unit, parent, period, cutoff_at, recipients, rollup_id, versions, received_at,
       exempt_at, withdrawn_at, handled_until, sequence
FROM expected_report
"""
_FIND = f"""{_SELECT}
WHERE unit = $1 AND period = $2 AND obligation = $3 AND ($4::text IS NULL OR plan_id = $4)
ORDER BY plan_id
"""
_FIND_LOCKED = f"{_FIND} FOR NO KEY UPDATE"
_LOCK = f"{_SELECT} WHERE report_id = ANY($1::uuid[]) ORDER BY report_id FOR NO KEY UPDATE"
_DUE = f"{_SELECT} WHERE next_due <= $1 ORDER BY next_due, report_id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
# Before something changes about units or a plan, what is due of them by then is settled as things stood. These wait for locks,
# because nothing may be passed over. $1 bounds both: what is due at all is little, so its index finds it.
_DUE_OF_UNITS = f"""{_SELECT} JOIN unnest($2::text[], $3::timestamptz[]) AS given (unit, until) USING (unit)
WHERE next_due <= $1 AND next_due <= given.until ORDER BY next_due, report_id FOR NO KEY UPDATE OF expected_report
"""
_DUE_OF_PLAN = f"{_SELECT} WHERE next_due <= $1 AND plan_id = $2 ORDER BY next_due, report_id FOR NO KEY UPDATE"
_NEXT_DUE = "SELECT next_due FROM expected_report WHERE next_due IS NOT NULL ORDER BY next_due LIMIT 1"
_HANDLED = """
UPDATE expected_report e
SET handled_until = greatest(e.handled_until, given.handled_until), next_due = given.next_due, sequence = given.sequence
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
UPDATE expected_report
SET exempt_at = $2, exempt_reason = $3, exempt_by = $4, exempt_subject = $5, next_due = $6
WHERE report_id = $1
"""
_SEQUENCES = """
UPDATE expected_report SET sequence = given.sequence FROM unnest($1::uuid[], $2::bigint[]) AS given (report_id, sequence)
WHERE expected_report.report_id = given.report_id
"""
_REWIND = "UPDATE expected_report SET handled_until = $2 WHERE report_id = $1 AND versions = 0"
_LAST_RECEIVED = "SELECT received_at FROM submission WHERE report_id = $1 ORDER BY version DESC LIMIT 1"


async def _load(connection: Connection, query: str, *arguments: object) -> list[Expected]:
    rows = await connection.fetch(query, *arguments)
    return [
        Expected(**{**row, "recipients": tuple(row["recipients"])}, instants=each)
        for row, each in zip(rows, await instants.of_reports(connection, rows), strict=True)
    ]


async def find(
    connection: Connection, *, unit: str, period: date, obligation: str, plan_id: str | None, locked: bool
) -> list[Expected]:
    """Find the expected reports that a caller may mean: none, one, or several when plans share an obligation's name."""
    return await _load(connection, _FIND_LOCKED if locked else _FIND, unit, period, obligation, plan_id)


async def lock(connection: Connection, report_ids: Sequence[UUID]) -> list[Expected]:
    """Lock expected reports, in the order of their ids; those that do not exist are left out."""
    return await _load(connection, _LOCK, report_ids) if report_ids else []


async def lock_due(connection: Connection, now: datetime, limit: int) -> list[Expected]:
    """Claim reports with something due, the longest overdue first; those in other hands are passed over."""
    return await _load(connection, _DUE, now, limit)


async def lock_due_of_units(connection: Connection, until: Mapping[str, datetime]) -> list[Expected]:
    """Lock every report of some units with something due at or before the instant given for the unit."""
    return await _load(connection, _DUE_OF_UNITS, max(until.values()), list(until), list(until.values()))


async def lock_due_of_plan(connection: Connection, until: datetime, plan_id: str) -> list[Expected]:
    """Lock every report of a plan with something due at or before an instant."""
    return await _load(connection, _DUE_OF_PLAN, until, plan_id)


async def earliest_due(connection: asyncpg.Pool | Connection) -> datetime | None:
    """The instant at which the next report has something due."""
    instant: datetime | None = await connection.fetchval(_NEXT_DUE)
    return instant


@dataclass(frozen=True, slots=True)
class Handled:
    """How far the steps of a report were acted upon, and how many events it has had."""

    report_id: UUID
    handled_until: datetime
    next_due: datetime | None
    sequence: int


async def write_handled(connection: Connection, handled: Sequence[Handled]) -> None:
    """Write how far the steps of reports were acted upon."""
    if handled:
        await connection.execute(
            _HANDLED,
            [each.report_id for each in handled],
            [each.handled_until for each in handled],
            [each.next_due for each in handled],
            [each.sequence for each in handled],
        )


async def rewind(connection: Connection, report_id: UUID, instant: datetime) -> None:
    """Act again upon the steps of a silent report after an instant; whoever asks gives it other steps."""
    await connection.execute(_REWIND, report_id, instant)


async def write_sequences(connection: Connection, sequences: Mapping[UUID, int]) -> None:
    """Write how many events reports have had."""
    if sequences:
        await connection.execute(_SEQUENCES, list(sequences), list(sequences.values()))


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
    texts: Mapping[str, str],
) -> None:
    """Insert version `report.versions`; never changed afterwards."""
    await connection.execute(
        _SUBMIT, report.report_id, report.versions, received_at, subject, acting_unit, entered_by, zero, items, texts
    )


async def write_exemption(
    connection: Connection, report: Expected, *, reason: str, subject: str, acting_unit: str | None, next_due: datetime | None
) -> None:
    """Write that the unit need not report for this period, from `report.exempt_at` on; who said so and why."""
    await connection.execute(_EXEMPT, report.report_id, report.exempt_at, reason, acting_unit, subject, next_due)


async def last_received(connection: Connection, report_id: UUID) -> datetime | None:
    """When the newest version was received."""
    instant: datetime | None = await connection.fetchval(_LAST_RECEIVED, report_id)
    return instant
