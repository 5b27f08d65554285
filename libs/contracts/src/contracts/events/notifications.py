"""notify.notification.v1: alerts and what became of their notifications. Never a mobile number, never a name."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.base import Event
from contracts.values import Count, Instant, Key, Name, UnitCode


class AlertEvent(Event):
    """What every alert event names. `about` is a unit code or a hazard id; `raised_at` is the instant of the rule."""

    topic: ClassVar[str] = "notify.notification.v1"

    alert_id: Key
    reason: Key
    about: Key
    raised_at: Instant

    def key(self) -> str:
        return self.alert_id


class AlertRaised(AlertEvent):
    """An event called for people to be told; `contacts` says how many were found."""

    cause: UUID
    contacts: Count


class NotificationEvent(AlertEvent):
    """One contact of an alert, by unit and role; `attempt` counts provider calls from 1."""

    notification_id: Key
    unit: UnitCode
    role: Key
    channel: Key
    attempt: int = Field(ge=1)


class NotificationSubmitted(NotificationEvent):
    """The provider accepted the message; its receipt is awaited. `reference` is the provider's own id of the message."""

    reference: Name | None = None


class NotificationDelivered(NotificationEvent):
    """The provider says that it was delivered (SMS) or has handed it over (WeCom)."""


class NotificationFailed(NotificationEvent):
    """The contact could not be reached on any address; `code` is the provider's last error code, or `expired`.

    `attempt` is 0 when nothing was sent, because the alert was already too old to help anybody.
    """

    attempt: Count
    code: Key
