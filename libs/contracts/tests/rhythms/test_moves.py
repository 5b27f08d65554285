"""A changed calendar lists the deadlines that it moved, and no other."""

from datetime import date

from hypothesis import given

from contracts.calendars import china
from contracts.rhythms import moved, periods
from contracts.schedules import DueDay, Schedule
from contracts.strategies import schedules

BEFORE, AFTER = china(known_on=date(2020, 1, 25)), china(known_on=date(2020, 1, 26))
"""The Spring Festival of 2020 was made longer by three days while it lasted."""
FIRST, LAST = date(2020, 1, 10), date(2020, 12, 1)


def test_a_longer_holiday_moves_what_follows_working_days() -> None:
    named = {
        "moved": Schedule(every="month", on=(DueDay(day=1),), on_holiday="next_working_day"),
        "counted": Schedule(every="month", on=(DueDay(working_day=2),)),
        "by the calendar day": Schedule(every="month", on=(DueDay(day=1),)),
        "every working day": Schedule(every="working_day"),
    }
    found = [
        (move.schedule, move.key, move.before and move.before.due, move.after and move.after.due)
        for move in moved(BEFORE, AFTER, named, FIRST, LAST)
    ]
    assert found == [
        ("moved", date(2020, 2, 1), date(2020, 2, 1), date(2020, 2, 3)),
        ("counted", date(2020, 2, 1), date(2020, 2, 3), date(2020, 2, 4)),
        ("every working day", date(2020, 1, 31), date(2020, 1, 31), None),
        ("every working day", date(2020, 2, 1), date(2020, 2, 1), None),
    ]


def test_a_year_that_is_published_moves_nothing() -> None:
    named = {"counted": Schedule(every="month", on=(DueDay(working_day=2),)), "daily": Schedule(every="working_day")}
    assert moved(AFTER, china(), named, date(2020, 3, 1), date(2026, 12, 1)) == ()


@given(schedules(FIRST, LAST))
def test_applying_the_moves_gives_the_new_deadlines(schedule: Schedule) -> None:
    days = {each.key: each.due for each in periods(schedule, FIRST, LAST, BEFORE)}
    for move in moved(BEFORE, AFTER, {"": schedule}, FIRST, LAST):
        days.pop(move.key, None)
        if move.after is not None and FIRST <= move.after.due <= LAST:
            days[move.key] = move.after.due
    assert days == {each.key: each.due for each in periods(schedule, FIRST, LAST, AFTER)}
