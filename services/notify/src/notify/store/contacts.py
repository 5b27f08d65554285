"""Contacts: add, replace, remove, find."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from notify.domain.routing import Contact, Place, Role
from servicekit.database import Connection, Pool

_FIELDS: Final = "id, unit, role, name, mobile, wecom, robot"
# The update changes nothing; it makes RETURNING tell the id of a contact that is there already.
_ADD = f"""
INSERT INTO contact AS known ({_FIELDS}, recorded_at, recorded_by)
SELECT {_FIELDS}, $8, $9
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS given ({_FIELDS})
ORDER BY unit, role, name, mobile, wecom, robot
ON CONFLICT ON CONSTRAINT contact_identity DO UPDATE SET name = known.name
RETURNING {_FIELDS}
"""
_REPLACE = f"""
UPDATE contact SET unit = given.unit, role = given.role, name = given.name, mobile = given.mobile, wecom = given.wecom,
    robot = given.robot, recorded_at = $8, recorded_by = $9
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS given ({_FIELDS})
WHERE contact.id = given.id
"""
_LOCK = f"SELECT {_FIELDS} FROM contact WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
_REMOVE = "DELETE FROM contact WHERE id = $1"
_AT = f"SELECT {_FIELDS} FROM contact WHERE unit = ANY($1::text[]) ORDER BY unit, role, name, mobile, wecom, robot"
_PAGE = f"SELECT {_FIELDS} FROM contact WHERE unit = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"


def _contact(row: asyncpg.Record) -> Contact:
    return Contact(**{**row, "role": Role(row["role"])})


def _columns(contacts: Sequence[Contact]) -> tuple[Sequence[object], ...]:
    return (
        [contact.id for contact in contacts],
        [contact.unit for contact in contacts],
        [contact.role for contact in contacts],
        [contact.name for contact in contacts],
        [contact.mobile for contact in contacts],
        [contact.wecom for contact in contacts],
        [contact.robot for contact in contacts],
    )


class AlikeError(ValueError):
    """A contact would be the same as another one."""


async def add(connection: Connection, contacts: Sequence[Contact], now: datetime, by: str) -> list[Contact]:
    """Write contacts, no two alike; return them with the ids that they have, which are older for those that were there."""
    return [_contact(row) for row in await connection.fetch(_ADD, *_columns(contacts), now, by)] if contacts else []


async def replace(connection: Connection, contacts: Sequence[Contact], now: datetime, by: str) -> None:
    """Give contacts new fields, by id.

    Raises:
        AlikeError: one of them would be like another contact. The transaction can only be rolled back.
    """
    if not contacts:
        return
    try:
        await connection.execute(_REPLACE, *_columns(contacts), now, by)
    except asyncpg.UniqueViolationError as error:
        raise AlikeError from error


async def lock(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """Lock contacts; unknown ids are left out."""
    return {row["id"]: _contact(row) for row in await connection.fetch(_LOCK, list(ids))}


async def remove(connection: Connection, contact_id: UUID) -> None:
    """Forget a contact. Notifications keep the addresses that they were made with."""
    await connection.execute(_REMOVE, contact_id)


async def of_units(connection: Connection, units: Iterable[str]) -> Mapping[Place, Sequence[Contact]]:
    """All contacts of some units, by unit and role, in the order of their names."""
    found: dict[Place, list[Contact]] = {}
    for row in await connection.fetch(_AT, list(units)):
        contact = _contact(row)
        found.setdefault((contact.unit, contact.role), []).append(contact)
    return found


async def page(pool: Pool, unit: str, after: UUID | None, limit: int) -> list[Contact]:
    """Contacts of a unit with an id above `after`."""
    return [_contact(row) for row in await pool.fetch(_PAGE, unit, after, limit)]
