"""Which obligations may stand in a plan."""

from datetime import time, timedelta

import pytest

from contracts.events.plans import Obligation, Reporters
from contracts.schedules import DueDay, Schedule
from plans.domain.obligations import MAX_NAMED_UNITS, ZONES, findings, normalised

MINUTE = timedelta(minutes=1)
_TWICE = Schedule(every="month", on=(DueDay(day=10), DueDay(day=25)))


def obligation(id: str = "village-daily", **changed: object) -> Obligation:
    base = {"id": id, "type": "zero_report", "reporters": Reporters(level="village"), "cutoff": time(14)}
    return Obligation.model_validate({**base, **changed})


def rollup(id: str, into: str | None = None) -> Obligation:
    return obligation(id, type="roll_up", reporters=Reporters(level="town"), rolls_up_into=into)


def test_the_daily_chain_may_stand() -> None:
    villages = obligation(remind_before=(30 * MINUTE,), escalate_after=(0 * MINUTE, 10 * MINUTE), rolls_up_into="town-daily")

    assert findings([villages, rollup("town-daily")]) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reporters": Reporters()}, "reporters"),
        ({"reporters": Reporters(level="village", group="林区")}, "reporters"),
        ({"reporters": Reporters(units=())}, "reporters.units"),
        ({"reporters": Reporters(units=("a", "a"))}, "reporters.units"),
        ({"reporters": Reporters(level="village", units=())}, "reporters"),
        ({"recipients": ("c", "c")}, "recipients"),
        ({"remind_before": (0 * MINUTE,)}, "remind_before"),
        ({"remind_before": (timedelta(days=8),)}, "remind_before"),
        ({"remind_before": (MINUTE, MINUTE)}, "remind_before"),
        ({"escalate_after": (timedelta(days=8),)}, "escalate_after"),
        ({"escalate_after": (10 * MINUTE, 0 * MINUTE)}, "escalate_after"),
        ({"escalate_after": (MINUTE, MINUTE)}, "escalate_after"),
        ({"rolls_up_into": "nobody"}, "rolls_up_into"),
        ({"rolls_up_into": "village-daily"}, "rolls_up_into"),
    ],
)
def test_what_cannot_stand_is_named_by_its_field(changed: dict[str, object], field: str) -> None:
    assert [(found.kind, found.field) for found in findings([obligation(**changed)])] == [("invalid", f"obligations.0.{field}")]


def test_a_schedule_that_cannot_be_followed_is_named_by_its_field() -> None:
    quarterly = obligation(schedule=Schedule(every="quarter", on=(DueDay(day=10),)))

    assert [found.field for found in findings([quarterly])] == ["obligations.0.schedule.on.0"]


def test_what_stands_beside_a_schedule_repeats_it() -> None:
    weekly = normalised(obligation(schedule=Schedule(every="week", at=time(12))))
    open_ended = normalised(obligation(schedule=Schedule(every="month")))

    assert (weekly.every, weekly.cutoff) == ("week", time(12))
    assert (open_ended.every, open_ended.cutoff) == ("month", time(0))


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        (None, Schedule(every="day", at=time(15)), True),
        (
            Schedule(every="week", on=(DueDay(weekday=7),)),
            Schedule(every="week", about="previous", on=(DueDay(weekday=1),)),
            True,
        ),
        (Schedule(every="week"), Schedule(every="month"), False),
        (None, Schedule(every="working_day"), False),
        (_TWICE, _TWICE.model_copy(update={"at": time(17)}), True),
        (_TWICE, Schedule(every="month", on=(DueDay(day=12), DueDay(day=27))), False),
        (_TWICE, Schedule(every="month"), False),
    ],
)
def test_a_roll_up_sums_reports_about_its_own_periods(one: Schedule | None, other: Schedule, fits: bool) -> None:
    found = findings([obligation("v", schedule=one, rolls_up_into="t"), rollup("t").model_copy(update={"schedule": other})])

    assert [each.field for each in found] == ([] if fits else ["obligations.0.rolls_up_into"])


def test_two_obligations_with_one_id_are_refused() -> None:
    assert [found.field for found in findings([obligation("a"), obligation("a")])] == ["obligations.1.id"]


def test_reports_roll_up_only_into_a_roll_up() -> None:
    found = findings([obligation("a", rolls_up_into="b"), obligation("b")])

    assert [each.field for each in found] == ["obligations.0.rolls_up_into"]


def test_a_circle_is_refused_whoever_closes_it() -> None:
    circle = [rollup("a", "b"), rollup("b", "c"), rollup("c", "a")]

    assert [each.field for each in findings(circle)] == [f"obligations.{index}.rolls_up_into" for index in range(3)]


def test_a_chain_that_leads_into_a_circle_is_refused_and_a_long_chain_is_not() -> None:
    assert findings([obligation("v", rolls_up_into="a"), rollup("a", "b"), rollup("b", "a")])
    assert findings([obligation("v", rolls_up_into="a"), rollup("a", "b"), rollup("b", "c"), rollup("c")]) == []


def test_the_names_of_all_obligations_together_are_bounded() -> None:
    half = tuple(f"u{number}" for number in range(MAX_NAMED_UNITS // 2))
    more = (*half, "another")

    assert findings([obligation("a", reporters=Reporters(units=half)), obligation("b", reporters=Reporters(units=half))]) == []
    assert findings([obligation("a", reporters=Reporters(units=half)), obligation("b", reporters=Reporters(units=more))])


def test_reminders_are_put_into_the_order_in_which_they_take_effect() -> None:
    mixed = obligation(remind_before=(10 * MINUTE, 60 * MINUTE, 30 * MINUTE))

    assert normalised(mixed).remind_before == (60 * MINUTE, 30 * MINUTE, 10 * MINUTE)


def test_zones_are_places_not_abbreviations() -> None:
    assert {"Asia/Shanghai", "Asia/Urumqi", "UTC"} <= ZONES
    assert not {"localtime", "EST", "PRC", "Factory", ""} & ZONES
