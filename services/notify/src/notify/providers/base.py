"""What notify and a provider say to each other: a message, the outcome of a call, a receipt.

A call is never repeated in here. Whether an unknown outcome is settled by asking for the receipt, by a repeat that the
provider drops, or not at all, follows from `Provider.settle` and `Provider.repeat_is_safe`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Channel(StrEnum):
    """A way to a person or a group."""

    SMS = "sms"
    WECOM = "wecom"
    ROBOT = "robot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One notification to one address. Its repr shows nothing that identifies a person."""

    notification_id: UUID
    number: str
    """Short number that people can quote; it makes the content of every notification unique."""
    address: str = field(repr=False)
    """Mobile number, WeCom user id or robot key, as the channel asks."""
    template_code: str
    params: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)
    """The rendered text, for channels without registered templates."""
    reference: str | None = None
    """The provider's own id of an earlier accepted call for this notification, if it is known."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message; whether it arrives, a receipt will tell."""

    reference: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """The provider took the message and gives no receipts: as far as can be known, it arrived."""

    reference: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider did not take the message, or was not reached before anything was sent.

    `permanent`: the same call will be refused again. `retry_after_seconds` is the provider's own wish, if it stated one.
    """

    code: str
    detail: str
    permanent: bool
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The call went out and nobody knows whether the message was taken."""

    reason: str


Outcome = Accepted | Delivered | Refused | Unknown


class ReceiptStatus(StrEnum):
    """What the provider says about a message that was sent, or not, earlier."""

    DELIVERED = "delivered"
    FAILED = "failed"
    PENDING = "pending"
    ABSENT = "absent"
    """The provider has no record of it (yet)."""
    UNANSWERED = "unanswered"
    """The question itself got no answer: nothing was learnt."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a receipt query, or one pushed by the provider.

    `code` is the carrier's or the provider's code, `at` when the message arrived or failed.
    """

    status: ReceiptStatus
    code: str
    at: datetime | None
    reference: str | None = None


class Provider(Protocol):
    """One channel's client. Neither method raises for anything that a network or a provider can do."""

    channel: Channel
    repeat_is_safe: bool
    """Whether the provider itself drops a repeat of the same message, so that an unknown one may be sent again."""
    concurrency: int
    """Calls that run at once; more wait inside `send`, so callers should not start more."""

    async def send(self, message: Message) -> Outcome:
        """Send once. Bounded by the client's timeout."""
        ...

    async def settle(self, message: Message, sent_at: datetime) -> Receipt | None:
        """Ask what became of a call that began at `sent_at`; None: this provider has no receipts to ask for."""
        ...

    async def close(self) -> None:
        """Release connections and threads. Calls under way are abandoned."""
        ...
