"""Finding the expected report that a caller means, and whether the caller may touch it."""

from datetime import date, datetime

from reporting.domain.expected import Expected
from reporting.store import expected, plans
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.problems import FieldError, Problem, conflict, not_found


async def check_caller(connection: Connection, principal: Principal, unit: str) -> str:
    """Return how the caller acts for `unit`: `self` or `parent` (any unit above it).

    Raises:
        Problem: 404 for an unknown unit, 403 for a foreign one.
    """
    acting = principal.acting_unit()
    above = await units.lineage(connection, unit)
    if not above:
        raise not_found("unit", unit)
    if acting == unit:
        return "self"
    if acting not in {each.code for each in above}:
        raise Problem(403, f"unit {unit} does not stand below {acting}", FieldError("unit", f"does not stand below {acting}"))
    return "parent"


async def locate(
    connection: Connection,
    *,
    unit: str,
    obligation: str,
    plan_id: str | None,
    period: date | None,
    received_at: datetime,
    locked: bool = True,
) -> Expected:
    """Find, and lock, the one expected report that is meant; `period` defaults to the one that is current in the plan.

    Raises:
        Problem: 404 for an unknown obligation; 409 when nothing is owed for that unit and period, or several plans match.
    """
    current = await plans.current_periods(connection, unit, obligation, plan_id, received_at)
    if not current:
        raise not_found("obligation", obligation)
    days = {period} if period is not None else {day for day in current if day is not None}
    if not days:
        raise conflict(f"no period of {obligation} takes reports now; name one", "period")
    found = [
        report
        for day in sorted(days)
        for report in await expected.find(
            connection, unit=unit, period=day, obligation=obligation, plan_id=plan_id, locked=locked
        )
        if report.withdrawn_at is None
    ]
    if not found:
        raise conflict(
            f"unit {unit} owes no {obligation} for {min(days)}: not open yet, already closed, or not in scope", "period"
        )
    if len(found) > 1:
        raise conflict(f"several plans have an obligation {obligation}; name one in plan_id", "plan_id")
    return found[0]


def check_open(report: Expected, received_at: datetime) -> None:
    """Raise a 409 problem unless the period takes first reports now."""
    if received_at < report.instants.opens_at:
        raise conflict(f"the period {report.period} opens at {report.instants.opens_at.isoformat()}", "period")
    if received_at >= report.instants.closes_at:
        raise conflict(f"the period {report.period} closed at {report.instants.closes_at.isoformat()}", "period")
