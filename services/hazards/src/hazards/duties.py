"""What falls due of supervised enterprises and of measures of accountability."""

from datetime import datetime

from hazards.commands import accountability, enterprises, measures
from hazards.store import accountability as lateness_store
from hazards.store import enterprises as enterprise_store
from hazards.store import measures as measure_store
from servicekit.database import Pool


class EnterpriseDuties:
    """Publication of a listing, and the telling of its progress."""

    kind = "enterprises"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            due = await enterprise_store.lock_due(connection, now, limit)
            await enterprises.settled(connection, due, now)
        return len(due)

    async def next_due(self, pool: Pool) -> datetime | None:
        return await enterprise_store.next_due(pool)


class MeasureDeadlines:
    """Acknowledgement of a measure, and the reply to it."""

    kind = "measures"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            due = await measure_store.lock_due(connection, now, limit)
            await measures.settled(connection, due, now)
        return len(due)

    async def next_due(self, pool: Pool) -> datetime | None:
        return await measure_store.next_due(pool)


class Lateness:
    """Rules that ask for something to be late by so many days."""

    kind = "lateness"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            return await accountability.fire_lateness(connection, now, limit)

    async def next_due(self, pool: Pool) -> datetime | None:
        return await lateness_store.next_due(pool)
