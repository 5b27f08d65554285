"""Exempt a unit from a period, before its cut-off and with a reason."""

from dataclasses import replace
from datetime import datetime

from reporting.commands.locating import check_caller, locate
from reporting.commands.submit import Target
from reporting.domain.expected import Expected, agenda
from reporting.escalation import settle_one, verdict_of
from reporting.store import expected as store
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.problems import FieldError, Problem, conflict


async def exempt(
    connection: Connection, principal: Principal, target: Target, reason: str, received_at: datetime
) -> tuple[Expected, str]:
    """Let a unit be silent for a period; a report that comes all the same is judged as ever. Exempting again changes nothing.

    Raises:
        Problem: 403 (a unit cannot exempt itself), 404, 409 (at or after the cut-off, or not owed).
    """
    principal.require("office")
    if await check_caller(connection, principal, target.unit) == "self":
        raise Problem(403, "a unit cannot exempt itself; a unit above it can", FieldError("unit", "is the caller's own"))
    report = await locate(
        connection,
        unit=target.unit,
        obligation=target.obligation,
        plan_id=target.plan_id,
        period=target.period,
        received_at=received_at,
    )
    if received_at >= report.cutoff_at:
        raise conflict(
            f"the cut-off of {report.period} was at {report.cutoff_at.isoformat()}; exempting was possible before it", "period"
        )
    if report.exempt_at is None:
        report = await settle_one(connection, report, received_at)
        report = replace(report, exempt_at=received_at)
        await store.write_exemption(
            connection,
            report,
            reason=reason,
            subject=principal.subject,
            acting_unit=principal.unit,
            next_due=agenda(report, received_at).next_due,
        )
    return report, verdict_of(report, received_at)
