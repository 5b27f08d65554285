"""What falls due in reporting: periods to materialise, and steps of expected reports."""

from datetime import datetime, timedelta

from reporting.domain.periods import instants_of
from reporting.escalation import settle
from reporting.store import expected, plans, scope
from servicekit.database import Pool


class Materialisation:
    """Writes the expected reports of the next period, a bounded number of units at a time."""

    kind = "materialisation"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            duty = await plans.claim_due(connection, now)
            if duty is None:
                return 0
            period = duty.next_period
            instants = instants_of(period, duty.cutoff, duty.zone, duty.remind_before, duty.escalate_after)
            await plans.write_period(connection, duty.plan_id, duty.obligation, instants)
            rest = await scope.materialise(
                connection,
                now,
                plan_id=duty.plan_id,
                obligation=duty.obligation,
                period=period,
                after=duty.cursor,
                limit=10 * limit,
            )
            if rest is not None:
                await plans.advance(connection, duty, period, instants.materialise_at, rest)
            else:
                following = period + timedelta(days=1)
                coming = instants_of(following, duty.cutoff, duty.zone, (), ())
                await plans.advance(connection, duty, following, coming.materialise_at, "")
            return 1

    async def next_due(self, pool: Pool) -> datetime | None:
        return await plans.earliest_due(pool)


class Escalation:
    """Reminds, notices what was missed, escalates, freezes roll-ups that nobody submitted."""

    kind = "escalation"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            reports = await expected.lock_due(connection, now, limit)
            if reports:
                await settle(connection, reports, now, now)
            return len(reports)

    async def next_due(self, pool: Pool) -> datetime | None:
        return await expected.earliest_due(pool)
