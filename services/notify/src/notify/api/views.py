"""Bodies of requests and answers."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from contracts.values import Name, UnitCode
from notify.domain.routing import Contact, Reason, Role
from notify.providers.base import Channel
from servicekit.telemetry import mask_mobile

MAX_CONTACTS = 1000
_MOBILE_DIGITS = 11


def _not_everybody(user: str) -> str:
    if user == "@all":
        raise ValueError("names everybody, not a member")
    return user


Mobile = Annotated[
    str,
    StringConstraints(pattern=r"^(\+?86|0086)?1[3-9][0-9]{9}$"),
    AfterValidator(lambda text: text[-_MOBILE_DIGITS:]),
]
"""A mainland mobile number, with or without the country code."""

# WeCom takes `|` for a separator of several members.
Member = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20\x7f|]{1,64}$"), AfterValidator(_not_everybody)]
"""A WeCom user id."""

Robot = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,300}$")]
"""The key of a WeCom group robot, or its whole webhook address."""


class NewContact(BaseModel):
    """A contact to be written; with `contact_id` it replaces that one."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID | None = None
    unit: UnitCode
    role: Role
    name: Name
    mobile: Mobile | None = None
    wecom: Member | None = None
    robot: Robot | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not (self.mobile or self.wecom or self.robot):
            raise ValueError("a contact needs a mobile, a wecom or a robot")
        return self


class ContactBatch(BaseModel):
    """Contacts to be written, all or none."""

    model_config = ConfigDict(extra="forbid")

    contacts: Annotated[list[NewContact], Field(min_length=1, max_length=MAX_CONTACTS)]


class ContactReference(BaseModel):
    """A contact that was written or removed."""

    contact_id: UUID
    unit: str
    role: Role


class ContactReferences(BaseModel):
    """The contacts of a batch, in its order."""

    contacts: list[ContactReference]


class ContactView(ContactReference):
    """A contact. Addresses are masked for callers that need not know them."""

    name: str
    mobile: str | None
    wecom: str | None
    robot: str | None


class ContactPage(BaseModel):
    """Contacts of a unit; `next` goes into `after` for the following page."""

    items: list[ContactView]
    next: str | None


class AlertItem(BaseModel):
    """One contact of an alert. `channel` is that of the last attempt, `attempts` counts provider calls."""

    alert_id: UUID
    notification_id: UUID
    reason: Reason
    about: str
    unit: str
    role: Role
    channel: Channel
    raised_at: datetime
    status: Literal["pending", "delivered", "failed", "unknown"]
    attempts: int
    code: str | None


class AlertPage(BaseModel):
    """Contacts of alerts, the oldest first; `next` goes into `after` for the following page."""

    items: list[AlertItem]
    next: str | None


class Attempt(BaseModel):
    """One provider call: how it ended (`outcome`), and what the provider said of it later (`receipt`)."""

    attempt: int
    channel: Channel
    began_at: datetime
    ended_at: datetime | None
    outcome: str | None
    code: str | None
    detail: str | None
    receipt: str | None
    receipt_at: datetime | None


class NotificationDetail(AlertItem):
    """One contact of an alert with what was written to it and every call that was made."""

    text: str
    history: list[Attempt]


class AlertDetail(BaseModel):
    """An alert with those of its notifications that the caller may see. `cause` is the event that called for it."""

    alert_id: UUID
    reason: Reason
    about: str
    raised_at: datetime
    recorded_at: datetime
    cause: UUID
    notifications: list[NotificationDetail]


def reference(contact: Contact) -> ContactReference:
    """Say which contact it is."""
    return ContactReference(contact_id=contact.id, unit=contact.unit, role=contact.role)


def view(contact: Contact, *, masked: bool) -> ContactView:
    """Show a contact."""
    shown = (contact.mobile, contact.wecom, contact.robot)
    mobile, wecom, robot = (_masked(address) for address in shown) if masked else shown
    told = reference(contact).model_dump()
    return ContactView(**told, name=contact.name, mobile=mobile, wecom=wecom, robot=robot)


def _masked(address: str | None) -> str | None:
    if address is None:
        return None
    hidden = mask_mobile(address)
    return hidden if hidden != address else "****"
