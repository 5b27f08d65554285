"""Plans came into force or were amended: obligations, and with them what is expected of whom."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts import Envelope
from contracts.events.plans import Obligation, PlanAmended, PlanEvent
from reporting.domain.periods import first_period, instants_of
from reporting.escalation import settle
from reporting.restatement import refresh
from reporting.store import expected, plans, scope
from servicekit.database import Connection


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Apply plan events in order. Plans are few; each is a handful of statements."""
    for envelope in envelopes:
        if isinstance(envelope.data, PlanEvent):
            await _apply(connection, envelope.data, envelope.sequence, now)


async def _apply(connection: Connection, event: PlanEvent, sequence: int, now: datetime) -> None:
    if not await plans.upsert_plan(connection, event, sequence):
        return
    since = event.occurred_at
    if isinstance(event, PlanAmended):
        due = await expected.lock_due_of(connection, since, plan_id=event.plan_id)
        await settle(connection, due, since, now)
        await plans.skip_steps(connection, event.plan_id, since)
    zone = ZoneInfo(event.zone)
    for obligation in event.obligations:
        first = first_period(since, obligation.cutoff, zone)
        instants = instants_of(first, obligation.cutoff, zone, obligation.remind_before, obligation.escalate_after)
        await plans.upsert_obligation(connection, event, obligation, instants)
        await _realign(connection, event, obligation, zone, now)
    await plans.end_others(connection, event.plan_id, [each.id for each in event.obligations], now, since)


async def _realign(connection: Connection, event: PlanEvent, obligation: Obligation, zone: ZoneInfo, now: datetime) -> None:
    """Bring periods that were materialised by an earlier revision in line with this one."""
    for period in await plans.open_periods(connection, event.plan_id, obligation.id, event.occurred_at):
        instants = instants_of(period, obligation.cutoff, zone, obligation.remind_before, obligation.escalate_after)
        if instants.cutoff_at <= event.occurred_at:
            continue  # an earlier cut-off cannot be owed backwards: this period keeps the one it had
        await plans.write_period(connection, event.plan_id, obligation.id, instants)
        touched = await scope.realign_period(connection, now, plan_id=event.plan_id, obligation=obligation.id, period=period)
        await refresh(connection, touched)
