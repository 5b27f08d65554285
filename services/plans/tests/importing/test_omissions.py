"""Warnings about what a printed plan leaves open or contradicts."""

import pytest

from plans.importing.dates import Context
from plans.importing.draft import WarningDraft
from plans.importing.heads import warnings_in
from plans.importing.lines import Line
from plans.importing.topics import topics_in

TITLE = "泵站安全专项整治方案\n"
LED = "一、主要任务\n(一)泵站。检修水泵,更换老化部件。(水务站牵头,农技站配合)\n"


def warnings(text: str) -> list[WarningDraft]:
    lines = [Line(number, line) for number, line in enumerate(text.strip().split("\n"), 1)]
    return list(warnings_in(lines, topics_in(lines, Context(year=2031))))


def codes(text: str) -> list[str]:
    return [warning.code for warning in warnings(text)]


@pytest.mark.parametrize(
    "blank",
    ["组长:", "副组长:×××", "(二)清淤。清理前池,疏通沟渠。(责任领导:)", "(二)清淤。清理前池,疏通。(牵头单位:___)"],
)
def test_blank_leaders_are_named_with_their_line(blank: str) -> None:
    found = [warning for warning in warnings(TITLE + LED + blank) if warning.code == "blank_leader"]
    assert [warning.span for warning in found] == [(4, 4)]


def test_a_filled_roster_is_no_blank() -> None:
    assert codes(TITLE + LED + "组长:李明\n成员:王芳,赵强") == []


@pytest.mark.parametrize("blank", ["全镇共有泵站()座。", "任务____户。", "每村检修××台泵,共××户。"])
def test_blank_quotas_are_named(blank: str) -> None:
    assert codes(TITLE + LED + blank) == ["blank_quota"]


@pytest.mark.parametrize("text", ["20xx年检修3座泵站。", "检修泵站(含备用泵)。", "5×8米的前池。"])
def test_masked_years_and_brackets_with_words_are_no_blank_quotas(text: str) -> None:
    assert codes(TITLE + LED + text) == []


def test_an_attachment_that_is_named_and_not_there_is_missed() -> None:
    found = warnings(TITLE + LED + "任务分配见附件1,企业名单见附件2。")
    assert [(warning.code, warning.span) for warning in found] == [("missing_attachment", (4, 4))] * 2


def test_an_attachment_that_is_there_is_not_missed() -> None:
    rows = "一号泵站检修任务由东湖村承担,三月完成\n二号泵站检修任务由西湖村承担,四月完成"
    assert codes(f"{TITLE}{LED}任务分配见附件1。\n附件1\n东湖镇泵站整治任务分配表\n{rows}") == []


def test_a_count_of_phases_that_does_not_fit_is_a_contradiction() -> None:
    text = (
        "二、时间安排\n从2031年3月到12月,分四个阶段进行。\n(一)动员部署(2031年3月)。\n(二)排查整治(2031年4月)。\n(三)总结(12月)。"
    )
    assert "heading_contradicts" in codes(TITLE + LED + text)


def test_a_title_whose_subject_the_text_never_names_is_a_contradiction() -> None:
    body = "检修水泵,清理前池,疏通沟渠,更换老化部件。" * 20
    assert codes(f"校园安全专项整治方案\n{LED}(二)泵站。{body}(水务站牵头,农技站配合)") == ["heading_contradicts"]
    assert codes(f"校园安全专项整治方案\n{LED}(二)学校泵站。{body}(水务站牵头,农技站配合)") == []


def test_a_unit_cannot_lead_and_support_one_task() -> None:
    found = warnings(TITLE + "一、主要任务\n(一)泵站。检修水泵。(水务站牵头,农技站、水务站配合)")
    assert [(warning.code, warning.span) for warning in found] == [("unit_in_both_roles", (3, 3))]


def test_a_topic_that_nobody_leads_is_named() -> None:
    found = warnings(TITLE + LED + "(二)清淤。清理前池,疏通沟渠,及时处置险情。")
    assert [(warning.code, warning.span) for warning in found] == [("topic_without_lead", (4, 4))]


def test_a_plan_that_names_no_unit_gets_one_warning() -> None:
    assert codes(TITLE + "一、主要任务\n(一)泵站。检修水泵,每月一次。\n(二)清淤。清理前池,疏通沟渠。") == ["no_responsible_units"]


def test_a_skipped_number_is_named() -> None:
    text = TITLE + LED + "(四)清淤。清理前池,疏通沟渠。(水务站牵头,农技站配合)"
    assert codes(text) == ["number_skipped"]


def test_a_complete_plan_has_no_warnings() -> None:
    assert codes(TITLE + LED) == []
