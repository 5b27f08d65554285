"""Topics and tasks of plans in different styles of printing."""

import time
from datetime import date

from plans.importing.dates import Context
from plans.importing.draft import TopicDraft
from plans.importing.lines import Line
from plans.importing.topics import topics_in

CONTEXT = Context(year=2031)


def topics(text: str) -> tuple[TopicDraft, ...]:
    return topics_in([Line(number, line) for number, line in enumerate(text.strip().split("\n"), 1)], CONTEXT)


PARAGRAPHS = """
一、总体要求
坚持预防为主。
二、重点任务
(一)燃气安全整治。一是逐户检查管线,2031年6月底前完成。二是配合上级部门更换阀门。〔住建办牵头,安监办、市场监管所等按职责分工负责〕
(二)泵站安全整治。检修全部水泵,做好防汛准备。(水务站牵头,农技站配合)
三、时间安排
(一)动员部署(2031年3月)。召开会议。
(二)排查整治(2031年4月至9月)。全面排查。
四、保障措施
(一)加强组织领导。成立专班。
"""


def test_sections_of_measures_give_topics_and_general_ones_do_not() -> None:
    assert [topic.title for topic in topics(PARAGRAPHS)] == ["燃气安全整治", "泵站安全整治"]


def test_a_tag_at_the_end_of_a_paragraph_holds_for_all_its_items() -> None:
    gas, pumps = topics(PARAGRAPHS)
    assert (gas.leads, gas.supports, gas.open_list) == (("住建办",), ("安监办", "市场监管所"), True)
    assert [task.leads for task in gas.tasks] == [("住建办",), ("住建办",)]
    assert [task.text for task in gas.tasks] == ["逐户检查管线,2031年6月底前完成", "配合上级部门更换阀门"]
    assert [task.cooperates_upward for task in gas.tasks] == [False, True]
    assert pumps.tasks[0].supports == ("农技站",)


def test_deadlines_belong_to_the_item_that_prints_them() -> None:
    gas, _ = topics(PARAGRAPHS)
    assert [[deadline.date for deadline in task.deadlines] for task in gas.tasks] == [[date(2031, 6, 30)], []]


def test_the_same_date_twice_in_one_line_belongs_to_two_items() -> None:
    text = "一、主要任务\n(一)泵站。一是检修水泵,2031年底前完成。二是更换闸门,2031年底前完成。三是宣传。"
    (topic,) = topics(text)
    assert [len(task.deadlines) for task in topic.tasks] == [1, 1, 0]


def test_whoever_leads_with_others_is_found_in_a_phase_too() -> None:
    text = "三、实施步骤\n(一)自查(4月)。各站自查。\n(二)抽查(5月)。水利局牵头,会同住建局、公安局,开展抽查。"
    (topic,) = topics(text)
    assert (topic.leads, topic.supports) == (("水利局",), ("住建局", "公安局"))


def test_words_over_a_table_are_no_task() -> None:
    text = "一、主要任务\n(一)清淤。清理淤泥两千方。(水利站牵头)\n任务分解如下表:\n"
    (topic,) = topics(f"{text}1.河道。(水利站负责)\n2.水塘。(农技站负责)")
    assert [task.text for task in topic.tasks] == ["清理淤泥两千方", "河道", "水塘"]


NUMBERED = """
一、主要任务
(一)消防通道
1.划线管理。2031年8月底前划线。(消防队牵头,住建局等配合)
2.清理占用。(城管局牵头,各镇街负责)
(二)老旧小区
1.改造线路。加装护套。
2.更换水管。
3.清理楼道。
牵头单位:住建局
配合单位:消防队、各社区
"""


def test_numbered_tasks_carry_their_own_tags() -> None:
    first, _ = topics(NUMBERED)
    assert [task.leads for task in first.tasks] == [("消防队",), ("城管局",)]
    assert first.tasks[1].territorial == ("各镇街",)
    assert first.tasks[1].supports[-1] == "各镇街"
    assert first.leads == ()


def test_a_tag_below_the_last_task_closes_the_topic() -> None:
    _, second = topics(NUMBERED)
    assert second.leads == ("住建局",)
    assert [task.leads for task in second.tasks] == [("住建局",)] * 3
    assert second.tasks[0].supports == ("消防队", "各社区")


def test_a_tag_in_the_heading_holds_for_the_topic() -> None:
    (topic,) = topics("一、重点任务\n(一)泵站检修(水务站牵头)\n1.检修水泵,更换老化部件。\n2.清理前池,疏通沟渠。")
    assert topic.title == "泵站检修"
    assert [task.leads for task in topic.tasks] == [("水务站",), ("水务站",)]


def test_several_tags_part_a_paragraph() -> None:
    text = "一、主要任务\n(一)工程安全。房屋工程:加强现场管理。(村建站牵头)水利工程:检查水库大坝。(水务站牵头)"
    (topic,) = topics(text)
    assert [task.leads for task in topic.tasks] == [("村建站",), ("水务站",)]


def test_a_section_that_is_a_measure_itself_is_a_topic() -> None:
    found = topics(
        "一、指导思想\n安全第一。\n二、深化泵站检修\n(一)检修水泵,更换老化部件。\n(二)清理前池。\n三、加强组织领导\n成立专班。"
    )
    assert [(topic.title, len(topic.tasks)) for topic in found] == [("深化泵站检修", 2)]


def test_a_general_section_gives_the_topics_that_carry_tags() -> None:
    text = "一、保障措施\n(一)加强组织领导。成立专班。(责任单位:县政府办)\n(二)强化宣传。张贴标语。"
    assert [topic.title for topic in topics(text)] == ["加强组织领导"]


def test_short_items_of_a_list_are_tasks_of_one_topic() -> None:
    (topic,) = topics("一、整治内容\n1.消防通道畅通;\n2.水泵完好;\n3.线路规范。")
    assert (topic.title, [task.text for task in topic.tasks]) == ("整治内容", ["消防通道畅通", "水泵完好", "线路规范"])


def test_lost_headings_leave_topics_and_drop_phases_and_organisation() -> None:
    text = (
        "为加强泵站安全,制定本方案。\n(一)泵站检修。\n1.检修水泵。\n2.清理前池。\n(二)巡查值守。\n1.每日巡查。\n"
        "从2031年3月到12月,分两个阶段进行。\n(一)动员部署(2031年3月)。开会。\n(二)总结提升(2031年12月)。总结。\n"
        "(一)加强组织领导。成立专班。\n(二)强化督导考核。定期督查。"
    )
    assert [topic.title for topic in topics(text)] == ["泵站检修", "巡查值守"]


def test_what_is_said_for_all_that_follows_reaches_the_following_topics() -> None:
    text = (
        "一、主要任务\n(一)泵站。检修水泵。〔水务站牵头,农技站配合,各村负责,以下任务均由各村负责,不再列出〕\n"
        "(二)燃气。检查管线。〔住建办牵头,安监办配合〕"
    )
    assert [topic.tasks[0].territorial for topic in topics(text)] == [("各村",), ("各村",)]


def test_persons_of_a_tag_and_of_a_sentence_are_responsible() -> None:
    text = "一、主要任务\n(一)泵站检修。站长为泵站安全第一责任人,每日巡查。(责任领导:李明)\n(二)清淤。清理前池。(责任领导:)"
    first, second = topics(text)
    assert [(person.name, person.grade) for person in first.tasks[0].responsible] == [("李明", "责任领导"), ("站长", "第一")]
    assert [(person.name, person.grade) for person in second.tasks[0].responsible] == [("", "责任领导")]


def test_spans_point_to_the_lines() -> None:
    gas, pumps = topics(PARAGRAPHS)
    assert (gas.span, pumps.tasks[0].span) == ((4, 4), (5, 5))


def test_a_plan_without_measures_has_no_topics() -> None:
    assert topics("一、指导思想\n安全第一。\n二、组织领导\n成立专班。") == ()
    assert topics("") == ()


def test_a_long_plan_takes_linear_time() -> None:
    body = "\n".join(
        f"({'一二三四五六七八九'[number % 9]})泵站{number}。一是检修水泵,更换部件。二是清理前池,2031年底前完成。"
        "(水务站牵头,农技站配合)"
        for number in range(2_000)
    )
    begun = time.monotonic()
    topics(f"一、主要任务\n{body}")
    assert time.monotonic() - begun < 6


def test_sentences_with_leads_of_their_own_are_tasks_of_their_own() -> None:
    roads = "道路:由交警队牵头,公安、农机等部门配合,检查车辆。由海管办牵头,边防所配合,检查船舶。"
    text = f"一、整治内容\n(一)交通\n{roads}\n铁路:由护路办牵头,检查道口。"
    (topic,) = topics(text)
    assert [(task.leads, task.supports) for task in topic.tasks] == [
        (("交警队",), ("公安", "农机")),
        (("海管办",), ("边防所",)),
        (("护路办",), ()),
    ]


def test_units_that_a_sentence_begins_with_lead_it() -> None:
    press = "宣传部、融媒体中心负责制作宣传册,每月更新一次内容。"
    text = f"一、责任分工\n(一){press}\n(二)由交警队牵头,会同公路站、农机站,检查全部道口。"
    first, second = topics(text)[0].tasks
    assert (first.leads, second.leads, second.supports) == (("宣传部", "融媒体中心"), ("交警队",), ("公路站", "农机站"))


def test_grades_of_persons_make_a_general_heading_a_topic() -> None:
    duties = "各站站长为防汛第一责任人,其余管护员、护堤员为具体责任人,包片科室为帮扶责任人。"
    text = f"一、工作要求\n1、加强领导\n{duties}\n2、加大宣传\n张贴标语。"
    (topic,) = topics(text)
    assert [(person.grade, person.name) for person in topic.tasks[0].responsible] == [
        ("第一", "各站站长"),
        ("具体", "管护员"),
        ("具体", "护堤员"),
        ("帮扶", "包片科室"),
    ]


def test_lines_that_one_printed_line_was_unfolded_into_keep_its_number() -> None:
    printed = ["一、主要任务", "(一)泵站", "1.检修水泵,2031年6月底前完成。", "2.清理前池,2031年9月底前完成。"]
    (topic,) = topics_in([Line(23, text) for text in printed], CONTEXT)
    assert [[deadline.date for deadline in task.deadlines] for task in topic.tasks] == [[date(2031, 6, 30)], [date(2031, 9, 30)]]
    assert {task.span for task in topic.tasks} == {(23, 23)}


def test_targets_with_labels_in_the_lines_below_are_tasks() -> None:
    text = (
        "一、主要预期目标\n1.全县泵站完好率达到98%。\n\n牵头单位:水务局\n\n责任单位:各乡镇,农技站\n\n"
        "2.险情处置时间缩短10%。\n\n牵头单位:应急局\n\n责任单位:水务局"
    )
    first, second = topics(text)
    assert [(task.text, task.leads, task.supports) for task in first.tasks] == [
        ("全县泵站完好率达到98%", ("水务局",), ("各乡镇", "农技站")),
    ]
    assert second.leads == ("应急局",)


def test_a_section_of_one_tagged_sentence_is_a_topic() -> None:
    assert [topic.leads for topic in topics("一、深化创建活动\n创建。(水务站负责)")] == [("水务站",)]


def test_a_tag_after_every_sentence_parts_the_section_into_tasks() -> None:
    text = "一、加强巡查\n制定巡查办法。(水务站负责)调整巡查队伍。(应急办牵头,各有关单位协作)"
    (topic,) = topics(text)
    assert [(task.text, task.leads) for task in topic.tasks] == [("制定巡查办法", ("水务站",)), ("调整巡查队伍", ("应急办",))]


def test_sub_headings_that_hold_tasks_are_the_topics_of_any_section() -> None:
    text = (
        "一、实施两大行动\n(一)泵站更新行动。更新老化泵站,包括:\n1.更换水泵。(水务站负责)\n2.更换闸门。(水务站负责)\n"
        "(二)河道清淤行动。清理河道,包括:\n3.清理前池。(农技站负责)\n4.疏通沟渠。(农技站负责)"
    )
    assert [(topic.title, topic.leads) for topic in topics(text)] == [
        ("泵站更新行动", ("水务站",)),
        ("河道清淤行动", ("农技站",)),
    ]


def test_rows_of_an_attached_table_are_tasks_of_one_topic() -> None:
    rows = "1.检修水泵。牵头单位:水务站;配合单位:农技站\n2.清理前池。牵头单位:农技站"
    (topic,) = topics(f"一、保障措施\n加强领导。\n附件1\n泵站整治任务分工表\n{rows}")
    assert topic.title == "泵站整治任务分工表"
    assert [(task.leads, task.supports) for task in topic.tasks] == [(("水务站",), ("农技站",)), (("农技站",), ())]


def test_a_plan_attached_to_a_notice_gives_its_topics() -> None:
    text = "现将方案印发给你们。\n附件\n泵站整治方案\n一、主要任务\n(一)检修。检修水泵。(水务站负责)\n二、组织领导\n成立专班。"
    assert [topic.title for topic in topics(text)] == ["检修"]


def test_the_first_of_a_list_leads_where_the_plan_says_so() -> None:
    text = "一、主要任务(列第一位的为牵头单位)\n(一)检修。检修水泵,更换部件。(责任单位:水务站、农技站、各乡镇)"
    (topic,) = topics(text)
    assert (topic.leads, topic.supports) == (("水务站",), ("农技站", "各乡镇"))
    assert topic.tasks[0].supports == ("农技站", "各乡镇")


def test_the_signature_below_the_last_section_is_no_task() -> None:
    text = "一、主要任务\n(一)检修。检修水泵,更换部件。(水务站负责)\n(二)清淤。清理河道。\n平原镇人民政府办公室\n2026年3月1日"
    assert [[task.text for task in topic.tasks] for topic in topics(text)] == [["检修水泵,更换部件"], ["清理河道"]]
