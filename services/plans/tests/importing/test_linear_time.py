"""Reading dates takes time in proportion to the text, whatever the text is."""

import time

import pytest

from plans.importing.dates import Context, context_of
from plans.importing.deadlines import deadlines_in
from plans.importing.lines import Line
from plans.importing.meetings import meetings_in
from plans.importing.obligations import obligations_in
from plans.importing.phases import phases_in

HOSTILE = (
    "1", "20", "2020年", "6月", "6月至", "6月30日前完成,", " ", "x", "_", "(", "《", "〔2020〕", "农历", "十", "一", "每", "每月",
    "日检、",
    "每月5日前报送县局,", "向", "报", "将", "(一)", "1、", "第一阶段",
    "(一)动员部署阶段(2020年6月)。", "每季度召开", "十日内", "、",
)  # fmt: skip


def seconds(lines: tuple[Line, ...]) -> float:
    begin = time.perf_counter()
    context_of(lines)
    for reader in (phases_in, deadlines_in, obligations_in, meetings_in):
        reader(lines, Context(2020))
    return time.perf_counter() - begin


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE)
def test_four_times_the_text_takes_about_four_times_as_long(piece: str) -> None:
    small, large = (min(seconds((Line(1, piece * (size // len(piece))),)) for _ in range(2)) for size in (8_000, 32_000))
    # Quadratic work would take sixteen times as long; a busy machine may double a measurement.
    assert large < 10 * small + 0.05


def test_ordinary_text_of_300_kb_is_read_in_well_under_a_second() -> None:
    paragraph = (
        "(一)强化源头治理。各镇要按照属地管理原则,全面排查辖区企业风险隐患,建立问题清单和责任清单,实行闭环管理,2021年年底前建立预控体系。"
        "各部门要结合实际制定方案,明确目标任务和整改措施,落实责任、资金、时限和预案,每月25日前将进展情况报送县安委办,遇有突发事件立即报告。"
        "加强宣传教育,充分利用广播、网站、公众号等媒体,提高从业人员安全意识,营造人人关注安全、人人参与安全的良好氛围,形成齐抓共管的格局。"
    )
    count = 300_000 // len(paragraph.encode()) + 1
    lines = tuple(Line(number, paragraph) for number in range(1, count + 1))
    assert min(seconds(lines) for _ in range(2)) < 1.5
