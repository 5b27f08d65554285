"""The changes of hazards. Rows are only added, each chained to the one before it."""

import json
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from hazards.domain.chain import Entry
from servicekit.database import Connection, Pool

# unnest would flatten arrays of arrays: evidence travels as JSON.
_ADD = """
INSERT INTO hazard_change (hazard_id, version, change, state_before, state_after, occurred_at, recorded_at, actor_subject,
    actor_unit, on_behalf_of, role, evidence, event, facts, state_hash, hash)
SELECT hazard_id, version, change, state_before, state_after, occurred_at, recorded_at, actor_subject, actor_unit, on_behalf_of,
    role, ARRAY(SELECT jsonb_array_elements_text(evidence::jsonb)::uuid), event, facts::jsonb, state_hash, hash
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[], $16::bytea[])
    AS given (hazard_id, version, change, state_before, state_after, occurred_at, recorded_at, actor_subject, actor_unit,
        on_behalf_of, role, evidence, event, facts, state_hash, hash)
"""
_OF_HAZARD = "SELECT * FROM hazard_change WHERE hazard_id = $1 AND version > $2 ORDER BY version LIMIT $3"

Kept = tuple[Entry, bytes]


async def add(connection: Connection, kept: Sequence[Kept]) -> None:
    """Add changes with their hashes."""
    await connection.execute(
        _ADD,
        [entry.hazard_id for entry, _ in kept],
        [entry.version for entry, _ in kept],
        [entry.change for entry, _ in kept],
        [entry.state_before for entry, _ in kept],
        [entry.state_after for entry, _ in kept],
        [entry.occurred_at for entry, _ in kept],
        [entry.recorded_at for entry, _ in kept],
        [entry.subject for entry, _ in kept],
        [entry.unit for entry, _ in kept],
        [entry.on_behalf_of for entry, _ in kept],
        [entry.role for entry, _ in kept],
        [json.dumps([str(each) for each in entry.evidence]) for entry, _ in kept],
        [entry.event for entry, _ in kept],
        [json.dumps(entry.facts, ensure_ascii=False) for entry, _ in kept],
        [entry.state_hash for entry, _ in kept],
        [digest for _, digest in kept],
    )


async def of_hazard(database: Connection | Pool, hazard_id: UUID, after: int, limit: int) -> list[Kept]:
    """Return changes of a hazard after a version, the oldest first."""
    return [kept_of(row) for row in await database.fetch(_OF_HAZARD, hazard_id, after, limit)]


def kept_of(row: asyncpg.Record) -> Kept:
    """Read a row of the table."""
    entry = Entry(
        hazard_id=row["hazard_id"],
        version=row["version"],
        change=row["change"],
        state_before=row["state_before"],
        state_after=row["state_after"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        subject=row["actor_subject"],
        unit=row["actor_unit"],
        on_behalf_of=row["on_behalf_of"],
        role=row["role"],
        evidence=tuple(row["evidence"]),
        event=row["event"],
        facts=row["facts"],
        state_hash=row["state_hash"],
    )
    return entry, row["hash"]
