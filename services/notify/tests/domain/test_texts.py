"""What people read."""

import re
from datetime import UTC, date, datetime
from string import Template
from typing import Any

import pytest

from contracts.events.accountability import MeasureIssued, MeasureProposed, MeasureReplyOverdue, MeasureUnacknowledged
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
from notify.domain.routing import Reason
from notify.domain.texts import TEMPLATES, parameters, text_of

CUTOFF = datetime(2026, 3, 2, 6, tzinfo=UTC)
COMMON = {"occurred_at": CUTOFF, "recorded_at": CUTOFF, "unit": "V", "period": date(2026, 3, 2)}
REPORT = COMMON | {
    "report_id": "r",
    "plan_id": "p",
    "obligation": "village-daily",
    "obligation_type": "zero_report",
    "parent": "T",
    "cutoff_at": CUTOFF,
}
HAZARD = {
    "occurred_at": CUTOFF,
    "recorded_at": CUTOFF,
    "hazard_id": "h",
    "number": "YH-7",
    "unit": "V",
    "title": "林边堆放柴草",
    "ordering_unit": "T",
    "responsible_unit": "R",
    "due_at": CUTOFF,
}
TASK = {
    "occurred_at": CUTOFF,
    "recorded_at": CUTOFF,
    "task_id": "p:t",
    "plan_id": "p",
    "task": "t",
    "text": "排查燃气隐患",
    "issuer": "C",
    "leads": ["V"],
}
NAMES = {"V": "上溪村", "R": "林场", "T": "白石镇", "C": "青山县"}


def hazard(cls: type[HazardEvent], **more: object) -> HazardEvent:
    midnight = datetime(2026, 3, 2, 16, tzinfo=UTC)
    times = dict.fromkeys(("due_at", "decide_by", "publish_by", "acknowledge_by"), midnight)
    bodies = {"listing_unit": "C", "from_unit": "T", "to_unit": "C", "suspending_unit": "T", "requesting_unit": "R"}
    rest = {"reason": "进展缓慢", "review_on": date(2026, 3, 2), "trigger": "other", "what": "校车", "reminder": 1}
    judges = {"rejecting_unit": "T", "refusing_unit": "T", "extending_unit": "T", "previous_unit": "T"}
    limits = {"previous_due_at": CUTOFF, "original_due_at": CUTOFF}
    return cls.model_validate(HAZARD | times | bodies | rest | judges | limits | more)


DIGEST = {"unit": "V", "day": date(2026, 3, 2), "occurred_at": CUTOFF, "recorded_at": CUTOFF, "more": 3}
DUE = {"hazard_id": "h", "number": "YH-7", "title": "林边堆放柴草", "due_at": CUTOFF, "days": -1}
MEASURE = {"measure_id": "m", "measure": "interview", "title": "林边堆放柴草", "body_unit": "T", "addressee_unit": "V"} | {
    "occurred_at": CUTOFF, "recorded_at": CUTOFF, "trigger": "recheck_fake", "about": "hazard", "subject": "h",
}  # fmt: skip
EVENTS: dict[Reason, Any] = {
    Reason.MEASURE_PROPOSED: MeasureProposed.model_validate(MEASURE | {"rule": "r", "rule_version": 1}),
    Reason.MEASURE_ISSUED: MeasureIssued.model_validate(MEASURE | {"automatic": False}),
    Reason.MEASURE_UNACKNOWLEDGED: MeasureUnacknowledged.model_validate(MEASURE | {"acknowledge_by": CUTOFF}),
    Reason.MEASURE_REPLY_OVERDUE: MeasureReplyOverdue.model_validate(MEASURE | {"reply_by": CUTOFF}),
    Reason.REPORT_REMINDER: ReportReminderDue.model_validate(REPORT),
    Reason.REPORT_MISSED: ReportMissed.model_validate(REPORT | {"step": 1, "recipients": ["T"]}),
    Reason.OCCURRENCE_DECLARED: OccurrenceDeclared.model_validate(
        REPORT | {"happened_at": CUTOFF, "what": "林缘起火", "recipients": ["T"]}
    ),
    Reason.ROLLUP_MISSED: ReportMissed.model_validate(REPORT | {"step": 1, "recipients": ["T"]}),
    Reason.RECTIFICATION_OVERDUE: RectificationOverdue.model_validate(HAZARD),
    Reason.CONTRADICTION_SUSPECTED: ContradictionSuspected.model_validate(
        COMMON | {"parent": "T", "kind": "zero_with_hazard", "report_id": "r", "hazard_id": "h", "recipients": ["T"]}
    ),
    Reason.HAZARD_LISTED: hazard(HazardListed),
    Reason.LISTING_RAISED: hazard(ListingRaised),
    Reason.LISTING_PROGRESS_OVERDUE: hazard(ListingProgressOverdue),
    Reason.LISTING_UNPUBLISHED: hazard(ListingUnpublished),
    Reason.HAZARD_TRANSFERRED: hazard(HazardTransferred),
    Reason.TRANSFER_UNANSWERED: hazard(TransferUnanswered),
    Reason.RECTIFICATION_REJECTED: hazard(RectificationRejected),
    Reason.RECTIFICATION_EXTENDED: hazard(RectificationExtended),
    Reason.EXTENSION_REFUSED: hazard(ExtensionRefused),
    Reason.EXTENSION_UNDECIDED: hazard(ExtensionUndecided, ordering_unit="T"),
    Reason.MONITORING_REVIEW_OVERDUE: hazard(MonitoringReviewOverdue),
    Reason.USE_SUSPENDED: hazard(UseSuspended),
    Reason.RECTIFICATION_DIGEST: RectificationDigestDue.model_validate(DIGEST | {"items": [DUE, DUE]}),
    Reason.TASK_OVERDUE: TaskOverdue.model_validate(TASK | {"deadline": "d", "due_at": CUTOFF, "leads": ["V", "R", "X"]}),
    Reason.TASK_LISTED: TaskListed.model_validate(TASK | {"listing_unit": "C", "reason": "进展缓慢"}),
    Reason.TASK_RETURNED: TaskReturned.model_validate(TASK | {"unit": "C", "reason": "佐证不足"}),
}


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("report_reminder", "上溪村的“village-daily”（3月2日）尚未报送，请在3月2日14:00前报送，无情况也须零报告。编号42"),
        ("occurrence_declared", "上溪村3月2日14:00发生情况：林缘起火。书面报告应在3月2日14:00前报到。请知悉并处置。编号42"),
        ("measure_proposed", "“林边堆放柴草”触发责任追究规则，建议对上溪村采取：约谈。请核实并由专人决定。编号42"),
        ("measure_reply_overdue", "对上溪村下达的约谈（事由：“林边堆放柴草”）截止3月2日14:00仍未回复，请立即处理。编号42"),
        ("report_missed", "上溪村未按时报送“village-daily”（3月2日，截止3月2日14:00），请立即补报或核实。编号42"),
        ("rollup_missed", "上溪村未按时上报汇总“village-daily”（3月2日，截止3月2日14:00），请立即处理。编号42"),
        ("rectification_overdue", "林场的隐患YH-7“林边堆放柴草”整改期限3月2日14:00已到，尚未销号，请立即处理。编号42"),
        ("hazard_listed", "林场的隐患YH-7“林边堆放柴草”已被青山县挂牌督办，事由：进展缓慢。请限期整改并按时报送进展。编号42"),
        ("listing_raised", "林场的隐患YH-7“林边堆放柴草”已由青山县提级督办，事由：进展缓慢。请限期整改。编号42"),
        (
            "listing_progress_overdue",
            "林场未按时向青山县报送挂牌隐患YH-7“林边堆放柴草”的整改进展（应于3月2日24:00前报送），请立即报送。编号42",
        ),
        ("listing_unpublished", "青山县挂牌督办的隐患YH-7“林边堆放柴草”应于3月2日24:00前公布，尚未公布，请立即公布。编号42"),
        (
            "hazard_transferred",
            "白石镇向青山县移送隐患YH-7“林边堆放柴草”，事由：进展缓慢，请于3月2日24:00前接收或退回。编号42",
        ),
        (
            "transfer_unanswered",
            "白石镇向青山县移送的隐患YH-7“林边堆放柴草”应于3月2日24:00前答复，尚未接收或退回，请立即处理。编号42",
        ),
        ("rectification_rejected", "林场的隐患YH-7“林边堆放柴草”整改未通过验收，原因：进展缓慢。请重新整改后报送。编号42"),
        ("rectification_extended", "林场的隐患YH-7“林边堆放柴草”整改期限已批准延至3月2日24:00，请按期完成。编号42"),
        ("extension_refused", "林场的隐患YH-7“林边堆放柴草”延期申请未获批准，原因：进展缓慢。整改期限仍为3月2日24:00。编号42"),
        ("extension_undecided", "隐患YH-7“林边堆放柴草”的延期申请应由青山县于3月2日24:00前决定，尚未决定，请立即处理。编号42"),
        (
            "monitoring_review_overdue",
            "林场实施监控的重大隐患YH-7“林边堆放柴草”应于3月2日24:00前复核，尚未复核，请立即复核。编号42",
        ),
        ("use_suspended", "上溪村的“校车”因隐患YH-7“林边堆放柴草”被白石镇责令停用，事由：进展缓慢。未经同意不得恢复使用。编号42"),
        (
            "rectification_digest",
            "上溪村有5项隐患整改期限临近或已过，最急：YH-7“林边堆放柴草”，期限3月2日14:00。请逐项核对办理。编号42",
        ),
        ("contradiction_suspected", "上溪村3月2日作了零报告，但当日有隐患记录，疑似漏报，请核实。编号42"),
        (
            "task_overdue",
            "上溪村等3家单位牵头的任务“排查燃气隐患”期限3月2日14:00已过，尚未报完成，请立即推进并说明原因。编号42",
        ),
        ("task_listed", "上溪村牵头的任务“排查燃气隐患”已被挂牌督办，事由：进展缓慢。请限期完成。编号42"),
        ("task_returned", "上溪村牵头的任务“排查燃气隐患”完成情况被退回，原因：佐证不足。请核实整改后重新报送。编号42"),
    ],
)
def test_each_reason_reads_as_intended(reason: Reason, text: str) -> None:
    assert text_of(TEMPLATES[reason].text, parameters(EVENTS[reason], NAMES), "42") == text


def test_a_named_day_counts_to_its_end_and_long_words_are_cut() -> None:
    year_end = datetime(2026, 12, 31, 16, tzinfo=UTC)
    event = TaskOverdue.model_validate(TASK | {"deadline": "d", "due_at": year_end, "text": "查" * 100, "leads": []})

    assert parameters(event, NAMES) == {"unit": "—", "task": "查" * 34 + "…", "due": "12月31日24:00"}


def test_a_longer_period_goes_by_its_label() -> None:
    event = ReportReminderDue.model_validate(REPORT | {"period_label": "2026年第一季度"})

    assert parameters(event, NAMES)["period"] == "2026年第一季度"


@pytest.mark.parametrize("reason", list(Reason))
def test_the_short_message_template_has_exactly_the_variables_that_are_given(reason: Reason) -> None:
    wanted = set(Template(TEMPLATES[reason].text).get_identifiers())
    assert wanted == {*parameters(EVENTS[reason], NAMES), "number"}
    assert TEMPLATES[reason].text.endswith("${number}")


def test_template_codes_are_distinct() -> None:
    assert len({template.code for template in TEMPLATES.values()}) == len(TEMPLATES) == len(Reason)


def test_a_unit_that_has_not_been_heard_of_goes_by_its_code() -> None:
    assert parameters(EVENTS[Reason.REPORT_MISSED], {})["unit"] == "V"


def test_values_hold_nothing_that_a_provider_refuses() -> None:
    hazard = RectificationOverdue.model_validate(HAZARD | {"title": "见 HTTPS://x\n与www.y", "number": "http://"})
    values = parameters(hazard, {"R": "林场\x07"})
    assert not [value for value in values.values() if re.search(r"(?i)https?://|www\.|[\x00-\x1f]", value) or not value]


def test_values_are_not_read_as_templates() -> None:
    hazard = RectificationOverdue.model_validate(HAZARD | {"title": "${number}$unit"})
    text = text_of(TEMPLATES[Reason.RECTIFICATION_OVERDUE].text, parameters(hazard, {}), "42")
    assert "“${number}$unit”" in text
