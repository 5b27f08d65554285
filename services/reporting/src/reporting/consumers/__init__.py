"""What events of other services do here."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from contracts import Envelope
from contracts.events.plans import PlanEvent
from contracts.events.units import UnitEvent
from reporting.consumers import alerts, hazards, plans, tasks, units
from reporting.store import scope
from servicekit.database import Connection


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Apply a batch of new events: the tree and the plans in the order in which they changed, then what is compared with both."""
    changes = list(_in_order_of_occurrence(envelopes))
    if changes:
        await scope.change(connection)
    for of_units, group in groupby(changes, key=lambda envelope: isinstance(envelope.data, UnitEvent)):
        await (units if of_units else plans).apply(connection, list(group), now)
    await hazards.apply(connection, envelopes, now)
    await tasks.apply(connection, envelopes)
    await alerts.apply(connection, envelopes)


def _in_order_of_occurrence(envelopes: Sequence[Envelope]) -> Iterator[Envelope]:
    """Units before plans of the same instant. Events of one aggregate keep their order: it is that of their sequence."""
    latest: dict[str, datetime] = {}
    placed: list[tuple[datetime, bool, Envelope]] = []
    for envelope in envelopes:
        if isinstance(envelope.data, UnitEvent | PlanEvent):
            occurred_at = envelope.data.occurred_at
            latest[envelope.key] = max(latest.get(envelope.key, occurred_at), occurred_at)
            placed.append((latest[envelope.key], isinstance(envelope.data, PlanEvent), envelope))
    return (envelope for _, _, envelope in sorted(placed, key=lambda each: each[:2]))
