"""Callers, sweeps and consumers at the same moment: whoever comes first, the facts and what follows from them agree."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from reporting_world import DAY, TOWN_DAILY, World, at, village_daily

from contracts.events.reports import ReportMissed, ReportRestated, ReportSubmitted
from reporting import consumers
from reporting.commands.submit import Content, Target, submit
from reporting.commands.submit_rollup import submit_rollup
from reporting.deadlines import Escalation, Materialisation
from reporting.domain import rollups as rules
from reporting.materialisation import materialise_next
from reporting.store import reads, rollups, scope
from servicekit.database import RETRYABLE, Connection

pytestmark = pytest.mark.io
TOWNS = [f"S{number}" for number in range(8)]
ONE_FIRE = Content(zero=False, items={"fires": Decimal(1)}, texts={})


@pytest.fixture
async def wide(service):
    """Eight more towns S0 to S7 with two villages each, S0a and S0b and so on."""
    world: World = service.world
    towns = [world.registered(town, "town", "C", at("12:01")) for town in TOWNS]
    villages = [world.registered(f"{town}{letter}", "village", town, at("12:01")) for town in TOWNS for letter in "ab"]
    await world.deliver([*towns, *villages], at("12:01"))
    return service


def fires(number: int) -> dict[str, object]:
    return {"obligation": "village-daily", "items": {"fires": number}}


async def waits(running: asyncio.Task[object]) -> bool:
    """Whether it is still waiting after a while."""
    await asyncio.wait([running], timeout=0.2)
    return not running.done()


async def again_if_lost(run: Callable[[], Awaitable[None]]) -> None:
    """As the consumer does with a batch that lost a deadlock."""
    for _ in range(5):
        try:
            return await run()
        except RETRYABLE:
            await asyncio.sleep(0.01)
    raise AssertionError("lost five deadlocks in a row")


async def test_a_rollup_waits_for_a_childs_version_that_is_being_written(service) -> None:
    world: World = service.world
    async with world.pool.acquire() as connection, connection.transaction():
        await submit(connection, world.principal("V11"), Target("village-daily", "V11"), ONE_FIRE, at("13:10"))
        rolling_up = asyncio.create_task(world.roll_up("T1", at("13:10")))
        assert await waits(rolling_up)
    frozen = await rolling_up
    assert (frozen.sums, frozen.missing_children) == ({"fires": 1}, ("V12", "V13"))
    assert (await world.rollup("T1", at("13:11")))["restated_sums"] is None


async def test_a_childs_version_waits_for_a_rollup_that_is_being_submitted_and_restates_it(service) -> None:
    world: World = service.world
    async with world.pool.acquire() as connection, connection.transaction():
        await submit_rollup(connection, world.principal("T1"), Target("town-daily", "T1"), at("13:10"))
        reporting = asyncio.create_task(world.report("V11", at("13:10"), items={"fires": Decimal(1)}))
        assert await waits(reporting)
    await reporting
    row = await world.rollup("T1", at("13:11"))
    assert (row["sums"], row["missing_children"], row["restated_sums"]) == ({}, ["V11", "V12", "V13"], {"fires": "1"})


async def test_a_child_is_counted_or_restates_never_both_and_never_neither(wide) -> None:
    who = {"roles": ("submitter",)}
    calls = [wide.post("/reports", fires(1), unit=f"{town}{letter}", **who) for town in TOWNS for letter in "ab"]
    calls += [wide.post("/rollups", {"obligation": "town-daily"}, unit=town, **who) for town in TOWNS]
    order = [calls[place] for place in sorted(range(len(calls)), key=lambda place: place * 7919 % 31)]
    assert {answer.status_code for answer in await asyncio.gather(*order)} == {201}
    restated = Counter(event.unit for _, event in await wide.outbox(ReportRestated))
    for row in (await reads.rollups(wide.kit.pool, None, at("13:00"), {"period": DAY}, None, 1000))[0]:
        if row["unit"] in TOWNS:
            counted = 2 - len(row["missing_children"])
            assert row["sums"] == ({"fires": str(counted)} if counted else {})
            assert row["restated_sums"] == (None if counted == 2 else {"fires": "2"})
            assert restated[row["unit"]] == 2 - counted


async def test_of_many_who_report_for_one_unit_one_is_accepted(wide) -> None:
    for unit in ("V11", "V12", "S0a"):
        answers = await asyncio.gather(*(wide.post("/reports", fires(n), unit=unit, roles=("submitter",)) for n in range(5)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert Counter(event.unit for _, event in await wide.outbox(ReportSubmitted)) == {"V11": 1, "V12": 1, "S0a": 1}


async def test_corrections_at_once_are_numbered_one_after_the_other(service) -> None:
    await service.post("/reports", fires(0), unit="V11", roles=("submitter",))
    calls = (service.post("/reports/corrections", fires(n), unit="V11", roles=("submitter",)) for n in range(6))
    assert sorted(answer.json()["version"] for answer in await asyncio.gather(*calls)) == [2, 3, 4, 5, 6, 7]
    assert [sequence for sequence, _ in await service.outbox(ReportSubmitted)] == [1, 2, 3, 4, 5, 6, 7]


async def test_reports_and_sweeps_at_the_cutoff_agree(wide) -> None:
    villages = [f"{town}{letter}" for town in TOWNS for letter in "ab"]
    wide.clock.instant = at("13:59:59.999999")
    early = [asyncio.create_task(wide.post("/reports", fires(1), unit=unit, roles=("office",))) for unit in villages[:8]]
    await asyncio.sleep(0)
    sweeps = [Escalation().fire(wide.kit.pool, at("14:00"), 5) for _ in range(4)]
    await asyncio.gather(*early, *sweeps)
    wide.clock.instant = at("14:00")
    late = [wide.post("/reports", fires(1), unit=unit, roles=("office",)) for unit in villages[8:]]
    await asyncio.gather(*late, *(Escalation().fire(wide.kit.pool, at("14:00"), 5) for _ in range(4)))
    await wide.world.fire(at("15:30"))

    verdicts = await wide.world.verdicts(at("15:30"))
    assert {unit: verdicts[unit] for unit in villages} == dict.fromkeys(villages[:8], "on_time") | dict.fromkeys(
        villages[8:], "late"
    )
    steps = Counter((event.unit, event.step) for _, event in await wide.outbox(ReportMissed))
    assert set(steps.values()) == {1}
    assert {(unit, 1) for unit in villages[8:]} <= set(steps)
    assert not {(unit, 2) for unit in villages} & set(steps)
    assert {("V11", 1), ("V11", 2)} <= set(steps)


async def test_whichever_of_a_zero_report_and_a_hazard_is_written_second_sees_the_first(service) -> None:
    world: World = service.world
    zero, hazard = Content(zero=True, items={}, texts={}), [world.told("h1", "V11", at("12:30"), at("13:00"))]
    async with world.pool.acquire() as connection, connection.transaction():
        await submit(connection, world.principal("V11"), Target("village-daily", "V11"), zero, at("13:00"))
        telling = asyncio.create_task(world.deliver(hazard, at("13:00")))
        assert await waits(telling)
    await telling
    async with world.pool.acquire() as connection, connection.transaction():
        await consumers.apply(connection, [world.told("h2", "V12", at("12:30"), at("13:00"))], at("13:00"))
        reporting = asyncio.create_task(world.report("V12", at("13:00"), zero=True))
        assert await waits(reporting)
    await reporting
    assert {event.unit for event in await world.events("ContradictionSuspected")} == {"V11", "V12"}


async def test_a_zero_report_and_a_hazard_at_once_are_never_missed(wide) -> None:
    world: World = wide.world
    villages = [f"{town}{letter}" for town in TOWNS for letter in "ab"]
    zero = {"obligation": "village-daily", "zero": True}
    hazards = [[world.told(f"h{unit}", unit, at("12:30"), at("13:00"))] for unit in villages]
    calls = [wide.post("/reports", zero, unit=unit, roles=("submitter",)) for unit in villages]
    await asyncio.gather(*calls[::2], *(world.deliver(batch, at("13:00")) for batch in hazards), *calls[1::2])
    assert await wide.kit.pool.fetchval("SELECT count(*) FROM contradiction") == len(villages)
    assert Counter(event.unit for event in await world.events("ContradictionSuspected")) == dict.fromkeys(villages, 1)


async def test_sweeps_at_once_act_on_each_step_once(wide) -> None:
    pool = wide.kit.pool
    while any(await asyncio.gather(*(Escalation().fire(pool, at("15:30"), 3) for _ in range(6)))):
        pass
    missed = Counter(await wide.world.missed())
    assert set(missed.values()) == {1}
    assert len(missed) == 2 * (4 + 16) + (2 + 8)
    assert set(Counter(await wide.world.reminded()).values()) == {1}
    sequences = await pool.fetch("SELECT aggregateid, array_agg(sequence ORDER BY position) AS seen FROM outbox GROUP BY 1")
    assert all(row["seen"] == list(range(1, len(row["seen"]) + 1)) for row in sequences)


async def test_workers_that_materialise_at_once_write_every_report_once(world: World) -> None:
    more = [world.registered(f"W{number:02}", "village", "T2", at("12:00")) for number in range(30)]
    await world.deliver([*more, world.issued(at("12:30"), [village_daily(), TOWN_DAILY])], at("12:30"))
    late = [world.registered(f"X{number:02}", "village", "T1", at("12:31")) for number in range(12)]

    async def work() -> None:
        while await Materialisation().fire(world.pool, at("12:31"), limit=1):
            pass

    await asyncio.gather(*(work() for _ in range(4)), *(world.deliver([each], at("12:31")) for each in late))
    await work()
    for day in (DAY, DAY + timedelta(days=1)):
        assert len(await world.verdicts(at("12:31"), day)) == 4 + 30 + 12
        assert len(await world.verdicts(at("12:31"), day, "town-daily")) == 2


async def test_a_unit_and_a_period_that_are_written_at_once_do_not_miss_each_other(world: World) -> None:
    await world.deliver([world.issued(at("12:30"), [village_daily(rolls_up_into=None)])], at("12:30"))
    async with world.pool.acquire() as connection, connection.transaction():
        assert await scope.hold(connection)
        assert await materialise_next(connection, at("12:30"), 1000)
        registering = asyncio.create_task(world.register("V14", "village", "T1", at("12:30")))
        assert await waits(registering)
    await registering
    assert "V14" in await world.verdicts(at("12:30"))
    async with world.pool.acquire() as connection, connection.transaction():
        await consumers.apply(connection, [world.registered("V15", "village", "T1", at("12:30"))], at("12:30"))
        assert await Materialisation().fire(world.pool, at("12:30"), 100) == 0, "a sweep does not wait, it comes again"
    await world.fire(at("12:30"))
    assert "V15" in await world.verdicts(at("12:30"), DAY + timedelta(days=1))


async def test_a_village_and_its_town_in_two_hands_at_once_find_each_other(service) -> None:
    world: World = service.world
    for number in range(6):
        town = world.registered(f"P{number}", "town", "C", at("12:40"))
        villages = [world.registered(f"P{number}{letter}", "village", f"P{number}", at("12:40")) for letter in "abc"]
        batches = [[villages[0]], [town], villages[1:]]
        await asyncio.gather(*(world.deliver(batch, at("12:40")) for batch in batches))
    assert len(await world.verdicts(at("12:40"))) == 4 + 18


async def test_in_a_storm_of_everything_every_rollup_knows_its_children(wide) -> None:
    world: World = wide.world
    moves = [world.moved(f"{town}a", TOWNS[(place + 1) % 8], at("13:00:00.5")) for place, town in enumerate(TOWNS)]
    wide.clock.instant = at("13:00:00.6")
    who = {"roles": ("office",)}
    calls: list[Awaitable[object]] = []
    for place, town in enumerate(TOWNS):
        calls.append(wide.post("/reports", fires(place), unit=f"{town}b", **who))
        calls.append(wide.post("/rollups", {"obligation": "town-daily"}, unit=town, **who))
        calls.append(again_if_lost(lambda move=moves[place]: world.deliver([move], at("13:00:01"))))
        calls.append(wide.post("/reports", fires(10 * place), unit=f"{town}a", **who))
    await asyncio.gather(*calls)
    corrections = [wide.post("/reports/corrections", fires(7), unit=f"{town}b", **who) for town in TOWNS]
    await asyncio.gather(*corrections, again_if_lost(lambda: world.deliver([world.moved("S0a", "S0", at("13:30"))], at("13:30"))))
    async with wide.kit.pool.acquire() as connection:
        await check_rollups(connection)


async def check_rollups(connection: Connection) -> None:
    rows = await connection.fetch("SELECT report_id FROM expected_report WHERE type = 'roll_up' AND period = $1", DAY)
    submitted = await rollups.submitted(connection, [row["report_id"] for row in rows])
    assert len(submitted) == len(TOWNS)
    for report_id, found in submitted.items():
        children = (await rollups.children(connection, [report_id]))[report_id]
        came_after = rules.restated(children, found.position)
        assert found.restated_sums == (rules.sums(children) if came_after else None)
