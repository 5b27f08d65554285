"""The inbox: which events a consumer has applied, written in the transaction of the effect."""

from collections.abc import Sequence
from dataclasses import dataclass
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
# The lock lasts until the batch has sent its letters, so a redrive that lets a key through has seen them all.
_PARKED = "SELECT key FROM parked_key WHERE consumer = $1 AND key = ANY($2::text[]) ORDER BY key FOR SHARE"
_NOT_APPLIED = """
SELECT given.id FROM unnest($2::uuid[]) AS given (id)
WHERE NOT EXISTS (SELECT FROM inbox WHERE inbox.event_id = given.id AND inbox.consumer = $1)
"""
_UNPROCESSED = """
SELECT given.id FROM unnest($1::uuid[]) AS given (id)
WHERE NOT EXISTS (SELECT FROM inbox WHERE inbox.event_id = given.id)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of offered events: `fresh` are to be applied now, `parked` wait behind a dead letter, others were applied."""

    fresh: frozenset[UUID]
    parked: frozenset[UUID]


async def claim(connection: Connection, consumer: str, ids: Sequence[UUID], keys: Sequence[str], now: datetime) -> Claim:
    """Remember as applied those events that are new to `consumer` and whose aggregate is not parked.

    `keys` are the aggregates of `ids`, position by position. The same id may stand there twice.
    """
    fresh: set[UUID] = set()
    while True:
        rows = await connection.fetch(_CLAIM, consumer, ids, keys, now)
        fresh.update(row["event_id"] for row in rows)
        if len(fresh) == len(ids):
            return Claim(frozenset(fresh), frozenset())
        held = {row["key"] for row in await connection.fetch(_PARKED, consumer, keys)}
        absent = {row["id"] for row in await connection.fetch(_NOT_APPLIED, consumer, ids)}
        parked = frozenset(id_ for id_, key in zip(ids, keys, strict=True) if id_ in absent and key in held)
        if absent == parked:
            return Claim(frozenset(fresh), parked)
        # A redrive has let an aggregate through since the claim: what waited for it is new now.


async def remember(connection: Connection, consumer: str, event_id: UUID, now: datetime) -> bool:
    """Remember one event as applied, parked or not; False when it was applied before."""
    row = await connection.fetchrow(
        "INSERT INTO inbox (event_id, consumer, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING event_id",
        event_id,
        consumer,
        now,
    )
    return row is not None


async def park(connection: Connection, consumer: str, key: str, reason: str, now: datetime) -> None:
    """Let what follows for `key` wait behind a dead letter."""
    await connection.execute(
        "INSERT INTO parked_key (consumer, key, reason, parked_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        consumer,
        key,
        reason,
        now,
    )


async def unpark_others(connection: Connection, consumer: str, still_waiting: Sequence[str]) -> list[str]:
    """Let the events of every parked key through again, except `still_waiting`; return those keys.

    Waits for batches that are sending letters of such a key at this moment.
    """
    rows = await connection.fetch(
        "DELETE FROM parked_key WHERE consumer = $1 AND key <> ALL($2::text[]) RETURNING key", consumer, still_waiting
    )
    return sorted(row["key"] for row in rows)


async def unprocessed(pool: Pool, ids: Sequence[UUID]) -> list[UUID]:
    """Return those of `ids` that no consumer of this service has applied."""
    return [row["id"] for row in await pool.fetch(_UNPROCESSED, ids)]
