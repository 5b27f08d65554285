"""Who is told of what: the routing rules as a table, and the contacts that they lead to. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from contracts import Envelope
from contracts.events.hazards import RectificationOverdue
from contracts.events.reports import ContradictionSuspected, ReportMissed, ReportReminderDue
from contracts.events.tasks import TaskListed, TaskOverdue, TaskReturned
from notify.domain.notification import PREFERENCE
from notify.providers.base import Channel

TaskAlarm = TaskOverdue | TaskListed | TaskReturned
Alarm = ReportReminderDue | ReportMissed | RectificationOverdue | ContradictionSuspected | TaskAlarm
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
    REPORT_MISSED = "report_missed"
    ROLLUP_MISSED = "rollup_missed"
    RECTIFICATION_OVERDUE = "rectification_overdue"
    CONTRADICTION_SUSPECTED = "contradiction_suspected"
    TASK_OVERDUE = "task_overdue"
    TASK_LISTED = "task_listed"
    TASK_RETURNED = "task_returned"


class Party(StrEnum):
    """A unit by its part in an event."""

    CONCERNED = "concerned"
    """The one that owes the report, or that must rectify; those that lead the task."""
    ABOVE = "above"
    """Those that the report was owed to, or that ordered the rectification, or that issued the plan."""


@dataclass(frozen=True, slots=True)
class Rule:
    """On an event, at steps `first` to `last` of its escalation, the contacts in these roles are told."""

    event: type[Alarm]
    tell: tuple[tuple[Party, Role], ...]
    first: int = 1
    last: int = EVER_AFTER


RULES: Final = (
    Rule(ReportReminderDue, tell=((Party.CONCERNED, Role.SUBMITTER),)),
    Rule(ReportMissed, tell=((Party.CONCERNED, Role.SUBMITTER), (Party.CONCERNED, Role.PRINCIPAL)), last=1),
    Rule(ReportMissed, tell=((Party.ABOVE, Role.OFFICE),), first=2, last=2),
    Rule(ReportMissed, tell=((Party.ABOVE, Role.LEADER),), first=3),
    Rule(
        RectificationOverdue,
        tell=((Party.CONCERNED, Role.SUBMITTER), (Party.CONCERNED, Role.PRINCIPAL), (Party.ABOVE, Role.OFFICE)),
    ),
    Rule(ContradictionSuspected, tell=((Party.ABOVE, Role.OFFICE),)),
    Rule(TaskOverdue, tell=((Party.CONCERNED, Role.PRINCIPAL), (Party.ABOVE, Role.OFFICE))),
    Rule(TaskListed, tell=((Party.CONCERNED, Role.PRINCIPAL), (Party.CONCERNED, Role.LEADER))),
    Rule(TaskReturned, tell=((Party.CONCERNED, Role.OFFICE),)),
)
"""SCENARIO.md, points 5, 6, 8 and 9; for tasks: who leads one answers for it, who issued the plan supervises it."""

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
        case RectificationOverdue():
            return event.hazard_id
        case TaskOverdue() | TaskListed() | TaskReturned():
            return event.task_id
        case _:
            return event.unit


def _places(event: Alarm) -> Iterable[Place]:
    step = event.step if isinstance(event, ReportMissed) else 1
    parties = _parties(event)
    for rule in RULES:
        if isinstance(event, rule.event) and rule.first <= step <= rule.last:
            yield from ((unit, role) for party, role in rule.tell for unit in parties[party])


def _parties(event: Alarm) -> Mapping[Party, tuple[str, ...]]:
    match event:
        case RectificationOverdue():
            return {Party.CONCERNED: (event.responsible_unit,), Party.ABOVE: (event.ordering_unit,)}
        case ReportReminderDue():
            return {Party.CONCERNED: (event.unit,), Party.ABOVE: ()}
        case ReportMissed() | ContradictionSuspected():
            return {Party.CONCERNED: (event.unit,), Party.ABOVE: event.recipients}
        case TaskOverdue() | TaskListed() | TaskReturned():
            return {Party.CONCERNED: event.leads, Party.ABOVE: (event.issuer,)}


_REASONS: Final[Mapping[type[Alarm], Reason]] = {
    ReportReminderDue: Reason.REPORT_REMINDER,
    ReportMissed: Reason.REPORT_MISSED,
    RectificationOverdue: Reason.RECTIFICATION_OVERDUE,
    ContradictionSuspected: Reason.CONTRADICTION_SUSPECTED,
    TaskOverdue: Reason.TASK_OVERDUE,
    TaskListed: Reason.TASK_LISTED,
    TaskReturned: Reason.TASK_RETURNED,
}


def _reason(event: Alarm) -> Reason:
    if isinstance(event, ReportMissed) and event.obligation_type == ROLL_UP:
        return Reason.ROLLUP_MISSED
    return _REASONS[type(event)]
