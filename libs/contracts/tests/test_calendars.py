"""The working-day calendar: what was published, as it stood at any day, and where it ends."""

from datetime import date, timedelta

import pytest

from contracts.calendars import BeyondHorizonError, china

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "works", "why"),
    [
        (date(2021, 2, 10), True, "工作日"),
        (date(2021, 2, 11), False, "春节"),
        (date(2021, 2, 20), True, "调休上班"),  # a Saturday
        (date(2021, 2, 21), False, "周日"),
        (date(2022, 12, 31), False, "元旦"),  # named by the notice for 2023
        (date(2023, 10, 7), True, "调休上班"),
        (date(2026, 1, 4), True, "调休上班"),
        (date(2026, 2, 23), False, "春节"),
    ],
)
def test_a_day_is_what_the_notice_made_it(day: date, works: bool, why: str) -> None:
    assert (china().is_working(day), china().reason(day)) == (works, why)


def test_every_year_has_as_many_working_days_as_were_published() -> None:
    # Counted by hand from the notices: weekdays of the year less weekdays off plus weekend days at work.
    counted = {2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
    for year, expected in counted.items():
        days = [date(year, 1, 1) + number * DAY for number in range(366)]
        assert sum(china().is_working(day) for day in days if day.year == year) == expected, year


@pytest.mark.parametrize("day", [date(2018, 12, 31), date(2027, 1, 1), date(2031, 6, 1)])
def test_past_the_horizon_there_is_no_answer(day: date) -> None:
    with pytest.raises(BeyondHorizonError) as raised:
        china().is_working(day)
    assert raised.value.day == day
    assert "2026-12-31" in raised.value.reason
    assert "不作推测" in raised.value.reason


def test_the_calendar_of_an_earlier_day_does_not_know_what_came_later() -> None:
    before, after = china(known_on=date(2020, 1, 25)), china(known_on=date(2020, 1, 26))
    assert before.is_working(date(2020, 1, 31))
    assert before.is_working(date(2020, 2, 1))
    assert not after.is_working(date(2020, 1, 31))
    assert not after.is_working(date(2020, 2, 1))
    assert before.version != after.version
    assert china(known_on=date(2020, 6, 1)).horizon == date(2020, 12, 31)


def test_before_the_first_notice_nothing_is_known() -> None:
    with pytest.raises(ValueError, match="no notice"):
        china(known_on=date(2018, 1, 1))


def test_an_amended_holiday_keeps_the_rest_of_its_year() -> None:
    assert not china().is_working(date(2019, 5, 3))
    assert china().is_working(date(2019, 5, 5))
    assert china(known_on=date(2019, 3, 21)).is_working(date(2019, 5, 3))
    assert china().reason(date(2019, 10, 1)) == "国庆节"
