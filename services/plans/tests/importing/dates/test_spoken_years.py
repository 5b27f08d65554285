"""The year of a text without a head."""

import pytest

from plans.importing.dates.spoken_years import spoken_year
from plans.importing.lines import Line


def year(text: str) -> int | None:
    return spoken_year([Line(number, part) for number, part in enumerate(text.split("\n"), 1)])


@pytest.mark.parametrize(
    "text",
    [
        "3月底前完成登记。2019年以前建成的先查。\n12月5日前报送《2024年清仓工作总结》。",
        "对照2018年普查结果核对，2018年遗留问题6月底销号。\n各村12月1日前将2024年度工作总结报镇安办。",
        "根据2020年通报，2020年事故教训深刻，2020年曾开展检查。\n(一)登记(2024年3月至4月)。\n(二)清理(5月)。",
        "2021年发生的事故说明隐患仍在，吸取2021年教训。\n2024年3月为宣传阶段，4月为清理阶段。",
        "参照2022年做法，2022年登记的先查。2024年完成清理。",
    ],
)
def test_a_year_of_the_plan_comes_before_one_in_passing(text: str) -> None:
    assert year(text) == 2024


def test_the_usual_year_counts_where_no_name_tells_another() -> None:
    assert year("2024年起步，2024年清理，2025年收尾。") == 2024
    assert year("到2023年建成，2023年验收。") == 2023


def test_a_year_in_passing_is_better_than_none() -> None:
    assert year("2021年遗留问题5月底前解决。") == 2021
    assert year("5月底前解决。") is None
