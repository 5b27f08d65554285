"""What blocks issuing a plan and what warns."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from plans.domain.content import Content
from plans.domain.names import Names, Near
from plans.domain.plan import Text
from plans.domain.readiness import UNTITLED, Facts, blocking, codes_in, readiness

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
FACTS = Facts({"T1": False, "T0": True}, Names([Near("T1", "白石镇", "town")]), ZoneInfo("Asia/Shanghai"))
LED = {"id": "a", "text": "排查", "leads": [{"name": "白石镇", "unit": "T1"}], "deadlines": [{"id": "d", "date": "2026-12-31"}]}


def found(number: str | None = "青〔2026〕1号", **content: object) -> list[tuple[str, str, str]]:
    text = Text("方案", number, (), Content.model_validate(content))
    return [(note.severity, note.code, note.field) for note in readiness(text, FACTS, NOW)]


def test_a_complete_plan_has_no_findings() -> None:
    assert found(tasks=[LED]) == []


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        ({"tasks": [{**LED, "leads": []}]}, "task_without_unit", "content.tasks.0.leads"),
        ({"tasks": [{**LED, "leads": [{"name": "各部门", "kind": "group"}]}]}, "task_without_unit", "content.tasks.0.leads"),
        ({"tasks": [{**LED, "supports": [{"name": "白石镇"}]}]}, "unit_unresolved", "content.tasks.0.supports.0"),
        ({"tasks": [{**LED, "sector": [{"name": "局", "unit": "X"}]}]}, "unit_unknown", "content.tasks.0.sector.0.unit"),
        (
            {"tasks": [{**LED, "territorial": [{"name": "镇", "unit": "T0"}]}]},
            "unit_retired",
            "content.tasks.0.territorial.0.unit",
        ),
    ],
)
def test_a_task_needs_a_unit_and_every_unit_must_exist(content: dict[str, object], code: str, field: str) -> None:
    assert found(**content) == [("blocks", code, field)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"tasks": [{**LED, "deadlines": []}]}, "task_without_deadline"),
        ({"tasks": [{**LED, "deadlines": [{"id": "d", "text": "近期"}]}]}, "deadline_blank"),
        ({"tasks": [{**LED, "deadlines": [{"id": "d", "date": "2026-03-01"}]}]}, "deadline_passed"),
        ({"tasks": [{**LED, "responsible": [{"name": "×××"}]}]}, "leader_blank"),
        ({"phases": [{"id": "p", "name": "整治", "start": "2026-06-01", "end": "2026-05-01"}]}, "phase_reversed"),
        ({"topics": [{"id": "t", "title": "燃气"}]}, "topic_without_task"),
        ({"indicators": [{"id": "i", "name": "率", "target": {"direction": ">="}}]}, "quota_blank"),
        ({"indicators": [{"id": "i", "name": "增幅", "target": {"direction": "delta", "value": 2}}]}, "baseline_blank"),
    ],
)
def test_blanks_and_contradictions_warn_and_do_not_block(content: dict[str, object], code: str) -> None:
    assert [(severity, found_code) for severity, found_code, _ in found(**content)] == [("warns", code)]


PARENT = UUID(int=1)
HIGHER = {"plan_id": str(PARENT), "task": "x", "deadline": "d", "date": "2026-11-30"}


def inheriting(day: str, facts: Facts = FACTS) -> list[str]:
    task = {**LED, "deadlines": [{"id": "d", "date": day, "inherited": HIGHER}]}
    text = Text("方案", "青〔2026〕1号", (), Content.model_validate({"tasks": [task]}))
    return [note.code for note in readiness(text, facts, NOW)]


def test_a_deadline_looser_than_that_of_the_higher_plan_warns() -> None:
    assert inheriting("2026-12-31") == ["deadline_after_parent"]
    assert inheriting("2026-11-30") == []
    assert inheriting("2026-11-15") == []


def test_a_higher_plan_that_has_moved_meanwhile_is_told_and_counts() -> None:
    moved = {"tasks": [{"id": "x", "text": "总", "deadlines": [{"id": "d", "date": "2026-10-31"}]}]}
    facts = replace(FACTS, parents={PARENT: Content.model_validate(moved)})

    assert inheriting("2026-11-15", facts) == ["parent_deadline_changed", "deadline_after_parent"]
    assert inheriting("2026-10-15", facts) == ["parent_deadline_changed"]


def test_a_higher_plan_must_be_in_force_and_should_have_the_phase() -> None:
    facts = replace(FACTS, parents={PARENT: Content.model_validate({"phases": [{"id": "p1", "name": "整治"}]})})
    parents = [{"plan_id": str(PARENT), "phase": "p1"}, {"plan_id": str(PARENT), "phase": "p9"}, {"plan_id": str(UUID(int=2))}]
    text = Text(
        "方案", "青〔2026〕1号", (), Content.model_validate({"tasks": [LED], "parents": [*parents, {"title": "别处的方案"}]})
    )

    assert [(note.severity, note.code, note.field) for note in readiness(text, facts, NOW)] == [
        ("blocks", "parent_unknown", "content.parents.2.plan_id"),
        ("warns", "parent_phase_unknown", "content.parents.1.phase"),
    ]


def test_the_day_of_a_deadline_counts_until_its_end() -> None:
    assert found(tasks=[{**LED, "deadlines": [{"id": "d", "date": "2026-03-02"}]}]) == []


def test_the_lead_of_the_topic_answers_for_tasks_that_name_none() -> None:
    topic = {"id": "t", "title": "燃气", "leads": [{"name": "白石镇", "unit": "T1"}]}

    assert found(topics=[topic], tasks=[{**LED, "leads": [], "topic": "t"}]) == []


def test_what_could_be_meant_is_offered() -> None:
    names = Names([Near("V1", "上溪村", "village"), Near("V2", "上溪村", "village")])
    text = Text("方案", "青〔2026〕1号", (), Content.model_validate({"tasks": [{**LED, "supports": [{"name": "上溪村"}]}]}))

    [note] = blocking(readiness(text, Facts({"T1": False}, names, ZoneInfo("UTC")), NOW))

    assert [unit.code for unit in note.candidates] == ["V1", "V2"]
    assert codes_in(text) == {"T1"}


def test_blocking_findings_come_first() -> None:
    assert [severity for severity, _, _ in found(None, tasks=[{"id": "a", "text": "做"}])] == ["blocks", "warns", "warns"]


def test_a_plan_without_a_title_is_blocked_at_its_title_until_it_has_one() -> None:
    untitled = Text(UNTITLED, "青〔2026〕1号", (), Content.model_validate({"tasks": [LED]}))

    [note] = readiness(untitled, FACTS, NOW)

    assert (note.severity, note.code, note.field) == ("blocks", "title_missing", "title")
    assert "填写标题" in note.message
    assert readiness(replace(untitled, title="燃气整治方案"), FACTS, NOW) == []
