"""What falls due in reporting: periods to materialise, and steps of expected reports."""

from datetime import datetime

from reporting.escalation import settle
from reporting.materialisation import materialise_next
from reporting.store import expected, plans, scope
from servicekit.database import Pool


class Materialisation:
    """Writes the expected reports of the next period, a bounded number of units at a time."""

    kind = "materialisation"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            return int(await scope.hold(connection) and await materialise_next(connection, now, 10 * limit))

    async def next_due(self, pool: Pool) -> datetime | None:
        return await plans.earliest_due(pool)


class Escalation:
    """Reminds, notices what was missed, escalates, freezes roll-ups that nobody submitted."""

    kind = "escalation"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            reports = await expected.lock_due(connection, now, limit)
            if reports:
                await settle(connection, [(report, now) for report in reports], now)
            return len(reports)

    async def next_due(self, pool: Pool) -> datetime | None:
        return await expected.earliest_due(pool)
