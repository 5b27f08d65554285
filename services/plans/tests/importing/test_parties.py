"""Who reports: whoever stands at the beginning of a clause, behind 由, or answers in practice."""

import pytest

from plans.importing.dates import Context
from plans.importing.lines import Line
from plans.importing.obligations import obligations_in


@pytest.mark.parametrize(
    ("text", "reporters"),
    [
        ("巡堤情况每日17时前由护堤员上报镇防汛办。", "护堤员"),
        ("各村排查出的险情,每周五前由镇应急办汇总后报县应急局。", "镇应急办"),
        ("站长为第一责任人、安全员为具体责任人,每月5日前向县交通局报送台账。", "安全员"),
        ("(二)第一责任人为园区主任,具体责任人为园区安全科长,每周五前向县应急局报告情况。", "园区安全科长"),
        ("校长为第一责任人、德育主任为具体责任人,每周五前由具体责任人向中心校报告情况。", "德育主任"),
        ("各镇街负总责,镇长为第一责任人,每月5日前向县安委办报送进度。", "各镇街"),
        ("镇长为第一责任人,每月5日前向县安委办报送进度。", "镇长"),
    ],
)
def test_whoever_acts_reports(text: str, reporters: str) -> None:
    [read] = obligations_in([Line(1, text)], Context(2026))

    assert read.reporters == reporters
