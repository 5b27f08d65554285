"""Alerts and what became of them: the read model for dashboards."""

from collections import Counter
from collections.abc import Sequence

from contracts import Envelope
from contracts.events.notifications import AlertEvent, AlertRaised, NotificationDelivered, NotificationFailed
from servicekit.database import Connection

_UPSERT = """
INSERT INTO alert AS known (alert_id, reason, about, raised_at, contacts, delivered, failed)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::int[], $6::int[], $7::int[])
ON CONFLICT (alert_id) DO UPDATE SET contacts = greatest(known.contacts, excluded.contacts),
    delivered = known.delivered + excluded.delivered, failed = known.failed + excluded.failed
"""


async def apply(connection: Connection, envelopes: Sequence[Envelope]) -> None:
    """Fold alert events in one statement; the inbox has made sure that each is counted once."""
    events = [event for envelope in envelopes if isinstance(event := envelope.data, AlertEvent)]
    alerts = {event.alert_id: event for event in events}
    contacts = {event.alert_id: event.contacts for event in events if isinstance(event, AlertRaised)}
    delivered = Counter(event.alert_id for event in events if isinstance(event, NotificationDelivered))
    failed = Counter(event.alert_id for event in events if isinstance(event, NotificationFailed))
    if alerts:
        await connection.execute(
            _UPSERT,
            list(alerts),
            [event.reason for event in alerts.values()],
            [event.about for event in alerts.values()],
            [event.raised_at for event in alerts.values()],
            [contacts.get(alert_id, 0) for alert_id in alerts],
            [delivered[alert_id] for alert_id in alerts],
            [failed[alert_id] for alert_id in alerts],
        )
