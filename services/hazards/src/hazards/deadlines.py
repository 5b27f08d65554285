"""What falls due of hazards: time limits, answers, reviews, duties of a listing."""

from datetime import datetime

from hazards.commands.keeping import settled
from hazards.store import hazards as store
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
