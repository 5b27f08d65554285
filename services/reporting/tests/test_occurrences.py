"""Something happens and is declared: one report for each obligation, unit and local day, due so long after it."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from reporting_world import DAY, World, at, village_daily

from contracts.calendars import china
from contracts.events.plans import Obligation, Reporters
from contracts.schedules import Schedule, Within
from reporting.deadlines import Recalculation
from servicekit.problems import Problem

pytestmark = pytest.mark.io
AT_ONCE = Schedule(every="event", trigger="fire", within=Within(hours=0))
TWO_WORKING_DAYS = Schedule(every="event", trigger="fire", within=Within(working_days=2))
TOMORROW = DAY + timedelta(days=1)


def fire(schedule: Schedule = AT_ONCE, **changes: object) -> Obligation:
    values = {"id": "fire", "schedule": schedule, "every": "event", "rolls_up_into": None}
    return village_daily(
        **values | {"remind_before": (timedelta(minutes=20),), "escalate_after": (timedelta(0), timedelta(hours=1))} | changes
    )


@pytest.fixture
async def plan(world: World) -> World:
    await world.issue(at("06:00"), fire())
    return world


async def owed(world: World) -> dict[tuple[str, date], datetime]:
    rows = await world.pool.fetch("SELECT unit, period, cutoff_at FROM expected_report WHERE withdrawn_at IS NULL")
    found = {(row["unit"], row["period"]): row["cutoff_at"] for row in rows}
    assert len(found) == len(rows)
    return found


async def test_nothing_is_owed_until_something_happens_and_then_by_that_unit_only(plan: World) -> None:
    await plan.fire(at("10:00"))
    assert await owed(plan) == {}

    await plan.occur("V11", at("10:00"))

    assert await owed(plan) == {("V11", DAY): at("11:00")}
    assert await plan.report("V11", at("10:30"), obligation="fire", period=DAY) == "on_time"
    await plan.fire(at("23:00"))
    assert await plan.reminded() == []
    assert await plan.missed() == []


async def test_those_to_whom_the_report_will_be_owed_hear_of_it_at_once_also_sideways(world: World) -> None:
    await world.issue(at("06:00"), fire(recipients=("T1", "T2")))
    await world.occur("V11", at("10:00"), at("10:07"))
    await world.report("V11", at("10:30"), obligation="fire", period=DAY)

    [event] = await world.events("OccurrenceDeclared")
    assert (event.unit, event.happened_at, event.occurred_at) == ("V11", at("10:00"), at("10:07"))
    assert event.recipients == ("T1", "T2")
    sequences = await world.pool.fetch("SELECT sequence FROM outbox WHERE aggregateid = $1 ORDER BY sequence", event.report_id)
    assert [row["sequence"] for row in sequences] == [1, 2]


async def test_who_does_not_report_is_reminded_missed_and_escalated(plan: World) -> None:
    await plan.occur("V11", at("10:00"))
    await plan.occur("V21", at("10:05"))
    assert await plan.report("V21", at("11:04:59"), obligation="fire") == "on_time"
    await plan.fire(at("12:00"))
    assert sorted(await plan.reminded()) == [("V11", at("10:40")), ("V21", at("10:45"))]
    assert await plan.missed() == [("V11", 1, at("11:00")), ("V11", 2, at("12:00"))]
    assert {event.period_label for event in await plan.events("ReportMissed")} == {"2026年3月2日火情发生"}
    assert await plan.report("V11", at("12:01"), obligation="fire", period=DAY) == "late"


async def test_what_happens_again_that_day_joins_and_the_earliest_limit_stands(plan: World) -> None:
    first = await plan.occur("V11", at("10:00"))
    later = await plan.occur("V11", at("10:30"))
    assert (first.report_id, later.cutoff_at) == (later.report_id, at("11:00"))

    earlier = await plan.occur("V11", at("09:50"), at("10:35"))
    assert (earlier.report_id, earlier.cutoff_at) == (first.report_id, at("10:50"))
    tomorrow = await plan.occur("V11", at("00:00", TOMORROW))
    assert await owed(plan) == {("V11", DAY): at("10:50"), ("V11", TOMORROW): at("01:00", TOMORROW)}
    assert tomorrow.report_id != first.report_id
    assert await plan.pool.fetchval("SELECT count(*) FROM occurrence") == 4


async def test_what_is_told_too_late_is_missed_at_its_own_limit_and_reminds_nobody(plan: World) -> None:
    await plan.occur("V11", at("10:00"))
    await plan.fire(at("10:41"))
    await plan.occur("V11", at("08:00"), at("10:45"))
    await plan.occur("V12", at("08:00"), at("10:45"))
    await plan.fire(at("10:45"))
    assert await plan.reminded() == [("V11", at("10:40"))]
    assert sorted(await plan.missed()) == [
        (unit, step, at(clock)) for unit in ("V11", "V12") for step, clock in ((1, "09:00"), (2, "10:00"))
    ]


async def test_a_limit_that_was_met_or_has_come_is_not_moved(plan: World) -> None:
    await plan.occur("V11", at("10:00"))
    await plan.occur("V12", at("10:00"))
    assert await plan.report("V11", at("10:10"), obligation="fire") == "on_time"
    await plan.occur("V11", at("07:00"), at("10:15"))
    await plan.occur("V12", at("07:00"), at("11:00"))
    assert await owed(plan) == {("V11", DAY): at("11:00"), ("V12", DAY): at("11:00")}
    assert await plan.verdicts(at("11:00"), obligation="fire") == {"V11": "on_time", "V12": "missed"}


async def test_those_who_declare_at_the_same_time_make_one_report(plan: World) -> None:
    clocks = ["10:07", "10:03", "10:05", "10:01", "10:09", "10:02"]
    await asyncio.gather(*(plan.occur("V11", at(clock), at("10:10")) for clock in clocks))
    assert await owed(plan) == {("V11", DAY): at("11:01")}
    assert await plan.pool.fetchval("SELECT count(*) FROM occurrence") == len(clocks)


async def test_working_days_are_those_of_the_calendar_and_follow_a_notice(world: World) -> None:
    friday, monday = date(2026, 3, 6), date(2026, 3, 9)
    await world.issue(at("06:00"), fire(TWO_WORKING_DAYS))
    await world.occur("V11", at("10:00", friday))
    assert await owed(world) == {("V11", friday): at("00:00", date(2026, 3, 11))}

    notice = replace(china(), version="国办发明电〔2026〕1号", dated=friday, holidays={**china().holidays, monday: "临时放假"})
    while await Recalculation(notice).fire(world.pool, at("12:00", friday), 100):
        pass

    assert await owed(world) == {("V11", friday): at("00:00", date(2026, 3, 12))}
    moved = await world.pool.fetchrow("SELECT * FROM moved_cutoff")
    assert moved is not None
    assert (moved["unit"], moved["period"], moved["after"]) == ("V11", friday, at("00:00", date(2026, 3, 12)))


async def test_an_amendment_moves_what_is_to_come_from_its_own_start(plan: World) -> None:
    await plan.occur("V11", at("08:00"))
    await plan.occur("V12", at("09:30"))
    await plan.amend(at("10:00"), fire(Schedule(every="event", trigger="fire", within=Within(hours=3))))
    assert await owed(plan) == {("V11", DAY): at("09:00"), ("V12", DAY): at("12:30")}
    await plan.amend(at("11:00"), fire())  # would have ended before the amendment
    assert (await owed(plan))["V12", DAY] == at("12:30")


async def test_an_amendment_or_the_end_of_the_plan_takes_away_what_is_to_come(plan: World) -> None:
    await plan.occur("V11", at("08:00"))
    await plan.occur("V12", at("09:30"))
    await plan.amend(at("10:00"), fire(reporters=Reporters(units=("V11", "V21"))))
    assert await owed(plan) == {("V11", DAY): at("09:00")}
    with pytest.raises(Problem, match="not among"):
        await plan.occur("V12", at("10:01"))
    await plan.occur("V21", at("10:02"))
    await plan.close(at("10:30"))
    assert await owed(plan) == {("V11", DAY): at("09:00")}
    with pytest.raises(Problem, match="no longer in force"):
        await plan.occur("V21", at("10:31"))


async def test_a_rhythm_that_becomes_a_limit_the_same_day_and_back_owes_one_report_at_a_time(world: World) -> None:
    await world.issue(at("06:00"), village_daily(id="fire", rolls_up_into=None))
    await world.amend(at("08:00"), fire())
    await world.occur("V11", at("09:00"))
    assert await world.report("V11", at("09:59:59"), obligation="fire") == "on_time"
    await world.occur("V12", at("09:30"))
    assert await owed(world) == {("V11", DAY): at("10:00"), ("V12", DAY): at("10:30")}
    await world.amend(at("10:15"), village_daily(id="fire", rolls_up_into=None))
    found = await owed(world)
    assert {found[unit, DAY] for unit in ("V12", "V13", "V21")} == {at("14:00")}
    assert found["V11", DAY] == at("10:00")  # was judged by its own limit
    assert (await world.verdicts(at("10:15"), obligation="fire"))["V11"] == "on_time"
    assert await world.report("V12", at("13:59"), obligation="fire") == "on_time"


async def test_the_tree_at_the_limit_decides(plan: World) -> None:
    await plan.occur("V11", at("10:00"))
    await plan.occur("V12", at("10:00"))
    await plan.move("V11", "T2", at("10:30"))
    await plan.retire("V12", at("10:30"))
    await plan.fire(at("11:00"))
    (missed,) = await plan.events("ReportMissed")
    assert (missed.unit, missed.parent, missed.recipients) == ("V11", "T2", ("T2",))


async def test_plans_told_again_change_nothing(plan: World) -> None:
    again = plan.issued(at("06:00"), [fire()])
    await plan.occur("V11", at("10:00"))
    before = await plan.pool.fetch("SELECT * FROM expected_report")
    await plan.deliver([replace(again, sequence=1)], at("10:10"))
    await plan.fire(at("10:10"))
    assert await plan.pool.fetch("SELECT * FROM expected_report") == before


@pytest.mark.parametrize(
    ("unit", "by", "occurred", "obligation", "status"),
    [
        ("V11", "V11", "10:00:00.000001", "fire", 422),
        ("V11", "V11", "05:59", "fire", 409),
        ("T1", "T1", "09:00", "fire", 409),
        ("V21", "T1", "09:00", "fire", 403),
        ("V99", "T1", "09:00", "fire", 404),
        ("V11", "V11", "09:00", "unheard-of", 404),
        ("V11", "V11", "09:00", "village-daily", 409),
    ],
)
async def test_what_cannot_be_declared_is_refused_and_leaves_nothing(
    world: World, unit: str, by: str, occurred: str, obligation: str, status: int
) -> None:
    await world.issue(at("06:00"), fire(), village_daily(rolls_up_into=None))
    with pytest.raises(Problem) as refusal:
        await world.occur(unit, at(occurred), at("10:00"), obligation=obligation, by=by)
    assert refusal.value.status == status
    assert await world.pool.fetchval("SELECT count(*) FROM occurrence") == 0
    assert await world.pool.fetchval("SELECT count(*) FROM expected_report WHERE obligation = 'fire'") == 0


async def test_past_the_horizon_of_the_calendar_it_is_said_that_nobody_knows(world: World) -> None:
    await world.issue(at("06:00"), fire(TWO_WORKING_DAYS))
    with pytest.raises(Problem, match="cannot be known yet"):
        await world.occur("V11", at("10:00", date(2026, 12, 31)))


async def test_over_http_it_is_declared_once_listed_and_explained(service) -> None:
    await service.world.issue(at("12:00"), fire(), plan_id="plan-2")
    service.clock.instant = at("13:00")
    body = {
        "obligation": "fire",
        "plan_id": "plan-2",
        "unit": "V11",
        "occurred_at": "2026-03-02T12:50:00+08:00",
        "what": "后山起火",
    }
    office = {"unit": "T1", "roles": ("supervisor",)}

    first = await service.post("/occurrences", body, headers={"Idempotency-Key": "one"}, **office)
    again = await service.post("/occurrences", body, headers={"Idempotency-Key": "one"}, **office)
    later = await service.post(
        "/occurrences",
        {"obligation": "fire", "occurred_at": "2026-03-02T04:55:00Z", "what": "复燃"},
        unit="V11",
        roles=("submitter",),
    )

    assert (first.status_code, again.json(), later.status_code) == (201, first.json(), 201)
    assert first.json()["cutoff_at"] == later.json()["cutoff_at"] == "2026-03-02T05:50:00Z"
    assert first.json()["period"] == "2026-03-02"
    page = (await service.get("/occurrences", params={"limit": 1}, unit="T1")).json()
    rest = (await service.get("/occurrences", params={"limit": 1, "after": page["next"]}, unit="T1")).json()
    assert [each["what"] for each in page["items"] + rest["items"]] == ["后山起火", "复燃"]
    assert page["items"][0]["subject"]
    assert (page["items"][0]["acting_unit"], rest["items"][0]["acting_unit"]) == ("T1", "V11")
    report = (await service.get(f"/reports/{first.json()['report_id']}", unit="V11")).json()
    assert "原文“火情发生后立即”未写时限，按约定1小时计" in report["explanation"]
    assert (await service.get("/occurrences", unit="T2")).json() == {"items": [], "next": None}
    refused = await service.post("/occurrences", body, unit="T1", roles=("auditor",))
    assert refused.status_code == 403
