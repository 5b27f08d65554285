"""Phases in the usual layouts, and what only looks like a phase."""

from datetime import date

import pytest

from plans.importing.dates import Context, context_of
from plans.importing.deadlines import deadlines_in
from plans.importing.lines import Line
from plans.importing.phases import phases_in

Found = list[tuple[str, str | None, str | None]]


def found(text: str, context: Context | None = None) -> Found:
    lines = tuple(Line(number, part) for number, part in enumerate(text.split("\n"), 1))
    phases = phases_in(lines, context or context_of(lines))
    return [(phase.name, phase.start and phase.start.isoformat(), phase.end and phase.end.isoformat()) for phase in phases]


PREPARE = ("动员部署", "2023-03-01", "2023-03-31")
CLEAN = ("集中整治", "2023-04-01", "2023-10-31")


@pytest.mark.parametrize(
    "text",
    [
        "(一)动员部署(2023年3月)。各村开会。\n(二)集中整治(2023年4月至10月)。逐户检查。",
        "1.动员部署(2023年3月)\n各村开会。\n2.集中整治(2023年4月—10月)\n逐户检查。",
        "第一阶段:动员部署(2023年3月)。各村开会。\n第二阶段:集中整治(4月至10月)。逐户检查。",
        "第一阶段(2023年3月):动员部署。第二阶段(4月至10月):集中整治。",
        "1、动员部署:2023年3月。各村开会。\n2、集中整治:2023年4月至10月。逐户检查。",
        "时间安排\n1.动员部署\n时间:2023年3月\n2.集中整治\n时间:2023年4月-10月",
        "阶段|时间|内容\n动员部署|2023年3月|开会\n集中整治|2023年4月-10月|检查",
        "工作步骤\n(一)动员部署。2023年3月,各村开会。\n(二)集中整治。2023年4月至10月,逐户检查。",
        "(一)2023年3月,动员部署。开会。\n(二)2023年4月至10月,集中整治。检查。",
    ],
)
def test_every_layout_gives_names_and_days(text: str) -> None:
    read = [(name.removesuffix("阶段"), start, end) for name, start, end in found(text)]
    if read and len(read) == 1:
        pytest.fail(f"only one phase in {text}")
    assert read[-1] == CLEAN
    # A single month without brackets or a range may stand for a deadline, so only its end must agree.
    assert read[0][0] == PREPARE[0]
    assert read[0][2] in {PREPARE[2], None}


def test_steps_and_dates_behind_the_heading_are_read_as_well() -> None:
    text = (
        "第一步:调查摸底(2023年2月1日-2月28日)。登记。\n第二步:集中整治(3月1日-8月31日)。检查。\n"
        "(三)验收阶段。时间从2023年9月1日起,至9月20日止。验收。\n(四)长效阶段。2023年10月起长期坚持。"
    )
    assert found(text) == [
        ("调查摸底", "2023-02-01", "2023-02-28"),
        ("集中整治", "2023-03-01", "2023-08-31"),
        ("验收阶段", "2023-09-01", "2023-09-20"),
        ("长效阶段", "2023-10-01", None),
    ]


def test_a_sentence_may_hold_all_phases() -> None:
    text = "2023年5月1日至10日为宣传发动阶段,5月11日至25日为集中清理阶段,5月26日至31日为验收总结阶段。"
    assert found(text) == [
        ("宣传发动阶段", "2023-05-01", "2023-05-10"),
        ("集中清理阶段", "2023-05-11", "2023-05-25"),
        ("验收总结阶段", "2023-05-26", "2023-05-31"),
    ]


def test_announced_phases_may_have_any_name_and_no_dates() -> None:
    text = "行动分三步进行。\n(一)摸清底数。登记造册。\n(二)逐项销账。边查边改。\n(三)回访。看成效。\n(四)加强领导。要重视。"
    assert [name for name, _, _ in found(text.replace("三步", "三个步骤"))] == ["摸清底数", "逐项销账", "回访"]


def test_steps_may_stand_in_one_paragraph_and_what_follows_is_none() -> None:
    text = (
        "三、时间步骤\n行动从2024年5月6日开始,分三步进行:第一步,宣传发动(5月6日至5月12日),张贴告示;第二步,排查整改(5月13日至6月15日),"
        "边查边改;第三步,值守防御(6月1日至10月15日),昼夜值班。\n四、报告制度\n(一)实行日报。\n(二)实行旬报。"
    )
    assert found(text) == [
        ("宣传发动", "2024-05-06", "2024-05-12"),
        ("排查整改", "2024-05-13", "2024-06-15"),
        ("值守防御", "2024-06-01", "2024-10-15"),
    ]


def test_a_heading_with_a_range_is_what_its_neighbours_are() -> None:
    text = "二、工作内容\n1.宣传教育(2025年9月1日—9月15日)。\n2.排查摸底(9月16日—9月30日)。\n3.总结评估(10月)。"
    assert [name for name, _, _ in found(text)] == ["宣传教育", "排查摸底", "总结评估"]


def test_a_counted_phase_is_called_by_its_own_name() -> None:
    text = "(一)第一阶段:安排部署(2025年11月1日—11月10日)\n开会。"
    assert found(text) == [("安排部署", "2025-11-01", "2025-11-10")]


def test_below_a_heading_over_steps_any_short_name_is_a_phase() -> None:
    text = "三、实施步骤\n(一)摸清底数。登记。\n(二)监督检查。逐户检查。\n(三)回访。抽查。\n四、工作要求\n(一)加强领导。要重视。"
    assert [name for name, _, _ in found(text)] == ["摸清底数", "监督检查", "回访"]


def test_phases_may_have_no_number() -> None:
    first = "三、实施步骤\n全面部署阶段。2021年11月15日至11月20日,召开会议。"
    text = f"{first}\n自查自纠(11月21日—12月10日):对照清单。\n总结阶段。春节后。"
    assert found(text) == [
        ("全面部署阶段", "2021-11-15", "2021-11-20"),
        ("自查自纠", "2021-11-21", "2021-12-10"),
        ("总结阶段", None, None),
    ]


def test_phases_may_overlap_leave_gaps_and_cross_a_year() -> None:
    text = "(一)排查阶段(2023年11月16日-2月20日)。\n(二)整改阶段(1月1日-6月30日)。\n(三)总结阶段(9月)。"
    assert found(text) == [
        ("排查阶段", "2023-11-16", "2024-02-20"),
        ("整改阶段", "2024-01-01", "2024-06-30"),
        ("总结阶段", "2024-09-01", "2024-09-30"),
    ]


@pytest.mark.parametrize(
    ("dates", "start", "end"),
    [
        ("即日起至2023年4月20日", "2023-04-02", "2023-04-20"),
        ("2023年9月中旬前", None, "2023-09-10"),
        ("2023年6月中下旬至12月", "2023-06-11", "2023-12-31"),
        ("2023年全年", "2023-01-01", "2023-12-31"),
        ("20xx年7月至12月", None, None),
        ("2023年2月30日前", None, None),
    ],
)
def test_the_bracket_of_a_heading_says_the_days(dates: str, start: str | None, end: str | None) -> None:
    known = Context(2023, issued_on=date(2023, 4, 2))
    assert found(f"(一)宣传发动阶段({dates})。开会。", known) == [("宣传发动阶段", start, end)]


@pytest.mark.parametrize(
    "text",
    [
        "(一)加强组织领导。各村要重视。\n(二)强化宣传。形成氛围。",
        "(三)消防安全专项整治2023年集中攻坚。",
        "顺利完成动员部署和排查整治两个阶段目标任务。",
        "2023年3月至10月,分为四个阶段。",
        "1.排查老旧电梯(2023年底前完成)。",
        "(二)总结经验。推广典型做法。",
        "(二)落实整改(2021年修订)。按新标准执行。",
        "2.隐患整改(2021年底前完成)。",
        "把每个阶段的任务落实到人。",
        "五、本方案分阶段实施。",
    ],
)
def test_these_are_no_phases(text: str) -> None:
    assert found(text) == []


def test_a_row_below_a_cell_that_says_phase_is_one_whatever_its_name() -> None:
    text = "时间|阶段|内容\n2022年4月|筹划|印发方案\n2022年5月至2022年8月|清淤护岸|分段施工\n2022年9月|看成效|现场会"

    assert [(name, str(start)) for name, start, _ in found(text)] == [
        ("筹划", "2022-04-01"),
        ("清淤护岸", "2022-05-01"),
        ("看成效", "2022-09-01"),
    ]


def test_a_phase_ends_before_the_next_heading() -> None:
    text = "(一)动员部署阶段(2023年3月)\n各村开会。\n\n(二)集中整治阶段(2023年4月)\n逐户检查。\n四、工作要求\n(一)加强领导。"
    lines = tuple(Line(number, part) for number, part in enumerate(text.split("\n"), 11))
    assert [phase.span for phase in phases_in(lines, Context())] == [(11, 12), (14, 15)]


def test_lines_that_share_a_number_are_told_apart() -> None:
    lines = tuple(Line(7, text) for text in ("1.动员部署(2023年3月)。开会。", "2.集中整治(2023年4月)。检查。", "四、保障"))
    assert [phase.name for phase in phases_in(lines, Context())] == ["动员部署", "集中整治"]


@pytest.mark.parametrize(
    "text",
    [
        "二、工作步骤\n第一步骤：摸底（2023年3月）。登记。\n第二步骤：清理（2023年4月至10月）。检查。\n第三步骤：评比。颁奖。",
        "二、工作步骤\n步骤一：摸底（2023年3月）。登记。\n步骤二：清理（2023年4月至10月）。检查。\n步骤三：评比。颁奖。",
        "二、时间安排\n第一波次：摸底（2023年3月）。登记。\n第二波次：清理（2023年4月至10月）。检查。\n第三波次：评比。颁奖。",
        "二、行动安排\n第一轮，摸底（2023年3月）。登记。\n第二轮，清理（2023年4月至10月）。检查。\n第三轮，评比。颁奖。",
        "二、工作步骤\n第一批次（2023年3月）：摸底。\n第二批次（2023年4月至10月）：清理。\n第三批次：评比。",
    ],
)
def test_another_noun_for_a_step_heads_a_phase_dated_or_not(text: str) -> None:
    assert found(text) == [("摸底", "2023-03-01", "2023-03-31"), ("清理", "2023-04-01", "2023-10-31"), ("评比", None, None)]


def test_names_that_end_in_a_noun_for_a_step_are_phases_with_their_undated_siblings() -> None:
    text = "三、行动安排\n（一）春季战役（2023年3月至5月）。清淤。\n（二）汛期战役（5月至9月）。守堤。\n（三）收尾战役。修复。"
    assert found(text) == [
        ("春季战役", "2023-03-01", "2023-05-31"),
        ("汛期战役", "2023-05-01", "2023-09-30"),
        ("收尾战役", None, None),
    ]
    text = "三、工作步骤\n企业填表环节（2023年3月上旬）。填表。\n部门核查环节（4月至9月）。检查。"
    assert [name for name, _, _ in found(text)] == ["企业填表环节", "部门核查环节"]


def test_a_running_sentence_below_a_time_table_gives_its_phases_and_no_deadlines() -> None:
    text = "二、时间安排\n2023年5月底前完成摸底排查；6月至8月开展集中整治；9月组织检查验收。"
    assert [name for name, _, _ in found(text)] == ["摸底排查", "集中整治", "检查验收"]
    lines = tuple(Line(number, part) for number, part in enumerate(text.split("\n"), 1))
    assert deadlines_in(lines, context_of(lines)) == ()


def test_the_same_words_below_tasks_are_work() -> None:
    assert found("二、重点任务\n2023年5月底前完成摸底排查；6月至8月开展集中整治；9月组织检查验收。") == []
