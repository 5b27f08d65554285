"""Contacts of units."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response

from contracts.values import UnitCode
from notify.api.views import ContactBatch, ContactPage, ContactReference, ContactReferences, NewContact, reference, view
from notify.commands import contacts as commands
from notify.domain.routing import Contact
from notify.store import contacts as store
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.problems import invalid
from servicekit.units import in_scope

router = APIRouter(tags=["contacts"])
_SEES_ADDRESSES = frozenset({"office", "admin"})


@router.post("/contacts/batch", response_model=ContactReferences)
async def save(kit: KitDep, request: CommandDep, body: ContactBatch) -> Response:
    """Add or replace contacts, all or none. A contact that is there already stays as it is."""
    wanted = [_contact(each) for each in body.contacts]
    given = [(each.contact_id, f"contacts.{place}.contact_id") for place, each in enumerate(body.contacts)]
    known_ids = {id_: field for id_, field in given if id_ is not None}
    if len(known_ids) < sum(id_ is not None for id_, _ in given):
        raise invalid("contacts", "the same contact_id is given twice")

    async def run(connection: Connection) -> ContactReferences:
        saved = await commands.save(connection, request.principal, wanted, known_ids, request.received_at)
        return ContactReferences(contacts=[reference(contact) for contact in saved])

    return respond(await kit.answer(request, 200, run))


@router.delete("/contacts/{contact_id}", response_model=ContactReference)
async def remove(kit: KitDep, request: CommandDep, contact_id: UUID) -> Response:
    """Forget a contact. What was already queued for it is still sent."""

    async def run(connection: Connection) -> ContactReference:
        return reference(await commands.remove(connection, request.principal, contact_id))

    return respond(await kit.answer(request, 200, run))


@router.get("/contacts")
async def contacts(
    kit: KitDep,
    principal: PrincipalDep,
    unit: Annotated[UnitCode | None, Query(description="default: the caller's unit")] = None,
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ContactPage:
    """Contacts of one unit of the caller's subtree. Offices and admins see the addresses."""
    asked = await in_scope(kit.pool, principal, unit or principal.acting_unit())
    found = await store.page(kit.pool, asked.code, after, limit)
    masked = principal.roles.isdisjoint(_SEES_ADDRESSES)
    following = str(found[-1].id) if len(found) == limit else None
    return ContactPage(items=[view(contact, masked=masked) for contact in found], next=following)


def _contact(given: NewContact) -> Contact:
    return Contact(
        id=given.contact_id or uuid4(),
        unit=given.unit,
        role=given.role,
        name=given.name,
        mobile=given.mobile,
        wecom=given.wecom,
        robot=given.robot,
    )
