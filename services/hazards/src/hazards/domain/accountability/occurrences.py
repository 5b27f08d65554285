"""What happened that a rule may speak of, read from the events."""

from typing import Any
from uuid import UUID

from contracts.events.enterprises import EnterpriseEvent, EnterpriseProgressOverdue, EnterpriseUnpublished
from contracts.events.hazards import (
    HazardRechecked,
    HazardRecurred,
    ListingProgressOverdue,
    ListingUnpublished,
    MonitoringReviewOverdue,
    RectificationOverdue,
    TransferUnanswered,
)
from contracts.events.reports import ReportMissed
from contracts.events.tasks import TaskOverdue
from contracts.values import Instant, Key, Name, Text, UnitCode
from hazards.domain.accountability.rules import Trigger
from hazards.domain.record import Grade, Hazard, Stage, Value
from hazards.domain.steps import Step

INSPECTIONS = frozenset({"open_inspection", "covert_inspection", "authority"})
JUDGED = frozenset({"submitted", "accepted", "signed"})


class Occurrence(Value):
    """A trigger that happened. `key` names the event that told of it, so that it counts once."""

    key: Name
    trigger: Trigger
    at: Instant
    about: Key
    """hazard, task, report or enterprise, and its id."""
    subject: Key
    title: Text
    responsible: UnitCode
    """Whom it is about."""
    unit: UnitCode
    """Where it happened: whose rules hold."""
    acceptors: tuple[UnitCode, ...] = ()
    ordering_unit: UnitCode | None = None
    listing_unit: UnitCode | None = None
    checking_unit: UnitCode | None = None
    issuer: UnitCode | None = None
    recipient: UnitCode | None = None
    plan_id: Key | None = None
    enterprise: Key | None = None
    category: Name | None = None
    grade: Grade | None = None
    stage: Stage | None = None
    kind: Key | None = None
    step: int | None = None
    due_at: Instant | None = None
    deadline: Key | None = None


def of_hazard(step: Step) -> Occurrence | None:  # noqa: PLR0911 - one for each event that is a trigger
    """Read a change of a hazard."""
    event, hazard = step.event, step.after
    match event:
        case RectificationOverdue():
            judged = event.state in JUDGED
            trigger: Trigger = "judgement_overdue" if judged else "rectification_overdue"
            who = event.ordering_unit if judged else event.responsible_unit
            return _of(step, trigger, responsible=who, due_at=event.due_at)
        case ListingProgressOverdue():
            return _of(step, "listing_progress_overdue")
        case ListingUnpublished():
            return _of(step, "listing_unpublished", responsible=event.listing_unit)
        case TransferUnanswered():
            return _of(step, "transfer_unanswered", responsible=event.to_unit, step=event.reminder)
        case MonitoringReviewOverdue():
            return _of(step, "monitoring_unreviewed")
        case HazardRecurred():
            return _of(step, "hazard_recurred", kind=event.kind)
        case HazardRechecked() if event.finding == "fake":
            return _of(step, "recheck_fake", acceptors=event.accepting_units, checking_unit=event.checking_unit)
        case _:
            return _of(step, "major_at_inspection") if _found_major(hazard) and not _found_major(step.before) else None


def of_task(event: TaskOverdue, event_id: UUID) -> list[Occurrence]:
    """Read an overdue deadline of a task: one for each lead."""
    return [
        Occurrence(
            key=f"event:{event_id}:{lead}",
            trigger="task_overdue",
            at=event.occurred_at,
            about="task",
            subject=event.task_id,
            title=event.text,
            responsible=lead,
            unit=lead,
            issuer=event.issuer,
            plan_id=event.plan_id,
            due_at=event.due_at,
            deadline=event.deadline,
        )
        for lead in dict.fromkeys(event.leads)
    ]


def of_report(event: ReportMissed, event_id: UUID) -> Occurrence:
    """Read a step of the escalation of a report that did not come."""
    return Occurrence(
        key=f"event:{event_id}",
        trigger="report_missed",
        at=event.occurred_at,
        about="report",
        subject=event.report_id,
        title=f"{event.obligation} {event.period_label or event.period.isoformat()}",
        responsible=event.unit,
        unit=event.unit,
        recipient=event.recipients[0] if event.recipients else None,
        plan_id=event.plan_id,
        step=event.step,
        due_at=event.cutoff_at,
    )


def of_enterprise(event: EnterpriseEvent, version: int) -> Occurrence | None:
    """Read a change of a supervised enterprise."""
    if not isinstance(event, EnterpriseProgressOverdue | EnterpriseUnpublished):
        return None
    silent = isinstance(event, EnterpriseProgressOverdue)
    return Occurrence(
        key=f"enterprise:{event.code}:{version}",
        trigger="listing_progress_overdue" if silent else "listing_unpublished",
        at=event.occurred_at,
        about="enterprise",
        subject=event.code,
        title=event.name,
        responsible=event.unit if silent else event.listing_unit,
        unit=event.unit,
        listing_unit=event.listing_unit,
        enterprise=event.code,
    )


def _of(step: Step, trigger: Trigger, /, **more: Any) -> Occurrence:
    hazard = step.after
    known: dict[str, Any] = {
        "key": f"hazard:{hazard.hazard_id}:{hazard.version}",
        "trigger": trigger,
        "at": step.event.occurred_at,
        "about": "hazard",
        "subject": str(hazard.hazard_id),
        "title": f"{hazard.number} {hazard.title}"[:4000],
        "responsible": hazard.rectifier,
        "unit": hazard.unit,
        "ordering_unit": hazard.order.ordering_unit if hazard.order else None,
        "listing_unit": hazard.listing.unit if hazard.listing else None,
        "plan_id": hazard.plan_id,
        "enterprise": hazard.details.owner.code if hazard.details.owner else None,
        "category": hazard.category,
        "grade": hazard.grade,
        "stage": hazard.details.stage,
    }
    return Occurrence(**known | more)


def _found_major(hazard: Hazard) -> bool:
    return hazard.grade == "major" and hazard.details.stage in INSPECTIONS
