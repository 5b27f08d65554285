"""What else changes with a hazard, in its transaction: the list of supervisions, look-backs, accountability."""

from collections.abc import Sequence
from uuid import UUID

from hazards.commands import accountability, look_backs
from hazards.domain.accountability.occurrences import of_hazard
from hazards.domain.record import Hazard, Listing
from hazards.domain.steps import Step
from hazards.store import listings
from hazards.store.listings import Ending, Supervision
from servicekit.database import Connection


async def follow(connection: Connection, steps: Sequence[Step]) -> None:
    """Carry changes of hazards on; nothing where none of them matters elsewhere."""
    await _keep_listings(connection, steps)
    await look_backs.take(connection, steps)
    occurrences = [each for step in steps if (each := of_hazard(step)) is not None]
    if occurrences:
        await accountability.evaluate(connection, occurrences, steps[-1].event.recorded_at)


async def _keep_listings(connection: Connection, steps: Sequence[Step]) -> None:
    last: dict[UUID, Step] = {step.after.hazard_id: step for step in steps if step.before.listing != step.after.listing}
    if last:
        listed = [_supervision(step.after, step.after.listing) for step in last.values() if step.after.listing is not None]
        ended = [_ending(step) for step in last.values() if step.after.listing is None]
        await listings.keep(connection, listed, ended)


def _supervision(hazard: Hazard, listing: Listing) -> Supervision:
    return Supervision(
        kind="hazard",
        subject=str(hazard.hazard_id),
        title=f"{hazard.number} {hazard.title}",
        units=tuple({hazard.unit, hazard.rectifier}),
        listing_unit=listing.unit,
        trigger=listing.trigger,
        reason=listing.reason,
        listed_at=listing.at,
        grade=hazard.grade,
        plan_id=hazard.plan_id,
        publish_by=listing.publish_by,
        published_at=listing.published_at,
        progress_due_at=listing.progress_due_at,
    )


def _ending(step: Step) -> Ending:
    reason = getattr(step.event, "reason", "")
    return Ending("hazard", str(step.after.hazard_id), step.event.occurred_at, reason)
