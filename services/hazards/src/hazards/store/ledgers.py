"""Ledgers that were imported, and the units that their rows name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicekit import units
from servicekit.database import Connection, Pool

_FIND = """
SELECT import_id, unit, hazards, reported, ordered, closed FROM ledger_import WHERE unit = $1 AND file_digest = $2
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 7406112022))"
_ADD = """
INSERT INTO ledger_import (import_id, unit, hazards, reported, ordered, closed, imported_at, subject, file_digest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_CALLED = """
SELECT wanted.name, unit.code, unit.retired_at FROM unnest($1::text[]) AS wanted (name)
JOIN unit ON unit.code = wanted.name OR unit.name = wanted.name
"""


@dataclass(frozen=True, slots=True)
class LedgerImport:
    """What an import brought, by where the hazards stood."""

    import_id: UUID
    unit: str
    hazards: int
    reported: int
    ordered: int
    closed: int


async def find(database: Connection | Pool, unit: str, digest: bytes) -> LedgerImport | None:
    """Return the import of the same bytes by a unit, or None."""
    row = await database.fetchrow(_FIND, unit, digest)
    return None if row is None else LedgerImport(**row)


async def lock(connection: Connection, unit: str) -> None:
    """Let one import of a unit be written at a time."""
    await connection.execute(_LOCK, unit)


async def add(connection: Connection, done: LedgerImport, at: datetime, subject: str, digest: bytes) -> None:
    """Remember an import."""
    counts = (done.hazards, done.reported, done.ordered, done.closed)
    await connection.execute(_ADD, done.import_id, done.unit, *counts, at, subject, digest)


async def called(database: Connection | Pool, names: Collection[str], ancestor: str, at: datetime) -> dict[str, list[str]]:
    """Return the codes of the units at or below `ancestor`, not retired, that have some names or codes."""
    rows = [row for row in await database.fetch(_CALLED, list(names)) if row["retired_at"] is None or row["retired_at"] > at]
    own = await units.reached(database, {row["code"] for row in rows}, ancestor)
    found: dict[str, list[str]] = {}
    for row in rows:
        if row["code"] in own and row["code"] not in found.setdefault(row["name"], []):
            found[row["name"]].append(row["code"])
    return found
