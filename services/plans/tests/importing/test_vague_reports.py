"""Reports that are asked for without a time or an addressee are told, not passed over."""

import pytest

from plans.importing.lines import Line
from plans.importing.vague_reports import vague_reports_in


@pytest.mark.parametrize("text", ["各单位要及时报送工作动态。", "(三)重视信息。各站所应定期上报亮点做法,不得瞒报。"])
def test_the_sentence_is_named(text: str) -> None:
    [warning] = vague_reports_in([Line(7, text)], ())

    assert (warning.code, warning.span) == ("report_unaddressed", (7, 7))
    assert "报" in warning.message


@pytest.mark.parametrize("text", ["领导小组定期听取情况汇报。", "各村定期开展检查。", "按时报送人员名单另发。"])
def test_other_acts_are_no_reports(text: str) -> None:
    assert list(vague_reports_in([Line(1, text)], ())) == []


def test_a_line_that_gave_an_obligation_is_not_told_again() -> None:
    assert list(vague_reports_in([Line(1, "各镇及时上报。")], {1})) == []
