"""Reports that are owed within so long after the plan was issued (印发后3个工作日内): once for each unit."""

from datetime import date, time, timedelta

import pytest
from reporting_world import DAY, World, at, village_daily

from contracts.events.plans import Obligation
from contracts.schedules import Schedule, Within
from reporting.store import reads

pytestmark = pytest.mark.io
WITHIN_3 = Schedule(every="event", trigger="plan_issued", within=Within(working_days=3))
FRIDAY = date(2026, 3, 6)
VILLAGES = {"V11", "V12", "V13", "V21"}


def liaison(schedule: Schedule = WITHIN_3, **changes: object) -> Obligation:
    """Everybody names a liaison: told at noon of the last day, escalated at the end of it."""
    values = {"id": "liaison", "schedule": schedule, "every": "event", "rolls_up_into": None}
    return village_daily(**values | {"remind_before": (timedelta(hours=12),), "escalate_after": (timedelta(0),)} | changes)


async def owed(world: World) -> set[tuple[str, date, str]]:
    rows = await world.pool.fetch(
        "SELECT unit, period, to_char(cutoff_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') AS cutoff"
        " FROM expected_report WHERE withdrawn_at IS NULL AND obligation = 'liaison'"
    )
    found = {(row["unit"], row["period"], row["cutoff"]) for row in rows}
    assert len(found) == len(rows)
    return found


def all_by(cutoff: str) -> set[tuple[str, date, str]]:
    return {(unit, DAY, cutoff) for unit in VILLAGES}


async def test_it_is_owed_once_by_everybody_and_missed_like_any_other(world: World) -> None:
    await world.issue(at("09:00"), liaison())
    assert await owed(world) == all_by("03-06 00:00")

    assert await world.report("V11", at("23:59:59.999", FRIDAY - timedelta(days=1)), obligation="liaison") == "on_time"
    assert await world.report("V12", at("00:00", FRIDAY), obligation="liaison", period=DAY) == "late"
    await world.fire(at("00:00", date(2027, 2, 1)))

    assert await owed(world) == all_by("03-06 00:00")
    assert {unit for unit, _, when in await world.missed() if when == at("00:00", FRIDAY)} == VILLAGES - {"V11"}
    assert sorted(await world.reminded()) == [(unit, at("12:00", FRIDAY - timedelta(days=1))) for unit in sorted(VILLAGES)]
    assert {event.period_label for event in await world.events("ReportMissed")} == {"2026年3月2日方案印发"}


async def test_the_report_says_why_it_is_due_then(world: World) -> None:
    await world.issue(at("09:00"), liaison(Schedule(every="event", trigger="plan_issued")))
    report_id = await world.pool.fetchval("SELECT report_id FROM expected_report WHERE unit = 'V11'")
    row = await reads.report(world.pool, None, at("10:00"), report_id)
    assert row is not None
    assert row["cutoff_at"] == at("09:00", DAY + timedelta(days=1))
    assert "未写时限，按约定24小时计" in row["explanation"]


async def test_a_unit_registered_before_the_limit_owes_it_and_one_registered_at_it_does_not(world: World) -> None:
    await world.issue(at("09:00"), liaison())
    await world.register("V22", "village", "T2", at("23:59", FRIDAY - timedelta(days=1)))
    await world.register("V23", "village", "T2", at("00:00", FRIDAY))
    assert {unit for unit, _, _ in await owed(world)} == VILLAGES | {"V22"}


async def test_an_amendment_moves_the_limit_and_does_not_start_it_anew(world: World) -> None:
    await world.issue(at("09:00"), liaison())
    await world.amend(
        at("09:00", date(2026, 3, 4)), liaison(Schedule(every="event", trigger="publication", within=Within(days=7)))
    )
    assert await owed(world) == all_by("03-10 00:00")
    await world.amend(at("09:00", date(2026, 3, 5)), liaison())
    assert await owed(world) == all_by("03-06 00:00")
    await world.amend(at("09:00", FRIDAY), liaison(Schedule(every="event", trigger="plan_issued", within=Within(days=30))))
    await world.fire(at("09:00", FRIDAY))
    assert await owed(world) == all_by("03-06 00:00")  # what was due is judged by what held then


async def test_one_that_an_amendment_adds_starts_with_it(world: World) -> None:
    await world.issue(at("09:00"), village_daily(rolls_up_into=None))
    await world.amend(at("09:00", FRIDAY), village_daily(rolls_up_into=None), liaison())
    assert await owed(world) == {(unit, FRIDAY, "03-12 00:00") for unit in VILLAGES}


async def test_a_closed_plan_is_owed_nothing_that_was_not_due(world: World) -> None:
    await world.issue(at("09:00"), liaison())
    await world.close(at("09:00", date(2026, 3, 5)))
    assert await owed(world) == set()


async def test_told_again_nothing_changes(world: World) -> None:
    plan = world.issued(at("09:00"), [liaison()])
    amendment = world.amended(at("10:00"), [liaison(WITHIN_3.model_copy(update={"at": time(12)}))])
    for batch in ([plan], [plan, amendment], [amendment, plan], [plan]):
        await world.deliver(batch, at("11:00"))
        await world.fire(at("11:00"))
    assert await owed(world) == all_by("03-05 12:00")
