"""What people read."""

import re
from datetime import UTC, date, datetime
from string import Template

import pytest

from contracts.events.hazards import RectificationOverdue
from contracts.events.reports import ContradictionSuspected, ReportMissed, ReportReminderDue
from contracts.events.tasks import TaskListed, TaskOverdue, TaskReturned
from notify.domain.routing import Alarm, Reason
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
NAMES = {"V": "上溪村", "R": "林场"}
EVENTS: dict[Reason, Alarm] = {
    Reason.REPORT_REMINDER: ReportReminderDue.model_validate(REPORT),
    Reason.REPORT_MISSED: ReportMissed.model_validate(REPORT | {"step": 1, "recipients": ["T"]}),
    Reason.ROLLUP_MISSED: ReportMissed.model_validate(REPORT | {"step": 1, "recipients": ["T"]}),
    Reason.RECTIFICATION_OVERDUE: RectificationOverdue.model_validate(HAZARD),
    Reason.CONTRADICTION_SUSPECTED: ContradictionSuspected.model_validate(
        COMMON | {"parent": "T", "kind": "zero_with_hazard", "report_id": "r", "hazard_id": "h", "recipients": ["T"]}
    ),
    Reason.TASK_OVERDUE: TaskOverdue.model_validate(TASK | {"deadline": "d", "due_at": CUTOFF, "leads": ["V", "R", "X"]}),
    Reason.TASK_LISTED: TaskListed.model_validate(TASK | {"listing_unit": "C", "reason": "进展缓慢"}),
    Reason.TASK_RETURNED: TaskReturned.model_validate(TASK | {"unit": "C", "reason": "佐证不足"}),
}


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("report_reminder", "上溪村的“village-daily”（3月2日）尚未报送，请在3月2日14:00前报送，无情况也须零报告。编号42"),
        ("report_missed", "上溪村未按时报送“village-daily”（3月2日，截止3月2日14:00），请立即补报或核实。编号42"),
        ("rollup_missed", "上溪村未按时上报汇总“village-daily”（3月2日，截止3月2日14:00），请立即处理。编号42"),
        ("rectification_overdue", "林场的隐患YH-7“林边堆放柴草”整改期限3月2日14:00已到，尚未销号，请立即处理。编号42"),
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
