"""Roll-ups on a real database: freeze, name the missing, restate, attribute."""

from datetime import time
from decimal import Decimal

import asyncpg
import pytest
from reporting_world import TOWN_DAILY, World, at, village_daily

from contracts.events.plans import Obligation, Reporters
from servicekit.problems import Problem

pytestmark = pytest.mark.io


@pytest.fixture
async def chain(world: World) -> World:
    await world.issue(at("13:00"), village_daily(), TOWN_DAILY)
    return world


async def test_a_rollup_adds_newest_versions_and_names_the_missing(chain: World) -> None:
    await chain.report("V11", at("13:10"), items={"fires": Decimal(1), "patrols": Decimal("2.5")})
    await chain.correct("V11", at("13:20"), items={"fires": Decimal(2), "hazards": Decimal(1)})
    await chain.report("V12", at("13:30"), zero=True)
    frozen = await chain.roll_up("T1", at("14:50"))
    assert frozen.sums == {"fires": Decimal(2), "hazards": Decimal(1)}
    assert frozen.missing_children == ("V13",)
    assert frozen.verdict == "on_time"
    row = await chain.rollup("T1", at("15:30"))
    assert row["restatements"] == 0
    assert row["restated_sums"] is None


async def test_a_later_version_restates_and_leaves_what_was_frozen(chain: World) -> None:
    await chain.report("V11", at("13:10"), items={"fires": Decimal(1)})
    frozen = await chain.roll_up("T1", at("14:50"))
    await chain.correct("V11", at("14:55"), items={"fires": Decimal(3)})
    await chain.report("V13", at("15:10"), zero=True)
    row = await chain.rollup("T1", at("15:30"))
    assert (row["sums"], row["restated_sums"], row["restatements"]) == ({"fires": "1"}, {"fires": "3"}, 2)
    assert row["content_hash"] == frozen.content_hash
    assert row["missing_children"] == ["V12", "V13"]
    assert [event.restatement for event in await chain.events("ReportRestated")] == [1, 2]


async def test_a_rollup_nobody_submits_is_missed_with_the_missing_as_of_the_cutoff(chain: World) -> None:
    await chain.report("V11", at("14:59:59"))
    await chain.fire(at("15:00"))
    await chain.report("V12", at("15:00"))
    row = await chain.rollup("T1", at("15:30"))
    assert (row["verdict"], row["basis"], row["sums"]) == ("missed", "cutoff", {})
    assert row["missing_children"] == ["V12", "V13"]
    assert row["attribution"] == {"missing": ["V12", "V13"], "late": ["V11"]}


async def test_a_late_rollup_keeps_what_stood_at_the_cutoff_beside_what_was_submitted(chain: World) -> None:
    await chain.fire(at("15:00"))
    await chain.report("V11", at("15:05"))
    frozen = await chain.roll_up("T1", at("15:10"))
    assert frozen.verdict == "late"
    assert frozen.missing_children == ("V12", "V13")
    bases = await chain.pool.fetch(
        "SELECT basis, missing_children FROM rollup WHERE report_id = $1 ORDER BY basis", frozen.report_id
    )
    assert [tuple(row) for row in bases] == [("cutoff", ["V11", "V12", "V13"]), ("submission", ["V12", "V13"])]


async def test_a_sweep_that_comes_late_freezes_what_was_missing_at_the_cutoff(chain: World) -> None:
    await chain.report("V11", at("14:59:59.999999"))
    await chain.report("V12", at("15:00"))
    await chain.fire(at("16:00"))
    row = await chain.rollup("T1", at("16:00"))
    assert row["missing_children"] == ["V12", "V13"]
    (event,) = [event for event in await chain.events("RollupFrozen") if event.unit == "T1"]
    assert (event.basis, event.missing_children, event.occurred_at) == ("cutoff", ("V12", "V13"), at("15:00"))


async def test_an_exempt_town_is_not_missed_but_what_stood_at_its_cutoff_is_frozen(chain: World) -> None:
    await chain.exempt("T1", "C", at("14:30"), obligation="town-daily")
    await chain.fire(at("15:00"))
    row = await chain.rollup("T1", at("15:00"))
    assert (row["verdict"], row["basis"], row["missing_children"]) == ("exempt", "cutoff", ["V11", "V12", "V13"])
    assert {event.unit: event.verdict for event in await chain.events("RollupFrozen")} == {"T1": "exempt", "T2": "missed"}
    assert "T1" not in {unit for unit, _, _ in await chain.missed()}


async def test_a_restated_rollup_has_no_new_version_so_the_one_above_keeps_what_it_was_given(world: World) -> None:
    county = Obligation(id="county-daily", type="roll_up", reporters=Reporters(level="county"), cutoff=time(16))
    await world.issue(at("13:00"), village_daily(), TOWN_DAILY.model_copy(update={"rolls_up_into": "county-daily"}), county)
    await world.report("V11", at("13:10"), items={"fires": Decimal(1)})
    await world.roll_up("T1", at("14:50"))
    await world.correct("V11", at("15:10"), items={"fires": Decimal(4)})
    frozen = await world.roll_up("C", at("15:20"), obligation="county-daily")
    await world.correct("V11", at("15:30"), items={"fires": Decimal(5)})
    assert (frozen.sums, frozen.missing_children) == ({"fires": Decimal(1)}, ("T2",))
    assert (await world.rollup("T1", at("16:00")))["restated_sums"] == {"fires": "5"}
    assert (await world.rollup("C", at("16:00")))["restated_sums"] is None
    await world.roll_up("T2", at("15:40"))
    assert (await world.rollup("C", at("16:00")))["restated_sums"] == {"fires": "1"}


async def test_a_report_goes_into_the_rollup_of_whom_it_is_sent_to(world: World) -> None:
    await world.issue(at("13:00"), village_daily(recipients=("T2",)), TOWN_DAILY)
    assert (await world.roll_up("T1", at("14:50"))).missing_children == ()
    assert (await world.roll_up("T2", at("14:50"))).missing_children == ("V11", "V12", "V13", "V21")


async def test_sums_that_could_not_be_told_are_refused_and_nothing_is_frozen(chain: World) -> None:
    large = Decimal(10**15 - 1)
    await chain.report("V11", at("13:10"), items={"fires": large})
    await chain.report("V12", at("13:20"), items={"fires": Decimal(1)})
    with pytest.raises(Problem) as caught:
        await chain.roll_up("T1", at("14:50"))
    assert (caught.value.status, "fires" in caught.value.detail) == (409, True)
    await chain.correct("V12", at("14:51"), items={"fires": Decimal(0)})
    assert (await chain.roll_up("T1", at("14:52"))).sums == {"fires": large}
    with pytest.raises(Problem):
        await chain.correct("V12", at("14:53"), items={"fires": Decimal(1)})
    assert (await chain.rollup("T1", at("14:54")))["restated_sums"] is None


async def test_a_second_rollup_is_refused(chain: World) -> None:
    await chain.roll_up("T1", at("14:50"))
    with pytest.raises(Problem) as caught:
        await chain.roll_up("T1", at("14:51"))
    assert caught.value.status == 409


async def test_neither_a_version_nor_a_frozen_rollup_can_be_changed_in_the_database(chain: World) -> None:
    await chain.report("V11", at("13:10"))
    await chain.roll_up("T1", at("14:50"))
    for statement in (
        "UPDATE submission SET items = '{}'",
        "DELETE FROM submission",
        'UPDATE rollup SET sums = \'{"fires": "9"}\'',
        "UPDATE rollup SET missing_children = '{}'",
        "DELETE FROM rollup",
    ):
        with pytest.raises(asyncpg.RaiseError):
            await chain.pool.execute(statement)


async def test_a_child_that_reported_after_both_rollups_restates_the_one_it_belongs_to_at_the_cutoff(chain: World) -> None:
    await chain.roll_up("T1", at("13:05"))
    await chain.roll_up("T2", at("13:06"))
    await chain.report("V11", at("13:10"), items={"fires": Decimal(5)})
    assert (await chain.rollup("T1", at("13:10")))["restated_sums"] == {"fires": "5"}
    await chain.move("V11", "T2", at("13:20"))
    assert (await chain.rollup("T1", at("15:00")))["restated_sums"] is None
    assert (await chain.rollup("T2", at("15:00")))["restated_sums"] == {"fires": "5"}
    told = [(event.unit, event.restatement, event.restated_sums) for event in await chain.events("ReportRestated")]
    assert told[0] == ("T1", 1, {"fires": 5})
    assert sorted(told[1:]) == [("T1", 2, {}), ("T2", 1, {"fires": 5})]


async def test_a_child_that_leaves_takes_its_numbers_out_of_the_restated_sums(chain: World) -> None:
    await chain.report("V11", at("13:05"), items={"fires": Decimal(5)})
    await chain.roll_up("T1", at("13:10"))
    await chain.report("V12", at("13:15"), items={"fires": Decimal(2)})
    await chain.move("V11", "T2", at("13:20"))
    row = await chain.rollup("T1", at("15:00"))
    assert (row["sums"], row["restated_sums"]) == ({"fires": "5"}, {"fires": "2"})
