"""The instant of a due day, its explanation, and limits that start with an event."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendars import BeyondHorizonError, china
from contracts.rhythms import UnknownRhythmError, due_after, due_at, known_periods, periods
from contracts.schedules import DueDay, Schedule, Within
from contracts.strategies import schedules

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = china()
QUARTERLY = Schedule(every="quarter", about="previous", on=(DueDay(month=1, day=10),))


def explained(schedule: Schedule, first: date, last: date) -> list[str]:
    return [due_at(schedule, each, SHANGHAI, CHINA).explanation for each in periods(schedule, first, last, CHINA)]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_named_day_counts_until_midnight() -> None:
    (april,) = periods(QUARTERLY, date(2021, 4, 1), date(2021, 4, 30), CHINA)
    due = due_at(QUARTERLY, april, SHANGHAI, CHINA)
    assert (april.key, april.last) == (date(2021, 1, 1), date(2021, 3, 31))
    assert due.at == local("2021-04-11T00:00")
    assert due.at.tzinfo is UTC
    assert due.explanation == "2021年第一季度:次季度首月10日，即2021-04-10 24:00前;节假日不顺延"
    assert due.calendar is None


def test_a_time_of_day_is_in_the_plans_zone() -> None:
    daily = Schedule(every="day", at=time(14))
    (today,) = periods(daily, date(2021, 4, 1), date(2021, 4, 1), CHINA)
    assert due_at(daily, today, SHANGHAI, CHINA).at == datetime(2021, 4, 1, 6, tzinfo=UTC)
    assert due_at(daily, today, ZoneInfo("Asia/Urumqi"), CHINA).at == datetime(2021, 4, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (
            Schedule(every="month", on=(DueDay(working_day=3),)),
            "当月第3个工作日，即2021-05-08(5月1日至5月5日劳动节放假、5月8日调休上班) 24:00前;依据国办发明电〔2020〕27号",
        ),
        (
            Schedule(every="month", on=(DueDay(day=1),), on_holiday="next_working_day", at=time(17, 30)),
            "2021年5月:当月1日，即2021-05-01(劳动节，顺延至2021-05-06) 17:30前;依据国办发明电〔2020〕27号",
        ),
        (
            Schedule(every="month", on=(DueDay(day=2),), on_holiday="previous_working_day"),
            "2021年5月:当月2日，即2021-05-02(劳动节，提前至2021-04-30) 24:00前;依据国办发明电〔2020〕27号",
        ),
        (
            Schedule(every="week", about="previous", on=(DueDay(weekday=1),), at=time(12)),
            "2021年4月26日至5月2日这一周:次周一，即2021-05-03 12:00前;节假日不顺延",
        ),
        (Schedule(every="dates", dates=(date(2021, 5, 3),)), "一次性(2021年5月3日):2021-05-03 24:00前;节假日不顺延"),
    ],
)
def test_an_explanation_names_what_was_skipped_and_by_which_notice(schedule: Schedule, said: str) -> None:
    assert any(line.endswith(said) for line in explained(schedule, date(2021, 4, 30), date(2021, 5, 8)))


def test_each_due_day_of_a_period_is_explained_by_its_own_words() -> None:
    twice = Schedule(every="month", on=(DueDay(day=10), DueDay(day=31)))
    assert explained(twice, date(2021, 2, 1), date(2021, 2, 28)) == [
        "2021年2月第1次:当月10日，即2021-02-10 24:00前;节假日不顺延",
        "2021年2月第2次:当月月底，即2021-02-28 24:00前;节假日不顺延",
    ]


@pytest.mark.parametrize(
    ("within", "at", "due"),
    [
        (Within(working_days=3), None, "2021-05-09T00:00"),  # Friday before the holidays: 6, 7 and the made-up 8 May
        (Within(working_days=1), time(12), "2021-05-06T12:00"),
        (Within(days=3), None, "2021-05-04T00:00"),
        (Within(hours=36), None, "2021-05-01T23:00"),
        (Within(hours=0), None, "2021-04-30T11:00"),
        (Within(days=0), None, "2021-04-30T11:00"),
    ],
)
def test_a_limit_begins_the_day_after_its_event(within: Within, at: time | None, due: str) -> None:
    schedule = Schedule(every="event", trigger="publication", within=within, at=at)
    found = due_after(schedule, local("2021-04-30T11:00"), SHANGHAI, CHINA)
    assert found.at == local(due)
    assert "发布后" in found.explanation


def test_past_the_horizon_a_limit_is_not_guessed() -> None:
    schedule = Schedule(every="event", trigger="publication", within=Within(working_days=3))
    with pytest.raises(BeyondHorizonError):
        due_after(schedule, local("2026-12-30T11:00"), SHANGHAI, CHINA)


def test_what_is_known_before_the_horizon_is_told_and_where_it_ends() -> None:
    monthly = Schedule(every="month", on=(DueDay(working_day=1),))
    found, beyond = known_periods(monthly, date(2026, 11, 1), date(2027, 3, 1), CHINA)
    assert [each.due for each in found] == [date(2026, 11, 2), date(2026, 12, 1)]
    assert beyond is not None
    assert beyond.day == date(2027, 1, 1)
    assert len(periods(QUARTERLY, date(2027, 1, 1), date(2030, 12, 31), CHINA)) == 16


@pytest.mark.parametrize(
    "fields", [{"every": "lunar_month"}, {"every": "day", "about": "next"}, {"every": "day", "on_holiday": "skip"}]
)
def test_a_word_of_a_newer_producer_is_read_but_not_followed(fields: dict[str, str]) -> None:
    with pytest.raises(UnknownRhythmError):
        periods(Schedule.model_validate(fields), date(2021, 1, 1), date(2021, 2, 1), CHINA)


@pytest.mark.parametrize("schedule", [QUARTERLY, Schedule(every="event", trigger="fire")])
def test_without_a_limit_after_an_event_there_is_no_instant(schedule: Schedule) -> None:
    with pytest.raises(UnknownRhythmError):
        due_after(schedule, local("2021-04-30T11:00"), SHANGHAI, CHINA)


@given(
    schedules(date(2020, 1, 1), date(2022, 12, 31)), st.sampled_from([SHANGHAI, ZoneInfo("America/New_York"), ZoneInfo("UTC")])
)
def test_instants_follow_the_due_days(schedule: Schedule, zone: ZoneInfo) -> None:
    for each in periods(schedule, date(2021, 1, 1), date(2021, 6, 30), CHINA):
        due = due_at(schedule, each, zone, CHINA)
        assert (due.at - timedelta(microseconds=1)).astimezone(zone).date() == each.due
        assert each.due.isoformat() in due.explanation
