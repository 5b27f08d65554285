"""What time alone does to a hazard: limits pass, answers, reviews and duties become overdue. Each is told exactly once."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from contracts.events.hazards import (
    ExtensionUndecided,
    ListingProgressOverdue,
    ListingUnpublished,
    MonitoringReviewOverdue,
    RectificationOverdue,
    TransferUnanswered,
)
from hazards.domain.record import Hazard
from hazards.domain.steps import Step, passing

MOST_REMINDERS: Final = 7
"""Of a hand-over that nobody answers: when it is due, then 1, 3, 7, 15, 31 and 63 days later."""
_EVENTS: Final = UUID("b3a1f0de-5c1e-5b0a-8f53-3b7c4b9d2a60")

Fire = Callable[[Hazard, datetime, datetime], Step]


def fires_at(hazard: Hazard) -> datetime | None:
    """When time changes it next; None: it waits for people only."""
    return min((due for due, _ in _waiting(hazard)), default=None)


def passed(hazard: Hazard, now: datetime) -> list[Step]:
    """Let everything up to `now` pass, in the order in which it fell due."""
    steps: list[Step] = []
    while (due := min(_waiting(hazard), key=lambda each: each[0], default=None)) is not None and due[0] <= now:
        steps.append(due[1](hazard, due[0], now))
        hazard = steps[-1].after
    return steps


def event_id(step: Step) -> UUID:
    """The id of the event that a due instant makes: firing twice cannot make two events."""
    kind = step.event.__class__.__name__
    prefix = "" if kind == "RectificationOverdue" else f"{kind}:"
    return uuid5(_EVENTS, f"{prefix}{step.after.hazard_id}:{step.event.occurred_at.isoformat()}")


def _waiting(hazard: Hazard) -> Iterator[tuple[datetime, Fire]]:
    if hazard.ended:
        return
    if (limit := hazard.waiting_limit) is not None:
        yield limit, _overdue
    if (offered := hazard.transfer) is not None and offered.reminders < MOST_REMINDERS:
        yield offered.acknowledge_by + timedelta(days=2**offered.reminders - 1), _unanswered
    if (asked := hazard.extension) is not None and asked.decide_by is not None and not asked.undecided:
        yield asked.decide_by, _undecided
    if hazard.state == "monitored" and (watched := hazard.monitoring) is not None and not watched.reviewed_late:
        yield watched.review_at, _unreviewed
    if (listing := hazard.listing) is not None:
        if listing.publish_by is not None and listing.published_at is None and not listing.unpublished:
            yield listing.publish_by, _unpublished
        if listing.progress_due_at is not None:
            yield listing.progress_due_at, _silent


def _overdue(hazard: Hazard, due: datetime, now: datetime) -> Step:
    assert hazard.order is not None  # noqa: S101 - only an order has a limit
    facts = {
        "ordering_unit": hazard.order.ordering_unit,
        "responsible_unit": hazard.order.responsible,
        "due_at": due,
        "state": hazard.state,
        "submitted_at": hazard.submission.at if hazard.submission else None,
        "original_due_at": hazard.order.original_due_at,
        "grade": hazard.grade,
        "listing_unit": hazard.listing.unit if hazard.listing else None,
    }
    return passing(hazard, RectificationOverdue, due, now, facts, missed=(*hazard.missed, due))


def _unanswered(hazard: Hazard, due: datetime, now: datetime) -> Step:
    assert hazard.transfer is not None  # noqa: S101 - seen by _waiting
    offered = hazard.transfer.model_copy(update={"reminders": hazard.transfer.reminders + 1})
    facts = {
        "from_unit": offered.unit,
        "to_unit": offered.to_unit,
        "acknowledge_by": offered.acknowledge_by,
        "reminder": offered.reminders,
    }
    return passing(hazard, TransferUnanswered, due, now, facts, transfer=offered)


def _undecided(hazard: Hazard, due: datetime, now: datetime) -> Step:
    assert hazard.extension is not None and hazard.order is not None  # noqa: S101, PT018 - seen by _waiting
    facts = {
        "requesting_unit": hazard.extension.unit,
        "decide_by": due,
        "due_at": hazard.order.due_at,
        "ordering_unit": hazard.order.ordering_unit,
        "listing_unit": hazard.listing.unit if hazard.listing else None,
    }
    asked = hazard.extension.model_copy(update={"undecided": True})
    return passing(hazard, ExtensionUndecided, due, now, facts, extension=asked)


def _unreviewed(hazard: Hazard, due: datetime, now: datetime) -> Step:
    assert hazard.monitoring is not None  # noqa: S101 - seen by _waiting
    facts = {"responsible_unit": hazard.rectifier, "review_on": hazard.monitoring.review_on}
    watched = hazard.monitoring.model_copy(update={"reviewed_late": True})
    return passing(hazard, MonitoringReviewOverdue, due, now, facts, monitoring=watched)


def _unpublished(hazard: Hazard, due: datetime, now: datetime) -> Step:
    assert hazard.listing is not None  # noqa: S101 - seen by _waiting
    facts = {"listing_unit": hazard.listing.unit, "publish_by": due}
    listing = hazard.listing.model_copy(update={"unpublished": True})
    return passing(hazard, ListingUnpublished, due, now, facts, listing=listing)


def _silent(hazard: Hazard, due: datetime, now: datetime) -> Step:
    """The supervised unit was silent; the next telling is due an interval later."""
    assert hazard.listing is not None  # noqa: S101 - seen by _waiting
    every = hazard.listing.progress_every_days
    following = None if every is None else due + timedelta(days=every)
    facts = {"listing_unit": hazard.listing.unit, "responsible_unit": hazard.rectifier, "due_at": due}
    listing = hazard.listing.model_copy(update={"progress_due_at": following})
    return passing(hazard, ListingProgressOverdue, due, now, facts, listing=listing)
