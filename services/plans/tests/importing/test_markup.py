"""Marks of Markdown and HTML go; masked words and the numbers of lines stay."""

from plans.importing.lines import Line
from plans.importing.markup import without_markup


def words(*texts: str) -> list[str]:
    return [line.text for line in without_markup([Line(number, text) for number, text in enumerate(texts, 1)])]


def test_headings_bold_type_links_and_rules_lose_their_marks() -> None:
    assert words("## 某县整治方案", "**一、任务** 见[附件](/a.pdf)", "---", "<div class='red'></div>") == [
        "某县整治方案",
        "一、任务 见附件",
        "",
        "",
    ]


def test_what_describes_the_page_above_the_text_is_empty() -> None:
    assert words("---", "lang: zh", "---", "某县整治方案") == ["", "", "", "某县整治方案"]


def test_stars_that_mask_a_word_stay() -> None:
    plain = ("20**年底前完成,20**年再查。", "责任人:***", "________(分管副镇长)")
    assert words(*plain) == list(plain)
    assert words("# 方案", plain[0]) == ["方案", plain[0]]
