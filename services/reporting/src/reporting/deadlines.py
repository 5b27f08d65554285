"""What falls due in reporting: periods to materialise, and steps of expected reports."""

from datetime import datetime

from contracts.calendars import WorkingCalendar, china
from reporting.escalation import settle
from reporting.materialisation import materialise_next
from reporting.recalculation import recalculate
from reporting.store import calendars, expected, plans, scope
from servicekit.database import Pool


class Materialisation:
    """Writes the expected reports of the next period, a bounded number of units at a time."""

    kind = "materialisation"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            return int(await scope.hold(connection) and await materialise_next(connection, now, 10 * limit))

    async def next_due(self, pool: Pool) -> datetime | None:
        return await plans.earliest_due(pool)


class Recalculation:
    """Brings cut-offs still to come in line with a newer calendar of working days, one obligation after the other."""

    kind = "recalculation"

    def __init__(self, calendar: WorkingCalendar | None = None) -> None:
        self._calendar = calendar or china()

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:  # noqa: ARG002 - an obligation is the smallest part
        if await calendars.earliest_outdated(pool, self._calendar) is None:
            return 0
        async with pool.acquire() as connection, connection.transaction():
            await scope.change(connection)
            found = await calendars.outdated(connection, self._calendar)
            if found is not None:
                await recalculate(connection, await plans.duty_of(connection, *found), self._calendar, now)
            return int(found is not None)

    async def next_due(self, pool: Pool) -> datetime | None:
        return await calendars.earliest_outdated(pool, self._calendar)


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
