"""What events of other services do here."""

from collections.abc import Sequence
from datetime import datetime

from contracts import Envelope
from reporting.consumers import alerts, hazards, plans, units
from servicekit.database import Connection


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Apply a batch of new events. Units come first, so that a plan issued in the same batch finds its reporters."""
    await units.apply(connection, envelopes, now)
    await plans.apply(connection, envelopes, now)
    await hazards.apply(connection, envelopes, now)
    await alerts.apply(connection, envelopes)
