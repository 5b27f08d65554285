"""Contradictions between zero reports and hazards."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from reporting.domain.contradictions import KnownHazard, ZeroOrNot
from servicekit.database import Connection

# A day of the unit as its plan's zone has it.
_HAZARDS = """
SELECT hazard_id, recorded_at FROM hazard
WHERE unit = $1 AND recorded_at IS NOT NULL AND occurred_at >= $2 AND occurred_at < $3 ORDER BY recorded_at
"""
_VERSIONS = "SELECT received_at, zero FROM submission WHERE report_id = $1 ORDER BY version"
_REPORTS_OF_UNITS = """
SELECT e.report_id, e.unit, e.period, plan.zone FROM expected_report e JOIN plan USING (plan_id)
WHERE e.unit = ANY($1::text[]) AND e.period BETWEEN $2 AND $3 AND e.versions > 0 AND e.type <> 'roll_up'
ORDER BY e.unit, e.period, e.plan_id, e.obligation
"""
# A hazard and a zero report that arrive at the same time in two transactions would not see each other: one waits for the other.
_SERIALISE = "SELECT pg_advisory_xact_lock(hashtextextended(unit, 7406112002)) FROM unnest($1::text[]) AS unit ORDER BY unit"
_ZONE = "SELECT zone FROM plan WHERE plan_id = $1"
_INSERT = """
INSERT INTO contradiction (unit, period, kind, suspected_at, report_id, hazard_id)
VALUES ($1, $2, 'zero_with_hazard', $3, $4, $5) ON CONFLICT DO NOTHING RETURNING unit
"""


async def hazards_of(connection: Connection, unit: str, start: datetime, end: datetime) -> list[KnownHazard]:
    """Hazards of a unit that were there between two instants, the end left out."""
    return [KnownHazard(row["hazard_id"], row["recorded_at"]) for row in await connection.fetch(_HAZARDS, unit, start, end)]


async def versions_of(connection: Connection, report_id: UUID) -> list[ZeroOrNot]:
    """What the versions of a report said, in order."""
    return [ZeroOrNot(row["received_at"], row["zero"]) for row in await connection.fetch(_VERSIONS, report_id)]


async def reports_of(
    connection: Connection, units: Sequence[str], first: date, last: date
) -> list[tuple[UUID, str, date, ZoneInfo]]:
    """Reports that exist for some units and days: (report, unit, period, zone of the plan)."""
    rows = await connection.fetch(_REPORTS_OF_UNITS, list(units), first, last)
    return [(row["report_id"], row["unit"], row["period"], ZoneInfo(row["zone"])) for row in rows]


async def serialise(connection: Connection, units: Sequence[str]) -> None:
    """Let no other transaction compare reports and hazards of these units until this one has ended."""
    await connection.execute(_SERIALISE, list(units))


async def zone_of(connection: Connection, plan_id: str) -> ZoneInfo:
    """The time zone of a plan."""
    return ZoneInfo(await connection.fetchval(_ZONE, plan_id))


async def insert(
    connection: Connection, *, unit: str, period: date, suspected_at: datetime, report_id: UUID, hazard_id: str
) -> bool:
    """Keep a contradiction; False when this unit and period have one already."""
    return await connection.fetchval(_INSERT, unit, period, suspected_at, report_id, hazard_id) is not None
