"""What hazards learns from others: the administrative tree, tasks of plans, reports that did not come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from contracts import Envelope
from contracts.events.units import UnitEvent
from contracts.topics import consumed_by
from hazards.commands import accountability, tasks
from hazards.store import hazards as store
from servicekit import units
from servicekit.database import Connection
from servicekit.service import Consumption


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Follow the tree first: rules name units by it."""
    await apply_units(connection, envelopes, now)
    await tasks.follow(connection, envelopes, now)
    await accountability.follow_reports(connection, envelopes, now)


async def apply_units(connection: Connection, envelopes: Sequence[Envelope], _now: datetime) -> None:
    """Follow the tree, and show hazards to the parents that their units come under."""
    if not any(isinstance(envelope.data, UnitEvent) for envelope in envelopes):
        return
    await store.change_lines(connection)
    changed = await units.apply_unit_events(connection, envelopes)
    await store.reshow(connection, changed)


CONSUMPTIONS: Final = (Consumption("hazards", consumed_by("hazards"), apply),)
