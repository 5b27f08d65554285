"""Numbers to reach."""

import pytest

from plans.importing.indicators import indicators_in
from plans.importing.lines import Line


@pytest.mark.parametrize(
    ("text", "name", "direction", "value", "unit", "strength"),
    [
        ("泵站完好率达到100%。", "泵站完好率", "=", "100", "%", "plain"),
        ("确保泵站完好率达到98%以上。", "泵站完好率", ">=", "98", "%", "ensure"),
        ("到2031年底,力争巡查覆盖率不低于95%。", "巡查覆盖率", ">=", "95", "%", "strive"),
        ("险情处置超时率控制在5%以内。", "险情处置超时率", "<=", "5", "%", "plain"),
        ("水耗较上年下降3.5个百分点。", "水耗", "delta", "3.5", "个百分点", "plain"),
        ("泵站用电比例在90%左右。", "泵站用电比例", "about", "90", "%", "plain"),
        ("实现险情隐患动态清零。", "险情隐患", "=", "0", None, "plain"),
        ("全镇检修任务383台套以上由水务站承担,其中招募任务30人。", "招募", "=", "30", "人", "plain"),
        ("改造面积稳定在2000亩以上。", "改造面积", ">=", "2000", "亩", "plain"),
        ("两年内培养30名护堤员。", "培养护堤员", "=", "30", "名", "plain"),
        ("力争建成不少于5个示范泵站。", "建成示范泵站", ">=", "5", "个", "strive"),
        ("培育示范泵站3处。", "培育示范泵站", "=", "3", "处", "plain"),
    ],
)
def test_a_number_to_reach_has_a_name_a_direction_and_a_strength(
    text: str, name: str, direction: str, value: str, unit: str | None, strength: str
) -> None:
    (found,) = indicators_in([Line(3, text)])
    assert (found.name, found.direction, found.value, found.unit, found.strength) == (name, direction, value, unit, strength)
    assert found.span == (3, 3)


@pytest.mark.parametrize(
    "text",
    [
        "每季度开展不少于1次演练。",
        "2031年6月底前完成。",
        "实行24小时值班。",
        "最迟不超过3个工作日。",
        "开展“百日清零”行动。",
        "全镇分为8个责任片区。",
        "每半年至少进行一次演练。",
        "给予3万元奖励。",
        "65岁以上老人。",
        "目前已建成3个示范泵站。",
    ],
)
def test_rhythms_dates_and_other_numbers_are_no_indicators(text: str) -> None:
    assert indicators_in([Line(1, text)]) == ()


def test_the_number_of_an_item_is_no_part_of_an_indicators_name() -> None:
    (found,) = indicators_in([Line(1, "（六）确保秸秆综合利用率稳定在95%以上。")])
    assert (found.name, found.direction, found.value) == ("秸秆综合利用率", ">=", "95")
