"""hazards.hazard.v1: a hazard from its report to its end, and how its rectification is ordered, judged and supervised."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.base import Event, Part
from contracts.values import Amount, Instant, Key, Name, Quantity, Text, UnitCode


class HazardEvent(Event):
    """What every hazard event names."""

    topic: ClassVar[str] = "hazards.hazard.v1"

    hazard_id: Key
    number: Name
    """For people; never used again."""
    unit: UnitCode
    """Where the hazard is."""
    title: Text
    plan_id: Key | None = None
    """The plan under which it was found."""

    def key(self) -> str:
        return self.hazard_id


class HazardReported(HazardEvent):
    """A hazard was reported."""

    category: Name
    hazard_occurred_at: Instant
    """When it was there, apart from when it was told."""
    description: Text | None = None
    stage: Key | None = None
    """How it was found. So far self_check, open_inspection, covert_inspection, authority, public, sensor, audit."""
    enterprise: Key | None = None
    """The enterprise that owns the place."""
    task: Key | None = None
    """The task of the plan under which it was found."""
    ledger_number: Name | None = None
    """What an older ledger called it, from which it was imported."""


class HazardPlace(Part):
    """Where a hazard is; degrees of WGS 84."""

    division: UnitCode | None = None
    address: Text | None = None
    longitude: Quantity | None = None
    latitude: Quantity | None = None


class HazardRegistered(HazardEvent):
    """Its file was opened or completed (登记建档). What it says replaces what was said before."""

    category: Name
    stage: Key
    place: HazardPlace | None = None
    enterprise: Key | None = None
    enterprise_name: Name | None = None
    standard: Key | None = None
    """The standard hazard of the library that it is an instance of."""
    standard_version: int | None = None
    clause: Text | None = None


class HazardGraded(HazardEvent):
    """Its grade was decided, or decided anew."""

    grade: Key
    """So far general, major."""
    previous: Key | None = None
    grading_unit: UnitCode
    reason: Text | None = None


class OrderEvent(HazardEvent):
    """What is said of a rectification that is under way."""

    ordering_unit: UnitCode
    responsible_unit: UnitCode
    due_at: Instant
    """Not closed by this instant is overdue."""


class RectificationOrdered(OrderEvent):
    """A rectification was ordered with the five elements: measures, responsible unit, funds, time limit, contingency plan."""

    measures: Text
    funds: Amount
    """In yuan."""
    contingency: Text
    original_due_at: Instant | None = None
    """The first limit, where a stricter order replaces one that was given before."""


class RectificationDeferred(OrderEvent):
    """It cannot be rectified at once and is done by a plan with a time limit. Planned is lawful and not overdue."""

    plan: Text
    measures: Text
    funds: Amount
    contingency: Text


class RectificationOverdue(OrderEvent):
    """The due instant passed and the hazard was not closed; `occurred_at` is the due instant."""

    state: Key | None = None
    """Where it stood then: a submitted rectification waited for its judges, not for the rectifier."""
    submitted_at: Instant | None = None
    original_due_at: Instant | None = None
    grade: Key | None = None
    listing_unit: UnitCode | None = None


class HazardMonitored(HazardEvent):
    """A major hazard is watched instead of rectified (整治或监控); no time limit passes while it is."""

    responsible_unit: UnitCode
    measures: Text
    reason: Text
    review_on: date
    """The local day by whose end the monitoring is reviewed."""


class MonitoringReviewOverdue(HazardEvent):
    """The day of the review passed and the hazard was still monitored without one."""

    responsible_unit: UnitCode
    review_on: date


class RectificationSubmitted(HazardEvent):
    """The unit that has to rectify says that it is done."""

    submitting_unit: UnitCode
    text: Text
    on_spot: bool = False
    """Rectified on the spot (立查立改), without an order."""
    funds: Amount | None = None
    due_at: Instant | None = None


class RectificationAccepted(HazardEvent):
    """A body accepted the rectification (验收). A listed hazard is accepted jointly: `complete` says whether all have."""

    accepting_unit: UnitCode
    complete: bool
    joint: bool = False
    note: Text | None = None


class RectificationRejected(HazardEvent):
    """The rectification was not accepted and goes back; the time limit stays what it is."""

    rejecting_unit: UnitCode
    responsible_unit: UnitCode
    reason: Text
    due_at: Instant | None = None


class RectificationSigned(HazardEvent):
    """The principal of the rectifying unit signed the result, which is reported up with it."""

    signing_unit: UnitCode


class HazardClosed(HazardEvent):
    """It is closed (销号) and stays closed: the same hazard again is a new one."""

    closing_unit: UnitCode
    rectified_at: Instant
    """When the rectification that was accepted was submitted."""
    on_time: bool | None = None
    """Submitted before the limit as approved last; absent without a limit."""
    on_time_originally: bool | None = None
    """The same against the first limit."""
    grade: Key | None = None
    imported: bool = False
    """It had been closed before it was kept here: nobody here saw an acceptance."""


class HazardDismissed(HazardEvent):
    """It ended otherwise than by rectifying; counted apart from closed ones."""

    outcome: Key
    """So far duplicate, not_our_duty, withdrawn."""
    dismissing_unit: UnitCode
    reason: Text
    duplicate_of: Key | None = None


class TransferEvent(HazardEvent):
    """What is said of a hand-over from one competent body to another. The clock of the hazard runs on meanwhile."""

    from_unit: UnitCode
    to_unit: UnitCode


class HazardTransferred(TransferEvent):
    """It was offered to another body, which has to acknowledge."""

    reason: Text
    acknowledge_by: Instant


class TransferAcknowledged(TransferEvent):
    """The other body took it over."""


class TransferReturned(TransferEvent):
    """The other body gave it back: it is not its duty."""

    reason: Text


class TransferUnanswered(TransferEvent):
    """Nobody had answered when an answer was due; `occurred_at` is that instant. Told again with growing pauses."""

    acknowledge_by: Instant
    reminder: Annotated[int, Field(ge=1)]


class UseSuspended(HazardEvent):
    """The use was stopped (立即停驶, 停产整顿), beside any time limit."""

    suspending_unit: UnitCode
    what: Text
    reason: Text


class UseResumed(HazardEvent):
    """The use may go on."""

    resuming_unit: UnitCode
    reason: Text


class ExtensionRequested(HazardEvent):
    """The unit that has to rectify asks for more time."""

    requesting_unit: UnitCode
    reason: Text
    due_at: Instant
    """The limit as it is."""
    wanted_due_at: Instant
    decide_by: Instant | None = None


class RectificationExtended(OrderEvent):
    """The time limit was extended by somebody else than who asked; every earlier one stays known."""

    extending_unit: UnitCode
    previous_due_at: Instant
    original_due_at: Instant
    note: Text | None = None


class ExtensionRefused(HazardEvent):
    """More time was refused; the limit stays."""

    refusing_unit: UnitCode
    reason: Text
    due_at: Instant
    responsible_unit: UnitCode | None = None
    """Who had asked."""


class ExtensionUndecided(HazardEvent):
    """Nobody had decided a request for more time when that was due. It is neither approved nor refused."""

    requesting_unit: UnitCode
    decide_by: Instant
    due_at: Instant
    ordering_unit: UnitCode | None = None
    """Who has to decide, unless the hazard is listed."""
    listing_unit: UnitCode | None = None
    """Who has to decide where it is listed."""


class ListingEvent(HazardEvent):
    """What is said of a supervision by name (挂牌督办)."""

    listing_unit: UnitCode


class HazardListed(ListingEvent):
    """A higher body put it under its supervision. The time limit stays what it is."""

    responsible_unit: UnitCode
    trigger: Key
    """So far overdue, major, serious_violation, other."""
    reason: Text
    grade: Key | None = None
    publish_by: Instant | None = None
    progress_due_at: Instant | None = None


class ListingPublished(ListingEvent):
    """The listing body made the listing public."""

    where: Text


class ListingUnpublished(ListingEvent):
    """The listing was not public when it had to be."""

    publish_by: Instant


class ListingRaised(ListingEvent):
    """A still higher body took the supervision over."""

    previous_unit: UnitCode
    reason: Text
    responsible_unit: UnitCode | None = None


class ListingProgressed(ListingEvent):
    """The supervised unit told how far it is."""

    telling_unit: UnitCode
    text: Text
    next_due_at: Instant | None = None


class ListingProgressOverdue(ListingEvent):
    """The supervised unit had not told how far it is when that was due."""

    responsible_unit: UnitCode
    due_at: Instant


class HazardDelisted(ListingEvent):
    """The listing body ended its supervision (摘牌)."""

    reason: Text


class HazardRechecked(HazardEvent):
    """A closed hazard was looked at again (回头看). A fake rectification reopens accountability, never the hazard."""

    checking_unit: UnitCode
    finding: Key
    """So far sound, fake."""
    text: Text
    responsible_unit: UnitCode
    accepting_units: tuple[UnitCode, ...] = ()
    """Who had accepted what was found to be fake, or sound."""
    campaign: Key | None = None
    """The look-back that it belongs to."""


class HazardRecurred(HazardEvent):
    """A hazard is one again that was closed before, or of the same type in the same enterprise."""

    earlier_id: Key
    earlier_number: Name
    kind: Key
    """So far same, same_type."""
    enterprise: Key | None = None
    count: Annotated[int, Field(ge=1)] = 1
    """How many of the type the enterprise had within the time that counts, this one not included."""
