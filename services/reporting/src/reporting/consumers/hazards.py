"""Hazards: the read model, and a look at zero reports of the same unit and day."""

from collections.abc import Sequence
from datetime import datetime

from contracts import Envelope
from contracts.events.hazards import HazardEvent, HazardReported
from reporting.domain.hazards import told
from reporting.store import hazards as store
from reporting.store import scope
from reporting.store.hazards import Recorded
from reporting.suspicion import after_hazards
from servicekit.database import Connection


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Fold hazard events into the read model, then compare new hazards with the reports of their day.

    The number of statements does not depend on the number of events.
    """
    events = [(event, envelope.sequence) for envelope in envelopes if isinstance(event := envelope.data, HazardEvent)]
    if not events:
        return
    await scope.await_hold(connection)
    before = await store.lock(connection, {event.hazard_id for event, _ in events})
    known = dict(before)
    for event, sequence in events:
        known[event.hazard_id] = told(known.get(event.hazard_id), event, sequence)
    await store.write(connection, before, [each for key, each in known.items() if each != before.get(key)])
    await store.record(connection, [_recorded(event, sequence) for event, sequence in events])
    await after_hazards(connection, [event for event, _ in events if isinstance(event, HazardReported)], now)


def _recorded(event: HazardEvent, sequence: int) -> Recorded:
    actor = event.actor
    return Recorded(
        hazard_id=event.hazard_id,
        sequence=sequence,
        kind=type(event).__name__,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        unit=None if actor is None else actor.unit,
    )
