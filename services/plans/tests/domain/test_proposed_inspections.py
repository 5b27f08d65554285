"""Printed duties to inspect become inspection regimes; duties to report stay obligations."""

from contracts.schedules import Schedule
from plans.domain.names import Near
from plans.domain.proposed_bounds import Bounds
from plans.domain.proposed_inspections import proposed_inspections
from plans.domain.proposed_obligations import Tree, proposed_obligations
from plans.importing.dates import Context
from plans.importing.draft import ObligationDraft
from plans.importing.lines import Line
from plans.importing.obligations import obligations_in

TREE = Tree.of([Near("33", "青山县", "county"), Near("3301", "白石镇", "town")])


def read(text: str) -> tuple[ObligationDraft, ...]:
    return obligations_in([Line(1, text)], Context(2026))


def test_rows_of_inspecting_roles_are_inspections_and_no_obligations() -> None:
    drafts = read("坚持负责人日检、科室周检、分管领导月检、领导小组年检的制度。")

    found = proposed_inspections(drafts, Bounds())

    assert [(each.id, each.role, each.what, each.schedule and each.schedule.every) for each in found] == [
        ("inspection-1", "负责人", "检查", "day"),
        ("inspection-2", "科室", "检查", "week"),
        ("inspection-3", "分管领导", "检查", "month"),
        ("inspection-4", "领导小组", "检查", "year"),
    ]
    assert proposed_obligations(drafts, TREE) == ((), ())


def test_one_act_behind_several_roles_is_that_of_all() -> None:
    drafts = read("负责人每天、科室每周、分管领导每月至少开展一次消防检查。")

    assert [(each.role, each.schedule and each.schedule.text) for each in proposed_inspections(drafts, Bounds())] == [
        ("负责人", "每天"),
        ("科室", "每周"),
        ("分管领导", "每月"),
    ]


def test_what_is_reported_stays_an_obligation() -> None:
    drafts = read("各镇落实日检查、周调度、月总结、季报告制度。")

    found = proposed_inspections(drafts, Bounds())

    assert [each.schedule and each.schedule.every for each in found] == ["day"]
    obligations, notes = proposed_obligations(drafts, TREE)
    assert len(obligations) + len(notes) == len(drafts) - 1


def test_an_inspection_whose_result_is_reported_to_somebody_is_an_obligation() -> None:
    [draft] = read("各镇每周将检查情况报县安委办。")

    assert proposed_inspections([draft], Bounds()) == ()


def test_more_inspections_than_a_plan_holds_are_told() -> None:
    draft = ObligationDraft(text="日检", span=(1, 1), reporters="某", schedule=Schedule(every="day"), content="检")
    bounds = Bounds()

    assert len(proposed_inspections([draft] * 51, bounds)) == 50
    assert [note.code for note in bounds.notes] == ["items_left_out"]
