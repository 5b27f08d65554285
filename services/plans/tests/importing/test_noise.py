"""Noise of web pages and printed pages: dropped whole, never a line of a plan."""

import time

import pytest

from plans.importing.lines import Line
from plans.importing.noise import cleaned, is_noise

NOISE = """
当前位置:首页>政务公开>专项方案|首页|> 信息公开 > 文件库|分享|分享到:微信 微博 QQ空间|收藏 打印 关闭|【字号:大 中 小】
上一篇:校园整治方案|下一篇:没有了|相关阅读:|猜你喜欢|来源:县应急管理局|责任编辑:王某|浏览次数:1024 次|阅读量:88
发布时间:2026-03-02 10:15:00 来源:本站|版权所有:某某网 京ICP备00000000号-1|主办单位:某某市人民政府办公室|下载文档
格式:DOCX|大小:31.5KB|实施方案(定稿).docx|温馨提示:|此文档下载收益归作者所有|安全整治方案(精选12篇)|- 12 -|第3页 共8页
以下是小编为大家整理的方案范文,欢迎参考借鉴!|安全 整治 三年 行动 方案 范文|扫一扫在手机打开当前页
【打印】【关闭】|信息来源:县应急管理局 发布日期:2026-03-02 浏览次数:12 字体:[大 中 小]|分享到:|阅读 1024|(责任编辑:admin)|7
https://example.test/a/1.html|地址:白石镇建设路1号 邮编:264200|本文来源于网络,如有侵权请联系删除|希望能帮到您!|附件下载
"""
PLAN_LINES = """
时间:2026年3月至5月。|(一)分享经验做法,推广典型。|来源不明的气瓶一律不得充装。|上一年度未完成的任务结转实施。|一、总体要求
下载并安装反诈软件的居民达到九成。|关闭两处非法采石场,6月底前恢复植被。|首页公示责任人名单,接受监督。|12.完善台账。
组长:王某 副组长:李某 成员:赵某|打印店、复印店列入消防检查范围。|甲村 乙村 丙村。
来源:群众举报的线索逐条登记。|时间:2026年3月2日|附件:方案.docx|责任编辑部负责组织稿件,6月底前完成。|地点:镇政府会议室
"""


def parts(table: str) -> list[str]:
    return table.strip().replace("\n", "|").split("|")


def numbered(texts: list[str]) -> list[Line]:
    return [Line(number, text) for number, text in enumerate(texts, start=1)]


@pytest.mark.parametrize("text", parts(NOISE))
def test_noise_is_dropped(text: str) -> None:
    assert is_noise(text)
    assert is_noise(text.replace(":", "\uff1a").replace("(", "\uff08").replace(")", "\uff09"))


@pytest.mark.parametrize("text", parts(PLAN_LINES))
def test_lines_of_a_plan_stay(text: str) -> None:
    assert not is_noise(text)
    assert not is_noise(text.replace(":", "\uff1a").replace(",", "\uff0c"))


def test_numbers_of_the_lines_that_stay_do_not_change() -> None:
    clean = cleaned(numbered(["首页", "", "一、任务", "分享", "(一)登记。"]))

    assert [line.number for line in clean.lines] == [3, 5]
    assert clean.dropped == 2


def test_a_header_beside_page_numbers_is_dropped_and_the_same_words_elsewhere_with_it() -> None:
    pages = [text for page in range(1, 5) for text in ("白石镇整治方案", f"({'一二三四'[page - 1]})第{page}条。", f"- {page} -")]

    assert [line.text for line in cleaned(numbered(pages)).lines] == ["(一)第1条。", "(二)第2条。", "(三)第3条。", "(四)第4条。"]


def test_a_title_that_comes_often_without_page_numbers_stays() -> None:
    assert len(cleaned(numbered(["安全整治方案", "一、任务"] * 4)).lines) == 8


def test_garbled_and_masked_words_are_told_with_their_line() -> None:
    clean = cleaned(numbered(["一、任务", "锟斤拷整治", "落实***要求", "完成\ufffd改"]))

    assert [(each.code, each.span) for each in clean.warnings] == [
        ("garbled_text", (2, 2)), ("masked_text", (3, 3)), ("garbled_text", (4, 4)),
    ]  # fmt: skip


@pytest.mark.parametrize("part", ["来源:", "时间:1 ", "分享 ", "首页", "> ", "a b ", "范文", "希望", "主办:", "【打印】"])
def test_no_line_makes_the_table_run_away(part: str) -> None:
    begin = time.process_time()
    for ending in ("", "。", "x"):
        is_noise((part * 260)[:258] + ending)

    assert time.process_time() - begin < 0.2


def test_a_row_of_a_table_is_no_row_of_links() -> None:
    assert not is_noise("| 1 | 摸清底数 | 城管办 | 各社区 | 3月15日前 |")
    assert is_noise("首页 新闻 公开 服务 互动 专题")
