"""What events of other services do here: the tree is kept, and alerts are raised."""

from collections.abc import Sequence
from datetime import datetime

from contracts import Envelope
from notify.commands.raise_alerts import raise_alerts
from notify.domain.routing import alert_of
from servicekit.database import Connection
from servicekit.units import apply_unit_events


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Apply a batch of new events. Units come first, so that texts name them as they are called now."""
    await apply_unit_events(connection, envelopes)
    await raise_alerts(connection, [alert for envelope in envelopes if (alert := alert_of(envelope)) is not None], now)
