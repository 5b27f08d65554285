"""What is owed because something happened: written when it is declared, brought in line when the plan or the calendar changes."""

from datetime import datetime

import structlog

from reporting.domain.periods import NotKnownYet, PeriodInstants, instants_after
from reporting.store import expected, occurrences, plans, scope
from reporting.store.calendars import Moved
from reporting.store.plans import Duty
from servicekit.database import Connection

log = structlog.get_logger(__name__)


async def owe(connection: Connection, duty: Duty, unit: str, instants: PeriodInstants, received_at: datetime) -> None:
    """Write what a unit owes for the occurrences of a day, or move its limit forward while that is still to come.

    A limit that has come, or that was met, stays: nobody is judged twice. The caller holds the tree, the plans and this
    obligation.
    """
    found = await expected.find(
        connection, unit=unit, period=instants.period, obligation=duty.obligation, plan_id=duty.plan_id, locked=True
    )
    for report in found:
        if report.withdrawn_at is None:
            if not report.silent or report.cutoff_at <= received_at or instants.cutoff_at >= report.cutoff_at:
                return
            await expected.rewind(connection, report.report_id, instants.opens_at)
    await _write(connection, duty, unit, instants, instants.opens_at, None)


async def rederive(connection: Connection, duty: Duty, since: datetime) -> list[Moved]:
    """Bring limits still to come at an instant in line with the obligation as it is now; return those that moved.

    A limit that would have ended before that instant stays. The caller holds the tree and the plans for change.
    """
    moved: list[Moved] = []
    for (unit, period), (before, occurred) in (await occurrences.open_instances(connection, duty, since)).items():
        try:
            instants = instants_after(duty.terms, occurred, since)
        except NotKnownYet as error:
            log.warning("due_day_not_known", plan_id=duty.plan_id, obligation=duty.obligation, reason=str(error))
            continue
        if instants is None or instants.cutoff_at <= since:
            continue
        await _write(connection, duty, unit, instants, since, since)
        if instants.cutoff_at != before:
            moved.append(Moved(period, before, instants.cutoff_at, unit))
    return moved


async def _write(
    connection: Connection, duty: Duty, unit: str, instants: PeriodInstants, in_force_from: datetime, since: datetime | None
) -> None:
    await plans.rewrite_period(connection, duty.plan_id, duty.obligation, instants, in_force_from, only_unit=unit)
    await scope.realign_own(
        connection, since, plan_id=duty.plan_id, obligation=duty.obligation, period=instants.period, unit=unit
    )
