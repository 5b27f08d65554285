"""What falls due of hazards: time limits, answers, reviews, duties of a listing; notices of time limits."""

from datetime import datetime

import structlog

from hazards.commands.keeping import settled
from hazards.commands.notices import tell_due
from hazards.store import hazards as store
from hazards.store import notices
from servicekit.database import RETRYABLE, UNAVAILABLE, Pool

log = structlog.get_logger(__name__)


class Passing:
    """Lets time pass over hazards. Every event occurred when it was due, whenever that is noticed."""

    kind = "hazards"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        """Let time pass over what is due. One that cannot be changed, or not even read, does not keep the others waiting."""
        try:
            async with pool.acquire() as connection, connection.transaction():
                hazards = await store.lock_due(connection, now, limit)
                if hazards:
                    await settled(connection, hazards, now)
            return len(hazards)
        except (*UNAVAILABLE, *RETRYABLE):
            raise
        except Exception:
            if fired := await self._one_by_one(pool, now, limit):
                return fired
            raise

    async def _one_by_one(self, pool: Pool, now: datetime, limit: int) -> int:
        fired = 0
        for hazard_id in await store.due(pool, now, limit):
            try:
                async with pool.acquire() as connection, connection.transaction():
                    if (hazard := await store.lock(connection, hazard_id)) is not None:
                        fired += await settled(connection, [hazard], now) != [hazard]
            except (*UNAVAILABLE, *RETRYABLE):
                raise
            except Exception:  # it stays due, which the metrics of the loop tell as well
                log.exception("hazard_kept_back", hazard_id=str(hazard_id))
        return fired

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
