"""Telling that a hazard is one again: a closed one that came back, or one of the same type in the same enterprise."""

from datetime import datetime, timedelta

from contracts import Actor
from contracts.events.hazards import HazardRecurred
from hazards.commands import policies
from hazards.domain.record import Hazard
from hazards.domain.steps import Step
from hazards.store import recurrences
from servicekit.database import Connection


async def recurrence(connection: Connection, hazard: Hazard, earlier: Hazard | None, actor: Actor, at: datetime) -> list[Step]:
    """Return the change that tells it, or none. Without `earlier` the type is looked for, within the time of the policy."""
    owner = hazard.details.owner
    kind, count = "same", 1
    if earlier is None and owner is not None and owner.code is not None:
        since = at - timedelta(days=(await policies.of(connection, hazard.unit)).policy.same_type_within_days)
        found = await recurrences.of_type(connection, owner.code, hazard.category, since, hazard.hazard_id)
        kind, (earlier, count) = "same_type", found
    if earlier is None:
        return []
    after = hazard.model_copy(update={"version": hazard.version + 1})
    event = HazardRecurred(
        **after.named(),
        occurred_at=at,
        recorded_at=at,
        actor=actor,
        earlier_id=str(earlier.hazard_id),
        earlier_number=earlier.number,
        kind=kind,
        enterprise=owner.code if owner else None,
        count=count,
    )
    return [Step("note", hazard, after, event)]
