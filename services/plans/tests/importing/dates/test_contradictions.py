"""What is said about dates that contradict each other or stay open."""

from datetime import date

import pytest

from plans.importing.dates import Context, context_of, warnings_in
from plans.importing.deadlines import deadlines_in
from plans.importing.draft import DeadlineDraft, PhaseDraft
from plans.importing.lines import Line
from plans.importing.obligations import obligations_in
from plans.importing.phases import phases_in


def codes(text: str, context: Context | None = None) -> set[str]:
    lines = tuple(Line(number, part) for number, part in enumerate(text.split("\n"), 1))
    known = context or context_of(lines)
    found = warnings_in(phases_in(lines, known), deadlines_in(lines, known), obligations_in(lines, known), known)
    assert all(any("一" <= character <= "鿿" for character in warning.message) for warning in found)
    return {warning.code for warning in found}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(一)动员部署阶段(2022年3月至5月)。\n(二)集中整治阶段(2022年5月至8月)。", "phases_overlap"),
        ("(一)动员部署阶段(2022年3月)。\n(二)集中整治阶段(2022年6月至8月)。", "phases_gap"),
        ("(一)动员部署阶段(2022年8月1日至2022年3月1日)。", "phase_end_before_start"),
        ("(一)动员部署阶段(2022年2月1日至2月30日)。", "date_impossible"),
        ("(一)动员部署阶段(20xx年2月)。", "date_blank"),
        ("(一)动员部署阶段。", "phase_undated"),
        ("从2022年1月至2022年6月,分两个阶段进行。\n(一)动员部署(2022年1月)。\n(二)总结(2022年2月至8月)。", "phase_outside_plan"),
        ("2022年6月31日前完成整改。", "date_impossible"),
        ("6月30日前完成整改。", "date_yearless"),
        ("20xx年6月底前完成整改。", "date_blank"),
        ("春节前完成整改。", "date_unresolved"),
        ("每月报送县应急局。", "obligation_without_due_day"),
        ("每月5日前报送县应急局。", "obligation_without_reporter"),
        ("各镇每月5日前报送进展情况。", "obligation_without_recipient"),
    ],
)
def test_each_kind_of_trouble_has_a_code(text: str, code: str) -> None:
    assert code in codes(text)


def test_dates_outside_the_plan_are_pointed_out() -> None:
    plan = Context(2022, date(2022, 3, 1), date(2022, 12, 31))
    assert "deadline_after_plan_end" in codes("2023年6月底前完成整改。", plan)
    assert "deadline_before_plan_start" in codes("2002年底前完成整改。", plan)
    assert "report_after_plan_end" in codes("各镇于2023年1月10日前报送总结至县应急局。", plan)


def test_a_sound_plan_is_left_in_peace() -> None:
    text = "(一)动员部署阶段(2022年3月)。\n(二)集中整治阶段(2022年4月至12月)。各镇要于每月25日前将进展情况报送县应急局。"
    assert codes(text) == set()


def test_a_year_that_nothing_prints_as_the_plans_is_told_with_every_item() -> None:
    deadline = DeadlineDraft(text="5月底前", span=(3, 3), confidence=0.9, date=date(2021, 5, 31), strength="plain")
    printed = DeadlineDraft(text="2021年6月底前", span=(4, 4), confidence=0.9, date=date(2021, 6, 30), strength="plain")
    guessed = warnings_in((), (deadline, printed), (), Context(2021, inferred=True))
    assert [(each.code, each.span) for each in guessed] == [("year_inferred", (3, 3))]
    assert warnings_in((), (deadline, printed), (), Context(2021)) == ()


def test_a_year_that_a_phase_prints_is_no_guess() -> None:
    phase = PhaseDraft(
        text="(一)登记(2021年3月)", span=(1, 1), confidence=0.9, name="登记", start=date(2021, 3, 1), end=date(2021, 5, 31)
    )
    deadline = DeadlineDraft(text="5月底前", span=(3, 3), confidence=0.9, date=date(2021, 5, 31), strength="plain")
    assert warnings_in((phase,), (deadline,), (), Context(2021, inferred=True)) == ()
