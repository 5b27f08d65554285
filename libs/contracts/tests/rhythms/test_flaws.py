"""Which fields of a schedule go together, and how a rhythm is said."""

from datetime import date, time

import pytest

from contracts.rhythms import flaws, in_words
from contracts.schedules import DueDay, Schedule, Within


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"every": "fortnight"}, "every"),
        ({"every": "day", "about": "next"}, "about"),
        ({"every": "day", "on_holiday": "skip"}, "on_holiday"),
        ({"every": "day", "on": [DueDay(day=1)]}, "on"),
        ({"every": "week", "on": [DueDay(day=1)]}, "on.0"),
        ({"every": "week", "on": [DueDay(weekday=1, day=1)]}, "on.0"),
        ({"every": "month", "on": [DueDay(month=1, day=1)]}, "on.0"),
        ({"every": "month", "on": [DueDay(weekday=1)]}, "on.0"),
        ({"every": "month", "on": [DueDay(day=3, working_day=3)]}, "on.0"),
        ({"every": "month", "on": [DueDay()]}, "on.0"),
        ({"every": "quarter", "on": [DueDay(day=10)]}, "on.0"),
        ({"every": "quarter", "on": [DueDay(month=4, day=10)]}, "on.0"),
        ({"every": "half_year", "on": [DueDay(month=7, day=10)]}, "on.0"),
        ({"every": "month", "on": [DueDay(day=25), DueDay(day=10)]}, "on"),
        ({"every": "month", "on": [DueDay(day=10), DueDay(day=10)]}, "on"),
        ({"every": "month", "on": [DueDay(day=10), DueDay(working_day=20)]}, "on"),
        ({"every": "dates"}, "dates"),
        ({"every": "day", "dates": [date(2021, 1, 1)]}, "dates"),
        ({"every": "dates", "dates": [date(2021, 1, 2), date(2021, 1, 1)]}, "dates"),
        ({"every": "dates", "dates": [date(2021, 1, 1)], "about": "previous"}, "about"),
        ({"every": "day", "trigger": "fire"}, "trigger"),
        ({"every": "day", "within": Within(hours=1)}, "within"),
        ({"every": "event", "within": Within(hours=1)}, "trigger"),
        ({"every": "event", "trigger": "fire", "within": Within()}, "within"),
        ({"every": "event", "trigger": "fire", "within": Within(hours=1, days=1)}, "within"),
        ({"every": "event", "trigger": "fire", "within": Within(hours=1), "at": time(12)}, "at"),
        ({"every": "day", "effective_from": date(2021, 1, 2), "effective_until": date(2021, 1, 1)}, "effective_until"),
    ],
)
def test_what_cannot_be_followed_is_named_by_its_field(fields: dict[str, object], field: str) -> None:
    assert [each.field for each in flaws(Schedule.model_validate(fields))] == [field]


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (Schedule(every="day", at=time(14)), "每日14:00前"),
        (Schedule(every="week", on=(DueDay(weekday=4),)), "每周周四24:00前，节假日不顺延"),
        (
            Schedule(every="quarter", about="previous", on=(DueDay(month=1, day=10),), effective_until=date(2023, 1, 10)),
            "每季度首月10日24:00前(报上季度)，节假日不顺延，至2023-01-10止",
        ),
        (
            Schedule(every="year", on=(DueDay(month=7, day=10), DueDay(month=11, day=25))),
            "每年7月10日、11月25日24:00前，节假日不顺延",
        ),
        (Schedule(every="quarter", on=(DueDay(month=3, day=31),)), "每季度末月底24:00前，节假日不顺延"),
        (Schedule(every="month"), "每月末日24:00前，节假日不顺延"),
        (Schedule(every="dates", dates=(date(2021, 6, 5),), at=time(12)), "2021-06-05 12:00前，节假日不顺延"),
        (Schedule(every="event", trigger="publication", within=Within(working_days=3)), "发布后3个工作日内"),
        (Schedule(every="event", trigger="fire", within=Within(hours=0)), "火情发生后立即"),
        (Schedule(every="event", trigger="major_hazard"), "重大隐患发现后及时"),
    ],
)
def test_a_rhythm_is_said_in_words(schedule: Schedule, said: str) -> None:
    assert flaws(schedule) == ()
    assert in_words(schedule) == said
