"""A changed calendar of working days: cut-offs still to come follow it, once, and what moved is kept.

What fell due stays as it was: nobody is judged by a notice that came afterwards.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from contracts.calendars import WorkingCalendar
from contracts.rhythms import Instance
from reporting.domain.limits import starts_with_occurrence
from reporting.domain.periods import NotKnownYet, PeriodInstants, first_due_day, following, instants_of
from reporting.escalation import settle
from reporting.materialisation import when_to_write
from reporting.occurrences import rederive
from reporting.restatement import refresh
from reporting.store import calendars, expected, plans, scope
from reporting.store.calendars import Moved
from reporting.store.plans import Duty
from servicekit.database import Connection

_DAY: Final = timedelta(days=1)
_LOOK_BACK: Final = timedelta(days=62)
"""Whatever is still to come was printed for a day no longer ago, by any calendar."""
log = structlog.get_logger(__name__)


async def recalculate(connection: Connection, known: Duty, calendar: WorkingCalendar, now: datetime) -> list[Moved]:
    """Bring the periods of an obligation that are still to come in line with a newer calendar; return what moved.

    The caller holds the tree and the plans for change.
    """
    duty = replace(known, terms=replace(known.terms, calendar=calendar))
    due = await expected.lock_due_of_plan(connection, now, duty.plan_id)
    await settle(connection, [(report, now) for report in due], now)
    if starts_with_occurrence(duty.terms.schedule):
        return await _keep(connection, duty, calendar, await rederive(connection, duty, now), now)
    still_open = await plans.open_periods(connection, duty.plan_id, duty.obligation, now)
    closed = await plans.closed(connection, duty.plan_id, duty.obligation, (now - 12 * _LOOK_BACK).date(), now)
    moved: list[Moved] = []
    gone, next_day = dict(still_open), duty.next_due_day
    try:
        for instance in _instances(duty, still_open.keys(), now):
            before = gone.pop(instance.key, None)
            next_day = max(next_day, instance.printed + _DAY)
            instants = instants_of(duty.terms, instance)
            if instants.cutoff_at > now and instants.cutoff_at != before and instance.key not in closed:
                await _rewrite(connection, duty, instants, now)
                moved.append(Moved(instance.key, before, instants.cutoff_at))
    except NotKnownYet:
        gone.clear()
    for period, cutoff_at in gone.items():
        touched = await calendars.end_period(connection, duty.plan_id, duty.obligation, period, now)
        await refresh(connection, touched, now, now)
        moved.append(Moved(period, cutoff_at, None))
    await plans.advance(connection, duty.plan_id, duty.obligation, next_day, when_to_write(duty.terms, next_day, now))
    return await _keep(connection, duty, calendar, moved, now)


async def _keep(connection: Connection, duty: Duty, calendar: WorkingCalendar, moved: list[Moved], now: datetime) -> list[Moved]:
    await calendars.keep(connection, duty.plan_id, duty.obligation, calendar, moved, now)
    for each in moved:
        log.info("cutoff_moved", plan_id=duty.plan_id, obligation=duty.obligation, period=each.period.isoformat())
    return moved


def _instances(duty: Duty, still_open: Collection[date], now: datetime) -> Iterator[Instance]:
    """Those written already, by any calendar, with due days of late or to come."""
    instance = following(duty.terms, first_due_day(now, duty.terms) - _LOOK_BACK)
    while instance is not None and (instance.printed < duty.next_due_day or instance.key in still_open):
        yield instance
        instance = following(duty.terms, instance.printed + _DAY)


async def _rewrite(connection: Connection, duty: Duty, instants: PeriodInstants, now: datetime) -> None:
    await plans.rewrite_period(connection, duty.plan_id, duty.obligation, instants, now)
    touched = await scope.realign_period(
        connection, now, plan_id=duty.plan_id, obligation=duty.obligation, period=instants.period
    )
    await refresh(connection, touched, now, now)
