"""Line ends that were replaced by a letter or a sign."""

import pytest

from plans.importing.lines import Line
from plans.importing.lost_lines import with_line_ends


def parts(text: str) -> list[str]:
    return [line.text for line in with_line_ends([Line(7, text)])]


@pytest.mark.parametrize("sign", ["n", "r", "\\n", "\\r\\n", "¶", "↵", " n ", "#", "Ж"])
def test_a_sign_between_sentences_is_a_line_end(sign: str) -> None:
    lines = ["一、清理目标。", "（一）楼道无杂物。", "各社区每周巡查。", "二、清理步骤。", "1.宣传（3月）。"]
    assert parts(sign.join(lines)) == lines


def test_where_a_sign_comes_back_it_parts_headings_without_a_full_stop_as_well() -> None:
    lines = ["仓库清理方案", "一、目标要求", "清除堆物，恢复通道。", "二、清理步骤", "（一）登记（3月）。", "逐库登记。"]
    assert parts("n".join(lines)) == lines


def test_the_parts_keep_the_number_of_their_line() -> None:
    assert {line.number for line in with_line_ends([Line(7, "先登记。n再清理。n后验收。")])} == {7}


@pytest.mark.parametrize(
    "text",
    [
        "由A类企业先行。B类企业随后。",
        "每平方米不超过5kg。电压不低于220v。",
        "登录 www.example.com。各镇使用app上报。",
        "先登记。n再清理。",
        "设施完好。x光机须检定。",
    ],
)
def test_letters_of_the_text_stay(text: str) -> None:
    assert parts(text) == [text]
