"""Verdicts, versions, windows and escalation on a real database."""

from datetime import timedelta

import pytest
from reporting_world import DAY, TOWN_DAILY, World, at, village_daily

from servicekit.problems import Problem

pytestmark = pytest.mark.io


@pytest.fixture
async def chain(world: World) -> World:
    await world.issue(at("13:00"), village_daily(), TOWN_DAILY)
    return world


async def refused(awaitable, status: int) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Problem) as caught:
        await awaitable
    assert caught.value.status == status


async def test_a_report_just_before_the_cutoff_is_on_time_and_at_the_cutoff_is_late(chain: World) -> None:
    assert await chain.report("V11", at("13:59:59.999999")) == "on_time"
    assert await chain.report("V12", at("14:00")) == "late"
    assert await chain.verdicts(at("14:00")) == {"V11": "on_time", "V12": "late", "V13": "missed", "V21": "missed"}


async def test_the_cutoff_fires_before_a_report_of_the_same_instant_even_if_the_sweep_has_not_come_round(chain: World) -> None:
    await chain.report("V12", at("14:00"))
    assert ("V12", 1, at("14:00")) in await chain.missed()


async def test_a_correction_after_the_cutoff_does_not_undo_on_time(chain: World) -> None:
    await chain.report("V11", at("13:30"), zero=True)
    assert await chain.correct("V11", at("14:20")) == "on_time"
    assert (await chain.verdicts(at("15:00")))["V11"] == "on_time"


async def test_a_second_report_is_refused_and_a_correction_without_a_first_too(chain: World) -> None:
    await chain.report("V11", at("13:30"))
    await refused(chain.report("V11", at("13:31")), 409)
    await refused(chain.correct("V12", at("13:31")), 409)


async def test_a_period_takes_first_reports_from_midnight_to_the_end_of_the_next_day(chain: World) -> None:
    tomorrow = DAY + timedelta(days=1)
    await refused(chain.report("V11", at("23:59:59.999999"), period=tomorrow), 409)
    assert await chain.report("V11", at("00:00", tomorrow), period=tomorrow) == "on_time"
    assert await chain.report("V12", at("23:59:59.999999", tomorrow), period=DAY) == "late"
    await refused(chain.report("V13", at("00:00", DAY + timedelta(days=2)), period=DAY), 409)


async def test_the_parent_reports_for_a_child_and_a_stranger_does_not(chain: World) -> None:
    assert await chain.report("V11", at("14:12"), by="T1") == "late"
    await refused(chain.report("V12", at("14:12"), by="T2"), 403)
    await refused(chain.report("V99", at("14:12"), by="T1"), 404)
    await refused(chain.report("V12", at("14:12"), obligation="unknown"), 404)


async def test_exempt_before_the_cutoff_only_and_a_report_overrules_it(chain: World) -> None:
    assert await chain.exempt("V11", "T1", at("13:59:59.999")) == "exempt"
    assert await chain.exempt("V12", "T1", at("13:10")) == "exempt"
    await refused(chain.exempt("V13", "T1", at("14:00")), 409)
    await refused(chain.exempt("V21", "V21", at("13:00")), 403)
    await chain.report("V12", at("14:30"))
    await chain.fire(at("15:00"))
    assert await chain.verdicts(at("15:00")) == {"V11": "exempt", "V12": "late", "V13": "missed", "V21": "missed"}
    assert {unit for unit, _, _ in await chain.missed()} == {"V13", "V21", "T1", "T2"}


async def test_a_worker_that_was_down_fires_exactly_what_it_missed_at_the_instants_of_the_rule(chain: World) -> None:
    await chain.report("V11", at("13:05"))
    await chain.fire(at("18:00"))
    await chain.fire(at("18:00"))
    reminders = [(event.unit, event.occurred_at) for event in await chain.events("ReportReminderDue")]
    assert sorted(reminders) == [(unit, at("13:30")) for unit in ("V12", "V13", "V21")]
    villages = [row for row in await chain.missed() if row[0].startswith("V")]
    assert sorted(villages) == [
        (unit, step, at(clock)) for unit in ("V12", "V13", "V21") for step, clock in ((1, "14:00"), (2, "14:10"))
    ]


async def test_a_report_stops_later_steps_but_not_those_already_due(chain: World) -> None:
    await chain.report("V11", at("14:05"))
    await chain.fire(at("16:00"))
    assert [row for row in await chain.missed() if row[0] == "V11"] == [("V11", 1, at("14:00"))]


async def test_a_cutoff_at_the_instant_of_issue_is_not_owed(world: World) -> None:
    await world.issue(at("14:00"), village_daily())
    assert await world.verdicts(at("15:00")) == {}
    assert set((await world.verdicts(at("15:00"), DAY + timedelta(days=1))).values()) == {"pending"}


async def test_unit_changes_before_the_cutoff_count_and_at_the_cutoff_do_not(chain: World) -> None:
    await chain.register("V14", "village", "T1", at("13:59:59.999"))
    await chain.register("V15", "village", "T1", at("14:00"))
    await chain.retire("V11", at("13:59:59.999"))
    await chain.retire("V12", at("14:00"))
    await chain.fire(at("14:00"))
    assert await chain.verdicts(at("15:00")) == {"V12": "missed", "V13": "missed", "V14": "missed", "V21": "missed"}


async def test_a_move_before_the_cutoff_takes_the_report_along_and_after_it_does_not(chain: World) -> None:
    await chain.report("V11", at("13:10"))
    await chain.move("V11", "T2", at("13:20"))
    await chain.move("V12", "T2", at("14:00"))
    assert (await chain.roll_up("T1", at("14:50"))).missing_children == ("V12", "V13")
    assert (await chain.roll_up("T2", at("14:50"))).missing_children == ("V21",)


async def test_a_change_heard_of_late_leaves_what_was_due_before_it_and_withdraws_what_was_not_owed(chain: World) -> None:
    await chain.retire("V11", at("13:45"), now=at("14:30"))
    await chain.fire(at("14:30"))
    assert "V11" not in await chain.verdicts(at("14:30"))
    assert [event.unit for event in await chain.events("ReportReminderDue")].count("V11") == 1
    assert "V11" not in {unit for unit, _, _ in await chain.missed()}
