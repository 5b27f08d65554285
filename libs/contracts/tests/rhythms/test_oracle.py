"""Every rhythm over three years against an oracle that walks from day to day and asks of each whether it is due.

The oracle shares no code with the package: it reads a schedule and looks at one day at a time, never at a period.
"""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendars import china
from contracts.rhythms import flaws, following, periods
from contracts.schedules import DueDay, Schedule
from contracts.strategies import schedules

FIRST, LAST = date(2020, 1, 1), date(2022, 12, 31)
"""Three years: a leap year, a calendar amended during the year, a year that begins on a Friday."""
DAY = timedelta(days=1)
MARGIN = 40 * DAY
CHINA = china()

PRINTED = {
    "every day at 14:00": Schedule(every="day", at=time(14)),
    "every working day": Schedule(every="working_day", at=time(17, 30)),
    "every Thursday": Schedule(every="week", on=(DueDay(weekday=4),)),
    "the following Monday morning": Schedule(every="week", about="previous", on=(DueDay(weekday=1),), at=time(12)),
    "the 10th and the 25th": Schedule(every="month", on=(DueDay(day=10), DueDay(day=25))),
    "monthly information": Schedule(every="month", on=(DueDay(day=31),)),
    "quarter-end progress": Schedule(every="quarter", on=(DueDay(month=3, day=31),)),
    "first month's 10th, the last after the plan's end": Schedule(
        every="quarter", about="previous", on=(DueDay(month=1, day=10),), effective_until=date(2022, 10, 31)
    ),
    "half-year": Schedule(every="half_year", on=(DueDay(month=6, day=30),), on_holiday="previous_working_day"),
    "10 July, only from 2021": Schedule(every="year", on=(DueDay(month=7, day=10),), effective_from=date(2021, 1, 1)),
    "10 July and 25 November": Schedule(every="year", on=(DueDay(month=7, day=10), DueDay(month=11, day=25))),
    "the year before": Schedule(every="year", about="previous", on=(DueDay(month=1, day=15),)),
    "final": Schedule(every="dates", dates=(date(2022, 11, 25),)),
    "explicit dates": Schedule(
        every="dates", dates=(date(2020, 12, 18), date(2021, 1, 15), date(2021, 2, 26), date(2021, 3, 30))
    ),
    "one-off": Schedule(every="dates", dates=(date(2020, 6, 5),)),
    "third working day": Schedule(every="month", about="previous", on=(DueDay(working_day=3),)),
    "the 1st, moved by holidays": Schedule(every="month", on=(DueDay(day=1),), on_holiday="next_working_day"),
    "weekly dispatch, no day named": Schedule(every="week"),
    "leading group yearly, no day named": Schedule(every="year"),
}


def works(day: date) -> bool:
    return CHINA.is_working(day)


def same_period(every: str, one: date, other: date) -> bool:
    match every:
        case "week":
            return one.isocalendar()[:2] == other.isocalendar()[:2]
        case "month":
            return (one.year, one.month) == (other.year, other.month)
        case "quarter":
            return (one.year, (one.month + 2) // 3) == (other.year, (other.month + 2) // 3)
        case "half_year":
            return (one.year, one.month > 6) == (other.year, other.month > 6)
        case "year":
            return one.year == other.year
    return one == other


def month_in_period(every: str, day: date) -> int:
    return {"month": 1, "quarter": (day.month - 1) % 3 + 1, "half_year": (day.month - 1) % 6 + 1, "year": day.month}[every]


def falls_on(every: str, each: DueDay, day: date) -> bool:
    if every == "week":
        return day.weekday() + 1 == each.weekday
    if month_in_period(every, day) != (each.month or 1):
        return False
    ends = (day + DAY).month != day.month
    if each.day is not None:
        return day.day == each.day or (ends and each.day > day.day)
    until = sum(works(day.replace(day=number)) for number in range(1, day.day + 1))
    if works(day):
        of_month, step = until, day + DAY
        while step.month == day.month:
            of_month += works(step)
            step += DAY
        return until == each.working_day or (until == of_month and of_month < (each.working_day or 0))
    return False


def is_printed(schedule: Schedule, day: date) -> bool:
    """Whether the words of the plan name a day as due."""
    if schedule.effective_from is not None and day < schedule.effective_from:
        return False
    if schedule.effective_until is not None and day > schedule.effective_until:
        return False
    return named(schedule, day)


def named(schedule: Schedule, day: date) -> bool:
    match schedule.every:
        case "day":
            return True
        case "working_day":
            return works(day)
        case "dates":
            return day in schedule.dates
    if not schedule.on:
        return not same_period(schedule.every, day, day + DAY)
    return any(falls_on(schedule.every, each, day) for each in schedule.on)


def moved(schedule: Schedule, day: date) -> date:
    while schedule.on_holiday != "keep" and not works(day):
        day = day + DAY if schedule.on_holiday == "next_working_day" else day - DAY
    return day


def key_of(schedule: Schedule, printed: date) -> date:
    """Walk back from a due day to the first day that it reports about."""
    if schedule.every in ("dates", "day", "working_day"):
        if schedule.every == "dates":
            earlier = [day for day in schedule.dates if day < printed]
            return max(earlier) + DAY if earlier else printed
        if schedule.about == "current":
            return printed
        day = printed - DAY
        while schedule.every == "working_day" and not works(day):
            day -= DAY
        return day
    day = printed
    while same_period(schedule.every, day - DAY, printed):
        day -= DAY
        if named(schedule, day):
            return day + DAY
    if schedule.about == "previous":
        last = day - DAY
        while same_period(schedule.every, day - DAY, last):
            day -= DAY
    return day


def expected(schedule: Schedule) -> list[tuple[date, date]]:
    """(key, due day) of everything due in the three years, by looking at every day of them and a little more."""
    found = []
    day = FIRST - MARGIN
    while day <= LAST + MARGIN:
        if is_printed(schedule, day) and FIRST <= (due := moved(schedule, day)) <= LAST:
            found.append((key_of(schedule, day), due))
        day += DAY
    return found


def derived(schedule: Schedule) -> list[tuple[date, date]]:
    return [(each.key, each.due) for each in periods(schedule, FIRST, LAST, CHINA)]


@pytest.mark.parametrize("name", PRINTED)
def test_every_printed_rhythm_agrees_with_the_oracle(name: str) -> None:
    schedule = PRINTED[name]
    assert flaws(schedule) == ()
    assert derived(schedule) == expected(schedule) != []


@given(schedules(FIRST, LAST))
def test_any_rhythm_agrees_with_the_oracle(schedule: Schedule) -> None:
    assert flaws(schedule) == ()
    found = derived(schedule)
    assert found == expected(schedule)
    assert len({key for key, _ in found}) == len(found)


@given(schedules(FIRST, LAST), st.dates(FIRST, LAST), st.dates(FIRST, LAST))
def test_parts_of_a_time_make_up_the_whole(schedule: Schedule, one: date, other: date) -> None:
    first, last = sorted([one, other])
    parts = [*periods(schedule, first, last, CHINA), *periods(schedule, last + DAY, LAST, CHINA)]
    assert parts == list(periods(schedule, first, LAST, CHINA))


@given(schedules(FIRST, LAST), st.dates(FIRST, LAST))
def test_the_following_one_is_the_first_of_the_rest(schedule: Schedule, day: date) -> None:
    found = following(schedule, day, CHINA)
    later = [each for each in periods(schedule, day - MARGIN, LAST + MARGIN, CHINA) if each.printed >= day]
    assert found == later[0] if later and later[0].printed <= LAST else found is None or found.printed > LAST


@given(schedules(FIRST, LAST))
def test_an_instance_says_what_it_is_about(schedule: Schedule) -> None:
    for each in periods(schedule, FIRST, LAST, CHINA):
        assert each.label
        assert (each.first or each.last) <= each.last
        if schedule.about == "previous":
            assert each.last < each.printed
