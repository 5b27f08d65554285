"""Noticing contradictions, from either side: a zero report arrives, or a hazard becomes known."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.events.reports import ContradictionSuspected
from reporting.domain.contradictions import first_contradiction
from reporting.domain.expected import Expected, contradiction_event_id
from reporting.store import contradictions
from servicekit import outbox
from servicekit.database import Connection
from servicekit.outbox import Outgoing


async def look(connection: Connection, report: Expected, zone: ZoneInfo, recorded_at: datetime) -> None:
    """Compare a report with the hazards of its unit and day; suspect at most once per unit and period.

    The caller has serialised the unit and written its own fact before.
    """
    if report.is_rollup or report.withdrawn_at is not None:
        return
    start = datetime.combine(report.period, time(0), zone)
    end = datetime.combine(report.period + timedelta(days=1), time(0), zone)
    hazards = await contradictions.hazards_of(connection, report.unit, start, end)
    if not hazards:
        return
    found = first_contradiction(await contradictions.versions_of(connection, report.report_id), hazards)
    if found is None:
        return
    new = await contradictions.insert(
        connection,
        unit=report.unit,
        period=report.period,
        suspected_at=found.suspected_at,
        report_id=report.report_id,
        hazard_id=found.hazard_id,
    )
    if new:
        event = ContradictionSuspected(
            occurred_at=found.suspected_at,
            recorded_at=recorded_at,
            unit=report.unit,
            parent=report.parent,
            period=report.period,
            kind="zero_with_hazard",
            report_id=str(report.report_id),
            hazard_id=found.hazard_id,
            recipients=report.recipients,
        )
        await outbox.append(connection, [Outgoing(event, 1, contradiction_event_id(report.unit, report.period))])
