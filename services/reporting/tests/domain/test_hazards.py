"""What events of a hazard come to, one by one, and how late it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.events.hazards import (
    ExtensionRequested,
    HazardClosed,
    HazardDelisted,
    HazardDismissed,
    HazardEvent,
    HazardGraded,
    HazardListed,
    HazardMonitored,
    HazardRegistered,
    HazardReported,
    HazardTransferred,
    ListingRaised,
    RectificationAccepted,
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
from reporting.domain.hazards import KnownHazard, told

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
DUE = START + timedelta(days=10)
LATER = START + timedelta(days=20)
ORDER = {"ordering_unit": "T1", "responsible_unit": "V11", "due_at": DUE}
ELEMENTS = ORDER | {"measures": "清运", "funds": 0, "contingency": "看守"}
REPORT: tuple[type[HazardEvent], dict[str, Any]] = (HazardReported, {"category": "用火", "hazard_occurred_at": START})
ORDERED: tuple[type[HazardEvent], dict[str, Any]] = (RectificationOrdered, ELEMENTS)
OVERDUE: tuple[type[HazardEvent], dict[str, Any]] = (RectificationOverdue, ORDER | {"state": "ordered"})
SUBMITTED: tuple[type[HazardEvent], dict[str, Any]] = (RectificationSubmitted, {"submitting_unit": "V11", "text": "已清"})
ACCEPTED: tuple[type[HazardEvent], dict[str, Any]] = (RectificationAccepted, {"accepting_unit": "T1", "complete": True})
SIGNED: tuple[type[HazardEvent], dict[str, Any]] = (RectificationSigned, {"signing_unit": "V11"})
EXTENDED: tuple[type[HazardEvent], dict[str, Any]] = (
    RectificationExtended,
    ORDER | {"due_at": LATER, "extending_unit": "T1", "previous_due_at": DUE, "original_due_at": DUE},
)
BODIES = {"from_unit": "T1", "to_unit": "T2"}
OFFERED: tuple[type[HazardEvent], dict[str, Any]] = (HazardTransferred, BODIES | {"reason": "属林业", "acknowledge_by": DUE})


def closed(rectified_at: datetime) -> tuple[type[HazardEvent], dict[str, Any]]:
    return HazardClosed, {"closing_unit": "T1", "rectified_at": rectified_at}


def fold(*events: tuple[type[HazardEvent], dict[str, Any]], day: float = 0) -> KnownHazard:
    """Fold events that all happen so many days after the start."""
    known: KnownHazard | None = None
    at = START + timedelta(days=day)
    named = {"occurred_at": at, "recorded_at": at, "hazard_id": "h1", "number": "N-1", "unit": "V11", "title": "柴草"}
    for sequence, (cls, facts) in enumerate(events, start=1):
        known = told(known, cls.model_validate(named | facts), sequence)
    assert known is not None
    return known


@pytest.mark.parametrize(
    ("events", "state", "waits_for"),
    [
        ((REPORT,), "reported", "judge"),
        ((REPORT, (HazardRegistered, {"category": "用电", "stage": "audit"})), "registered", "judge"),
        ((REPORT, (HazardGraded, {"grade": "major", "grading_unit": "T1"})), "graded", "judge"),
        ((REPORT, ORDERED, (HazardGraded, {"grade": "major", "grading_unit": "T1"})), "ordered", "rectifier"),
        ((REPORT, ORDERED, SUBMITTED), "submitted", "judge"),
        ((REPORT, ORDERED, SUBMITTED, (RectificationAccepted, ACCEPTED[1] | {"complete": False})), "submitted", "judge"),
        ((REPORT, ORDERED, SUBMITTED, ACCEPTED), "accepted", "rectifier"),
        ((REPORT, ORDERED, SUBMITTED, ACCEPTED, SIGNED), "signed", "judge"),
        ((REPORT, ORDERED, SUBMITTED, ACCEPTED, SIGNED, closed(START)), "closed", None),
        ((REPORT, SUBMITTED, (RectificationRejected, {"rejecting_unit": "T1", "responsible_unit": "V11", "reason": "未清"})),
         "reported", "judge"),
        ((REPORT, ORDERED, OFFERED), "transferred", "judge"),
        ((REPORT, ORDERED, OFFERED, (TransferAcknowledged, BODIES)), "ordered", "rectifier"),
        ((REPORT, OFFERED, (TransferReturned, BODIES | {"reason": "不属"})), "reported", "judge"),
        ((REPORT, (HazardDismissed, {"outcome": "withdrawn", "dismissing_unit": "T1", "reason": "误报"})), "dismissed", None),
        ((REPORT, (HazardMonitored, {"responsible_unit": "V11", "measures": "看", "reason": "难", "review_on": "2026-06-01"})),
         "monitored", None),
    ],
)  # fmt: skip
def test_the_state_follows_the_events(events: Any, state: str, waits_for: str | None) -> None:
    known = fold(*events)
    assert (known.state, known.waits_for, known.sequence) == (state, waits_for, len(events))


def test_an_event_that_comes_again_or_late_changes_nothing() -> None:
    known = fold(REPORT, ORDERED, OVERDUE, SUBMITTED)
    named = {"occurred_at": LATER, "recorded_at": LATER, "hazard_id": "h1", "number": "N-1", "unit": "V11", "title": "柴草"}
    for sequence, (cls, facts) in enumerate((REPORT, ORDERED, OVERDUE, SUBMITTED), start=1):
        assert told(known, cls.model_validate(named | facts), sequence) == known


def test_a_report_heard_of_after_other_events_fills_in_what_only_it_can_say() -> None:
    named = {"occurred_at": START, "recorded_at": START, "hazard_id": "h1", "number": "N-1", "unit": "V11", "title": "柴草"}
    known = told(None, RectificationOverdue.model_validate(named | OVERDUE[1]), 3)
    assert (known.state, known.due_at, known.category) == ("ordered", DUE, None)
    known = told(known, HazardReported.model_validate(named | REPORT[1]), 1)
    assert (known.state, known.category, known.occurred_at, known.sequence) == ("ordered", "用火", START, 3)


def test_lateness_counts_days_begun_until_the_submission_and_until_the_closing() -> None:
    known = fold(REPORT, ORDERED, OVERDUE)
    assert known.days_late(DUE - timedelta(seconds=1)) == 0
    assert known.days_late(DUE) == 1
    assert known.days_late(DUE + timedelta(days=1)) == 2
    submitted = known.model_copy(update={"state": "submitted", "submitted_at": DUE + timedelta(hours=1)})
    assert submitted.days_late(LATER) == 1
    assert submitted.days_late(LATER, total=True) == 11
    assert (submitted.on_time, fold(REPORT).days_late(LATER)) == (False, None)


def test_extended_time_is_judged_against_both_limits_and_is_not_overdue_before_the_new_one() -> None:
    known = fold(REPORT, ORDERED, OVERDUE, EXTENDED)
    assert (known.overdue_since, known.is_overdue, known.due_at, known.original_due_at) == (None, False, LATER, DUE)
    between = known.model_copy(update={"submitted_at": DUE + timedelta(days=2)})
    assert (between.on_time, between.on_time_originally) == (True, False)
    assert (between.days_late(LATER), between.days_late(LATER, originally=True)) == (0, 3)


def test_a_limit_that_passed_says_whom_the_hazard_waited_for() -> None:
    waiting = fold(REPORT, ORDERED, SUBMITTED, (RectificationOverdue, ORDER | {"state": "submitted"}))
    assert [each.waited_for for each in waiting.missed] == ["judge"]
    assert waiting.state == "submitted"
    assert waiting.is_overdue
    assert [each.waited_for for each in fold(REPORT, ORDERED, OVERDUE).missed] == ["rectifier"]


def test_a_closed_hazard_keeps_since_when_it_was_overdue_and_is_none_any_more() -> None:
    known = fold(REPORT, ORDERED, OVERDUE, SUBMITTED, ACCEPTED, SIGNED, closed(DUE + timedelta(hours=1)), day=12)
    assert (known.overdue_since, known.is_overdue, known.days_late(LATER, total=True)) == (DUE, False, 3)


def test_listing_hand_over_and_suspended_use_stand_beside_the_state() -> None:
    listing = {"listing_unit": "C", "responsible_unit": "V11", "trigger": "overdue", "reason": "逾期"}
    listed = fold(REPORT, ORDERED, (HazardListed, listing))
    assert (listed.listed_by, listed.state, listed.parts()) == ("C", "ordered", {"C", "T1", "V11"})
    raised = (ListingRaised, {"listing_unit": "S", "previous_unit": "C", "reason": "提级"})
    assert fold(REPORT, ORDERED, (HazardListed, listing), raised).listed_by == "S"
    assert fold(REPORT, (HazardListed, listing), (HazardDelisted, {"listing_unit": "C", "reason": "摘牌"})).listed_by is None
    stopped = (UseSuspended, {"suspending_unit": "T1", "what": "校车", "reason": "制动"})
    assert fold(REPORT, stopped).suspended
    assert not fold(REPORT, stopped, (UseResumed, {"resuming_unit": "T1", "reason": "修好"})).suspended


def test_an_event_that_changes_nothing_of_it_moves_the_sequence_on() -> None:
    asked = (ExtensionRequested, {"requesting_unit": "V11", "reason": "雨", "due_at": DUE, "wanted_due_at": LATER})
    before = fold(REPORT, ORDERED)
    assert fold(REPORT, ORDERED, asked) == before.model_copy(update={"sequence": 3})


def test_no_limit_passes_while_it_is_watched_also_while_the_end_of_that_is_judged() -> None:
    watched = (HazardMonitored, {"responsible_unit": "V11", "measures": "看", "reason": "难", "review_on": "2026-06-01"})
    known = fold(REPORT, ORDERED, watched, SUBMITTED)
    assert (known.state, known.on_time, known.days_late(LATER), known.is_overdue) == ("submitted", None, 0, False)
    assert fold(REPORT, ORDERED, OVERDUE, watched, ORDERED).stopped_at is None


def test_a_stricter_order_keeps_the_first_limit() -> None:
    sooner = (RectificationOrdered, ELEMENTS | {"due_at": DUE - timedelta(days=2), "original_due_at": DUE - timedelta(days=2)})
    later = (RectificationOrdered, ELEMENTS | {"due_at": DUE + timedelta(days=2), "original_due_at": DUE})
    assert fold(REPORT, ORDERED, sooner).original_due_at == DUE - timedelta(days=2)
    assert (fold(REPORT, ORDERED, EXTENDED, later).original_due_at, fold(REPORT, ORDERED).original_due_at) == (DUE, DUE)
