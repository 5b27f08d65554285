"""What is known of a hazard: the state that its events have led to, folded one by one in the order of their sequence."""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from contracts.base import Part
from contracts.events.hazards import (
    HazardClosed,
    HazardDelisted,
    HazardDismissed,
    HazardEvent,
    HazardGraded,
    HazardListed,
    HazardMonitored,
    HazardRechecked,
    HazardRecurred,
    HazardRegistered,
    HazardReported,
    HazardTransferred,
    ListingRaised,
    RectificationAccepted,
    RectificationDeferred,
    RectificationExtended,
    RectificationOrdered,
    RectificationOverdue,
    RectificationRejected,
    RectificationSigned,
    RectificationSubmitted,
    TransferAcknowledged,
    TransferReturned,
    UseResumed,
    UseSuspended,
)

HazardState = Literal[
    "reported", "registered", "graded", "ordered", "deferred", "monitored", "transferred", "submitted", "accepted", "signed",
    "closed", "dismissed",
]  # fmt: skip
Party = Literal["rectifier", "judge"]
"""Whom a hazard waits for: the unit that has to rectify and sign, or the bodies that order, accept and close."""

EARLY: Final = frozenset({"reported", "registered", "graded"})
STOPPED: Final = frozenset({"closed", "dismissed", "monitored"})
"""It waits for nobody: it has ended, or a major one is lawfully watched instead."""
_RECTIFIERS: Final = frozenset({"ordered", "deferred", "accepted"})
_DAY: Final = timedelta(days=1)


class Missed(Part):
    """A time limit that passed, and whom the hazard waited for then."""

    due_at: datetime
    waited_for: Party


class KnownHazard(Part):
    """A hazard. `sequence` is that of the newest event that was folded in."""

    hazard_id: str
    number: str
    unit: str
    title: str
    sequence: int = 0
    plan_id: str | None = None
    task: str | None = None
    category: str | None = None
    stage: str | None = None
    enterprise: str | None = None
    enterprise_name: str | None = None
    occurred_at: datetime | None = None
    """When it was there."""
    recorded_at: datetime | None = None
    """When it was told."""
    state: HazardState = "reported"
    before: HazardState = "reported"
    """The state that it goes back to when a submission is rejected or a hand-over is answered."""
    grade: str | None = None
    ordering_unit: str | None = None
    responsible_unit: str | None = None
    measures: str | None = None
    """What was ordered, or how it is watched."""
    due_at: datetime | None = None
    """The time limit as approved last."""
    original_due_at: datetime | None = None
    overdue_since: datetime | None = None
    """The limit in force, once it has passed; it stays when the hazard is closed."""
    missed: tuple[Missed, ...] = ()
    submitted_at: datetime | None = None
    """The submission that stands."""
    stopped_at: datetime | None = None
    """Since when no limit passes any more, because it is watched or has ended; a new order lets one pass again."""
    closed_at: datetime | None = None
    closed_on_time: bool | None = None
    closed_on_time_originally: bool | None = None
    outcome: str | None = None
    """How it ended otherwise than by rectifying."""
    listed_by: str | None = None
    handler: str | None = None
    offered_to: str | None = None
    """Who has to answer a hand-over."""
    suspended: bool = False
    rechecked: str | None = None
    """What the newest look-back found."""
    recurs: str | None = None
    """The closed hazard that it is again."""

    @property
    def is_overdue(self) -> bool:
        """Whether its limit has passed and it is still to be dealt with."""
        return self.overdue_since is not None and self.stopped_at is None

    @property
    def waits_for(self) -> Party | None:
        """Whom it waits for now; None: for nobody."""
        return None if self.state in STOPPED else _waits_for(self.state)

    @property
    def on_time(self) -> bool | None:
        """Whether the submission that stands came before the limit as approved last; None without one of both."""
        return self.closed_on_time if self.closed_at else self._submitted_before(self.due_at)

    @property
    def on_time_originally(self) -> bool | None:
        """The same against the first limit."""
        return self.closed_on_time_originally if self.closed_at else self._submitted_before(self.original_due_at)

    def _submitted_before(self, limit: datetime | None) -> bool | None:
        counts = self.submitted_at is not None and limit is not None and (self.stopped_at is None or limit <= self.stopped_at)
        return self.submitted_at < limit if counts and self.submitted_at and limit else None

    def days_late(self, now: datetime, *, originally: bool = False, total: bool = False) -> int | None:
        """Days begun after the limit until the submission that stands, with `total` until it was closed; None without a limit.

        What has not come yet counts until now; nothing counts once the clock has stopped.
        """
        due = self.original_due_at if originally else self.due_at
        if due is None:
            return None
        end = self.stopped_at or now
        until = end if total or self.submitted_at is None else min(self.submitted_at, end)
        return max(0, (until - due) // _DAY + 1)

    def parts(self) -> frozenset[str]:
        """Units that have a part in it beside its own line."""
        named = (self.ordering_unit, self.responsible_unit, self.listed_by, self.handler, self.offered_to)
        return frozenset(unit for unit in named if unit is not None)


def told(known: KnownHazard | None, event: HazardEvent, sequence: int) -> KnownHazard:
    """Fold an event in. One that is not newer than what is known changes nothing but what only the report can say."""
    if known is None:
        known = KnownHazard(hazard_id=event.hazard_id, number=event.number, unit=event.unit, title=event.title)
    if isinstance(event, HazardReported) and known.recorded_at is None:
        known = known.model_copy(update=_reported(known, event))
    if sequence <= known.sequence:
        return known
    named = {"plan_id": event.plan_id or known.plan_id, "sequence": sequence}
    return known.model_copy(update=named | _filed(known, event) | _rectified(known, event) | _supervised(event))


def _reported(known: KnownHazard, event: HazardReported) -> dict[str, Any]:
    return {
        "category": known.category or event.category,
        "stage": known.stage or event.stage,
        "enterprise": known.enterprise or event.enterprise,
        "task": event.task,
        "occurred_at": event.hazard_occurred_at,
        "recorded_at": event.occurred_at,
    }


def _filed(known: KnownHazard, event: HazardEvent) -> dict[str, Any]:
    """What becomes known of it before anything is ordered, and how it ends otherwise."""
    found: dict[str, Any] = {}
    match event:
        case HazardRegistered():
            filed = {
                "category": event.category,
                "stage": event.stage,
                "enterprise": event.enterprise,
                "enterprise_name": event.enterprise_name,
            }
            found = filed | ({"state": "registered"} if known.state == "reported" else {})
        case HazardGraded():
            found = {"grade": event.grade} | ({"state": "graded"} if known.state in EARLY else {})
        case HazardRecurred(kind="same"):
            found = {"recurs": event.earlier_id}
        case HazardRechecked():
            found = {"rechecked": event.finding}
        case HazardTransferred():
            found = {"state": "transferred", "before": known.state, "offered_to": event.to_unit}
        case TransferAcknowledged():
            found = {"state": known.before, "offered_to": None, "handler": event.to_unit}
        case TransferReturned():
            found = {"state": known.before, "offered_to": None}
        case HazardDismissed():
            found = {"state": "dismissed", "outcome": event.outcome, "stopped_at": known.stopped_at or event.recorded_at}
        case _:
            pass
    return found


def _rectified(known: KnownHazard, event: HazardEvent) -> dict[str, Any]:
    """How its rectification goes on."""
    found: dict[str, Any] = {}
    match event:
        case RectificationOrdered() | RectificationDeferred():
            ordered = {
                "ordering_unit": event.ordering_unit,
                "responsible_unit": event.responsible_unit,
                "measures": event.measures,
                "due_at": event.due_at,
                "original_due_at": getattr(event, "original_due_at", None) or event.due_at,
            }
            state = "ordered" if isinstance(event, RectificationOrdered) else "deferred"
            found = ordered | {"state": state, "overdue_since": None, "stopped_at": None}
        case RectificationOverdue():
            waited_for = _waits_for(event.state or known.state)
            ordered = {
                "ordering_unit": event.ordering_unit,
                "responsible_unit": event.responsible_unit,
                "due_at": event.due_at,
                "original_due_at": event.original_due_at or known.original_due_at or event.due_at,
            }
            missed = (*known.missed, Missed(due_at=event.due_at, waited_for=waited_for))
            # Only what was ordered has a limit, also where the order itself has not been heard of.
            state = "ordered" if known.due_at is None else known.state
            found = ordered | {"state": state, "overdue_since": event.due_at, "missed": missed}
        case RectificationExtended():
            found = {"due_at": event.due_at, "original_due_at": event.original_due_at, "overdue_since": None}
        case HazardMonitored():
            watched = {"responsible_unit": event.responsible_unit, "measures": event.measures}
            found = watched | {"state": "monitored", "stopped_at": known.stopped_at or event.recorded_at}
        case RectificationSubmitted():
            found = {"state": "submitted", "before": known.state, "submitted_at": event.recorded_at}
        case RectificationAccepted():
            found = {"state": "accepted" if event.complete else "submitted"}
        case RectificationRejected():
            found = {"state": known.before, "submitted_at": None}
        case RectificationSigned():
            found = {"state": "signed"}
        case HazardClosed():
            found = {
                "state": "closed",
                "submitted_at": event.rectified_at,
                "closed_at": event.recorded_at,
                "stopped_at": known.stopped_at or event.recorded_at,
                "closed_on_time": event.on_time,
                "closed_on_time_originally": event.on_time_originally,
            }
        case _:
            pass
    return found


def _supervised(event: HazardEvent) -> dict[str, Any]:
    """What stands beside the state."""
    match event:
        case HazardListed() | ListingRaised():
            return {"listed_by": event.listing_unit}
        case HazardDelisted():
            return {"listed_by": None}
        case UseSuspended():
            return {"suspended": True}
        case UseResumed():
            return {"suspended": False}
        case _:
            return {}


def _waits_for(state: str) -> Party:
    return "rectifier" if state in _RECTIFIERS else "judge"
