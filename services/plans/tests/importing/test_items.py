"""Items counted inside a paragraph."""

import pytest

from plans.importing.items import items_in, without_mark


@pytest.mark.parametrize(
    ("text", "firsts"),
    [
        ("一是检查管线。二是更换阀门。三是宣传。", ["一是检查", "二是更换", "三是宣传"]),
        ("总的要求:一要检查;二要整改。", ["一要检查", "二要整改"]),
        ("①检查;②整改。", ["①检查;", "②整改。"]),
        ("(1)检查;(2)整改。", ["(1)检", "(2)整"]),
        ("一是检查管线。二是换阀。四是宣传。", ["一是检查", "二是换阀", "四是宣传"]),
        ("一是建队伍,人人会用水泵二是备足物资。", ["一是建队", "二是备足"]),
    ],
)
def test_counted_items_are_cut_apart(text: str, firsts: list[str]) -> None:
    assert [text[start:end][:4] for start, end in items_in(text)] == [first[:4] for first in firsts]


@pytest.mark.parametrize("text", ["统一是原则。", "一是检查。", "唯一是安全,第二是效率。", "要检查,也要整改。", ""])
def test_nothing_is_cut_where_nothing_is_counted(text: str) -> None:
    assert items_in(text) == ()


def test_the_mark_is_left_out_of_the_words() -> None:
    assert without_mark("二是更换阀门") == "更换阀门"
    assert without_mark("更换阀门") == "更换阀门"
