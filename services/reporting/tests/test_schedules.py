"""Obligations of any rhythm: materialised, reminded, missed, rolled up, amended."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from reporting_world import DAY, TOWN_DAILY, World, at, village_daily

from contracts.events.plans import Obligation
from contracts.schedules import DueDay, Schedule, Within
from servicekit.problems import Problem

pytestmark = pytest.mark.io
MONDAY_NOON = Schedule(every="week", about="previous", on=(DueDay(weekday=1),), at=time(12))
LAST_WEEK, THIS_WEEK, NEXT_MONDAY = date(2026, 2, 23), DAY, date(2026, 3, 9)


def village(schedule: Schedule, **changes: object) -> Obligation:
    return village_daily(schedule=schedule, every=schedule.every, **{"escalate_after": (timedelta(0),)} | changes)


def town(schedule: Schedule) -> Obligation:
    return TOWN_DAILY.model_copy(update={"schedule": schedule, "every": schedule.every})


async def owed(world: World) -> list[tuple[date, str]]:
    rows = await world.pool.fetch(
        "SELECT DISTINCT period, to_char(cutoff_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') AS cutoff"
        " FROM expected_report WHERE withdrawn_at IS NULL AND obligation = 'village-daily' ORDER BY 1"
    )
    return [(row["period"], row["cutoff"]) for row in rows]


async def test_a_weekly_report_is_owed_once_for_each_week(world: World) -> None:
    await world.issue(at("13:00"), village(MONDAY_NOON))  # Monday: this noon is over
    await world.fire(at("00:00", date(2026, 3, 16)))

    assert await owed(world) == [(THIS_WEEK, "03-09 12:00"), (NEXT_MONDAY, "03-16 12:00")]
    assert sorted(await world.reminded()) == [(unit, at("11:30", NEXT_MONDAY)) for unit in ("V11", "V12", "V13", "V21")]
    assert {event.period_label for event in await world.events("ReportMissed")} == {"2026年3月2日至3月8日这一周"}
    assert sorted(await world.missed()) == [(unit, 1, at("12:00", NEXT_MONDAY)) for unit in ("V11", "V12", "V13", "V21")]


async def test_a_report_that_names_no_period_is_the_one_due_next(world: World) -> None:
    await world.issue(at("08:00"), village(MONDAY_NOON))
    await world.fire(at("09:00", NEXT_MONDAY))

    assert await world.report("V11", at("10:00")) == "on_time"
    assert await world.report("V12", at("12:00")) == "late"
    assert await world.report("V12", at("11:59", NEXT_MONDAY)) == "on_time"
    assert await world.report("V21", at("23:00", date(2026, 3, 4)), period=LAST_WEEK) == "late"
    with pytest.raises(Problem, match="opens"):
        await world.report("V21", at("23:00", date(2026, 3, 5)), period=THIS_WEEK)


async def test_a_roll_up_sums_the_reports_of_its_own_week(world: World) -> None:
    await world.issue(at("08:00"), village(MONDAY_NOON), town(MONDAY_NOON.model_copy(update={"at": time(17)})))
    await world.report("V11", at("09:00"), items={"fires": Decimal(2)})
    await world.report("V12", at("13:00"), items={"fires": Decimal(3)})

    rolled_up = await world.roll_up("T1", at("16:00"))

    assert (rolled_up.period, rolled_up.sums, rolled_up.missing_children) == (LAST_WEEK, {"fires": 5}, ("V13",))
    assert rolled_up.verdict == "on_time"


async def test_a_one_off_is_open_from_the_issue_on_and_late_ones_are_taken(world: World) -> None:
    await world.issue(at("08:00"), village(Schedule(every="dates", dates=(date(2026, 3, 20),))))
    await world.fire(at("09:00"))

    assert await world.report("V11", at("09:00")) == "on_time"
    assert await world.report("V12", at("00:00", date(2026, 3, 21))) == "late"
    await world.fire(at("00:00", date(2026, 4, 30)))
    assert await owed(world) == [(date(2026, 3, 20), "03-21 00:00")]


async def test_a_changed_rhythm_ends_what_the_old_one_called_for(world: World) -> None:
    await world.issue(at("08:00"), village(MONDAY_NOON))
    await world.fire(at("09:00", NEXT_MONDAY))

    await world.amend(at("10:00", NEXT_MONDAY), village(Schedule(every="month", on=(DueDay(day=25),))))
    await world.fire(at("10:00", date(2026, 4, 1)))

    assert await owed(world) == [(LAST_WEEK, "03-02 12:00"), (date(2026, 3, 1), "03-26 00:00"), (date(2026, 4, 1), "04-26 00:00")]


async def test_a_changed_cutoff_moves_what_is_still_to_come(world: World) -> None:
    await world.issue(at("08:00"), village(MONDAY_NOON))
    await world.fire(at("09:00", NEXT_MONDAY))

    await world.amend(at("10:00", NEXT_MONDAY), village(MONDAY_NOON.model_copy(update={"at": time(17)})))

    assert await owed(world) == [(LAST_WEEK, "03-02 12:00"), (THIS_WEEK, "03-09 17:00")]


async def test_the_reporters_of_a_one_off_can_be_changed_before_it_is_due(world: World) -> None:
    one_off = village(Schedule(every="dates", dates=(date(2026, 3, 20),)))
    await world.issue(at("08:00"), one_off)

    await world.amend(at("09:00"), one_off.model_copy(update={"reporters": TOWN_DAILY.reporters}))

    assert set(await world.verdicts(at("10:00"), date(2026, 3, 20))) == {"T1", "T2"}


async def test_a_closed_plan_owes_what_fell_due_before_and_nothing_more(world: World) -> None:
    await world.issue(at("08:00"), village(MONDAY_NOON), TOWN_DAILY)
    await world.fire(at("09:00", NEXT_MONDAY))

    await world.close(at("11:59", NEXT_MONDAY), now=at("13:00", NEXT_MONDAY))  # heard of an hour late
    await world.fire(at("13:00", date(2026, 3, 30)))

    assert await owed(world) == [(LAST_WEEK, "03-02 12:00")]
    assert {when for _, _, when in await world.missed() if when > at("00:00", NEXT_MONDAY)} == set()
    assert await world.verdicts(at("00:00", date(2026, 4, 1)), LAST_WEEK) == dict.fromkeys(("V11", "V12", "V13", "V21"), "missed")


async def test_past_the_horizon_of_the_calendar_it_is_asked_again_every_day(world: World) -> None:
    issued = at("08:00", date(2026, 12, 20))
    await world.issue(issued, village(Schedule(every="month", on=(DueDay(working_day=3),))))

    assert await owed(world) == []
    assert await world.pool.fetchval("SELECT materialise_at FROM obligation") == issued + timedelta(days=1)
    await world.fire(issued + timedelta(days=1))
    assert await world.pool.fetchval("SELECT materialise_at FROM obligation") == issued + timedelta(days=2)


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(every="lunar_month"),
        Schedule(every="event", trigger="fire", within=Within(hours=0)),
        Schedule(every="dates", dates=(date(2026, 1, 5),)),
    ],
)
async def test_a_rhythm_without_due_days_owes_nothing(world: World, schedule: Schedule) -> None:
    await world.issue(at("08:00"), village(schedule))
    await world.fire(at("08:00", date(2026, 3, 5)))

    assert await owed(world) == []
    with pytest.raises(Problem, match="no period"):
        await world.report("V11", at("09:00"))


async def test_a_zero_report_of_a_week_stands_against_a_hazard_of_any_day_of_it(world: World) -> None:
    await world.issue(at("08:00"), village(MONDAY_NOON))
    await world.report("V11", at("09:00"), zero=True)
    await world.report("V12", at("09:00"), zero=True)

    await world.hazard("h1", "V11", at("10:00", date(2026, 2, 26)), at("10:00"))
    await world.hazard("h2", "V12", at("10:00"), at("10:30"))  # of the week after

    (found,) = await world.events("ContradictionSuspected")
    assert (found.unit, found.period, found.hazard_id) == ("V11", LAST_WEEK, "h1")
