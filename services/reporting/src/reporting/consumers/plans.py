"""Plans came into force or were amended: obligations, and with them what is expected of whom."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts import Envelope
from contracts.calendars import china
from contracts.events.plans import Obligation, PlanEvent, PlanIssued
from reporting.consumers import tasks
from reporting.domain.limits import starts_with_occurrence
from reporting.domain.periods import (
    NotKnownYet,
    PeriodInstants,
    Terms,
    daily,
    first_due_day,
    instants_of,
    next_owed,
    same_days,
)
from reporting.escalation import settle
from reporting.materialisation import materialise_until, when_to_write
from reporting.occurrences import rederive
from reporting.restatement import refresh
from reporting.settings import assumed_limits
from reporting.store import expected, lists, plans, scope
from servicekit.database import Connection

_DAY: Final = timedelta(days=1)


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Apply plan events in order. Plans are few; each is a handful of statements."""
    for envelope in envelopes:
        if isinstance(envelope.data, PlanEvent):
            await _apply(connection, envelope.data, envelope.sequence, now)


async def _apply(connection: Connection, event: PlanEvent, sequence: int, now: datetime) -> None:
    if sequence <= await plans.sequence_of(connection, event.plan_id):
        return
    since = event.occurred_at
    if not isinstance(event, PlanIssued):
        await _close(connection, event.plan_id, since, now)
    await plans.write_plan(connection, event, sequence)
    for obligation in event.obligations:
        await _put_in_force(connection, event, obligation, now)
    dropped = await plans.others(connection, event.plan_id, [each.id for each in event.obligations])
    touched = await plans.end(connection, event.plan_id, dropped, since)
    await refresh(connection, touched, since, now)
    await tasks.of_plan(connection, event, sequence)
    await lists.replace(connection, event)


async def _close(connection: Connection, plan_id: str, since: datetime, now: datetime) -> None:
    """What fell due until an amendment or the end was owed as the plan stood then, also if nobody wrote or noticed it."""
    await materialise_until(connection, since)
    due = await expected.lock_due_of_plan(connection, since, plan_id)
    await settle(connection, [(report, since) for report in due], now)


async def _put_in_force(connection: Connection, event: PlanEvent, obligation: Obligation, now: datetime) -> None:
    """Write an obligation, and bring periods that were written under an earlier revision in line with it.

    These are the ones whose cut-off by the new definition lies after the event, unless their own cut-off has come already. An
    earlier cut-off cannot be owed backwards: a period that would now have closed before the event keeps the cut-off it had.
    Other due days than before make it another obligation: what the old ones called for after the event is no longer owed.
    """
    since, schedule = event.occurred_at, obligation.schedule or daily(obligation.cutoff)
    before = await plans.rhythm_of(connection, event.plan_id, obligation.id)
    if before is not None and not same_days(before, schedule):
        await refresh(connection, await plans.end(connection, event.plan_id, [obligation.id], since), since, now)
    zone, calendar = ZoneInfo(event.zone), china()
    terms = Terms(schedule, zone, obligation.remind_before, obligation.escalate_after, since, calendar, assumed_limits())
    following, in_force_from = await plans.write_obligation(connection, event, obligation, first_due_day(since, terms))
    terms = replace(terms, in_force_from=in_force_from)
    first = first_due_day(since, terms)
    await plans.advance(connection, event.plan_id, obligation.id, following, when_to_write(terms, following, now))
    written = list(_written(terms, first, following, since))
    earliest = min((instants.period for instants in written), default=first)
    closed = await plans.closed(connection, event.plan_id, obligation.id, earliest, since)
    for instants in written:
        if instants.period not in closed:
            await _rewrite(connection, event, obligation.id, instants, now)
    if starts_with_occurrence(schedule):
        await rederive(connection, await plans.duty_of(connection, event.plan_id, obligation.id), since)


def _written(terms: Terms, first: date, following: date, since: datetime) -> Iterator[PeriodInstants]:
    """Periods with due days before `following`, so written already, whose cut-off lies after an instant."""
    try:
        instance = next_owed(terms, first, since)
        while instance is not None and instance.printed < following:
            yield instants_of(terms, instance)
            instance = next_owed(terms, instance.printed + _DAY, since)
    except NotKnownYet:
        return


async def _rewrite(connection: Connection, event: PlanEvent, obligation: str, instants: PeriodInstants, now: datetime) -> None:
    since = event.occurred_at
    await plans.rewrite_period(connection, event.plan_id, obligation, instants, since)
    touched = await scope.realign_period(connection, since, plan_id=event.plan_id, obligation=obligation, period=instants.period)
    await refresh(connection, touched, since, now)
