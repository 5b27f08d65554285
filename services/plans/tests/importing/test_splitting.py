"""Where one plan ends and the next begins, sign by sign."""

import pytest

from plans.importing.lines import Line
from plans.importing.noise import cleaned
from plans.importing.signs import Sign, sign_of
from plans.importing.splitting import sections_of
from plans.importing.unfolding import unfolded

WIDE = {ord(sign): 0xFEE0 + ord(sign) for sign in ",:;()!?."}
ORCHARD = [
    "为保障果园用药安全,特制定本方案。",
    "一、目标",
    "减少误用。",
    "二、任务",
    "(一)逐户告知,登记在册。",
    "(二)统一回收空瓶,集中处置。",
]
FERRY = ["一、工作目标", "渡船全部持证。", "二、工作措施", "(一)登记渡船。"]
CLINIC = ["诊所消毒专项整治方案", "为规范诊所消毒,制定本方案。", "一、要求", "按规范消毒。"]


def spans(texts: list[str]) -> list[tuple[int, int]]:
    """First and last lines of the plans found, the same whether signs are half as wide as characters or as wide."""
    half, full = (
        [(section[0].number, section[-1].number) for section in sections_of(unfolded(cleaned(lines).lines))]
        for lines in (numbered(texts), numbered([text.translate(WIDE) for text in texts]))
    )
    assert half == full
    return half


def numbered(texts: list[str]) -> list[Line]:
    return [Line(number, text) for number, text in enumerate(texts, start=1)]


def test_a_title_broken_over_lines_begins_its_plan() -> None:
    head = [
        "索引号:0139/2025    发布机构:某省安委会",
        "某省安委会办公室关于印发",
        "《全省渡口安全问题",
        "专项治理行动方案》的通知",
    ]
    assert spans([*head, *FERRY]) == [(1, 8)]


def test_one_plan_is_one_section() -> None:
    assert spans(["果园用药整治方案", *ORCHARD]) == [(1, 7)]


def test_a_title_below_a_body_begins_a_plan() -> None:
    assert spans([*ORCHARD, *CLINIC]) == [(1, 6), (7, 10)]


def test_an_opening_sentence_below_a_body_begins_a_plan() -> None:
    assert spans([*ORCHARD, "为整治乱停乱放,结合我街道实际,制定如下方案。", "一、范围", "主干道。"]) == [(1, 6), (7, 9)]


def test_a_title_glued_to_its_opening_is_taken_apart() -> None:
    lines = unfolded([Line(4, "校车安全整治实施方案为加强校车管理,制定本实施方案。")])

    assert [(line.number, line.text) for line in lines] == [(4, "校车安全整治实施方案"), (4, "为加强校车管理,制定本实施方案。")]


def test_a_first_heading_again_begins_a_plan() -> None:
    assert spans([*ORCHARD, *FERRY]) == [(1, 6), (7, 10)]


def test_a_first_heading_again_takes_the_loose_paragraphs_above_it_along() -> None:
    assert spans([*ORCHARD, "近期渡口事故多发,教训深刻。", *FERRY]) == [(1, 6), (7, 11)]


def test_a_second_set_of_phases_begins_a_plan_with_the_leaders_above_it() -> None:
    phases = ["从2026年3月至11月,分三个阶段进行。", "1.动员(3月)。", "2.整治(4月至10月)。", "3.总结(11月)。"]
    fragment = ["组长:", "副组长:", "成员:", "2026年4月至12月,分为四个阶段。", "1.启动(4月)。"]

    assert spans([*ORCHARD, *phases, *fragment]) == [(1, 10), (11, 15)]


def test_phases_of_a_topic_part_no_plan() -> None:
    phases = "从2026年3月至11月,分三个阶段进行。"

    assert spans([*ORCHARD, phases, "三、另一专题", "(一)同步推进。", phases]) == [(1, 10)]


def test_chapters_that_count_anew_part_no_plan() -> None:
    assert spans(["第一部分 总则", *ORCHARD, "第二部分 分则", *FERRY]) == [(1, 12)]


def test_a_covering_notice_belongs_to_the_plan_that_it_sends_out() -> None:
    notice = ["关于印发诊所消毒专项整治方案的通知", "白卫发〔2026〕7号", "各村卫生室:", "近年来问题较多,群众有反映。",
              "现将方案印发给你们,请认真贯彻执行。", "白石镇卫生院", "2026年3月2日"]  # fmt: skip

    assert spans([*notice, *CLINIC]) == [(1, 11)]
    assert spans([*notice, "附件", *CLINIC]) == [(1, 12)]
    assert spans([*notice[:5], "一、尽快部署。", "二、加强督导。", *notice[5:], *CLINIC]) == [(1, 13)]


def test_what_follows_the_date_of_issue_is_another_plan() -> None:
    closing = ["白石镇人民政府", "2026年3月2日"]

    assert spans([*ORCHARD, *closing, "我镇渡口较多,隐患突出。", "(一)登记渡船。"]) == [(1, 8), (9, 10)]
    assert spans([*ORCHARD, *closing, "抄送:县应急管理局。"]) == [(1, 9)]


def test_an_attachment_belongs_to_its_plan_unless_it_is_a_plan_of_its_own() -> None:
    assert spans(["果园用药整治方案", *ORCHARD, "附件1", "任务分工表", "一、台账", "1.农药台账"]) == [(1, 11)]
    assert spans(["果园用药整治方案", *ORCHARD, "附件2", *CLINIC]) == [(1, 8), (9, 12)]


def test_an_opening_sentence_below_a_list_of_attachments_begins_a_plan() -> None:
    assert spans(["果园用药整治方案", *ORCHARD, "附件:1.农药台账", *ORCHARD]) == [(1, 8), (9, 14)]


def test_a_document_number_below_a_body_begins_a_plan() -> None:
    assert spans([*ORCHARD, "白石镇人民政府文件", "白政发〔2026〕9号", *CLINIC]) == [(1, 6), (7, 12)]


def test_links_and_chatter_are_no_plans() -> None:
    page = ["首页 > 方案大全", "以下是为大家整理的方案范文,欢迎参考。", *CLINIC, "上一篇:校园整治方案", "下一篇:工地整治方案"]
    links = ["果园用药整治方案", "渡口整治方案"]

    assert spans([*page, *links]) == [(3, 6)]


def test_a_plan_in_one_line_is_taken_apart_and_keeps_its_line_number() -> None:
    text = "诊所消毒专项整治方案 为规范诊所消毒,制定本方案。 一、总体要求 按照规范消毒。 二、工作任务"
    text += " (一)逐家登记器械。1.每月清点一次;2.每季度抽查一次。" + "(二)加强培训,提高操作水平,做好记录。" * 12

    lines = unfolded([Line(9, text)])

    assert {line.number for line in lines} == {9}
    assert [line.text for line in lines][:7] == [
        "诊所消毒专项整治方案", "为规范诊所消毒,制定本方案。", "一、总体要求", "按照规范消毒。", "二、工作任务",
        "(一)逐家登记器械。", "1.每月清点一次;",
    ]  # fmt: skip


def test_a_line_without_end_is_bounded() -> None:
    assert max(len(line.text) for line in unfolded([Line(1, "甲" * 100_000)])) <= 6_000


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("为防范溺水,根据上级部署,结合我镇实际,制定本方案。", Sign.OPENING),
        ("根据县里统一安排,现就有关工作制定实施方案如下:", Sign.OPENING),
        ("为守住底线,制定全镇道路整治方案和三个专项方案。", Sign.OPENING),
        ("各村要结合实际,细化措施,制定具体实施方案。", Sign.TEXT),
        ("(一)为防范溺水,制定本方案。", Sign.ITEM),
        ("白石镇防溺水专项整治行动方案(试行)", Sign.TITLE),
        ("防溺水专项整治方案篇三", Sign.TITLE),
        ("【篇二】", Sign.TITLE),
        ("3月|部署动员|印发渡口安全整治方案", Sign.SHORT),
        ("为确保整治取得实效,特制定如下措施:", Sign.TEXT),
        ("具体时间安排如下:", Sign.TEXT),
        (
            "为深入贯彻上级防汛抗旱工作会议精神,切实做好今年防汛备汛工作,确保安全度汛,经镇党委研究,现就有关事项通知如下:",
            Sign.OPENING,
        ),
        ("第3篇:校园周边整治方案", Sign.TITLE),
        ("保障措施", Sign.SHORT),
        ("时间安排", Sign.SHORT),
        ("白石镇汛期值班工作安排", Sign.TITLE),
        ("为确保汛期安全,特制定本预案。本预案自印发之日起施行。", Sign.OPENING),
        ("完善应急预案,落实整改方案。", Sign.TEXT),
        ("白安委办〔2026〕第3号", Sign.NUMBER),
        ("• 发文字号:白安委办〔2026〕3号", Sign.META),
        ("从2026年3月到2027年12月,分四个阶段推进。", Sign.PHASES),
        ("二〇二六年三月二日", Sign.DATE),
        ("白石镇安全生产委员会办公室", Sign.ISSUER),
        ("附件:任务分工表", Sign.ATTACHMENT),
        ("常务副组长:李某", Sign.LEADERS),
        ("20xx年x月x日", Sign.DATE),
    ],
)
def test_a_line_shows_what_it_is(text: str, sign: Sign) -> None:
    assert sign_of(text) is sign
    assert sign_of(text.translate(WIDE)) is sign
