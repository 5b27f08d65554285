"""Writing expected reports ahead of time: unit × period, before the period opens."""

from datetime import datetime, timedelta

from reporting.domain.periods import instants_of
from reporting.store import plans, scope
from servicekit.database import Connection

_DAY = timedelta(days=1)


_UNITS_AT_ONCE = 20_000


async def materialise_until(connection: Connection, instant: datetime) -> None:
    """Write every period that was to be written at or before an instant. Usually there is none left.

    The caller holds the tree and the plans still.
    """
    while await materialise_next(connection, instant, _UNITS_AT_ONCE):
        pass


async def materialise_next(connection: Connection, now: datetime, units: int) -> bool:
    """Write at most `units` expected reports of the period that has waited longest; False when none is due.

    The caller holds the tree and the plans still.
    """
    duty = await plans.claim_due(connection, now)
    if duty is None:
        return False
    period = duty.next_period
    instants = instants_of(period, duty.cutoff, duty.zone, duty.remind_before, duty.escalate_after)
    await plans.write_period(connection, duty.plan_id, duty.obligation, instants)
    rest = await scope.materialise(
        connection, plan_id=duty.plan_id, obligation=duty.obligation, period=period, after=duty.cursor, limit=units
    )
    if rest is not None:
        await plans.advance(connection, duty.plan_id, duty.obligation, period, instants.materialise_at, rest)
    else:
        coming = instants_of(period + _DAY, duty.cutoff, duty.zone, duty.remind_before, ())
        await plans.advance(connection, duty.plan_id, duty.obligation, coming.period, coming.materialise_at)
    return True
