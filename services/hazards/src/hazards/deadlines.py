"""The time limit of a rectification."""

from datetime import datetime

from contracts.events.hazards import RectificationOverdue
from hazards import store
from hazards.domain import Hazard, Order, overdue_event_id
from servicekit import outbox
from servicekit.database import Pool
from servicekit.outbox import Outgoing


class Overdue:
    """Says once for each order that its time limit has passed. The event occurred at the limit, whenever it is noticed."""

    kind = "rectification_overdue"

    async def fire(self, pool: Pool, now: datetime, limit: int) -> int:
        async with pool.acquire() as connection, connection.transaction():
            hazards = await store.fire_overdue(connection, now, limit)
            if not hazards:
                return 0
            due = [(hazard, hazard.order) for hazard in hazards if hazard.order is not None]
            await store.record(connection, "overdue", [(hazard, order.due_at) for hazard, order in due], now, None)
            await outbox.append(connection, [_event(hazard, order, now) for hazard, order in due])
        return len(hazards)

    async def next_due(self, pool: Pool) -> datetime | None:
        return await store.next_due(pool)


def _event(hazard: Hazard, order: Order, now: datetime) -> Outgoing:
    event = RectificationOverdue(
        occurred_at=order.due_at,
        recorded_at=now,
        hazard_id=str(hazard.hazard_id),
        number=hazard.number,
        unit=hazard.unit,
        title=hazard.title,
        ordering_unit=order.ordering_unit,
        responsible_unit=order.responsible,
        due_at=order.due_at,
    )
    return Outgoing(event, hazard.version, overdue_event_id(hazard.hazard_id, order.due_at))
