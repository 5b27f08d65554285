"""Whom an event reaches: the rules, the stand-in, and one notification per contact."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from contracts import Envelope, Event
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
    HazardClosed,
    HazardEvent,
    HazardListed,
    HazardReported,
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
from contracts.events.tasks import TaskCompleted, TaskEvent, TaskListed, TaskOverdue, TaskReturned
from notify.domain.routing import STAND_IN, Alarm, Contact, Reason, Role, alert_of, reached
from notify.providers.base import Channel

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
VILLAGE, TOWN, COUNTY, OTHER = "330802101204", "330802101", "330802", "330802102"
REPORT = {
    "occurred_at": AT,
    "recorded_at": AT,
    "report_id": "r1",
    "plan_id": "p1",
    "obligation": "village-daily",
    "obligation_type": "zero_report",
    "unit": VILLAGE,
    "parent": TOWN,
    "period": date(2026, 3, 2),
    "cutoff_at": AT,
}


def envelope(event: Event, number: int = 1) -> Envelope:
    return Envelope(UUID(int=number), "/test", event.type(), event.occurred_at, event.key(), number, event)


def missed(step: int, recipients: tuple[str, ...] = (TOWN,), **changes: object) -> ReportMissed:
    return ReportMissed.model_validate(REPORT | {"step": step, "recipients": recipients} | changes)


def overdue(responsible: str = VILLAGE, ordering: str = TOWN) -> RectificationOverdue:
    return RectificationOverdue(
        occurred_at=AT,
        recorded_at=AT,
        hazard_id="h1",
        number="YH-1",
        unit=VILLAGE,
        title="林边堆放柴草",
        ordering_unit=ordering,
        responsible_unit=responsible,
        due_at=AT,
    )


CONTRADICTION = ContradictionSuspected(
    occurred_at=AT,
    recorded_at=AT,
    unit=VILLAGE,
    parent=TOWN,
    period=date(2026, 3, 2),
    kind="zero_with_hazard",
    report_id="r1",
    hazard_id="h1",
    recipients=(TOWN, COUNTY),
)


def measure(cls: type[MeasureEvent], **more: object) -> MeasureEvent:
    names = {"measure_id": "m1", "measure": "supervision_order", "title": "林边堆放柴草", "subject": "h1", "about": "hazard"}
    whom = {"body_unit": COUNTY, "addressee_unit": VILLAGE, "trigger": "rectification_overdue"}
    return cls.model_validate({"occurred_at": AT, "recorded_at": AT} | names | whom | more)


PROPOSED = measure(MeasureProposed, rule="r", rule_version=1)
ISSUED = measure(MeasureIssued, automatic=False)
UNACKNOWLEDGED = measure(MeasureUnacknowledged, acknowledge_by=AT)
UNANSWERED = measure(MeasureReplyOverdue, reply_by=AT)


@pytest.mark.parametrize(
    ("event", "reason", "places"),
    [
        (PROPOSED, "measure_proposed", [(COUNTY, "office")]),
        (ISSUED, "measure_issued", [(VILLAGE, "principal"), (VILLAGE, "leader")]),
        (UNACKNOWLEDGED, "measure_unacknowledged", [(VILLAGE, "principal"), (COUNTY, "office")]),
        (UNANSWERED, "measure_reply_overdue", [(VILLAGE, "principal"), (COUNTY, "office")]),
    ],
)
def test_a_proposal_is_for_who_decides_and_the_addressee_hears_of_what_was_decided(
    event: Event, reason: str, places: list[tuple[str, str]]
) -> None:
    alert = alert_of(envelope(event))

    assert alert is not None
    assert (alert.reason, alert.about, list(alert.places)) == (reason, "m1", places)


FIRE = OccurrenceDeclared.model_validate(REPORT | {"happened_at": AT, "what": "林缘起火", "recipients": (TOWN, OTHER)})


def task(cls: type[TaskEvent], **more: object) -> TaskEvent:
    common = {"occurred_at": AT, "recorded_at": AT, "task_id": "p1:t1", "plan_id": "p1", "task": "t1", "text": "排查燃气隐患"}
    return cls.model_validate(common | {"issuer": COUNTY, "leads": (TOWN, VILLAGE), "supports": ("s",)} | more)


TASK_OVERDUE = task(TaskOverdue, deadline="d1", due_at=AT)
TASK_LISTED = task(TaskListed, listing_unit=COUNTY, reason="进展缓慢")
TASK_RETURNED = task(TaskReturned, unit=COUNTY, reason="佐证不足")


def hazard(cls: type[HazardEvent], **more: object) -> HazardEvent:
    common = {"occurred_at": AT, "recorded_at": AT, "hazard_id": "h1", "number": "YH-1", "unit": VILLAGE, "title": "柴草"}
    return cls.model_validate(common | more)


BODIES = {"from_unit": TOWN, "to_unit": OTHER}
LISTING = {"listing_unit": COUNTY, "responsible_unit": VILLAGE}
EXTENSION = {"requesting_unit": VILLAGE, "decide_by": AT, "due_at": AT, "ordering_unit": TOWN}
DIGEST = RectificationDigestDue.model_validate(
    {"occurred_at": AT, "recorded_at": AT, "unit": VILLAGE, "day": date(2026, 3, 2)}
    | {"items": [{"hazard_id": "h1", "number": "YH-1", "title": "柴草", "due_at": AT, "days": 0}]}
)
OF_HAZARDS: list[tuple[Event, str, str, list[tuple[str, str]]]] = [
    (hazard(RectificationRejected, rejecting_unit=TOWN, responsible_unit=VILLAGE, reason="未清"),
     "rectification_rejected", "h1", [(VILLAGE, "submitter")]),
    (hazard(RectificationExtended, ordering_unit=TOWN, responsible_unit=VILLAGE, due_at=AT, extending_unit=TOWN,
            previous_due_at=AT, original_due_at=AT), "rectification_extended", "h1", [(VILLAGE, "submitter")]),
    (hazard(ExtensionRefused, refusing_unit=TOWN, reason="条件具备", due_at=AT, responsible_unit=OTHER),
     "extension_refused", "h1", [(OTHER, "submitter")]),
    (hazard(ExtensionRefused, refusing_unit=TOWN, reason="条件具备", due_at=AT),
     "extension_refused", "h1", [(VILLAGE, "submitter")]),
    (hazard(ExtensionUndecided, **EXTENSION), "extension_undecided", "h1", [(TOWN, "office")]),
    (hazard(ExtensionUndecided, **EXTENSION, listing_unit=COUNTY), "extension_undecided", "h1", [(COUNTY, "office")]),
    (hazard(MonitoringReviewOverdue, responsible_unit=VILLAGE, review_on=date(2026, 3, 1)),
     "monitoring_review_overdue", "h1", [(VILLAGE, "principal")]),
    (hazard(HazardTransferred, **BODIES, reason="属林业", acknowledge_by=AT), "hazard_transferred", "h1", [(OTHER, "office")]),
    (hazard(TransferUnanswered, **BODIES, acknowledge_by=AT, reminder=1), "transfer_unanswered", "h1", [(OTHER, "office")]),
    (hazard(HazardListed, **LISTING, trigger="overdue", reason="逾期"),
     "hazard_listed", "h1", [(VILLAGE, "principal"), (VILLAGE, "leader")]),
    (hazard(ListingRaised, **LISTING, previous_unit=TOWN, reason="进展慢"),
     "listing_raised", "h1", [(VILLAGE, "principal"), (VILLAGE, "leader")]),
    (hazard(ListingProgressOverdue, **LISTING, due_at=AT),
     "listing_progress_overdue", "h1", [(VILLAGE, "principal"), (COUNTY, "office")]),
    (hazard(ListingUnpublished, listing_unit=COUNTY, publish_by=AT), "listing_unpublished", "h1", [(COUNTY, "office")]),
    (hazard(UseSuspended, suspending_unit=TOWN, what="校车", reason="制动失灵"),
     "use_suspended", "h1", [(VILLAGE, "submitter"), (VILLAGE, "principal")]),
    (DIGEST, "rectification_digest", VILLAGE, [(VILLAGE, "submitter")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "reason", "about", "places"),
    [
        (ReportReminderDue.model_validate(REPORT), "report_reminder", VILLAGE, [(VILLAGE, "submitter")]),
        (missed(1), "report_missed", VILLAGE, [(VILLAGE, "submitter"), (VILLAGE, "principal")]),
        (missed(2), "report_missed", VILLAGE, [(TOWN, "office")]),
        (missed(2, (TOWN, COUNTY)), "report_missed", VILLAGE, [(TOWN, "office"), (COUNTY, "office")]),
        (missed(3), "report_missed", VILLAGE, [(TOWN, "leader")]),
        (missed(9), "report_missed", VILLAGE, [(TOWN, "leader")]),
        (missed(2, ()), "report_missed", VILLAGE, []),
        (
            missed(1, (COUNTY,), obligation_type="roll_up", unit=TOWN, parent=COUNTY),
            "rollup_missed",
            TOWN,
            [(TOWN, "submitter"), (TOWN, "principal")],
        ),
        (overdue(), "rectification_overdue", "h1", [(VILLAGE, "submitter"), (VILLAGE, "principal"), (TOWN, "office")]),
        (CONTRADICTION, "contradiction_suspected", VILLAGE, [(TOWN, "office"), (COUNTY, "office")]),
        (TASK_OVERDUE, "task_overdue", "p1:t1", [(TOWN, "principal"), (VILLAGE, "principal"), (COUNTY, "office")]),
        (
            TASK_LISTED,
            "task_listed",
            "p1:t1",
            [(TOWN, "principal"), (VILLAGE, "principal"), (TOWN, "leader"), (VILLAGE, "leader")],
        ),
        (TASK_RETURNED, "task_returned", "p1:t1", [(TOWN, "office"), (VILLAGE, "office")]),
        *OF_HAZARDS,
    ],
)
def test_each_event_tells_the_places_of_its_rule(event: Alarm, reason: str, about: str, places: list[tuple[str, str]]) -> None:
    alert = alert_of(envelope(event))
    assert alert is not None
    assert (alert.reason, alert.about, list(alert.places), alert.raised_at) == (reason, about, places, AT)


def test_events_that_tell_nobody_raise_no_alert() -> None:
    event = HazardReported(
        occurred_at=AT,
        recorded_at=AT,
        hazard_id="h1",
        number="1",
        unit=VILLAGE,
        title="t",
        category="用火",
        hazard_occurred_at=AT,
    )
    assert alert_of(envelope(event)) is None
    assert alert_of(envelope(task(TaskCompleted, unit=TOWN))) is None
    assert alert_of(envelope(hazard(HazardClosed, closing_unit=TOWN, rectified_at=AT))) is None


def test_a_task_without_a_lead_is_told_to_the_issuer_alone() -> None:
    alert = alert_of(envelope(task(TaskOverdue, deadline="d1", due_at=AT, leads=())))
    assert alert is not None
    assert alert.places == ((COUNTY, Role.OFFICE),)


def test_the_same_event_always_makes_the_same_alert_and_others_make_others() -> None:
    first, again, other = (alert_of(envelope(missed(1), number)) for number in (1, 1, 2))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.id == again.id != other.id
    assert first.cause == UUID(int=1)


def contact(unit: str, role: Role, **addresses: str) -> Contact:
    return Contact(uuid4(), unit, role, "某人", **(addresses or {"mobile": "13900000001"}))


def book(*contacts: Contact) -> dict[tuple[str, Role], list[Contact]]:
    found: dict[tuple[str, Role], list[Contact]] = {}
    for each in contacts:
        found.setdefault((each.unit, each.role), []).append(each)
    return found


def test_every_contact_of_a_place_is_told() -> None:
    one, two, other = contact(VILLAGE, Role.SUBMITTER), contact(VILLAGE, Role.SUBMITTER), contact(TOWN, Role.SUBMITTER)
    assert reached([(VILLAGE, Role.SUBMITTER)], book(one, two, other)) == [one, two]


def test_the_office_stands_in_for_a_missing_submitter_and_for_nobody_else() -> None:
    office = contact(VILLAGE, Role.OFFICE)
    assert reached([(VILLAGE, Role.SUBMITTER), (VILLAGE, Role.PRINCIPAL)], book(office)) == [office]
    assert reached([(VILLAGE, Role.PRINCIPAL), (VILLAGE, Role.LEADER)], book(office)) == []
    assert reached([(VILLAGE, Role.SUBMITTER)], book(contact(VILLAGE, Role.DUTY))) == []
    assert set(STAND_IN) == {Role.SUBMITTER}


def test_a_submitter_leaves_the_office_in_peace() -> None:
    submitter, office = contact(VILLAGE, Role.SUBMITTER), contact(VILLAGE, Role.OFFICE)
    assert reached([(VILLAGE, Role.SUBMITTER)], book(submitter, office)) == [submitter]


def test_a_contact_reached_by_two_routes_is_told_once() -> None:
    office = contact(TOWN, Role.OFFICE)
    alert = alert_of(envelope(overdue(responsible=TOWN, ordering=TOWN)))
    assert alert is not None
    assert reached(alert.places, book(office)) == [office]
    twice = alert_of(envelope(missed(2, (TOWN, TOWN))))
    assert twice is not None
    assert reached(twice.places, book(office)) == [office]


def test_wecom_is_preferred_to_sms_and_sms_to_a_robot() -> None:
    everything = contact(VILLAGE, Role.OFFICE, robot="key", mobile="13900000001", wecom="v1")
    assert list(everything.addresses().items()) == [
        (Channel.WECOM, "v1"),
        (Channel.SMS, "13900000001"),
        (Channel.ROBOT, "key"),
    ]
    assert list(contact(VILLAGE, Role.OFFICE, mobile="13900000001").addresses()) == [Channel.SMS]


def test_a_fire_is_told_at_once_to_everybody_who_is_to_get_the_report_also_sideways() -> None:
    alert = alert_of(envelope(FIRE))

    assert alert is not None
    assert (alert.reason, alert.about, alert.raised_at) == (Reason.OCCURRENCE_DECLARED, VILLAGE, AT)
    assert alert.places == ((TOWN, Role.OFFICE), (OTHER, Role.OFFICE), (TOWN, Role.DUTY), (OTHER, Role.DUTY))


def test_every_reason_is_reachable() -> None:
    reports = [ReportReminderDue.model_validate(REPORT), missed(1), missed(1, obligation_type="roll_up")]
    of_hazards = [overdue(), *(event for event, *_ in OF_HAZARDS)]
    events = [
        *reports,
        FIRE,
        PROPOSED,
        ISSUED,
        UNACKNOWLEDGED,
        UNANSWERED,
        *of_hazards,
        CONTRADICTION,
        TASK_OVERDUE,
        TASK_LISTED,
        TASK_RETURNED,
    ]
    assert {alert.reason for event in events if (alert := alert_of(envelope(event)))} == set(Reason)
