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
    begin = time.process_time()
    context_of(lines)
    for reader in (phases_in, deadlines_in, obligations_in, meetings_in):
        reader(lines, Context(2020))
    return time.process_time() - begin


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE)
def test_four_times_the_text_takes_about_four_times_as_long(piece: str) -> None:
    small, large = (min(seconds((Line(1, piece * (size // len(piece))),)) for _ in range(2)) for size in (8_000, 32_000))
    # Quadratic work would take sixteen times as long; a busy machine may double a measurement.
    assert large < 10 * small + 0.05
