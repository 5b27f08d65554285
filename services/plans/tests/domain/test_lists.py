"""Lists of a plan: what their parts are views of, by name or as somebody said."""

import pytest
from pydantic import ValidationError

from plans.domain.content import ListDefinition
from plans.domain.content.list_kinds import kind_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("问题隐患", "hazards"),
        ("险情隐患", "hazards"),
        ("风险点", "hazards"),
        ("制度措施", "tasks"),
        ("制度办法", "tasks"),
        ("重点任务", "tasks"),
        ("整改措施", "measures"),
        ("问题整改", "measures"),
        ("整改责任", "responsibility"),
        ("责任单位", "responsibility"),
        ("企业名录", "other"),
    ],
)
def test_a_part_is_of_the_kind_that_its_name_tells(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_drafts_of_either_shape_are_read_and_stay_as_they_were_written() -> None:
    for parts in (["问题隐患", "制度措施"], ["问题隐患", {"name": "制度措施", "kind": "measures"}]):
        given = {"id": "l1", "name": "两个清单", "parts": parts}
        definition = ListDefinition.model_validate(given)
        assert definition.model_dump(mode="json", exclude_none=True) == given
    assert [(part.name, part.kind) for part in definition.components] == [("问题隐患", "hazards"), ("制度措施", "measures")]


def test_a_list_without_parts_is_one_of_its_own_name() -> None:
    (part,) = ListDefinition(id="l1", name="隐患排查台账").components
    assert (part.name, part.kind) == ("隐患排查台账", "hazards")


@pytest.mark.parametrize("part", [{"name": "隐患"}, {"name": "隐患", "kind": "ledger"}, {"name": "", "kind": "tasks"}, 3])
def test_what_is_no_part_is_refused(part: object) -> None:
    with pytest.raises(ValidationError):
        ListDefinition.model_validate({"id": "l1", "name": "清单", "parts": [part]})
