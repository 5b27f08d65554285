"""What a report is to hold."""

from plans.importing.contents import attachments_in
from plans.importing.dates import Context
from plans.importing.lines import Line
from plans.importing.obligations import obligations_in


def test_the_number_of_an_item_is_no_part_of_the_content() -> None:
    [found] = obligations_in([Line(1, "（五）自查报告于2026年6月5日前报县教育局。")], Context(2026))

    assert found.content == "自查报告"


def test_a_form_beside_a_report_is_the_attachment() -> None:
    assert attachments_in("将进展情况及附表2、统计表和照片报县住建局") == ("附表2", "统计表", "照片")


def test_the_object_before_its_way_is_no_recipient() -> None:
    [found] = obligations_in([Line(1, "各站每月5日前报送数据到县治超办。")], Context(2026))

    assert (found.recipients, found.content) == (("县治超办",), "数据")
