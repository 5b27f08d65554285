"""Writing expected reports ahead of time: unit × period, before the period opens."""

from datetime import date, datetime, timedelta
from typing import Final

import structlog

from reporting.domain.periods import NotKnownYet, Terms, instants_of, next_owed
from reporting.store import plans, scope
from servicekit.database import Connection

_DAY: Final = timedelta(days=1)
_ASK_AGAIN: Final = _DAY
"""How soon a due day that could not be known is looked for again: a newer version of this service may know it."""
_UNITS_AT_ONCE: Final = 20_000
log = structlog.get_logger(__name__)


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
    try:
        instance = next_owed(duty.terms, duty.next_due_day, duty.terms.in_force_from)
        instants = None if instance is None else instants_of(duty.terms, instance)
    except NotKnownYet as error:
        log.warning("due_day_not_known", plan_id=duty.plan_id, obligation=duty.obligation, reason=str(error))
        await plans.advance(connection, duty.plan_id, duty.obligation, duty.next_due_day, now + _ASK_AGAIN)
        return True
    if instance is None or instants is None:
        await plans.advance(connection, duty.plan_id, duty.obligation, duty.next_due_day, None)
        return True
    if instants.materialise_at > now:
        await plans.advance(connection, duty.plan_id, duty.obligation, instance.printed, instants.materialise_at)
        return True
    await plans.write_period(connection, duty.plan_id, duty.obligation, instants)
    rest = await scope.materialise(
        connection, plan_id=duty.plan_id, obligation=duty.obligation, period=instants.period, after=duty.cursor, limit=units
    )
    if rest is not None:
        await plans.advance(connection, duty.plan_id, duty.obligation, instance.printed, instants.materialise_at, rest)
    else:
        day = instance.printed + _DAY
        await plans.advance(connection, duty.plan_id, duty.obligation, day, when_to_write(duty.terms, day, now))
    return True


def when_to_write(terms: Terms, due_day: date, now: datetime) -> datetime | None:
    """When the first instance printed for a day or later is to be written."""
    try:
        coming = next_owed(terms, due_day, terms.in_force_from)
        return None if coming is None else instants_of(terms, coming).materialise_at
    except NotKnownYet:
        return now + _ASK_AGAIN
