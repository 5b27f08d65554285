"""Supervision by name (挂牌督办) from listing to delisting, and stopping the use. Neither replaces the time limit."""

from datetime import datetime, timedelta
from typing import Any

from contracts.events.hazards import (
    HazardDelisted,
    HazardListed,
    ListingProgressed,
    ListingPublished,
    ListingRaised,
    UseResumed,
    UseSuspended,
)
from hazards.domain.record import Hazard, Listing, Suspension, Trigger
from hazards.domain.refusals import conflict, invalid
from hazards.domain.steps import Moment, Step


def put_on_list(
    hazard: Hazard, moment: Moment, trigger: Trigger, reason: str, *, publish_by: datetime | None, every_days: int | None
) -> Step:
    """Put it under supervision.

    Raises:
        RefusedError: conflict, it is listed; invalid, the trigger does not hold.
    """
    if hazard.listing is not None:
        raise conflict("listing", f"{hazard.listing.unit} has listed it: a higher body raises it")
    if trigger == "overdue" and hazard.overdue(moment.at) is None:
        raise invalid("trigger", "the hazard is not overdue")
    if trigger == "major" and hazard.grade != "major":
        raise invalid("trigger", "the hazard is not major: grade it first")
    progress = None if every_days is None else moment.at + timedelta(days=every_days)
    listing = Listing(
        **moment.acted(),
        trigger=trigger,
        reason=reason,
        publish_by=publish_by,
        progress_every_days=every_days,
        progress_due_at=progress,
    )
    facts = {
        "listing_unit": moment.unit,
        "responsible_unit": hazard.rectifier,
        "trigger": trigger,
        "reason": reason,
        "grade": hazard.grade,
        "publish_by": publish_by,
        "progress_due_at": progress,
    }
    return moment.step(hazard, "list", HazardListed, facts, listing=listing)


def publish(hazard: Hazard, moment: Moment, where: str) -> Step:
    """Say where the listing was made public.

    Raises:
        RefusedError: conflict, it was public already, or is not listed.
    """
    listing = _listing(hazard)
    if listing.published_at is not None:
        raise conflict("listing", "it is public already")
    facts = {"listing_unit": listing.unit, "where": where}
    changed = listing.model_copy(update={"published_at": moment.at})
    return moment.step(hazard, "publish", ListingPublished, facts, listing=changed)


def raise_to(hazard: Hazard, moment: Moment, reason: str) -> Step:
    """Take the supervision over from a lower body. What that body had accepted does not bind the higher one."""
    listing = _listing(hazard)
    facts = {
        "listing_unit": moment.unit,
        "previous_unit": listing.unit,
        "reason": reason,
        "responsible_unit": hazard.rectifier,
    }
    changed = listing.model_copy(update=moment.acted())
    return moment.step(hazard, "raise", ListingRaised, facts, listing=changed)


def tell_progress(hazard: Hazard, moment: Moment, text: str) -> Step:
    """Tell the listing body how far it is; the next telling is due a full interval later."""
    listing = _listing(hazard)
    every = listing.progress_every_days
    due = None if every is None else moment.at + timedelta(days=every)
    facts = {"listing_unit": listing.unit, "telling_unit": moment.unit, "text": text, "next_due_at": due}
    changed = listing.model_copy(update={"progress_due_at": due})
    return moment.step(hazard, "tell_progress", ListingProgressed, facts, listing=changed)


def delist(hazard: Hazard, moment: Moment, reason: str) -> Step:
    """End the supervision (摘牌).

    Raises:
        RefusedError: conflict, it is not listed, or its rectification is not accepted by all, unless it ended otherwise.
    """
    listing = _listing(hazard)
    facts = {"listing_unit": listing.unit, "reason": reason}
    return moment.step(hazard, "delist", HazardDelisted, facts, listing=None)


def suspend(hazard: Hazard, moment: Moment, what: str, reason: str) -> Step:
    """Stop the use at once.

    Raises:
        RefusedError: conflict, it is stopped.
    """
    if hazard.suspension is not None:
        raise conflict("suspension", "the use is stopped already")
    facts: dict[str, Any] = {"suspending_unit": moment.unit, "what": what, "reason": reason}
    suspension = Suspension(**moment.acted(), what=what, reason=reason)
    return moment.step(hazard, "suspend", UseSuspended, facts, suspension=suspension)


def resume(hazard: Hazard, moment: Moment, reason: str) -> Step:
    """Let the use go on.

    Raises:
        RefusedError: conflict, it is not stopped.
    """
    if hazard.suspension is None:
        raise conflict("suspension", "the use is not stopped")
    return moment.step(
        hazard, "resume", UseResumed, {"resuming_unit": moment.unit, "reason": reason}, suspension=None
    )  # fmt: skip


def _listing(hazard: Hazard) -> Listing:
    if hazard.listing is None:
        raise conflict("listing", "the hazard is not listed")
    return hazard.listing
