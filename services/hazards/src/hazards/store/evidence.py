"""All SQL of evidence and of the objects that it points to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from hazards.domain.evidence import Content, Evidence, Position, Said, Shown
from hazards.domain.states import State
from servicekit.database import Connection, Pool

FIRST: Final = UUID(int=0)
"""Before every id."""

# A hazard that ends meanwhile waits for this transaction, or this one for it.
_STATE = "SELECT state FROM hazard WHERE hazard_id = $1 FOR SHARE"

# In the order of the digests, so that two who claim the same files wait for each other instead of deadlocking.
_CLAIM = """
INSERT INTO evidence_object AS known (sha256, size, state, sweep_at)
SELECT given.sha256, given.size, 'claimed', $3 FROM unnest($1::bytea[], $2::bigint[]) AS given (sha256, size) ORDER BY sha256
ON CONFLICT (sha256) DO UPDATE
SET sweep_at = CASE known.state WHEN 'doomed' THEN known.sweep_at ELSE greatest(known.sweep_at, excluded.sweep_at) END
RETURNING state
"""
_KEEP = """
WITH held AS (
    SELECT sha256 FROM evidence_object JOIN unnest($1::bytea[]) AS given (sha256) USING (sha256)
    WHERE state <> 'doomed' ORDER BY sha256 FOR NO KEY UPDATE OF evidence_object
)
UPDATE evidence_object SET state = 'kept' FROM held WHERE evidence_object.sha256 = held.sha256 RETURNING evidence_object.sha256
"""
_DOOM = """
WITH abandoned AS (
    SELECT sha256 FROM evidence_object WHERE state <> 'kept' AND sweep_at <= $1
    ORDER BY sweep_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE evidence_object SET state = 'doomed', sweep_at = $2 FROM abandoned WHERE evidence_object.sha256 = abandoned.sha256
RETURNING evidence_object.sha256
"""
_FORGET = "DELETE FROM evidence_object WHERE sha256 = $1 AND state = 'doomed'"

_INSERT = """
INSERT INTO evidence (hazard_id, kind, sha256, size, media_type, rendition_sha256, rendition_size, name, taken_at, latitude,
    longitude, width, height, file_taken_at, file_latitude, file_longitude, recorded_at, actor_subject, actor_unit, on_behalf_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT (hazard_id, sha256, kind) DO NOTHING
RETURNING *
"""
_SAME = "SELECT * FROM evidence WHERE hazard_id = $1 AND sha256 = $2 AND kind = $3"
_FIND = "SELECT * FROM evidence WHERE hazard_id = $1 AND evidence_id = $2"
_OF_HAZARD = "SELECT * FROM evidence WHERE hazard_id = $1 AND evidence_id > $2 ORDER BY evidence_id LIMIT $3"
_ALL = "SELECT * FROM evidence WHERE evidence_id > $1 ORDER BY evidence_id LIMIT $2"


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """Evidence to store: what Evidence holds but its id."""

    hazard_id: UUID
    said: Said
    shown: Shown
    original: Content
    rendition: Content | None
    recorded_at: datetime
    subject: str
    unit: str
    on_behalf_of: str | None


async def held_state(connection: Connection, hazard_id: UUID) -> State | None:
    """Return the state of a hazard, which stays as it is until the end of the transaction."""
    state: State | None = await connection.fetchval(_STATE, hazard_id)
    return state


async def claim(connection: Connection, contents: Sequence[Content], until: datetime) -> bool:
    """Note that these objects are about to be written, so that none is in the store unnoticed, or swept before `until`.

    False: one of them is being taken away just now.
    """
    unlike = {each.sha256: each for each in contents}.values()
    rows = await connection.fetch(_CLAIM, [each.sha256 for each in unlike], [each.size for each in unlike], until)
    return all(row["state"] != "doomed" for row in rows)


async def keep(connection: Connection, digests: Collection[bytes]) -> bool:
    """Keep claimed objects for ever. False: one of them was swept meanwhile."""
    unlike = set(digests)
    return len(await connection.fetch(_KEEP, list(unlike))) == len(unlike)


async def doom(pool: Pool, now: datetime, until: datetime, limit: int) -> list[bytes]:
    """Choose at most `limit` objects that nobody kept in time. They are the caller's to take away before `until`."""
    return [row["sha256"] for row in await pool.fetch(_DOOM, now, until, limit)]


async def forget(pool: Pool, digest: bytes) -> None:
    """Note that a doomed object is no longer in the store."""
    await pool.execute(_FORGET, digest)


async def insert(connection: Connection, new: NewEvidence) -> tuple[Evidence, bool]:
    """Store evidence whose objects are kept. The second value is False when it was there before; then that is returned."""
    said, shown, rendition = new.said, new.shown, new.rendition
    row = await connection.fetchrow(
        _INSERT,
        new.hazard_id,
        said.kind,
        new.original.sha256,
        new.original.size,
        said.media_type,
        rendition and rendition.sha256,
        rendition and rendition.size,
        said.name,
        said.taken_at,
        said.position and said.position.latitude,
        said.position and said.position.longitude,
        shown.width,
        shown.height,
        shown.taken_at,
        shown.position and shown.position.latitude,
        shown.position and shown.position.longitude,
        new.recorded_at,
        new.subject,
        new.unit,
        new.on_behalf_of,
    )
    if row is not None:
        return _evidence(row), True
    before = await same(connection, new.hazard_id, new.original.sha256, said.kind)
    assert before is not None  # noqa: S101 - evidence is never deleted
    return before, False


async def same(database: Connection | Pool, hazard_id: UUID, digest: bytes, kind: str) -> Evidence | None:
    """Return the evidence of a hazard that has these bytes as this kind, or None."""
    row = await database.fetchrow(_SAME, hazard_id, digest, kind)
    return None if row is None else _evidence(row)


async def find(pool: Pool, hazard_id: UUID, evidence_id: UUID) -> Evidence | None:
    """Return a piece of evidence of a hazard, or None."""
    row = await pool.fetchrow(_FIND, hazard_id, evidence_id)
    return None if row is None else _evidence(row)


async def of_hazard(pool: Pool, hazard_id: UUID, after: UUID, limit: int) -> list[Evidence]:
    """Return evidence of a hazard behind `after`, the oldest first."""
    return [_evidence(row) for row in await pool.fetch(_OF_HAZARD, hazard_id, after, limit)]


async def page(pool: Pool, after: UUID, limit: int) -> list[Evidence]:
    """Return evidence of all hazards behind `after`, the oldest first."""
    return [_evidence(row) for row in await pool.fetch(_ALL, after, limit)]


def _evidence(row: asyncpg.Record) -> Evidence:
    rendition = row["rendition_sha256"]
    return Evidence(
        evidence_id=row["evidence_id"],
        hazard_id=row["hazard_id"],
        said=Said(
            kind=row["kind"],
            media_type=row["media_type"],
            name=row["name"],
            taken_at=row["taken_at"],
            position=_position(row["latitude"], row["longitude"]),
            unit=row["on_behalf_of"],
        ),
        shown=Shown(row["width"], row["height"], row["file_taken_at"], _position(row["file_latitude"], row["file_longitude"])),
        original=Content(row["size"], row["sha256"]),
        rendition=None if rendition is None else Content(row["rendition_size"], rendition),
        recorded_at=row["recorded_at"],
        subject=row["actor_subject"],
        unit=row["actor_unit"],
        on_behalf_of=row["on_behalf_of"],
    )


def _position(latitude: float | None, longitude: float | None) -> Position | None:
    return None if latitude is None or longitude is None else Position(latitude, longitude)
