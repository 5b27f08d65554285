"""Two days six months apart."""

import pytest

from contracts.schedules import Schedule
from plans.importing.dates import Context
from plans.importing.lines import Line
from plans.importing.obligations import obligations_in


def rhythm(text: str) -> Schedule:
    (found,) = obligations_in([Line(1, f"各镇{text}向县安监局报送总结。")], Context(2026))
    return found.schedule


@pytest.mark.parametrize(
    ("text", "month", "day", "about"),
    [
        ("6月底和12月底前", 6, 31, "current"),
        ("每年6月30日、12月31日前", 6, 31, "current"),
        ("7月10日和次年1月10日前", 1, 10, "previous"),
        ("每年7月5日和次年1月5日前", 1, 5, "previous"),
        ("每年6月20日、12月20日前", 6, 20, "current"),
    ],
)
def test_days_of_both_halves_are_a_rhythm_of_half_years(text: str, month: int, day: int, about: str) -> None:
    read = rhythm(text)
    assert (read.every, read.on[0].month, read.on[0].day, read.about, read.dates) == ("half_year", month, day, about, ())


@pytest.mark.parametrize("text", ["每半年", "半年", "上半年和下半年各", "上、下半年分别"])
def test_words_for_half_years_are_one_as_well(text: str) -> None:
    assert rhythm(text).every == "half_year"


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("2026年6月底和12月底前", "dates"),
        ("6月20日和12月20日前", "dates"),
        ("7月10日和11月25日前", "dates"),
        ("每年7月10日和11月25日前", "year"),
        ("3月底、6月底、9月底前", "dates"),
    ],
)
def test_days_that_are_printed_once_or_lie_otherwise_stay(text: str, every: str) -> None:
    assert rhythm(text).every == every
