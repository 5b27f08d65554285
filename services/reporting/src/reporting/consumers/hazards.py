"""Hazards became known: the read model, and a look at zero reports of the same unit and day."""

from collections.abc import Sequence
from datetime import datetime

from contracts import Envelope
from reporting.store.hazards import project
from reporting.suspicion import after_hazards
from servicekit.database import Connection


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Project hazards, then compare new ones with the reports of their day."""
    await after_hazards(connection, await project(connection, envelopes), now)
