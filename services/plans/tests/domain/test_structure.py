"""What the content of a plan may look like before anybody decides on it."""

import pytest
from pydantic import ValidationError

from plans.domain.content import Content, Party, Task, TaskDeadline
from plans.domain.content.structure import faults


def content(**parts: object) -> Content:
    return Content.model_validate(parts)


def test_blanks_are_no_faults() -> None:
    assert faults(content(topics=[{"id": "t", "title": "无牵头"}], tasks=[{"id": "a", "topic": "t", "text": "做"}])) == []


def test_phases_may_overlap_leave_gaps_and_lack_dates() -> None:
    phases = [
        {"id": "p1", "name": "部署", "start": "2026-03-01", "end": "2026-06-30"},
        {"id": "p2", "name": "整治", "start": "2026-06-01", "end": "2026-09-30"},
        {"id": "p3", "name": "巩固"},
    ]
    assert faults(content(phases=phases)) == []


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"tasks": [{"id": "a", "text": "一"}, {"id": "a", "text": "二"}]}, "content.tasks.1.id"),
        ({"tasks": [{"id": "a", "text": "一", "deadlines": [{"id": "d"}, {"id": "d"}]}]}, "content.tasks.0.deadlines.1.id"),
        ({"tasks": [{"id": "a", "text": "一", "topic": "x"}]}, "content.tasks.0.topic"),
        ({"tasks": [{"id": "a", "text": "一", "phase": "x"}]}, "content.tasks.0.phase"),
        (
            {"indicators": [{"id": "i", "name": "率", "target": {"direction": ">=", "value": 98}, "tasks": ["x"]}]},
            "content.indicators.0.tasks.0",
        ),
        (
            {"tasks": [{"id": "a", "text": "一", "parent": {"plan_id": "00000000-0000-0000-0000-000000000001", "task": "x"}}]},
            "content.tasks.0.parent.plan_id",
        ),
        ({"meetings": [{"id": "m", "name": "会", "schedule": {"every": "fortnight"}}]}, "content.meetings.0.schedule.every"),
    ],
)
def test_what_is_used_twice_or_points_to_nothing_is_named(parts: dict[str, object], field: str) -> None:
    assert [finding.field for finding in faults(content(**parts))] == [field]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Party(name="各成员单位", kind="group", unit="330802"),
        lambda: TaskDeadline.model_validate({"id": "d", "date": "2026-12-25", "until": "2027-12-25"}),
        lambda: TaskDeadline.model_validate({"id": "d", "date": "2026-12-25", "yearly": True, "until": "2025-12-25"}),
        lambda: Task(id="a b", text="做"),
        lambda: content(parents=[{"phase": "p"}]),
        lambda: content(tasks=[{"id": f"t{number}", "text": "做"} for number in range(1001)]),
        lambda: content(tusks=[]),
        lambda: content(meetings=[{"id": "m", "name": "会", "schedule": {"every": "week", "weekday": 1}}]),
        lambda: content(meetings=[{"id": "m", "name": "会", "schedule": {"every": "dates", "dates": ["2026-03-02"] * 367}}]),
    ],
)
def test_what_no_plan_can_mean_is_refused(wrong) -> None:
    with pytest.raises(ValidationError):
        wrong()
