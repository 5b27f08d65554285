"""Numbered headings as a tree, with what real texts do to numbers."""

import time

import pytest

from plans.importing.lines import Line
from plans.importing.outline import Node, outline_of
from plans.importing.outline_marks import heading_of, title_of


def lines(text: str) -> list[Line]:
    return [Line(number, line) for number, line in enumerate(text.strip().split("\n"), 1)]


def tree(text: str) -> list[object]:
    def shape(node: Node) -> object:
        return (node.title, [shape(child) for child in node.children]) if node.children else node.title

    return [shape(child) for child in outline_of(lines(text)).children]


@pytest.mark.parametrize(
    ("printed", "form", "number"),
    [
        ("第一部分 总则", "part", 1),
        ("第二章 任务", "chapter", 2),
        ("一、工作目标", "numeral", 1),
        ("十二、其他", "numeral", 12),
        ("【时间节点】", "plain", None),
        ("★值守安排", "bullet heading", None),
        ("◆闸门锈蚀的,6月底前更换。", "bullet", None),
        ("【责任分工】", "plain", None),
        ("(三)燃气安全", "bracketed", 3),
        ("第二阶段(3月):自查", "stage", 2),
        ("2.3 校门秩序", "decimal", 3),
        ("2.3.1 接送区", "deep decimal", 1),
        ("3 时间安排", "number", 3),
        ("3.4月10日前上报", "number", 3),
        ("\uff08三\uff09燃气安全", "bracketed", 3),
        ("4.检查泵站", "number", 4),
        ("4\uff0e检查泵站", "number", 4),
        ("4、检查泵站", "number", 4),
        ("2,检查泵站", "number", 2),
        ("(5)检查", "bracketed number", 5),
        ("5)检查", "bracketed number", 5),
        ("③检查", "circled", 3),
        ("专题1:燃气", "subject", 1),
        ("一是加强检查", "item", 1),
        ("首先,成立专班", "item", 1),
        ("主要任务", "plain", None),
        ("燃气安全专项整治", "plain topic", None),
    ],
)
def test_every_mark_is_known(printed: str, form: str, number: int | None) -> None:
    heading = heading_of(printed)
    assert heading is not None
    assert (heading.form, heading.number) == (form, number)


@pytest.mark.parametrize("text", ["2.5万元用于检查", "2031年3月开始", "各村要加强巡查。", "3.2%的单位", "一个村一名网格员", ""])
def test_numbers_in_sentences_are_no_headings(text: str) -> None:
    assert heading_of(text) is None


def test_marks_nest_by_rank() -> None:
    assert tree("一、任务\n(一)燃气\n1.检查\n(1)管线\n①阀门\n2.整改\n(二)泵站\n二、要求") == [
        ("任务", [("燃气", [("检查", [("管线", ["阀门"])]), "整改"]), "泵站"]),
        "要求",
    ]


def test_a_title_ends_where_its_text_begins() -> None:
    assert title_of("开展燃气检查。各村逐户检查。") == "开展燃气检查"
    assert title_of("燃气领域:逐户检查管线与阀门,不留死角。") == "燃气领域"
    assert title_of("健全责任体系一是签订责任书。二是公示。") == "健全责任体系"


def test_a_restart_opens_a_section_whose_heading_was_lost() -> None:
    found = tree("(一)燃气\n1.检查\n2.整改\n(二)泵站\n(一)动员\n(二)检查")
    assert found == [("", [("燃气", ["检查", "整改"]), "泵站"]), ("", ["动员", "检查"])]


def test_a_higher_mark_after_lower_ones_opens_a_section() -> None:
    assert tree("1、教育\n2、检查\n(一)动员阶段\n(二)整改阶段") == [("", ["教育", "检查"]), ("", ["动员阶段", "整改阶段"])]


def test_a_restart_below_a_printed_heading_stays_there() -> None:
    assert tree("一、任务\n1.检查\n2.整改\n1.宣传") == [("任务", ["检查", "整改", "宣传"])]


def test_skipped_and_repeated_numbers_stay_siblings() -> None:
    assert tree("一、任务\n(一)燃气\n(二)泵站\n(二)电梯\n(五)校车") == [("任务", ["燃气", "泵站", "电梯", "校车"])]


def test_a_paragraph_where_a_number_is_skipped_stands_for_the_lost_heading() -> None:
    text = "(一)燃气\n1.检查。每月检查一次,逐户入户。\n持续开展泵站巡查,及时检修水泵。\n(三)电梯"
    root = outline_of(lines(text))
    assert [child.title for child in root.children[0].children] == ["燃气", "持续开展泵站巡查,及时检修水泵", "电梯"]


def test_phases_without_a_heading_end_the_tasks_above() -> None:
    text = "(一)燃气\n1.检查。每月检查一次,逐户入户。\n从2031年3月到12月,分三个阶段进行。\n(一)动员"
    root = outline_of(lines(text))
    assert [len(section.children) for section in root.children] == [1, 1]
    assert root.children[1].lines[0].number == 3


def test_phases_that_count_anew_below_a_list_leave_its_section() -> None:
    text = "二、整治内容\n(一)电梯\n(二)锅炉\n从3月至9月,分两个阶段进行。\n(一)摸底\n(二)整治\n"
    assert tree(text) == [("整治内容", ["电梯", "锅炉"]), ("", ["摸底", "整治"])]


def test_phases_of_one_item_stay_below_it() -> None:
    text = "二、整治内容\n(一)电梯\n从3月至9月,分两个阶段进行。\n1.摸底\n2.整治\n(二)锅炉\n"
    assert tree(text) == [("整治内容", [("电梯", ["摸底", "整治"]), "锅炉"])]


def test_decimal_numbers_nest_below_whole_ones() -> None:
    assert tree("1 目标\n2 内容\n2.1 排查\n2.1.1 阀门\n2.2 整改\n3 要求\n") == [
        ("", ["目标", ("内容", [("排查", ["阀门"]), "整改"]), "要求"])
    ]


def test_spans_cover_what_stands_below() -> None:
    root = outline_of(lines("一、任务\n说明\n(一)燃气\n\n二、要求"))
    assert root.children[0].span() == (1, 3)


def test_a_long_text_takes_linear_time() -> None:
    text = "\n".join(f"{number % 30 + 1}.检查第{number}座泵站,及时整改。" for number in range(12_000))
    begun = time.monotonic()
    outline_of(lines(text))
    assert time.monotonic() - begun < 2
