"""Raise the alerts that events call for, with one notification for each contact."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from contracts.events.notifications import AlertRaised
from notify.domain.notification import queued
from notify.domain.routing import Alert, Contact, reached
from notify.domain.texts import TEMPLATES, named_units, parameters
from notify.metrics import ALERTS
from notify.store import alerts, contacts
from notify.store.alerts import Addressed, Raised
from servicekit import outbox, units
from servicekit.database import Connection
from servicekit.outbox import Outgoing


async def raise_alerts(connection: Connection, called_for: Sequence[Alert], now: datetime) -> None:
    """Write alerts and queue their notifications; what was raised before is not raised again.

    The number of statements does not depend on the number of alerts.
    """
    if not called_for:
        return
    told = {alert.id: alert for alert in called_for}
    names = await units.names(connection, {unit for alert in told.values() for unit in named_units(alert.event)})
    raised = [_with_text(alert, names) for alert in told.values()]
    fresh = await alerts.raise_alerts(connection, raised, now)
    new = [alert for alert in told.values() if alert.id in fresh]
    known = await contacts.of_units(connection, {unit for alert in new for unit, _ in alert.places})
    people = {alert.id: reached(alert.places, known) for alert in new}
    await alerts.add_notifications(connection, [_addressed(alert, one, now) for alert in new for one in people[alert.id]])
    await outbox.append(connection, [_announced(alert, len(people[alert.id]), now) for alert in new])
    for alert in new:
        ALERTS.labels(alert.reason).inc()


def notification_id(alert_id: UUID, contact_id: UUID) -> UUID:
    """The id of the one notification that a contact gets of an alert."""
    return uuid5(alert_id, str(contact_id))


def _with_text(alert: Alert, names: Mapping[str, str]) -> Raised:
    params = json.dumps(parameters(alert.event, names), ensure_ascii=False)
    return Raised(alert, TEMPLATES[alert.reason].text, params)


def _addressed(alert: Alert, contact: Contact, now: datetime) -> Addressed:
    state = queued(alert.raised_at, tuple(contact.addresses()), now)
    return Addressed(notification_id(alert.id, contact.id), alert.id, contact, state)


def _announced(alert: Alert, contacts_found: int, now: datetime) -> Outgoing:
    event = AlertRaised(
        occurred_at=alert.raised_at,
        recorded_at=now,
        alert_id=str(alert.id),
        reason=alert.reason,
        about=alert.about,
        raised_at=alert.raised_at,
        cause=alert.cause,
        contacts=contacts_found,
    )
    return Outgoing(event, sequence=1, id=uuid5(alert.id, "raised"))
