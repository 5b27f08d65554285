"""Heads of plans: title, number, issuer, date, basis."""

from datetime import date

import pytest

from plans.importing.basis import number_in
from plans.importing.draft import HeadDraft
from plans.importing.heads import head_of, warnings_in
from plans.importing.lines import Line


def lines(text: str) -> list[Line]:
    return [Line(number, line) for number, line in enumerate(text.strip().split("\n"), 1)]


def head(text: str) -> HeadDraft:
    return head_of(lines(text))


NOTICE = """
东湖县水务委员会关于印发《泵站安全专项整治行动方案》的通知
东水委发〔2031〕7号
各乡镇,县直各单位:
《泵站安全专项整治行动方案》已经研究同意,现印发给你们。
东湖县水务委员会
2031年3月8日
泵站安全专项整治行动方案
为加强泵站安全,根据《东湖市泵站安全整治三年行动计划》(东市发〔2030〕21号)和《泵站管理条例》,制定本方案。
一、工作目标
参照《无关办法》执行。
"""


def test_number_and_issuer_may_be_told_below_the_text() -> None:
    found = head("渡口安全整治方案\n一、目标\n年内消除隐患。\n\n发文单位:东湖县海事处\n文号大概是 东海事〔2031〕4号")
    assert (found.document_number, found.issuer) == ("东海事〔2031〕4号", "东湖县海事处")


@pytest.mark.parametrize(
    ("above", "issuer"),
    [
        ("印发单位:东湖县水利局", "东湖县水利局"),
        ("东湖县水利局 东湖县公安局", "东湖县水利局、东湖县公安局"),
        ("东湖县档案馆", "东湖县档案馆"),
        ("局属各单位:", None),
        ("县直有关单位", None),
    ],
)
def test_an_issuer_may_stand_alone_below_the_title(above: str, issuer: str | None) -> None:
    assert head(f"渡口安全整治方案\n{above}\n为加强渡口安全,制定本方案。\n一、目标\n年内消除隐患。").issuer == issuer


def test_a_notice_gives_title_number_issuer_and_date() -> None:
    found = head(NOTICE)
    assert (found.title, found.title_confidence) == ("泵站安全专项整治行动方案", 1.0)
    assert found.document_number == "东水委发〔2031〕7号"
    assert found.issuer == "东湖县水务委员会"
    assert found.issued_on == date(2031, 3, 8)


def test_basis_documents_stand_before_the_plan_is_made() -> None:
    plan, law = head(NOTICE).basis
    assert (plan.title, plan.document_number, plan.parent) == ("东湖市泵站安全整治三年行动计划", "东市发〔2030〕21号", True)
    assert (law.title, law.document_number, law.parent) == ("泵站管理条例", None, False)
    assert plan.span == (8, 8)


def test_a_web_page_prints_the_head_as_labels() -> None:
    found = head("""
• 发文机关:东湖县水务局
• 成文日期:2031-03-08
• 发文字号:东水发〔2031〕9号
泵站安全专项整治工作方案
一、目标
""")
    assert (found.issuer, found.issued_on, found.document_number) == ("东湖县水务局", date(2031, 3, 8), "东水发〔2031〕9号")


def test_the_signature_may_stand_at_the_end() -> None:
    found = head("泵站安全整治方案\n一、目标\n不出事故。\n东湖镇水务站\n二〇三一年三月八日")
    assert (found.issuer, found.issued_on) == ("东湖镇水务站", date(2031, 3, 8))


def test_a_title_may_be_broken_into_two_lines() -> None:
    assert head("东湖镇泵站安全\n专项整治工作方案\n一、目标").title == "东湖镇泵站安全专项整治工作方案"


def test_the_issuer_may_stand_only_in_the_title() -> None:
    assert head("东湖县水务局关于开展泵站安全整治的工作方案\n一、目标").issuer == "东湖县水务局"


@pytest.mark.parametrize(
    ("first", "title", "surest"),
    [
        ("为加强泵站安全,按照上级部署,制定2031年泵站集中攻坚方案。", "2031年泵站集中攻坚方案", 0.7),
        ("为深入贯彻会议精神,加强泵站安全管理,结合实际,制定本实施方案。", "加强泵站安全管理实施方案", 0.5),
        ("现就泵站安全整治制定如下工作方案。", "泵站安全整治工作方案", 0.5),
        ("根据上级部署,就推进泵站更新(简称更新行动),提出以下实施意见。", "推进泵站更新实施意见", 0.5),
        ("泵站安全是防汛的要害,近年来多次发生险情。", "", 0.0),
    ],
)
def test_a_missing_title_is_made_from_the_first_sentence(first: str, title: str, surest: float) -> None:
    found = head(f"{first}\n一、工作目标\n不出事故。")
    assert (found.title, found.title_confidence) == (title, surest)
    assert found.issuer is None


@pytest.mark.parametrize(
    "number",
    [
        "东水发〔2031〕9号",
        "东水发[2031]9号",
        "东水发【2031】9号",
        "东水发(2031)9号",
        "东水发\uff082031\uff09第9号",
        "东水发〔20xx〕9号",
    ],
)
def test_numbers_are_known_in_any_bracket(number: str) -> None:
    assert number_in(f"({number})") == number


def test_numbers_in_sentences_belong_to_other_documents() -> None:
    assert head("泵站安全整治方案\n根据《某计划》(东市发〔2030〕21号),制定本方案。\n一、目标").document_number is None


def test_an_empty_text_has_an_empty_head() -> None:
    assert head("").title == ""


def test_a_derived_title_is_a_warning() -> None:
    found = warnings_in(lines("为加强泵站安全,制定本实施方案。\n一、工作目标\n不出事故。"))
    assert [warning.code for warning in found] == ["title_derived"]
    assert "加强泵站安全实施方案" in found[0].message


def test_details_far_apart_in_one_line_are_several() -> None:
    found = head("泵站整治工作通知\n发布单位:东湖县水务局   发布人:某某   浏览量:18\n一、目标\n")
    assert found.issuer == "东湖县水务局"


def test_other_kinds_of_papers_have_titles_too() -> None:
    assert head("东湖县泵站值守接班交班规范要求\n值守期间须两人在岗。\n一、交班\n").title == "东湖县泵站值守接班交班规范要求"


def test_a_fragment_has_no_title_rather_than_a_random_line() -> None:
    fragment = lines("组长:\n副组长:\n一、排查范围\n全部泵站。")
    assert head_of(fragment).title == ""
    assert next(warning.code for warning in warnings_in(fragment)) == "title_missing"


def test_a_number_and_blanks_inside_a_title_are_no_part_of_it() -> None:
    found = head("""
东水发〔2031〕9号 东湖县水务局关于印发《东湖县泵站安全 整治工作方案》的通知
东水发〔2031〕9号
东湖县水务局
2031年3月8日
东湖县泵站安全
整治工作方案
一、目标
""")
    assert (found.title, found.document_number) == ("东湖县泵站安全整治工作方案", "东水发〔2031〕9号")
