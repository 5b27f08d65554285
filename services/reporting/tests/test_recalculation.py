"""A notice changes working days: what is still to come follows it, once; what fell due stays."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from reporting_world import World, at, village_daily

from contracts.calendars import WorkingCalendar, china
from contracts.events.plans import Obligation
from contracts.schedules import DueDay, Schedule
from reporting.deadlines import Recalculation

pytestmark = pytest.mark.io
TENTH = Schedule(every="month", on=(DueDay(day=10),), on_holiday="next_working_day", at=time(12))
SECOND_WORKING_DAY = Schedule(every="month", on=(DueDay(working_day=2),))
WORKING_DAYS = Schedule(every="working_day", at=time(14))
MARCH = date(2026, 3, 1)
TUESDAY = date(2026, 3, 10)


def monthly(schedule: Schedule) -> Obligation:
    return village_daily(schedule=schedule, every=schedule.every, remind_before=(), escalate_after=(timedelta(0),))


def notice(*off: date, works: tuple[date, ...] = ()) -> WorkingCalendar:
    """The official calendar, amended by a notice of 5 March 2026."""
    known = china()
    return replace(
        known,
        version="国办发明电〔2026〕1号",
        dated=date(2026, 3, 5),
        holidays={**known.holidays, **dict.fromkeys(off, "临时放假")},
        make_up=known.make_up | set(works),
    )


async def publish(world: World, calendar: WorkingCalendar, clock: str, day: date) -> int:
    count = 0
    while fired := await Recalculation(calendar).fire(world.pool, at(clock, day), 100):
        count += fired
    return count


async def cutoffs(world: World) -> dict[date, str]:
    rows = await world.pool.fetch(
        "SELECT DISTINCT period, to_char(cutoff_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') AS cutoff"
        " FROM expected_report WHERE withdrawn_at IS NULL"
    )
    return {row["period"]: row["cutoff"] for row in rows}


async def moves(world: World) -> list[tuple[date, bool, bool]]:
    rows = await world.pool.fetch("SELECT period, before, after FROM moved_cutoff ORDER BY period")
    return [(row["period"], row["before"] is not None, row["after"] is not None) for row in rows]


async def test_a_cutoff_still_to_come_moves_once_and_the_move_is_kept(world: World) -> None:
    await world.issue(at("08:00"), monthly(TENTH))
    assert await cutoffs(world) == {MARCH: "03-10 12:00"}

    assert await publish(world, notice(TUESDAY), "09:00", date(2026, 3, 6)) == 1

    assert await cutoffs(world) == {MARCH: "03-11 12:00"}
    assert await moves(world) == [(MARCH, True, True)]
    assert await publish(world, notice(TUESDAY), "10:00", date(2026, 3, 6)) == 0
    await world.fire(at("12:00", date(2026, 3, 11)))
    assert {when for _, _, when in await world.missed()} == {at("12:00", date(2026, 3, 11))}


async def test_what_fell_due_before_the_notice_stays(world: World) -> None:
    await world.issue(at("08:00"), monthly(TENTH))

    await publish(world, notice(TUESDAY), "13:00", TUESDAY)

    assert (await cutoffs(world))[MARCH] == "03-10 12:00"
    assert {when for _, _, when in await world.missed()} == {at("12:00", TUESDAY)}
    assert await moves(world) == []


async def test_a_due_day_counted_in_working_days_is_counted_again(world: World) -> None:
    await world.issue(at("08:00", date(2026, 2, 28)), monthly(SECOND_WORKING_DAY))
    assert await cutoffs(world) == {MARCH: "03-04 00:00"}

    await publish(world, notice(date(2026, 3, 2), date(2026, 3, 3)), "09:00", date(2026, 3, 1))
    await world.fire(at("09:00", date(2026, 3, 20)))

    assert await cutoffs(world) == {MARCH: "03-06 00:00"}


async def test_a_working_day_that_becomes_a_holiday_is_owed_no_longer_and_the_reverse(world: World) -> None:
    await world.issue(at("08:00", date(2026, 3, 5)), monthly(WORKING_DAYS))
    friday, saturday = date(2026, 3, 6), date(2026, 3, 7)
    assert friday in await cutoffs(world)

    await publish(world, notice(friday, works=(date(2026, 3, 5),)), "09:00", date(2026, 3, 5))

    assert friday not in await cutoffs(world)
    assert saturday not in await cutoffs(world)
    assert await moves(world) == [(friday, True, False)]


async def test_auditors_read_what_moved_page_by_page(service) -> None:
    world: World = service.world
    for name in ("a", "b", "c"):
        await world.issue(at("08:00"), monthly(TENTH), plan_id=f"plan-{name}")
    assert await publish(world, notice(TUESDAY), "09:00", date(2026, 3, 6)) == 3

    first = (await service.get("/moved-cutoffs?limit=2", unit="C", roles=("auditor",))).json()
    rest = (await service.get("/moved-cutoffs", params={"after": first["next"]}, unit="C", roles=("auditor",))).json()

    assert [item["plan_id"] for item in first["items"] + rest["items"]] == ["plan-a", "plan-b", "plan-c"]
    assert rest["next"] is None
    assert first["items"][0] == {
        "plan_id": "plan-a",
        "obligation": "village-daily",
        "period": "2026-03-01",
        "calendar": "国办发明电〔2026〕1号",
        "before": "2026-03-10T04:00:00Z",
        "after": "2026-03-11T04:00:00Z",
        "moved_at": "2026-03-06T01:00:00Z",
        "unit": None,
    }


async def test_what_looks_at_no_working_day_is_left_alone(world: World) -> None:
    await world.issue(at("08:00"), village_daily(rolls_up_into=None), monthly(TENTH).model_copy(update={"id": "monthly"}))

    assert await publish(world, notice(TUESDAY), "09:00", date(2026, 3, 6)) == 1
    assert await Recalculation(notice(TUESDAY)).next_due(world.pool) is None
    assert await Recalculation().fire(world.pool, at("10:00"), 100) == 0
