"""Verbs of reporting, and what only looks like one."""

import pytest

from plans.importing.clauses import sentences
from plans.importing.report_verbs import reports_in


def recipients(text: str) -> list[tuple[str, ...]]:
    return [report.recipients for sentence in sentences(text) for report in reports_in(text, sentence)]


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("各村每周五前将台账交镇应急办", ("镇应急办",)),
        ("各站每周一前将周表发送至安全部邮箱", ("安全部",)),
        ("各站每周一前将照片发至县防火办", ("县防火办",)),
        ("每月底汇总一次,报公司分管领导", ("公司分管领导",)),
        ("值班员每天17时前将雨情发送到镇防汛值班群", ("镇防汛值班群",)),
        ("大数据中心每日比对后推送各区", ("各区",)),
        ("市平台每天将数据推送至县应急局", ("县应急局",)),
        ("县安委办每季度向领导小组汇报进展", ("领导小组",)),
        ("镇安办每月向调度会汇报", ("调度会",)),
        ("县安监局每半年向县政府常务会议汇报一次", ("县政府常务会议",)),
        ("各支部每季度向党委汇报", ("党委",)),
        ("每月底前县交通局将巡查情况函告县安委办", ("县安委办",)),
        ("队长每周五前把本队情况告诉村文书", ("村文书",)),
        ("6月29日前各乡镇报书面总结", ()),
        ("社务监督员每周五前送县融媒体中心公布", ("县融媒体中心",)),
        ("6月9日前报县交通局、市民政局", ("县交通局", "市民政局")),
        ("立即报告总经理及安全总监", ("总经理", "安全总监")),
        ("安全员每日在“安全云”平台填报排查情况", ()),
    ],
)
def test_reports_are_found_with_their_recipients(text: str, to: tuple[str, ...]) -> None:
    assert recipients(text) == [to]


@pytest.mark.parametrize(
    "text", ["归集职工上报、热线受理、巡查发现等渠道的线索", "将线索移交县公安局", "社交网络单位", "由交通局组织检查"]
)
def test_other_acts_are_no_reports(text: str) -> None:
    assert recipients(text) == []
