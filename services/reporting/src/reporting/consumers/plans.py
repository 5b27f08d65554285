"""Plans came into force or were amended: obligations, and with them what is expected of whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from contracts import Envelope
from contracts.events.plans import Obligation, PlanEvent, PlanIssued
from reporting.domain.periods import first_period, instants_of
from reporting.escalation import settle
from reporting.materialisation import materialise_until
from reporting.restatement import refresh
from reporting.store import expected, plans, scope
from servicekit.database import Connection


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
    touched = await plans.end_others(connection, event.plan_id, [each.id for each in event.obligations], since)
    await refresh(connection, touched, since, now)


async def _close(connection: Connection, plan_id: str, since: datetime, now: datetime) -> None:
    """What fell due until an amendment or the end was owed as the plan stood then, also if nobody wrote or noticed it."""
    await materialise_until(connection, since)
    due = await expected.lock_due_of_plan(connection, since, plan_id)
    await settle(connection, [(report, since) for report in due], now)


async def _put_in_force(connection: Connection, event: PlanEvent, obligation: Obligation, now: datetime) -> None:
    """Write an obligation, and bring periods that were written under an earlier revision in line with it.

    These are the ones whose cut-off by the new definition lies after the event, unless their own cut-off has come already. An
    earlier cut-off cannot be owed backwards: a period that would now have closed before the event keeps the cut-off it had.
    """
    since, zone = event.occurred_at, ZoneInfo(event.zone)
    first = first_period(since, obligation.cutoff, zone)
    following = await plans.write_obligation(connection, event, obligation, first)
    coming = instants_of(following, obligation.cutoff, zone, obligation.remind_before, ())
    await plans.advance(connection, event.plan_id, obligation.id, following, coming.materialise_at)
    closed = await plans.closed(connection, event.plan_id, obligation.id, first, since)
    for period in (first + timedelta(days=number) for number in range((following - first).days)):
        if period not in closed:
            instants = instants_of(period, obligation.cutoff, zone, obligation.remind_before, obligation.escalate_after)
            await plans.rewrite_period(connection, event.plan_id, obligation.id, instants, since)
            touched = await scope.realign_period(
                connection, since, plan_id=event.plan_id, obligation=obligation.id, period=period
            )
            await refresh(connection, touched, since, now)
