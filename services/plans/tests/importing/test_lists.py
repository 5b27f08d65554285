"""Lists and ledgers that plans want kept."""

import pytest

from plans.importing.lines import Line
from plans.importing.lists import lists_in


def lists(*texts: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(draft.name, draft.parts) for draft in lists_in([Line(number, text) for number, text in enumerate(texts, 1)])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("建立险情隐患和制度办法“两个清单”。", [("两个清单", ("险情隐患", "制度办法"))]),
        ("健全隐患、责任、措施三张清单。", [("三张清单", ("隐患", "责任", "措施"))]),
        ("梳理“险情隐患”“制度办法”两个清单。", [("两个清单", ("险情隐患", "制度办法"))]),
        ("形成三张清单(隐患、责任和措施)。", [("三张清单", ("隐患", "责任", "措施"))]),
        ("建立泵站隐患台账,及时更新。", [("泵站隐患台账", ())]),
        ("建立健全台帐。", [("台账", ())]),
        ("制定隐患清单、措施清单和责任清单。", [("隐患清单", ()), ("措施清单", ()), ("责任清单", ())]),
        ("动态更新“两个清单”。", [("两个清单", ())]),
    ],
)
def test_lists_are_found_with_their_parts(text: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert lists(text) == found


def test_a_later_mention_completes_the_first_and_is_no_second_list() -> None:
    found = lists("动态更新“两个清单”。", "建立险情隐患和制度办法“两个清单”。", "对照“两个清单”整改。")
    assert found == [("两个清单", ("险情隐患", "制度办法"))]


@pytest.mark.parametrize("text", ["按照权力清单履职。", "实行清单化管理。", "检查泵站的清单齐全。", "查看负面清单。", "清单"])
def test_other_lists_are_not_wanted_kept(text: str) -> None:
    assert lists(text) == []


def test_the_source_line_is_kept() -> None:
    (draft,) = lists_in([Line(7, "建立泵站隐患台账。")])
    assert draft.span == (7, 7)
