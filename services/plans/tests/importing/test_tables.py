"""Tables in plain text read as items of a list."""

from plans.importing.drafting import import_document
from plans.importing.lines import Line
from plans.importing.tables import with_rows_as_sentences

TABLE = """序号|任务|牵头单位|配合单位|完成时限
---|---|---|---|---
1|核对许可|县市场监管局|县教育局|2026年9月15日前
2|抽检餐具|县卫健局|—|2026年9月底前
以上任务按月通报。"""


def lines(text: str) -> list[Line]:
    return [Line(number, line) for number, line in enumerate(text.split("\n"), 11)]


def test_rows_are_sentences_with_the_words_of_the_header() -> None:
    assert with_rows_as_sentences(lines(TABLE)) == (
        Line(13, "(1)核对许可。牵头单位:县市场监管局;配合单位:县教育局;完成时限:2026年9月15日前"),
        Line(14, "(2)抽检餐具。牵头单位:县卫健局;完成时限:2026年9月底前"),
        Line(15, "以上任务按月通报。"),
    )


def test_rows_without_a_number_are_counted() -> None:
    found = with_rows_as_sentences(lines("工作内容\t责任单位\t时限\n清淤\t水利站\t5月底\n加固\t水利站\t6月底"))

    assert [line.text[:5] for line in found] == ["(1)清淤", "(2)加固"]


def test_tables_of_phases_and_other_bars_stay_as_they_are() -> None:
    kept = lines("阶段|时间|责任单位\n动员|3月|县安委办\n首页|新闻|公开")

    assert with_rows_as_sentences(kept) == tuple(kept)


def test_a_table_gives_tasks_with_units_and_limits() -> None:
    text = f"某县食品安全检查方案\n一、主要任务\n(一)检查内容如下表。\n{TABLE}\n二、工作要求\n(一)加强领导。"

    [plan] = import_document(text.encode(), "a.txt").plans

    tasks = [task for topic in plan.topics for task in topic.tasks if task.leads]
    assert [(task.leads, task.supports, task.deadlines[0].text) for task in tasks] == [
        (("县市场监管局",), ("县教育局",), "2026年9月15日前"),
        (("县卫健局",), (), "2026年9月底前"),
    ]


def test_a_header_without_bars_above_rows_with_bars_heads_them() -> None:
    text = TABLE.replace("序号|任务|牵头单位|配合单位|完成时限\n---|---|---|---|---", "序号 任务 牵头单位 配合单位 完成时限")

    assert [line.text for line in with_rows_as_sentences(lines(text))][:1] == [
        "(1)核对许可。牵头单位:县市场监管局;配合单位:县教育局;完成时限:2026年9月15日前"
    ]


def test_words_parted_by_blanks_head_no_table_of_another_width() -> None:
    kept = lines("任务 牵头单位 时限\n1|核对许可|县市场监管局|9月底")

    assert with_rows_as_sentences(kept) == tuple(kept)


def test_a_limit_below_a_long_list_of_units_is_the_limit_of_the_task() -> None:
    text = (
        "某县电梯检查方案\n三、重点任务\n(一)检查电梯。逐台检查。\n责任单位:县市场监管局、县住建局、县城管局、县卫健局、县教育局\n"
        "完成时限:2026年6月底前\n(二)检查门窗。逐户检查。\n牵头单位:县住建局\n时限:2026年9月底前"
    )

    [plan] = import_document(text.encode(), "a.txt").plans

    assert [
        (topic.leads[-1], topic.supports, [each.text for task in topic.tasks for each in task.deadlines]) for topic in plan.topics
    ] == [
        ("县教育局", (), ["2026年6月底前"]),
        ("县住建局", (), ["2026年9月底前"]),
    ]
