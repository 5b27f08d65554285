"""All SQL of informants and their rewards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from hazards.domain.informants import Reward
from hazards.sealing import Sealed
from servicekit.database import Connection, Pool

_ADD = """
INSERT INTO informant (informant_id, hazard_id, key_id, sealed, recorded_at, recorded_by, recorded_unit)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_COUNT = "SELECT count(*) FROM informant WHERE hazard_id = $1"
_OF_HAZARD = """
SELECT informant_id, key_id, sealed, recorded_at FROM informant WHERE hazard_id = $1 ORDER BY recorded_at, informant_id
"""
_EXISTS = "SELECT EXISTS (SELECT FROM informant WHERE hazard_id = $1 AND informant_id = $2)"

_DISCLOSED = """
INSERT INTO informant_disclosure (hazard_id, informants, disclosed_at, subject, unit, reason) VALUES ($1, $2, $3, $4, $5, $6)
"""
_DISCLOSURES = """
SELECT disclosure_id, informants, disclosed_at, subject, unit, reason FROM informant_disclosure
WHERE hazard_id = $1 AND disclosure_id > $2 ORDER BY disclosure_id LIMIT $3
"""

_UNDER_OTHER_KEYS = """
SELECT informant_id, hazard_id, key_id, sealed FROM informant WHERE key_id <> $1
ORDER BY key_id, informant_id LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_SEAL_AGAIN = """
UPDATE informant SET key_id = $1, sealed = given.sealed
FROM unnest($2::uuid[], $3::bytea[]) AS given (informant_id, sealed) WHERE informant.informant_id = given.informant_id
"""
_LEFT = "SELECT count(*) FROM informant WHERE key_id <> $1"

_PROPOSE = """
INSERT INTO informant_reward (hazard_id, informant_id, amount, state, proposed_at, proposed_by, proposed_unit, ground)
VALUES ($1, $2, $3, 'proposed', $4, $5, $6, $7)
ON CONFLICT DO NOTHING RETURNING *
"""
_LOCK_REWARD = "SELECT * FROM informant_reward WHERE hazard_id = $1 AND reward_id = $2 FOR UPDATE"
_DECIDE = """
UPDATE informant_reward SET state = $2, decided_at = $3, decided_by = $4, decided_unit = $5, note = $6
WHERE reward_id = $1 RETURNING *
"""
_PAY = "UPDATE informant_reward SET state = 'paid', paid_at = $2, paid_by = $3, receipt = $4 WHERE reward_id = $1 RETURNING *"
_REWARDS = "SELECT * FROM informant_reward WHERE hazard_id = $1 AND reward_id > $2 ORDER BY reward_id LIMIT $3"


@dataclass(frozen=True, slots=True)
class Informant:
    """An informant whose identity is sealed."""

    informant_id: UUID
    sealed: Sealed
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Disclosure:
    """That somebody read who the informants of a hazard are."""

    disclosure_id: UUID
    informants: list[UUID]
    disclosed_at: datetime
    subject: str
    unit: str
    reason: str


async def count(connection: Connection, hazard_id: UUID) -> int:
    """How many informants a hazard has."""
    number: int = await connection.fetchval(_COUNT, hazard_id)
    return number


async def add(connection: Connection, hazard_id: UUID, new: Informant, by: str, unit: str) -> None:
    """Store an informant of a hazard."""
    sealed = new.sealed
    await connection.execute(_ADD, new.informant_id, hazard_id, sealed.key_id, sealed.content, new.recorded_at, by, unit)


async def of_hazard(connection: Connection, hazard_id: UUID) -> list[Informant]:
    """Return the informants of a hazard, sealed."""
    rows = await connection.fetch(_OF_HAZARD, hazard_id)
    return [Informant(row["informant_id"], Sealed(row["key_id"], row["sealed"]), row["recorded_at"]) for row in rows]


async def exists(connection: Connection, hazard_id: UUID, informant_id: UUID) -> bool:
    """Whether a hazard has this informant."""
    found: bool = await connection.fetchval(_EXISTS, hazard_id, informant_id)
    return found


async def disclosed(
    connection: Connection, hazard_id: UUID, informants: Sequence[UUID], by: tuple[str, str], reason: str, at: datetime
) -> None:
    """Record that the person and unit `by` read who the informants are."""
    await connection.execute(_DISCLOSED, hazard_id, list(informants), at, *by, reason)


async def disclosures(pool: Pool, hazard_id: UUID, after: UUID, limit: int) -> list[Disclosure]:
    """Return who read the informants of a hazard, the oldest reading first."""
    return [Disclosure(**row) for row in await pool.fetch(_DISCLOSURES, hazard_id, after, limit)]


async def under_other_keys(connection: Connection, key_id: str, limit: int) -> list[tuple[UUID, UUID, Sealed]]:
    """Return informants sealed under another key than `key_id`, held for change: their ids, hazards and sealed identities."""
    rows = await connection.fetch(_UNDER_OTHER_KEYS, key_id, limit)
    return [(row["informant_id"], row["hazard_id"], Sealed(row["key_id"], row["sealed"])) for row in rows]


async def seal_again(connection: Connection, key_id: str, sealed: Sequence[tuple[UUID, bytes]]) -> int:
    """Store identities sealed under a newer key; return how many are still under another one."""
    await connection.execute(_SEAL_AGAIN, key_id, [each for each, _ in sealed], [content for _, content in sealed])
    left: int = await connection.fetchval(_LEFT, key_id)
    return left


async def propose(
    connection: Connection,
    hazard_id: UUID,
    informant_id: UUID,
    *,
    amount: Decimal,
    ground: str,
    by: tuple[str, str],
    at: datetime,
) -> Reward | None:
    """Store a proposed reward by the person and unit `by`; None: the informant has one already."""
    row = await connection.fetchrow(_PROPOSE, hazard_id, informant_id, amount, at, *by, ground)
    return None if row is None else _reward(row)


async def lock_reward(connection: Connection, hazard_id: UUID, reward_id: UUID) -> Reward | None:
    """Return a reward, held for change until the end of the transaction."""
    row = await connection.fetchrow(_LOCK_REWARD, hazard_id, reward_id)
    return None if row is None else _reward(row)


async def decide(
    connection: Connection, reward_id: UUID, *, approved: bool, note: str | None, by: tuple[str, str], at: datetime
) -> Reward:
    """Store the decision of the person and unit `by` on a locked reward."""
    row = await connection.fetchrow(_DECIDE, reward_id, "approved" if approved else "refused", at, *by, note)
    assert row is not None  # noqa: S101 - locked by the caller
    return _reward(row)


async def pay(connection: Connection, reward_id: UUID, paid_at: datetime, by: str, receipt: str) -> Reward:
    """Store the payment of a locked reward."""
    row = await connection.fetchrow(_PAY, reward_id, paid_at, by, receipt)
    assert row is not None  # noqa: S101 - locked by the caller
    return _reward(row)


async def rewards(pool: Pool, hazard_id: UUID, after: UUID, limit: int) -> list[Reward]:
    """Return the rewards for informants of a hazard, the oldest proposal first."""
    return [_reward(row) for row in await pool.fetch(_REWARDS, hazard_id, after, limit)]


def _reward(row: asyncpg.Record) -> Reward:
    return Reward.model_validate(dict(row))
