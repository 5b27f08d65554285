"""notify.notification.v1: alerts and what became of their notifications. Never a mobile number, never a name."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.base import Event
from contracts.values import Count, Instant, Key, Name, UnitCode


class AlertEvent(Event):
    """What every alert event names."""

    topic: ClassVar[str] = "notify.notification.v1"

    alert_id: Key
    reason: Key
    """So far report_reminder, report_missed, rollup_missed, rectification_overdue, contradiction_suspected, task_overdue,
    task_listed or task_returned."""
    about: Key
    """A unit code, a hazard id or a task id."""
    raised_at: Instant
    """The instant of the rule, not of the sending."""

    def key(self) -> str:
        return self.alert_id


class AlertRaised(AlertEvent):
    """An event called for people to be told."""

    cause: UUID
    """The id of that event."""
    contacts: Count
    """How many contacts were found."""


class NotificationEvent(AlertEvent):
    """One contact of an alert, by unit and role."""

    notification_id: Key
    unit: UnitCode
    role: Key
    """So far submitter, principal, office, duty or leader."""
    channel: Key
    """So far sms, wecom or robot."""
    attempt: int = Field(ge=1)
    """Counts the calls of the provider from 1."""


class NotificationSubmitted(NotificationEvent):
    """The provider accepted the message; its receipt is awaited."""

    reference: Name | None = None
    """The provider's own id of the message."""


class NotificationDelivered(NotificationEvent):
    """The provider says that it was delivered (SMS) or has handed it over (WeCom)."""


class NotificationFailed(NotificationEvent):
    """The contact could not be reached on any address."""

    attempt: Count
    """Counts the calls of the provider; 0 when nothing was sent, because the alert was already too old to help anybody."""
    code: Key
    """The provider's last error code, or expired."""
