"""Hazards became known: the read model, and a look at zero reports of the same unit and day."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from contracts import Envelope
from reporting.domain.periods import local_day
from reporting.store import contradictions, expected
from reporting.store.hazards import project
from reporting.suspicion import look
from servicekit.database import Connection

_DAY = timedelta(days=1)  # a local date differs from the UTC date by at most one


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Project hazards, then compare new ones with the reports of their day."""
    reported = await project(connection, envelopes)
    if not reported:
        return
    days = [hazard.hazard_occurred_at.date() for hazard in reported]
    units = sorted({hazard.unit for hazard in reported})
    await contradictions.serialise(connection, units)
    for report_id, unit, period, zone in await contradictions.reports_of(connection, units, min(days) - _DAY, max(days) + _DAY):
        if any(hazard.unit == unit and local_day(hazard.hazard_occurred_at, zone) == period for hazard in reported):
            report = await expected.read(connection, report_id)
            if report is not None:
                await look(connection, report, zone, now)
