"""What falls due of hazards: time limits, answers, reviews, duties of a listing; notices of time limits."""

from datetime import datetime

from hazards.commands.keeping import settled
from hazards.commands.notices import tell_due
from hazards.store import hazards as store
from hazards.store import notices
from servicekit.database import Pool


class Passing:
    """Lets time pass over hazards. Every event occurred when it was due, whenever that is noticed."""

    kind = "hazards"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            hazards = await store.lock_due(connection, now, limit)
            if hazards:
                await settled(connection, hazards, now)
        return len(hazards)

    async def next_due(self, pool: Pool) -> datetime | None:
        return await store.next_due(pool)


class Digests:
    """Tells units of their time limits, one digest a day, where a body has decided so."""

    kind = "notices"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            return await tell_due(connection, now, limit)

    async def next_due(self, pool: Pool) -> datetime | None:
        return await notices.next_due(pool)
