"""The administrative tree changed: expected reports follow, for every cut-off after the change."""

from collections.abc import Sequence
from datetime import datetime

from contracts import Envelope
from contracts.events.units import UnitEvent, UnitRegistered
from reporting.escalation import settle
from reporting.restatement import refresh
from reporting.store import expected, scope
from servicekit.database import Connection
from servicekit.units import apply_unit_events


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Project units, then bring the expected reports of changed ones in line."""
    changed = await apply_unit_events(connection, envelopes)
    events = [event for envelope in envelopes if isinstance(event := envelope.data, UnitEvent) and event.code in changed]
    if not events:
        return
    since = min(event.occurred_at for event in events)
    units = sorted(changed)
    if not all(isinstance(event, UnitRegistered) for event in events):
        # A move can take everything below along, in or out of a plan's area.
        units = sorted(await scope.subtree(connection, units))
    # What fell due until the change was owed as things stood then, also if nobody looked at the time.
    await settle(connection, await expected.lock_due_of(connection, since, units=units), since, now)
    await refresh(connection, await scope.realign_units(connection, now, since, units))
