"""What hazards learns from others: the administrative tree."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from contracts import Envelope
from contracts.topics import consumed_by
from hazards.store import hazards as store
from servicekit import units
from servicekit.database import Connection
from servicekit.service import Consumption


async def apply_units(connection: Connection, envelopes: Sequence[Envelope], _now: datetime) -> None:
    """Follow the tree, and show hazards to the parents that their units come under."""
    await store.change_lines(connection)
    changed = await units.apply_unit_events(connection, envelopes)
    await store.reshow(connection, changed)


CONSUMPTIONS: Final = (Consumption("hazards", consumed_by("hazards"), apply_units),)
