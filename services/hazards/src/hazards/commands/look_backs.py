"""Look-back campaigns: drawing them, and taking what is found."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.events.hazards import HazardRechecked
from hazards.domain.look_backs import MOST, LookBack, NewLookBack
from hazards.domain.steps import Step
from hazards.store import look_backs as store
from hazards.store.look_backs import Finding
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.problems import invalid, not_found


async def create(connection: Connection, principal: Principal, new: NewLookBack, at: datetime) -> LookBack:
    """Draw a campaign over closed hazards of a unit's subtree. Nobody chooses the seed, so nobody chooses the sample.

    Raises:
        Problem: 403 wrong role or foreign unit; 404 unknown unit; 422 it is due in the past, or would hold too many hazards.
    """
    principal.require("office", "supervisor")
    principal.acting_unit()
    await units.in_scope(connection, principal, new.unit)
    if new.due <= at:
        raise invalid("due", "a campaign is due in the future")
    seed = secrets.token_hex(16)
    campaign_id, frame_size = await store.create(connection, new, seed, new.size or MOST, principal.subject, at)
    if new.of == "all" and frame_size > MOST:
        raise invalid("of", f"{frame_size} hazards are too many for one campaign: draw a sample of at most {MOST}")
    made = await store.find(connection, campaign_id, at)
    if made is None:
        raise AssertionError("a campaign that was just made is there")
    return made


async def take(connection: Connection, steps: Sequence[Step]) -> None:
    """Take what look-backs found; other changes of hazards are passed over.

    Raises:
        Problem: 422 a campaign did not draw the hazard that is said to belong to it.
    """
    found = [finding for step in steps if (finding := _finding(step)) is not None]
    if found and {(each.campaign_id, each.hazard_id) for each in found} - await store.take(connection, found):
        raise invalid("campaign", "the look-back did not draw this hazard")


async def require_readable(database: Pool, principal: Principal, campaign_id: UUID, now: datetime) -> LookBack:
    """Return a campaign of a unit in the caller's subtree.

    Raises:
        Problem: 403 foreign unit; 404 unknown.
    """
    found = await store.find(database, campaign_id, now)
    if found is None:
        raise not_found("campaign_id", campaign_id)
    if principal.subtree() is not None:
        await units.in_scope(database, principal, found.unit, "campaign_id")
    return found


def _finding(step: Step) -> Finding | None:
    event = step.event
    if not isinstance(event, HazardRechecked) or event.campaign is None:
        return None
    subject = event.actor.subject if event.actor else None
    return Finding(UUID(event.campaign), step.after.hazard_id, event.finding, event.recorded_at, subject)
