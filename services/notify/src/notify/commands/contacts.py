"""Add, replace and remove contacts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from notify.domain.routing import Contact
from notify.store import contacts
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.problems import FieldError, Problem, conflict, not_found
from servicekit.units import all_in_scope

_WRITERS = ("office", "admin")


async def save(
    connection: Connection, principal: Principal, wanted: Sequence[Contact], known_ids: Mapping[UUID, str], now: datetime
) -> list[Contact]:
    """Write contacts, all or none, and return them in the same order with their ids.

    Those whose id is in `known_ids` (id to the field that gave it) replace the contact with that id; the others are added,
    unless the very same contact is there already.

    Raises:
        Problem: 403 role or a foreign unit, 404 an unknown unit or id, 409 a replaced contact would equal another one.
    """
    principal.require(*_WRITERS)
    replaced = await contacts.lock(connection, known_ids)
    missing = [FieldError(field, "not known") for id_, field in known_ids.items() if id_ not in replaced]
    if missing:
        raise Problem(404, "some contacts are not known here", *missing)
    units = {contact.unit: f"contacts.{place}.unit" for place, contact in reversed(list(enumerate(wanted)))}
    old_units = {replaced[id_].unit: field for id_, field in known_ids.items()}
    await all_in_scope(connection, principal, old_units | units)
    try:
        await contacts.replace(connection, [contact for contact in wanted if contact.id in known_ids], now, principal.subject)
    except contacts.AlikeError as error:
        raise conflict("a contact would be the same as another one", "contacts") from error
    new = {_identity(contact): contact for contact in wanted if contact.id not in known_ids}
    added = {
        _identity(contact): contact for contact in await contacts.add(connection, list(new.values()), now, principal.subject)
    }
    return [contact if contact.id in known_ids else added[_identity(contact)] for contact in wanted]


async def remove(connection: Connection, principal: Principal, contact_id: UUID) -> Contact:
    """Forget a contact.

    Raises:
        Problem: 403 role or a foreign unit, 404 an unknown contact.
    """
    principal.require(*_WRITERS)
    contact = (await contacts.lock(connection, [contact_id])).get(contact_id)
    if contact is None:
        raise not_found("contact_id", contact_id)
    await all_in_scope(connection, principal, {contact.unit: "contact_id"})
    await contacts.remove(connection, contact_id)
    return contact


def _identity(contact: Contact) -> tuple[str | None, ...]:
    return (contact.unit, contact.role, contact.name, contact.mobile, contact.wecom, contact.robot)
