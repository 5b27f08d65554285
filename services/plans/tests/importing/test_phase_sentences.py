"""Phases that one running sentence tells of."""

import pytest

from plans.importing.dates import Context
from plans.importing.dates.numerals import own_words
from plans.importing.phase_sentences import told_in

Told = list[tuple[str, str | None, str | None]]


def told(text: str, *, in_section: bool = True) -> Told:
    found = told_in(own_words(text), text, Context(year=2025), in_section=in_section)
    return [
        (each.name, None if each.dates.limit or not each.dates.first else each.dates.first.isoformat(), str(each.dates.due))
        for each in found
    ]


@pytest.mark.parametrize(
    "text",
    [
        "3月为宣传发动，4月至9月集中整治，10月总结验收。",
        "3月份为宣传发动阶段；4月—9月为集中整治阶段；10月份为总结验收阶段。",
        "3月1日至3月31日开展宣传发动，4月1日至9月30日开展集中整治，10月1日至31日组织总结验收。",
        "宣传发动（3月），集中整治（4月至9月），总结验收（10月）。",
        "行动分三步走：①宣传发动（3月）；②集中整治（4月至9月）；③总结验收（10月）。",
        "整治从3月开始，10月底结束，分三个阶段：3月宣传发动，4月至9月集中整治，10月总结验收。",
        "一是宣传发动（3月），二是集中整治（4月至9月），三是总结验收（10月）。",
    ],
)
def test_several_phases_in_one_sentence_are_read_each(text: str) -> None:
    assert told(text) == [
        ("宣传发动", "2025-03-01", "2025-03-31"),
        ("集中整治", "2025-04-01", "2025-09-30"),
        ("总结验收", "2025-10-01", "2025-10-31"),
    ]


def test_a_limit_gives_an_end_and_later_months_lie_later() -> None:
    assert told("11月底前完成摸底排查；12月开展集中整治；1月检查验收，2月全面总结。") == [
        ("摸底排查", None, "2025-11-30"),
        ("集中整治", "2025-12-01", "2025-12-31"),
        ("检查验收", "2026-01-01", "2026-01-31"),
        ("总结", "2026-02-01", "2026-02-28"),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("5月底前完成摸底；6月开展整治；9月验收。", ["摸底", "整治", "验收"]),
        ("3月宣传，4月至6月联合执法，7月复查。", ["宣传", "联合执法", "复查"]),
        ("第一季度动员部署，第二季度至第三季度集中整治，第四季度总结验收。", ["动员部署", "集中整治", "总结验收"]),
        ("上半年集中整治，下半年巩固提升。", ["集中整治", "巩固提升"]),
        ("4月为摸清家底期，5月至7月为查漏补缺期，8月为巩固期。", ["摸清家底", "查漏补缺", "巩固"]),
        ("其中2月1日—2月10日动员；2月5日—5月31日巡查管控，其间死看硬守；6月评比。", ["动员", "巡查管控", "评比"]),
        ("登记造册（3月），清理整顿（4月至8月），交叉互查（9月）。", ["登记造册", "清理整顿", "交叉互查"]),
    ],
)
def test_short_names_are_phases_beside_each_other(text: str, names: list[str]) -> None:
    assert [name for name, _, _ in told(text)] == names


def test_where_words_part_the_time_any_name_is_one() -> None:
    text = "全年分三个时段推进：2025年11月中旬为部署启动，11月下旬至2026年2月底为冬季严防，2026年3月为评估。"
    assert [name for name, _, _ in told(text, in_section=False)] == ["部署启动", "冬季严防", "评估"]


@pytest.mark.parametrize(
    "text",
    [
        "3月为宣传发动。",
        "各镇每月5日前报送进展，6月底前完成整改，9月开展验收。",
        "各镇5月底前完成登记，6月底前将名单报县应急局。",
        "每年3月开展排查，每年9月开展验收。",
        "6月6日组织启动仪式，6月16日开展咨询日活动。",
    ],
)
def test_fewer_than_two_parts_or_other_work_is_no_phase(text: str) -> None:
    assert told(text) == []


def test_outside_of_a_time_table_a_sentence_must_part_the_time() -> None:
    assert told("3月排查，4月至9月整改，10月验收。", in_section=False) == []
