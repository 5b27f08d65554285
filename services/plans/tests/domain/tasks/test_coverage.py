"""Who has nothing to do, and what nobody does."""

from plans.domain.content import Content
from plans.domain.tasks.coverage import Member, coverage

MEMBERS = [Member("T1", "白石镇", ()), Member("T2", "东坪镇", ("林区镇",)), Member("T3", "柿树镇", ())]


def test_topics_tasks_and_units_without_each_other_are_named() -> None:
    content = Content.model_validate(
        {
            "topics": [{"id": "t1", "title": "燃气"}, {"id": "t2", "title": "用火"}, {"id": "t3", "title": "空"}],
            "tasks": [
                {"id": "a", "topic": "t1", "text": "排查", "leads": [{"name": "白石镇", "unit": "T1"}]},
                {"id": "b", "topic": "t2", "text": "巡护", "supports": [{"name": "林区镇", "kind": "group"}]},
            ],
        }
    )

    found = coverage(content, MEMBERS)

    assert found.topics_without_unit == ("t2", "t3")
    assert found.tasks_without_unit == ("b",)
    assert [member.code for member in found.units_without_task] == ["T3"]
