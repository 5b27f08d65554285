"""Responsibility tags: every printed shape, and what only looks like one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.importing.tags import Tag, tags_in
from plans.importing.unit_words import words

LEAD, SUPPORTS = ["县应急局"], ["县水利局", "县住房和城乡建设局"]

# Printed tag, leads, supports, open list.
TAGS = [
    ("〔县应急局牵头,县水利局、县住房和城乡建设局配合〕", LEAD, SUPPORTS, False),
    ("〔县应急局牵头,县水利局、县住房和城乡建设局等按职责分工负责〕", LEAD, SUPPORTS, True),
    ("(县应急局牵头、县水利局、县住房和城乡建设局等部门按职责分工负责)", LEAD, SUPPORTS, True),
    ("[县应急局牵头;县水利局和县住房和城乡建设局参与]", LEAD, SUPPORTS, False),
    ("【牵头单位:县应急局;配合单位:县水利局、县住房和城乡建设局】", LEAD, SUPPORTS, False),
    ("(牵头单位:县应急局,责任单位:县水利局、县住房和城乡建设局)", LEAD, SUPPORTS, False),
    ("(责任单位:县应急局、县水利局)", ["县应急局", "县水利局"], [], False),
    ("(责任部门:县应急局、各乡镇)", ["县应急局", "各乡镇"], [], False),
    ("(县应急局负责)", LEAD, [], False),
    ("(县应急局、县水利局按职责分工负责)", ["县应急局", "县水利局"], [], False),
    ("(县应急局、县水利局等按照各自职责分工负责)", ["县应急局", "县水利局"], [], True),
    ("(县应急局牵头,各有关部门按职责分工负责)", LEAD, ["各有关部门"], True),
    ("(由县应急局牵头负责,县水利局协助)", LEAD, ["县水利局"], False),
    ("(县应急局会同县水利局负责)", LEAD, ["县水利局"], False),
    ("(县应急局、县公安局共同牵头,县水利局配合)", ["县应急局", "县公安局"], ["县水利局"], False),
    ("(县应急局和县公安局牵头,县水利局配合)", ["县应急局", "县公安局"], ["县水利局"], False),
    ("(县应急局牵头 县水利局、县住房和城乡建设局配合)", LEAD, SUPPORTS, False),
    ("(县应急局牵头,县水利局、县住房和城乡建设局)", LEAD, SUPPORTS, False),
    ("(牵头:县应急局;配合:县水利局)", LEAD, ["县水利局"], False),
    ("(牵头单位:县应急局 配合单位:县水利局 完成时限:2031年6月底)", LEAD, ["县水利局"], False),
    ("(县应急局主办,县水利局协办)", LEAD, ["县水利局"], False),
    ("(责任单位:县应急局牵头,县水利局配合)", LEAD, ["县水利局"], False),
    ("〔县应急局牵头,县水利局落实行业监管责任〕", LEAD, ["县水利局"], False),
    ("(县应急局牵头,县水利局配合。)", LEAD, ["县水利局"], False),
    ("(责任单位:县应急局、县水利局〈含泵站、闸站〉)", ["县应急局", "县水利局〈含泵站、闸站〉"], [], False),
    ("(县应急局、县水利局等县有关部门和各乡镇按职责分别负责)", ["县应急局", "县水利局", "各乡镇"], [], True),
    ("(县应急局牵头,公安、农机等部门协作)", LEAD, ["公安", "农机"], True),
    ("(牵头:县应急局;参与:县水利局、县住房和城乡建设局)", LEAD, SUPPORTS, False),
    ("(主办:县应急局 协同:县水利局)", LEAD, ["县水利局"], False),
    ("(牵头单位:县应急局;参加:县水利局;指导:市应急局)", LEAD, ["县水利局"], False),
    ("(牵头单位:县应急局;督办:县政府督查室)", LEAD, [], False),
    ("(县应急局、县水利局、各乡镇)", ["县应急局", "县水利局", "各乡镇"], [], False),
    ("(县应急局牵头,县水利局选派人员配合)", LEAD, ["县水利局"], False),
    ("〔县应急局牵头,县水利局配合", LEAD, ["县水利局"], False),
    ("〔县应急局牵头,县水利局配合)", LEAD, ["县水利局"], False),
]


def only(text: str) -> Tag:
    (tag,) = tags_in(text)
    return tag


@pytest.mark.parametrize(("printed", "leads", "supports", "open_list"), TAGS)
def test_a_tag_closes_a_sentence_in_any_bracket(printed: str, leads: list[str], supports: list[str], open_list: bool) -> None:
    tag = only(f"开展汛前检查,整改到位。{printed}")
    assert (list(tag.content.leads), list(tag.content.supports), tag.content.open_list) == (leads, supports, open_list)
    assert tag.explicit


@pytest.mark.parametrize(
    "printed",
    [
        "责任单位:县应急局、县水利局",
        "责任单位:县应急局、县水利局。",
        "责任单位为县应急局、县水利局。",
    ],
)
def test_a_label_needs_no_bracket(printed: str) -> None:
    assert only(f"检查所有泵站。\n{printed}\n下一段。").content.leads == ("县应急局", "县水利局")


@pytest.mark.parametrize(
    ("text", "leads", "supports"),
    [
        ("6月上旬演练一次,由县水利局牵头,各巡查中队参加。", ["县水利局"], ["各巡查中队"]),
        ("清理堆场。县城管局牵头,各乡镇(街道)参与。", ["县城管局"], ["各乡镇(街道)"]),
        ("清理堆场。县城管局、县公安局水警大队按职责分工负责。", ["县城管局", "县公安局水警大队"], []),
    ],
)
def test_sentences_that_only_share_duties_out_are_read(text: str, leads: list[str], supports: list[str]) -> None:
    content = only(text).content
    assert (list(content.leads), list(content.supports)) == (leads, supports)


def test_labels_are_made_of_a_duty_and_a_kind_of_unit() -> None:
    content = only("牵头处室:医政处\n配合处室:财务处、信息中心").content
    assert (content.leads, content.supports) == (("医政处",), ("财务处", "信息中心"))


def test_short_labels_are_known_and_whoever_supervises_supports_nobody() -> None:
    content = only("整改到位。(主责:站长;协办:工会;督办:安全部)").content
    assert (content.leads, content.supports) == (("站长",), ("工会",))


def test_labels_in_following_lines_are_one_tag() -> None:
    tag = only("检查所有泵站。\n牵头单位:县应急局\n配合单位:县水利局、各乡镇\n")
    assert tag.content.leads == ("县应急局",)
    assert tag.content.supports == ("县水利局", "各乡镇")


def test_a_tag_may_be_broken_by_a_line_end() -> None:
    tag = only("检查泵站。(县应急局牵头,县水利\n局、县住建局配合)")
    assert tag.content.supports == ("县水利局", "县住建局")


def test_scopes_of_several_leads_are_kept() -> None:
    tag = only("检查。(县教育局负责校内排查,县公安局负责周边巡查)")
    assert tag.content.leads == ("县教育局", "县公安局")
    assert tag.content.scopes == (("县教育局", "校内排查"), ("县公安局", "周边巡查"))


def test_area_and_sector_answer_side_by_side() -> None:
    content = only("防汛。(防汛指挥部成员单位落实行业主管责任,各镇街(园区)履行属地责任)").content
    assert content.leads == ("防汛指挥部成员单位",)
    assert content.territorial == ("各镇街(园区)",)


def test_areas_behind_a_lead_answer_for_the_area() -> None:
    content = only("整治。(水务站牵头,农技站等按职责分工负责,各村负责)").content
    assert (content.leads, content.supports, content.territorial) == (("水务站",), ("农技站",), ("各村",))


def test_areas_alone_are_the_lead() -> None:
    assert only("巡查。(各乡镇负责)").content.leads == ("各乡镇",)


def test_persons_carry_their_grade_and_blanks_are_kept() -> None:
    content = only("帮扶。(第一责任人:镇长李明;具体责任人:___;帮扶责任人:王芳、赵强)").content
    assert [(person.grade, person.name) for person in content.responsible] == [
        ("第一", "镇长李明"),
        ("具体", ""),
        ("帮扶", "王芳"),
        ("帮扶", "赵强"),
    ]
    assert content.blank


@pytest.mark.parametrize("blank", ["责任领导:", "责任单位:___", "牵头单位:×××", "责任人:XX"])
def test_a_blank_leader_is_seen(blank: str) -> None:
    assert only(f"整改到位。({blank})").content.blank


def test_a_blank_lead_keeps_its_supports() -> None:
    content = only("整改。(×××牵头,县水利局配合)").content
    assert content.blank
    assert content.supports == ("县水利局",)


def test_areas_that_every_task_concerns_answer_for_the_area() -> None:
    content = only("检查。〔责任单位:县应急局、县水利局按职责分工负责。各项任务均涉及各乡镇政府,不再列出,下同。〕").content
    assert (content.leads, content.territorial, content.carries) == (("县应急局", "县水利局"), ("各乡镇政府",), True)


def test_what_holds_for_all_that_follows_is_marked() -> None:
    content = only("整治。〔水务站牵头,农技站配合,各村负责,以下任务均由各村负责,不再列出〕").content
    assert content.carries
    assert content.territorial == ("各村",)


PROSE = [
    ("由县应急局牵头,县水利局配合,开展一次检查。", ["县应急局"], ["县水利局"]),
    ("应急办牵头,组织各村排查。", ["应急办"], []),
    ("日常工作由县水利局负责。", ["县水利局"], []),
    ("由县应急局负责牵头,公安、农机等部门配合,检查道口。", ["县应急局"], ["公安", "农机"]),
    ("由县应急局牵头,联合县公安局、农机站,检查道口。", ["县应急局"], ["县公安局", "农机站"]),
    ("派出所:协助检查水域,及时处置险情。", ["派出所"], []),
    ("县水利局会同县住建局、农机站,于5月底前完成排查。", ["县水利局"], ["县住建局", "农机站"]),
    ("设备部牵头对管道逐台检验,2月底前完成,生产部、各车间配合。", ["设备部"], ["生产部", "各车间"]),
    ("由县发改局负责,9月起执行;县财政局、县水利局按各自职责配合。", ["县发改局"], ["县财政局", "县水利局"]),
    ("各县(市、区)人民政府:落实巡查,建立台账。", ["各县(市、区)人民政府"], []),
    ("6月底前全覆盖,物资部负责,各项目部配合。", ["物资部"], ["各项目部"]),
    ("县水利局、农机站负责制定检修计划。", ["县水利局", "农机站"], []),
]


@pytest.mark.parametrize(("printed", "leads", "supports"), PROSE)
def test_prose_may_name_a_lead_with_less_certainty(printed: str, leads: list[str], supports: list[str]) -> None:
    tag = only(printed)
    assert (list(tag.content.leads), list(tag.content.supports)) == (leads, supports)
    assert tag.shape == "prose"
    assert tag.content.confidence < 1


NO_TAGS = [
    "对泵站(含附属设施)每周检查。",
    "检查结果(由负责人签字)存档。",
    "动员部署(2031年3月)。",
    "明确责任人,落实整改责任(详见附件2责任单位清单)。",
    "健全责任体系(以下简称责任清单)。",
    "进社区(进企业、进学校、进农村、进家庭)宣传。",
    "由牵头部门负责汇总。",
    "党政领导、部门负责、社会参与的格局。",
    "负责人要亲自抓,分管领导具体抓。",
    "责任单位要逐级签订责任书。",
    "牵头单位和配合单位应加强沟通。",
    "落实企业主体责任(重点是高危行业)。",
    "各部门要积极配合(包括现场检查的配合)。",
    "学生(未成年人)由监护人负责接送。",
    "建立健全(监测、预警、处置)机制,负责到底。",
    "坚持谁主管(谁负责)的原则。",
    "整治目标:消除隐患,不出事故。",
    "成员单位:县公安局、县教育局的有关科室。",
    "消防安全:检查疏散通道。",
]


@pytest.mark.parametrize("text", NO_TAGS)
def test_brackets_and_sentences_that_give_no_duty_are_no_tags(text: str) -> None:
    assert [tag for tag in tags_in(text) if tag.explicit or tag.content.leads] == []


UNITS = st.sampled_from(
    words("""
    县应急局 县水利局 县住房和城乡建设局 县工业和信息化局 县文化和旅游局 消防办 四进四送办 卫健办 东湖供电公司 综合行政执法大队
    市场监管所 妇联 县发展和改革委员会 各乡镇(街道) 县委宣传部 中等职业学校 县人力资源和社会保障局 农业服务中心 团县委 民政办
    """)
)
STYLES = [
    "〔{leads}牵头,{supports}配合〕",
    "({leads}牵头,{supports}按职责分工负责)",
    "【牵头单位:{leads};配合单位:{supports}】",
    "[{leads}牵头;{supports}参与]",
    "(牵头部门:{leads},协办单位:{supports})",
    "(由{leads}牵头,{supports}协助落实)",
]


@given(
    names=st.lists(UNITS.filter(lambda name: not name.startswith("各")), min_size=2, max_size=7, unique=True),
    cut=st.integers(1, 3),
    style=st.sampled_from(STYLES),
    wide=st.booleans(),
    open_list=st.booleans(),
)
def test_whatever_is_printed_is_read_back(names: list[str], cut: int, style: str, wide: bool, open_list: bool) -> None:
    leads, supports = names[: min(cut, len(names) - 1)], names[min(cut, len(names) - 1) :]
    printed = style.format(leads="、".join(leads), supports="、".join(supports) + ("等" if open_list else ""))
    if wide:
        printed = printed.translate(str.maketrans(",;:()", "\uff0c\uff1b\uff1a\uff08\uff09"))
    tag = only(f"按期完成检查。{printed}")
    assert (list(tag.content.leads), list(tag.content.supports)) == (leads, supports)
    assert tag.content.open_list is open_list


@pytest.mark.parametrize(
    ("text", "leads", "supports"),
    [
        ("更换线路,规范用电(县应急局、县消防救援大队)", ["县应急局", "县消防救援大队"], []),
        ("逐库检查,登记造册〔县商务局、各镇政府〕", ["县商务局", "各镇政府"], []),
        ("逐户检查。责任单位:县住建局、县市场监管局,县应急局配合", ["县住建局", "县市场监管局"], ["县应急局"]),
        ("逐户检查。(牵头单位:县住建局;配合单位:各镇政府,县消防救援大队参与)", ["县住建局"], ["各镇政府", "县消防救援大队"]),
        ("组织培训(责任单位:县人社局、县总工会。各企业要派人参加,不得走过场)", ["县人社局", "县总工会"], []),
    ],
)
def test_lists_without_role_words_or_with_words_behind_them_give_whole_names(
    text: str, leads: list[str], supports: list[str]
) -> None:
    (tag,) = tags_in(text)
    assert (list(tag.content.leads), list(tag.content.supports)) == (leads, supports)


@pytest.mark.parametrize(
    "text",
    [
        "会同相关部门(县应急局、县住建局)",
        "覆盖全部范围,含重点区域(城区、乡镇)",
        "检查内容,分级管理(国家、省)",
        "整治(县应急局、县住建局)的对象",
    ],
)
def test_units_in_brackets_that_explain_a_word_lead_nothing(text: str) -> None:
    assert not [tag for tag in tags_in(text) if tag.explicit]


@pytest.mark.parametrize(
    "hostile",
    [
        "(" * 100_000,
        "(责任单位:" * 20_000,
        "(协同协同协同协同协同牵头甲)" * 7_000,
        "由" * 100_000 + "负责",
        "县水利局、" * 20_000 + "牵头",
        "((((牵头))))" * 10_000,
        "牵头," * 30_000,
        "〔" + "按职责" * 30_000,
    ],
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    begun = time.monotonic()
    tags_in(hostile)
    assert time.monotonic() - begun < 3
