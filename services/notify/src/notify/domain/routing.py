"""Who is told of what: the routing rules as a table, and the contacts that they lead to. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from contracts import Envelope
from contracts.events.accountability import (
    MeasureEvent,
    MeasureIssued,
    MeasureProposed,
    MeasureReplyOverdue,
    MeasureUnacknowledged,
)
from contracts.events.hazards import (
    ExtensionRefused,
    ExtensionUndecided,
    HazardEvent,
    HazardListed,
    HazardTransferred,
    ListingProgressOverdue,
    ListingRaised,
    ListingUnpublished,
    MonitoringReviewOverdue,
    RectificationExtended,
    RectificationOverdue,
    RectificationRejected,
    TransferUnanswered,
    UseSuspended,
)
from contracts.events.notices import RectificationDigestDue
from contracts.events.reports import ContradictionSuspected, OccurrenceDeclared, ReportMissed, ReportReminderDue
from contracts.events.tasks import TaskListed, TaskOverdue, TaskReturned
from notify.domain.notification import PREFERENCE
from notify.providers.base import Channel

TaskAlarm = TaskOverdue | TaskListed | TaskReturned
ListingAlarm = HazardListed | ListingRaised | ListingProgressOverdue | ListingUnpublished
RectifierAlarm = RectificationOverdue | RectificationRejected | RectificationExtended | ExtensionRefused | MonitoringReviewOverdue
BodyAlarm = HazardTransferred | TransferUnanswered | ExtensionUndecided
HazardAlarm = RectifierAlarm | ListingAlarm | BodyAlarm | UseSuspended
ReportAlarm = ReportReminderDue | OccurrenceDeclared | ReportMissed | ContradictionSuspected
MeasureAlarm = MeasureProposed | MeasureIssued | MeasureUnacknowledged | MeasureReplyOverdue
Alarm = ReportAlarm | HazardAlarm | RectificationDigestDue | TaskAlarm | MeasureAlarm
"""The events that call for people to be told."""

ROLL_UP: Final = "roll_up"
EVER_AFTER: Final = 10_000
"""No escalation has so many steps."""


class Role(StrEnum):
    """What a contact is to its unit."""

    SUBMITTER = "submitter"
    PRINCIPAL = "principal"
    OFFICE = "office"
    DUTY = "duty"
    LEADER = "leader"


class Reason(StrEnum):
    """Why people are told."""

    REPORT_REMINDER = "report_reminder"
    OCCURRENCE_DECLARED = "occurrence_declared"
    REPORT_MISSED = "report_missed"
    ROLLUP_MISSED = "rollup_missed"
    RECTIFICATION_OVERDUE = "rectification_overdue"
    CONTRADICTION_SUSPECTED = "contradiction_suspected"
    HAZARD_LISTED = "hazard_listed"
    LISTING_RAISED = "listing_raised"
    LISTING_PROGRESS_OVERDUE = "listing_progress_overdue"
    LISTING_UNPUBLISHED = "listing_unpublished"
    HAZARD_TRANSFERRED = "hazard_transferred"
    TRANSFER_UNANSWERED = "transfer_unanswered"
    RECTIFICATION_REJECTED = "rectification_rejected"
    RECTIFICATION_EXTENDED = "rectification_extended"
    EXTENSION_REFUSED = "extension_refused"
    EXTENSION_UNDECIDED = "extension_undecided"
    MONITORING_REVIEW_OVERDUE = "monitoring_review_overdue"
    USE_SUSPENDED = "use_suspended"
    RECTIFICATION_DIGEST = "rectification_digest"
    TASK_OVERDUE = "task_overdue"
    TASK_LISTED = "task_listed"
    TASK_RETURNED = "task_returned"
    MEASURE_PROPOSED = "measure_proposed"
    MEASURE_ISSUED = "measure_issued"
    MEASURE_UNACKNOWLEDGED = "measure_unacknowledged"
    MEASURE_REPLY_OVERDUE = "measure_reply_overdue"


class Party(StrEnum):
    """A unit by its part in an event."""

    CONCERNED = "concerned"
    """The one that owes the report, that must rectify, answer or decide; those that lead the task."""
    ABOVE = "above"
    """Those that the report was owed to, that ordered the rectification, listed the hazard, or issued the plan."""


@dataclass(frozen=True, slots=True)
class Rule:
    """On an event, at steps `first` to `last` of its escalation, the contacts in these roles are told."""

    event: type[Alarm]
    tell: tuple[tuple[Party, Role], ...]
    first: int = 1
    last: int = EVER_AFTER


RULES: Final = (
    Rule(ReportReminderDue, tell=((Party.CONCERNED, Role.SUBMITTER),)),
    Rule(OccurrenceDeclared, tell=((Party.ABOVE, Role.OFFICE), (Party.ABOVE, Role.DUTY))),
    Rule(ReportMissed, tell=((Party.CONCERNED, Role.SUBMITTER), (Party.CONCERNED, Role.PRINCIPAL)), last=1),
    Rule(ReportMissed, tell=((Party.ABOVE, Role.OFFICE),), first=2, last=2),
    Rule(ReportMissed, tell=((Party.ABOVE, Role.LEADER),), first=3),
    Rule(
        RectificationOverdue,
        tell=((Party.CONCERNED, Role.SUBMITTER), (Party.CONCERNED, Role.PRINCIPAL), (Party.ABOVE, Role.OFFICE)),
    ),
    Rule(ContradictionSuspected, tell=((Party.ABOVE, Role.OFFICE),)),
    Rule(RectificationDigestDue, tell=((Party.CONCERNED, Role.SUBMITTER),)),
    *(
        Rule(event, tell=((Party.CONCERNED, Role.SUBMITTER),))
        for event in (RectificationRejected, RectificationExtended, ExtensionRefused)
    ),
    *(
        Rule(event, tell=((Party.CONCERNED, Role.OFFICE),))
        for event in (HazardTransferred, TransferUnanswered, ExtensionUndecided, ListingUnpublished)
    ),
    *(
        Rule(event, tell=((Party.CONCERNED, Role.PRINCIPAL), (Party.CONCERNED, Role.LEADER)))
        for event in (HazardListed, ListingRaised)
    ),
    *(
        Rule(event, tell=((Party.CONCERNED, Role.PRINCIPAL), (Party.ABOVE, Role.OFFICE)))
        for event in (ListingProgressOverdue, MonitoringReviewOverdue)
    ),
    Rule(UseSuspended, tell=((Party.CONCERNED, Role.SUBMITTER), (Party.CONCERNED, Role.PRINCIPAL))),
    Rule(TaskOverdue, tell=((Party.CONCERNED, Role.PRINCIPAL), (Party.ABOVE, Role.OFFICE))),
    Rule(TaskListed, tell=((Party.CONCERNED, Role.PRINCIPAL), (Party.CONCERNED, Role.LEADER))),
    Rule(TaskReturned, tell=((Party.CONCERNED, Role.OFFICE),)),
    Rule(MeasureProposed, tell=((Party.ABOVE, Role.OFFICE),)),
    Rule(MeasureIssued, tell=((Party.CONCERNED, Role.PRINCIPAL), (Party.CONCERNED, Role.LEADER))),
    *(
        Rule(event, tell=((Party.CONCERNED, Role.PRINCIPAL), (Party.ABOVE, Role.OFFICE)))
        for event in (MeasureUnacknowledged, MeasureReplyOverdue)
    ),
)
"""SCENARIO.md, points 5, 6, 8 and 9. For tasks: who leads one answers for it, who issued the plan supervises it. For hazards:
whoever has to do something next, and who supervises that; a report and an order alone tell nobody. For measures: the competent
body hears of a proposal, the addressee only of what was decided."""

STAND_IN: Final[Mapping[Role, Role]] = {Role.SUBMITTER: Role.OFFICE}
"""Who is told where a unit has nobody in a role. A role without a contact and without a stand-in is skipped."""

Place = tuple[str, Role]
"""A role in a unit, given by its code."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody whom alerts reach. At least one address is set."""

    id: UUID
    unit: str
    role: Role
    name: str
    mobile: str | None = None
    wecom: str | None = None
    robot: str | None = None

    def addresses(self) -> dict[Channel, str]:
        """The contact's addresses, the preferred one first."""
        known = {Channel.SMS: self.mobile, Channel.WECOM: self.wecom, Channel.ROBOT: self.robot}
        return {channel: address for channel in PREFERENCE if (address := known[channel])}


@dataclass(frozen=True, slots=True)
class Alert:
    """What people are to be told of. `about` is a unit's code, a hazard's or task's id; `raised_at` the instant of the rule."""

    id: UUID
    cause: UUID
    event: Alarm
    reason: Reason
    about: str
    raised_at: datetime
    places: tuple[Place, ...]


def alert_of(envelope: Envelope) -> Alert | None:
    """Return the alert that an event calls for, or None."""
    event = envelope.data
    if not isinstance(event, Alarm):
        return None
    alert_id = uuid5(envelope.id, "alert")
    return Alert(alert_id, envelope.id, event, _reason(event), _about(event), event.occurred_at, tuple(_places(event)))


def reached(places: Iterable[Place], contacts: Mapping[Place, Sequence[Contact]]) -> list[Contact]:
    """Return the contacts to tell, each once, in the order of the rules."""
    found: dict[UUID, Contact] = {}
    for unit, role in places:
        present = contacts.get((unit, role)) or contacts.get((unit, STAND_IN.get(role, role)), ())
        found |= {contact.id: contact for contact in present if contact.id not in found}
    return list(found.values())


def _about(event: Alarm) -> str:
    match event:
        case HazardEvent():
            return event.hazard_id
        case TaskOverdue() | TaskListed() | TaskReturned():
            return event.task_id
        case MeasureEvent():
            return event.measure_id
        case _:
            return event.unit


def _places(event: Alarm) -> Iterable[Place]:
    step = event.step if isinstance(event, ReportMissed) else 1
    parties = parties_of(event)
    for rule in RULES:
        if isinstance(event, rule.event) and rule.first <= step <= rule.last:
            yield from ((unit, role) for party, role in rule.tell for unit in parties[party])


def parties_of(event: Alarm) -> Mapping[Party, tuple[str, ...]]:
    """Return the units by their part in an event."""
    match event:
        case HazardEvent():
            concerned, above = _OF_HAZARDS[type(event)]
            return {Party.CONCERNED: _named(event, concerned), Party.ABOVE: _named(event, above)}
        case ReportReminderDue() | RectificationDigestDue():
            return {Party.CONCERNED: (event.unit,), Party.ABOVE: ()}
        case ReportMissed() | OccurrenceDeclared() | ContradictionSuspected():
            return {Party.CONCERNED: (event.unit,), Party.ABOVE: event.recipients}
        case TaskOverdue() | TaskListed() | TaskReturned():
            return {Party.CONCERNED: event.leads, Party.ABOVE: (event.issuer,)}
        case MeasureEvent():
            return {Party.CONCERNED: (event.addressee_unit,), Party.ABOVE: (event.body_unit,)}


def _named(event: HazardEvent, fields: Sequence[str]) -> tuple[str, ...]:
    """The unit in the first of some fields that has one."""
    return next(((unit,) for name in fields if (unit := getattr(event, name)) is not None), ())


_RESPONSIBLE: Final = ("responsible_unit", "unit")
_OF_HAZARDS: Final[Mapping[type[HazardEvent], tuple[Sequence[str], Sequence[str]]]] = {
    RectificationOverdue: (_RESPONSIBLE, ("ordering_unit",)),
    RectificationRejected: (_RESPONSIBLE, ("rejecting_unit",)),
    RectificationExtended: (_RESPONSIBLE, ("extending_unit",)),
    ExtensionRefused: (_RESPONSIBLE, ("refusing_unit",)),
    ExtensionUndecided: (("listing_unit", "ordering_unit"), ()),
    MonitoringReviewOverdue: (_RESPONSIBLE, ()),
    HazardTransferred: (("to_unit",), ("from_unit",)),
    TransferUnanswered: (("to_unit",), ("from_unit",)),
    HazardListed: (_RESPONSIBLE, ("listing_unit",)),
    ListingRaised: (_RESPONSIBLE, ("listing_unit",)),
    ListingProgressOverdue: (_RESPONSIBLE, ("listing_unit",)),
    ListingUnpublished: (("listing_unit",), ()),
    UseSuspended: (("unit",), ("suspending_unit",)),
}
"""The fields of hazard events that name who is concerned, and who stands above; of several the first that is there."""

_REASONS: Final[Mapping[type[Alarm], Reason]] = {
    ReportReminderDue: Reason.REPORT_REMINDER,
    OccurrenceDeclared: Reason.OCCURRENCE_DECLARED,
    ReportMissed: Reason.REPORT_MISSED,
    RectificationOverdue: Reason.RECTIFICATION_OVERDUE,
    ContradictionSuspected: Reason.CONTRADICTION_SUSPECTED,
    HazardListed: Reason.HAZARD_LISTED,
    ListingRaised: Reason.LISTING_RAISED,
    ListingProgressOverdue: Reason.LISTING_PROGRESS_OVERDUE,
    ListingUnpublished: Reason.LISTING_UNPUBLISHED,
    HazardTransferred: Reason.HAZARD_TRANSFERRED,
    TransferUnanswered: Reason.TRANSFER_UNANSWERED,
    RectificationRejected: Reason.RECTIFICATION_REJECTED,
    RectificationExtended: Reason.RECTIFICATION_EXTENDED,
    ExtensionRefused: Reason.EXTENSION_REFUSED,
    ExtensionUndecided: Reason.EXTENSION_UNDECIDED,
    MonitoringReviewOverdue: Reason.MONITORING_REVIEW_OVERDUE,
    UseSuspended: Reason.USE_SUSPENDED,
    RectificationDigestDue: Reason.RECTIFICATION_DIGEST,
    TaskOverdue: Reason.TASK_OVERDUE,
    TaskListed: Reason.TASK_LISTED,
    TaskReturned: Reason.TASK_RETURNED,
    MeasureProposed: Reason.MEASURE_PROPOSED,
    MeasureIssued: Reason.MEASURE_ISSUED,
    MeasureUnacknowledged: Reason.MEASURE_UNACKNOWLEDGED,
    MeasureReplyOverdue: Reason.MEASURE_REPLY_OVERDUE,
}


def _reason(event: Alarm) -> Reason:
    if isinstance(event, ReportMissed) and event.obligation_type == ROLL_UP:
        return Reason.ROLLUP_MISSED
    return _REASONS[type(event)]
