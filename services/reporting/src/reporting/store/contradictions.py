"""Contradictions between zero reports and hazards."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from reporting.domain.contradictions import Contradiction, KnownHazard, ZeroOrNot
from reporting.store.instants import OF_REPORT
from servicekit.database import Connection

_REPORTS: Final = f"""
SELECT e.report_id, e.unit, e.parent, e.period, p.first_day, p.last_day, p.label, e.recipients, plan.zone
FROM expected_report e JOIN plan USING (plan_id), {OF_REPORT}
"""
_REPORT: Final = f"{_REPORTS} WHERE e.report_id = $1"
# A local date differs from the UTC date by at most one. Periods of more days are few, and name their reports.
_REPORTS_NEAR: Final = f"""
WITH told AS (SELECT DISTINCT * FROM unnest($1::text[], $2::date[]) AS told (unit, day)), near AS (
    SELECT e.report_id FROM told JOIN expected_report e ON e.unit = told.unit AND e.period BETWEEN told.day - 1 AND told.day + 1
    UNION
    SELECT report_id_of(p.plan_id, p.obligation, told.unit, p.period)
    FROM told JOIN obligation_period p ON p.last_day >= told.day - 1 AND p.first_day <= told.day + 1
    WHERE p.first_day <> p.period OR p.last_day <> p.period
)
{_REPORTS}
WHERE e.report_id = ANY(ARRAY(SELECT report_id FROM near)) AND e.versions > 0 AND e.type <> 'roll_up'
ORDER BY e.report_id
"""
_HAZARDS: Final = """
SELECT given.report_id, hazard.hazard_id, hazard.recorded_at
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS given (report_id, unit, first, past)
JOIN hazard ON hazard.unit = given.unit AND hazard.occurred_at >= given.first AND hazard.occurred_at < given.past
WHERE hazard.recorded_at IS NOT NULL
"""
_VERSIONS: Final = """
SELECT report_id, received_at, zero FROM submission WHERE report_id = ANY($1::uuid[]) ORDER BY report_id, version
"""
# A hazard and a zero report that arrive at the same time in two transactions would not see each other: one waits for the other.
_SERIALISE: Final = (
    "SELECT pg_advisory_xact_lock(hashtextextended(unit, 7406112002)) FROM unnest($1::text[]) AS unit ORDER BY unit"
)
# Facts that arrive late may show an earlier moment than the one that was told; the row keeps the earliest.
_INSERT: Final = """
INSERT INTO contradiction AS known (unit, period, kind, suspected_at, report_id, hazard_id)
SELECT unit, period, 'zero_with_hazard', suspected_at, report_id, hazard_id
FROM unnest($1::text[], $2::date[], $3::timestamptz[], $4::uuid[], $5::text[])
    AS found (unit, period, suspected_at, report_id, hazard_id)
ORDER BY unit, period
ON CONFLICT (unit, period) DO UPDATE
SET suspected_at = excluded.suspected_at, report_id = excluded.report_id, hazard_id = excluded.hazard_id
WHERE excluded.suspected_at < known.suspected_at
RETURNING unit, period, xmax = 0 AS new
"""


@dataclass(frozen=True, slots=True)
class DayReport:
    """A report of a unit about some days, as far as hazards of those days concern it. `zone` is the plan's."""

    report_id: UUID
    unit: str
    parent: str | None
    period: date
    first_day: date
    last_day: date
    label: str | None
    recipients: tuple[str, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when (left out) a hazard of the unit belongs to a report."""

    report_id: UUID
    unit: str
    first: datetime
    past: datetime

    def holds(self, unit: str, instant: datetime) -> bool:
        """Whether what was there in a unit at an instant belongs to the report."""
        return unit == self.unit and self.first <= instant < self.past


async def report(connection: Connection, report_id: UUID) -> DayReport:
    """One report."""
    (found,) = await _reports(connection, _REPORT, report_id)
    return found


async def reports_near(connection: Connection, days: Sequence[tuple[str, date]]) -> list[DayReport]:
    """Reports with versions, roll-ups apart, of units on given UTC days or a day before or after."""
    return await _reports(connection, _REPORTS_NEAR, [unit for unit, _ in days], [day for _, day in days])


async def _reports(connection: Connection, query: str, *arguments: object) -> list[DayReport]:
    return [
        DayReport(**{**row, "recipients": tuple(row["recipients"]), "zone": ZoneInfo(row["zone"])})
        for row in await connection.fetch(query, *arguments)
    ]


async def hazards_in(connection: Connection, windows: Sequence[Window]) -> dict[UUID, list[KnownHazard]]:
    """The hazards that belong to reports; only reports with any are named."""
    found: dict[UUID, list[KnownHazard]] = defaultdict(list)
    rows = await connection.fetch(
        _HAZARDS,
        [window.report_id for window in windows],
        [window.unit for window in windows],
        [window.first for window in windows],
        [window.past for window in windows],
    )
    for row in rows:
        found[row["report_id"]].append(KnownHazard(row["hazard_id"], row["recorded_at"]))
    return dict(found)


async def versions_of(connection: Connection, report_ids: Sequence[UUID]) -> dict[UUID, list[ZeroOrNot]]:
    """What the versions of reports said, in order."""
    found: dict[UUID, list[ZeroOrNot]] = defaultdict(list)
    for row in await connection.fetch(_VERSIONS, report_ids):
        found[row["report_id"]].append(ZeroOrNot(row["received_at"], row["zero"]))
    return found


async def serialise(connection: Connection, units: Sequence[str]) -> None:
    """Let no other transaction compare reports and hazards of these units until this one has ended."""
    await connection.execute(_SERIALISE, list(units))


async def keep(connection: Connection, found: Sequence[tuple[DayReport, Contradiction]]) -> set[tuple[str, date]]:
    """Keep contradictions, one for each unit and period; return the units and periods that had none before."""
    rows = await connection.fetch(
        _INSERT,
        [report.unit for report, _ in found],
        [report.period for report, _ in found],
        [contradiction.suspected_at for _, contradiction in found],
        [report.report_id for report, _ in found],
        [contradiction.hazard_id for _, contradiction in found],
    )
    return {(row["unit"], row["period"]) for row in rows if row["new"]}
