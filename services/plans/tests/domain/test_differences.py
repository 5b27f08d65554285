"""An amendment says in words what differs."""

from plans.domain.changes import MAX_LINES
from plans.domain.content import Content
from plans.domain.differences import differences
from plans.domain.plan import Text


def text(title: str = "方案", number: str | None = None, **content: object) -> Text:
    return Text(title, number, (), Content.model_validate(content))


TASK = {
    "id": "a",
    "text": "排查燃气",
    "leads": [{"name": "住建局", "unit": "33-zj"}],
    "deadlines": [{"id": "d", "date": "2026-12-31"}],
}


def test_nothing_differs_between_equal_texts_in_any_order() -> None:
    other = {"id": "b", "text": "培训"}

    assert differences(text(tasks=[TASK, other]), text(tasks=[other, TASK])) == ()


def test_head_tasks_deadlines_and_units_are_said() -> None:
    after = {
        **TASK,
        "leads": [{"name": "消防队", "kind": "outside"}],
        "deadlines": [{"id": "d", "date": "2026-11-30", "strength": "ensure"}, {"id": "e"}],
    }

    assert differences(text(tasks=[TASK]), text(title="新方案", number="青〔2026〕3号", tasks=[after])) == (
        "标题由“方案”改为“新方案”",
        "发文字号由“无”改为“青〔2026〕3号”",
        "任务 a:牵头单位由“住建局(33-zj)”改为“消防队/体系外”",
        "任务 a:新增时限 e“”",
        "任务 a:时限 d:日期由“2026年12月31日”改为“2026年11月30日”",
        "任务 a:时限 d:强度由“无”改为“确保”",
    )


def test_items_that_come_and_go_are_named_by_what_they_say() -> None:
    before = text(phases=[{"id": "p1", "name": "部署"}], lists=[{"id": "l", "name": "问题隐患清单"}])
    after = text(phases=[{"id": "p2", "name": "整治"}], lists=[{"id": "l", "name": "问题隐患清单", "parts": ["隐患", "责任"]}])

    assert differences(before, after) == (
        "新增阶段 p2“整治”",
        "取消阶段 p1“部署”",
        "清单 l:组成由“无”改为“隐患、责任”",
    )


def test_targets_are_said_with_their_direction_and_unit() -> None:
    def indicator(**target: object) -> dict[str, object]:
        return {"id": "i", "name": "整改率", "target": target}

    before = text(indicators=[indicator(direction=">=", value=95, unit="%")])
    after = text(indicators=[indicator(direction="zero")])

    assert differences(before, after) == ("指标 i:目标由“>= 95%”改为“zero 0”",)


def test_a_change_that_no_line_names_is_still_a_change() -> None:
    before = text(accountability=[{"id": "x", "trigger": "逾期", "measure": "约谈"}])
    after = text(accountability=[{"id": "x", "trigger": "逾期", "measure": "约谈", "addressee": "主要负责人"}])

    assert differences(before, after) == ("问责规则 x:其他内容有改动",)


def test_a_rewritten_plan_is_not_listed_without_end() -> None:
    many = text(tasks=[{"id": f"t{number}", "text": "做" * 500} for number in range(300)])

    said = differences(text(), many)

    assert len(said) == MAX_LINES
    assert said[-1] == f"另有{300 - MAX_LINES + 1}处改动"
    assert max(map(len, said)) <= 300


def test_what_a_part_of_a_list_is_a_view_of_is_said_where_somebody_said_it() -> None:
    plain = {"id": "l", "name": "两个清单", "parts": ["问题隐患", "制度措施"]}
    said = {**plain, "parts": ["问题隐患", {"name": "制度措施", "kind": "measures"}]}

    assert differences(text(lists=[plain]), text(lists=[said])) == (
        "清单 l:组成由“问题隐患、制度措施”改为“问题隐患、制度措施/措施”",
    )
