"""The inbox: which events a consumer has applied, written in the transaction of the effect."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from servicekit.database import Connection, Pool

_CLAIM = """
INSERT INTO inbox (event_id, consumer, received_at)
SELECT given.id, $1, $4
FROM unnest($2::uuid[], $3::text[]) AS given (id, key)
WHERE NOT EXISTS (SELECT FROM parked_key WHERE parked_key.consumer = $1 AND parked_key.key = given.key)
ON CONFLICT DO NOTHING
RETURNING event_id
"""

_PARKED = "SELECT key FROM parked_key WHERE consumer = $1 AND key = ANY($2::text[])"
_UNPROCESSED = """
SELECT given.id FROM unnest($1::uuid[]) AS given (id)
WHERE NOT EXISTS (SELECT FROM inbox WHERE inbox.event_id = given.id)
"""


async def claim(connection: Connection, consumer: str, ids: Sequence[UUID], keys: Sequence[str], now: datetime) -> set[UUID]:
    """Return those of `ids` that are new to `consumer` and not parked, now remembered as applied."""
    rows = await connection.fetch(_CLAIM, consumer, ids, keys, now)
    return {row["event_id"] for row in rows}


async def parked(connection: Connection, consumer: str, keys: Sequence[str]) -> set[str]:
    """Return those of `keys` whose events wait behind a dead letter."""
    return {row["key"] for row in await connection.fetch(_PARKED, consumer, keys)}


async def park(connection: Connection, consumer: str, key: str, reason: str, now: datetime) -> None:
    """Let what follows for `key` wait behind a dead letter."""
    await connection.execute(
        "INSERT INTO parked_key (consumer, key, reason, parked_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        consumer,
        key,
        reason,
        now,
    )


async def unpark(connection: Connection, consumer: str, keys: Sequence[str]) -> None:
    """Let the events of `keys` through again."""
    await connection.execute("DELETE FROM parked_key WHERE consumer = $1 AND key = ANY($2::text[])", consumer, keys)


async def unprocessed(pool: Pool, ids: Sequence[UUID]) -> list[UUID]:
    """Return those of `ids` that no consumer of this service has applied."""
    return [row["id"] for row in await pool.fetch(_UNPROCESSED, ids)]
