"""Which event types exist. Retired versions stay listed for ever: old records must remain readable."""

from typing import Final

from contracts.base import Event
from contracts.events.hazards import HazardReported, RectificationOrdered, RectificationOverdue
from contracts.events.notifications import (
    AlertRaised,
    NotificationDelivered,
    NotificationFailed,
    NotificationSubmitted,
)
from contracts.events.plans import PlanAmended, PlanClosed, PlanIssued
from contracts.events.reports import (
    ContradictionSuspected,
    ReportMissed,
    ReportReminderDue,
    ReportRestated,
    ReportSubmitted,
    RollupFrozen,
)
from contracts.events.tasks import (
    TaskCompleted,
    TaskConfirmed,
    TaskDelisted,
    TaskListed,
    TaskOverdue,
    TaskProgressed,
    TaskReturned,
    TaskVerified,
)
from contracts.events.units import UnitMoved, UnitRegistered, UnitRetired

EVENTS: Final[tuple[type[Event], ...]] = (
    UnitRegistered,
    UnitMoved,
    UnitRetired,
    PlanIssued,
    PlanAmended,
    PlanClosed,
    TaskProgressed,
    TaskVerified,
    TaskCompleted,
    TaskReturned,
    TaskConfirmed,
    TaskOverdue,
    TaskListed,
    TaskDelisted,
    HazardReported,
    RectificationOrdered,
    RectificationOverdue,
    ReportReminderDue,
    ReportSubmitted,
    ReportMissed,
    RollupFrozen,
    ReportRestated,
    ContradictionSuspected,
    AlertRaised,
    NotificationSubmitted,
    NotificationDelivered,
    NotificationFailed,
)

_BY_TYPE: Final[dict[str, type[Event]]] = {cls.type(): cls for cls in EVENTS}


def event_class(type_: str) -> type[Event] | None:
    """Return the class of a CloudEvents type, or None when this version of the contracts does not know it."""
    return _BY_TYPE.get(type_)
