"""The tree and the plans change while periods are open; events come late, together, out of order."""

from datetime import time, timedelta

import pytest
from reporting_world import DAY, TOWN_DAILY, World, at, village_daily

from contracts.events.plans import Reporters
from reporting.deadlines import Materialisation
from servicekit.problems import Problem

pytestmark = pytest.mark.io
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
async def chain(world: World) -> World:
    await world.issue(at("13:00"), village_daily(), TOWN_DAILY)
    return world


async def test_a_village_whose_event_overtakes_its_towns_is_expected_all_the_same(chain: World) -> None:
    town, village = chain.registered("T3", "town", "C", at("13:10")), chain.registered("V31", "village", "T3", at("13:10"))
    await chain.deliver([village], at("13:10"))
    await chain.deliver([town], at("13:10"))
    assert "V31" in await chain.verdicts(at("13:10"))
    assert (await chain.roll_up("T3", at("14:50"))).missing_children == ("V31",)


async def test_a_town_heard_of_late_brings_the_villages_that_stood_under_it_at_the_cutoff(chain: World) -> None:
    town = chain.registered("T3", "town", "C", at("13:10"))
    await chain.deliver([chain.registered("V31", "village", "T3", at("13:10"))], at("13:10"))
    await chain.move("V31", "C", at("14:05"))
    await chain.deliver([town], at("14:20"))
    await chain.fire(at("15:00"))
    assert (await chain.rollup("T3", at("15:00")))["missing_children"] == ["V31"]


async def test_what_fell_due_between_two_changes_of_one_batch_is_settled_in_between(chain: World) -> None:
    moved, retired = chain.moved("V11", "T2", at("13:20")), chain.retired("V11", at("13:45"))
    await chain.deliver([moved, retired], at("13:50"))
    (reminder,) = [event for event in await chain.events("ReportReminderDue") if event.unit == "V11"]
    assert (reminder.parent, reminder.occurred_at) == ("T2", at("13:30"))
    assert "V11" not in await chain.verdicts(at("14:00"))


async def test_who_retires_at_the_instant_of_a_step_is_still_reached_by_it(chain: World) -> None:
    await chain.deliver([chain.moved("V11", "T2", at("13:20")), chain.retired("V11", at("13:30"))], at("13:50"))
    assert ("V11", at("13:30")) in await chain.reminded()


async def test_a_plan_and_a_retirement_after_it_heard_of_together_leave_what_was_due_in_between(world: World) -> None:
    plan = world.issued(at("13:00"), [village_daily(), TOWN_DAILY])
    await world.deliver([world.retired("V11", at("13:45")), plan], at("13:50"))
    await world.fire(at("14:00"))
    assert ("V11", at("13:30")) in await world.reminded()
    assert "V11" not in {unit for unit, _, _ in await world.missed()}


async def test_a_unit_that_comes_into_the_area_is_not_reminded_of_what_was_due_before(chain: World) -> None:
    await chain.deliver([chain.registered("X", "county", None, at("12:00"))], at("12:00"))
    await chain.deliver([chain.registered("T9", "town", "X", at("12:00"))], at("12:00"))
    await chain.deliver([chain.registered("V91", "village", "T9", at("12:00"))], at("12:00"))
    assert "V91" not in await chain.verdicts(at("13:00"))
    await chain.move("T9", "C", at("13:40"))
    await chain.fire(at("14:00"))
    assert "V91" not in {unit for unit, _ in await chain.reminded()}
    assert ("V91", 1, at("14:00")) in await chain.missed()


async def test_a_unit_that_leaves_and_comes_back_is_not_reminded_of_what_was_due_meanwhile(chain: World) -> None:
    await chain.register("X", "county", None, at("12:00"))
    await chain.move("T1", "X", at("13:20"))
    assert set(await chain.verdicts(at("13:20"))) == {"V21"}
    await chain.move("T1", "C", at("13:40"))
    await chain.fire(at("14:00"))
    assert {unit for unit, _ in await chain.reminded()} == {"V21"}
    assert {unit for unit, step, _ in await chain.missed() if step == 1} == {"V11", "V12", "V13", "V21"}


async def test_a_unit_registered_after_an_obligation_was_dropped_does_not_owe_it(chain: World) -> None:
    await chain.amend(at("13:40"), TOWN_DAILY)
    await chain.register("V14", "village", "T1", at("13:50"))
    assert await chain.verdicts(at("15:00")) == {}


async def test_a_change_heard_of_late_is_judged_by_the_plan_of_its_cutoff(chain: World) -> None:
    await chain.fire(at("14:10"))
    await chain.amend(at("20:00"), village_daily(reporters=Reporters(units=("V11",))), TOWN_DAILY)
    await chain.move("V12", "T2", at("13:50"), now=at("20:10"))
    assert set(await chain.verdicts(at("20:10"))) == {"V11", "V12", "V13", "V21"}
    assert set(await chain.verdicts(at("20:10"), TOMORROW)) == {"V11"}


async def test_an_amended_cutoff_applies_to_cutoffs_after_the_amendment(chain: World) -> None:
    await chain.amend(at("13:15"), village_daily(cutoff=time(13, 30), remind_before=()), TOWN_DAILY)
    assert await chain.report("V11", at("13:30")) == "late"
    await chain.fire(at("13:30"))
    assert ("V12", 1, at("13:30")) in await chain.missed()
    assert not await chain.reminded()


async def test_an_amendment_does_not_bring_a_cutoff_forward_into_the_past(chain: World) -> None:
    await chain.amend(at("13:40"), village_daily(cutoff=time(13, 20)), TOWN_DAILY)
    assert await chain.report("V11", at("13:50")) == "on_time"
    assert await chain.report("V11", at("13:20", TOMORROW), period=TOMORROW) == "late"


async def test_an_amendment_does_not_open_a_period_again_that_has_closed(chain: World) -> None:
    await chain.amend(at("14:05"), village_daily(cutoff=time(16)), TOWN_DAILY)
    assert await chain.report("V11", at("14:06")) == "late"
    assert await chain.report("V11", at("15:59", TOMORROW), period=TOMORROW) == "on_time"


async def test_an_amendment_can_bring_a_day_under_the_plan_that_had_closed_before_it_was_issued(world: World) -> None:
    await world.issue(at("14:30"), village_daily(), TOWN_DAILY)
    await world.amend(at("14:40"), village_daily(cutoff=time(16)), TOWN_DAILY)
    assert set((await world.verdicts(at("15:00"))).values()) == {"pending"}


async def test_an_amendment_adds_no_reminder_to_the_past(world: World) -> None:
    await world.issue(at("13:00"), village_daily(remind_before=()), TOWN_DAILY)
    await world.amend(at("13:35"), village_daily(remind_before=(timedelta(minutes=28), timedelta(minutes=10))), TOWN_DAILY)
    await world.fire(at("14:00"))
    assert {when for unit, when in await world.reminded() if unit == "V11"} == {at("13:50")}


async def test_a_plan_heard_of_together_with_its_amendment_was_in_force_until_then(world: World) -> None:
    plan = world.issued(at("13:00"), [village_daily(), TOWN_DAILY])
    amendment = world.amended(at("13:40"), [village_daily(cutoff=time(13, 20)), TOWN_DAILY])
    await world.deliver([plan, amendment], at("13:50"))
    await world.fire(at("13:50"))
    assert ("V11", at("13:30")) in await world.reminded()
    assert await world.report("V11", at("13:59")) == "on_time"


async def test_changes_of_one_batch_are_applied_in_the_order_in_which_they_happened(chain: World) -> None:
    amendment = chain.amended(at("13:15"), [village_daily(cutoff=time(14), remind_before=()), TOWN_DAILY])
    await chain.deliver([chain.moved("V11", "T2", at("13:45")), amendment], at("13:50"))
    assert await chain.reminded() == []


async def test_a_dropped_obligation_is_no_longer_owed(chain: World) -> None:
    await chain.amend(at("13:40"), TOWN_DAILY)
    assert await chain.verdicts(at("15:00")) == {}
    with pytest.raises(Problem) as refusal:
        await chain.report("V11", at("13:50"))
    assert refusal.value.status == 409


async def test_a_closed_plan_owes_nothing_after_its_end_and_everything_before_it(chain: World) -> None:
    await chain.deliver([chain.closed(at("14:20"))], at("14:30"))
    await chain.fire(at("15:00"))
    assert set((await chain.verdicts(at("15:00"))).values()) == {"missed"}
    with pytest.raises(Problem) as refusal:
        await chain.roll_up("T1", at("14:40"))
    assert refusal.value.status == 409
    await chain.fire(at("14:00", TOMORROW))
    assert await chain.verdicts(at("14:00", TOMORROW), TOMORROW) == {}


async def test_an_obligation_that_comes_back_is_in_force_from_then_on(chain: World) -> None:
    await chain.amend(at("13:20"), TOWN_DAILY)
    await chain.amend(at("13:50"), village_daily(remind_before=(timedelta(minutes=30), timedelta(minutes=5))), TOWN_DAILY)
    await chain.fire(at("14:00"))
    assert {when for _, when in await chain.reminded()} == {at("13:55")}
    assert ("V11", 1, at("14:00")) in await chain.missed()


async def test_an_obligation_that_comes_back_with_a_later_cutoff_is_owed_today(chain: World) -> None:
    await chain.amend(at("13:20"), TOWN_DAILY)
    await chain.amend(at("14:05"), village_daily(cutoff=time(16)), TOWN_DAILY)
    assert await chain.report("V11", at("15:59")) == "on_time"


async def test_reminders_days_ahead_are_given_at_their_instants(world: World) -> None:
    await world.issue(at("13:00"), village_daily(remind_before=(timedelta(days=3),)), TOWN_DAILY)
    await world.fire(at("13:59:59"))
    assert await world.reminded() == []
    await world.fire(at("14:00"))
    assert {when for _, when in await world.reminded()} == {at("14:00")}
    assert set(await world.verdicts(at("14:00"), DAY + timedelta(days=3))) == {"V11", "V12", "V13", "V21"}


async def test_a_period_is_written_a_few_units_at_a_time_and_all_are_there_in_the_end(world: World) -> None:
    more = [world.registered(f"W{number:02}", "village", "T2", at("12:00")) for number in range(25)]
    await world.deliver([*more, world.issued(at("13:00"), [village_daily(rolls_up_into=None)])], at("13:00"))
    counts = []
    while await Materialisation().fire(world.pool, at("13:00"), limit=1):
        counts.append(len(await world.verdicts(at("13:00"))))
    assert counts[:3] == sorted({*counts[:3]})
    assert counts[-1] == 29
    assert set(await world.verdicts(at("13:00"), TOMORROW)) == set(await world.verdicts(at("13:00")))


async def test_an_amendment_between_two_of_these_steps_leaves_no_unit_under_the_old_rules(world: World) -> None:
    more = [world.registered(f"W{number:02}", "village", "T2", at("12:00")) for number in range(25)]
    await world.deliver([*more, world.issued(at("13:00"), [village_daily(rolls_up_into=None)])], at("13:00"))
    await Materialisation().fire(world.pool, at("13:00"), limit=1)
    await world.amend(at("13:00:00.000001"), village_daily(cutoff=time(13, 30), rolls_up_into=None))
    assert list((await world.verdicts(at("13:30"))).values()) == ["missed"] * 29
