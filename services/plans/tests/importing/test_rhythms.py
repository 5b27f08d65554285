"""Rhythms whose days or times stand apart from the word that names the period."""

from datetime import date, time

import pytest

from contracts.schedules import DueDay, Schedule, Within
from plans.importing.dates import Context
from plans.importing.dates.contradictions import warnings_in
from plans.importing.draft import ObligationDraft
from plans.importing.lines import Line
from plans.importing.obligations import obligations_in


def read(text: str) -> ObligationDraft:
    [found] = obligations_in([Line(1, text)], Context(2026))
    return found


def days(*numbers: int) -> Schedule:
    return Schedule(every="month", on=tuple(DueDay(day=number) for number in numbers))


@pytest.mark.parametrize(
    ("words", "schedule"),
    [
        ("每旬", days(10, 20, 31)),
        ("每旬末", days(10, 20, 31)),
        ("每旬5日前", days(5, 15, 25)),
        ("每旬首日", days(1, 11, 21)),
        ("每旬逢三日、逢七日", days(3, 7, 13, 17, 23, 27)),
        ("每旬(9日、19日、29日)前", days(9, 19, 29)),
        ("每月两次(8日、22日前)", days(8, 22)),
        ("每月首个工作日", Schedule(every="month", on=(DueDay(working_day=1),))),
        ("次月3个工作日内", Schedule(every="month", on=(DueDay(working_day=3),), about="previous")),
        ("每季度末25日前", Schedule(every="quarter", on=(DueDay(month=3, day=25),))),
        ("每逢周五", Schedule(every="week", on=(DueDay(weekday=5),))),
        ("每周星期三前", Schedule(every="week", on=(DueDay(weekday=3),))),
        (
            "3月、6月、9月的20日前",
            Schedule(every="dates", dates=(date(2026, 3, 20), date(2026, 6, 20), date(2026, 9, 20))),
        ),
    ],
)
def test_parts_of_a_month_are_due_on_the_days_named(words: str, schedule: Schedule) -> None:
    assert read(f"各乡镇{words}向县治超办报送数据。").schedule.model_copy(update={"text": None}) == schedule


def test_a_time_of_day_apart_from_its_rhythm_is_read() -> None:
    found = read("各闸站每日查看水位,当日18:30前由值班员上报县水利局。")

    assert (found.reporters, found.schedule.every, found.schedule.at) == ("值班员", "day", time(18, 30))
    assert found.schedule.text == "每日查看水位,当日18:30前"


def test_hours_of_watch_are_no_cutoff() -> None:
    assert read("各卡口每日值守,8:00至20:00巡查并向镇防火办报告情况。").schedule.at is None


def test_what_is_found_and_told_on_the_same_day_hangs_on_the_event() -> None:
    found = read("发现的裂缝当日20时前由巡查员上报镇应急办。").schedule

    assert (found.every, found.trigger, found.within, found.at) == ("event", "discovery", Within(days=0), time(20))


@pytest.mark.parametrize("words", ["每三天", "每2周", "每两个月", "每隔五日", "每学期"])
def test_an_interval_has_no_day_to_count_from_and_is_told(words: str) -> None:
    found = read(f"各镇{words}向县防汛办报送一次进度。")

    assert (found.schedule.every, found.schedule.dates, found.schedule.text) == ("dates", (), words)
    [warning] = warnings_in([], [], [found])
    assert (warning.code, "从哪天起算" in warning.message, words in warning.message) == ("date_unresolved", True, True)


def test_two_times_of_one_day_are_two_reports() -> None:
    found = obligations_in([Line(1, "各村每天上午8:00前、下午16:00前向镇水利站报告水情。")], Context(2026))

    assert [each.schedule.at for each in found] == [time(8), time(16)]


def test_a_range_before_a_rhythm_bounds_it() -> None:
    found = read("6月1日至9月30日,各村每天17时前向镇水利站报告水情。").schedule

    assert (found.effective_from, found.effective_until) == (date(2026, 6, 1), date(2026, 9, 30))


def test_a_lead_time_is_told_by_its_words() -> None:
    found = read("外来车队须提前3个工作日通过平台报送行驶计划。").schedule

    assert (found.every, found.within, found.text) == ("event", None, "须提前3个工作日")


def test_minutes_that_make_no_hours_stay_words() -> None:
    found = read("各闸站遇险情30分钟内向县水利局报告。").schedule

    assert (found.every, found.within, found.text) == ("event", None, "30分钟内")


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("各校每周四前报中心校,中心校汇总后周五上午报县教育局。", Schedule(every="week", on=(DueDay(weekday=5),), at=time(12))),
        ("各镇每年5月3日前报县治水办,县治水办5月20日前报市治水办。", Schedule(every="year", on=(DueDay(month=5, day=20),))),
        ("各镇每日16时前零报告,县防指17时前报市防指。", Schedule(every="day", at=time(17))),
    ],
)
def test_the_next_in_a_chain_reports_in_the_same_period(text: str, schedule: Schedule) -> None:
    _, following = obligations_in([Line(1, text)], Context(2026))

    assert following.schedule.model_copy(update={"text": None}) == schedule
