"""Zero reports against hazards, in every order of arrival."""

from datetime import UTC, datetime, timedelta

import pytest
from reporting_world import DAY, World, at, village_daily

pytestmark = pytest.mark.io


@pytest.fixture
async def chain(world: World) -> World:
    await world.issue(at("00:30"), village_daily(rolls_up_into=None))
    return world


async def suspected(world: World) -> list[tuple[str, object]]:
    rows = await world.pool.fetch("SELECT unit, suspected_at FROM contradiction ORDER BY unit")
    return [(row["unit"], row["suspected_at"]) for row in rows]


async def test_a_hazard_after_a_zero_report_is_suspected_when_the_hazard_is_told(chain: World) -> None:
    await chain.report("V11", at("13:05"), zero=True)
    await chain.hazard("h1", "V11", at("12:50"), at("13:20"))
    assert await suspected(chain) == [("V11", at("13:20"))]
    (event,) = await chain.events("ContradictionSuspected")
    assert event.recipients == ("T1",)


async def test_a_zero_report_after_a_hazard_is_suspected_when_the_report_comes(chain: World) -> None:
    await chain.hazard("h1", "V11", at("00:00"), at("13:00"))
    await chain.report("V11", at("13:05"), zero=True)
    assert await suspected(chain) == [("V11", at("13:05"))]


async def test_it_stays_after_a_correction_and_is_not_suspected_twice(chain: World) -> None:
    await chain.report("V11", at("13:05"), zero=True)
    await chain.hazard("h1", "V11", at("12:50"), at("13:20"))
    await chain.correct("V11", at("13:30"))
    await chain.correct("V11", at("13:40"), zero=True)
    await chain.hazard("h2", "V11", at("12:50"), at("13:50"))
    assert await suspected(chain) == [("V11", at("13:20"))]
    assert len(await chain.events("ContradictionSuspected")) == 1


async def test_a_hazard_of_another_day_or_told_after_the_correction_contradicts_nothing(chain: World) -> None:
    await chain.report("V11", at("13:05"), zero=True)
    await chain.hazard("h1", "V11", at("23:59:59.999999", DAY - timedelta(days=1)), at("13:20"))
    await chain.correct("V11", at("13:30"))
    await chain.hazard("h2", "V11", at("12:50"), at("13:40"))
    assert await suspected(chain) == []


async def test_a_hazard_heard_of_late_is_compared_with_the_version_of_its_time(chain: World) -> None:
    await chain.report("V11", at("13:05"), zero=True)
    await chain.correct("V11", at("13:30"))
    await chain.hazard("h1", "V11", at("12:50"), at("13:20"), now=at("14:00"))
    assert await suspected(chain) == [("V11", at("13:20"))]


async def test_a_hazard_told_after_the_unit_retired_is_held_against_what_it_reported(chain: World) -> None:
    await chain.report("V11", at("13:05"), zero=True)
    await chain.retire("V11", at("13:10"))
    await chain.hazard("h1", "V11", at("12:50"), at("13:20"))
    assert await suspected(chain) == [("V11", at("13:20"))]


async def test_a_hazard_against_zero_reports_of_two_obligations_is_told_once_to_the_recipients_of_both(chain: World) -> None:
    second = village_daily(id="second", rolls_up_into=None, recipients=("C",))
    await chain.amend(at("12:00"), village_daily(rolls_up_into=None), second)
    await chain.report("V11", at("13:05"), zero=True)
    await chain.report("V11", at("13:10"), zero=True, obligation="second")
    await chain.hazard("h1", "V11", at("12:50"), at("13:20"))
    assert await suspected(chain) == [("V11", at("13:20"))]
    (event,) = await chain.events("ContradictionSuspected")
    assert event.recipients == ("C", "T1")


async def test_of_several_moments_the_first_is_told_and_an_earlier_one_heard_of_later_is_kept(chain: World) -> None:
    second = village_daily(id="second", rolls_up_into=None)
    await chain.amend(at("12:00"), village_daily(rolls_up_into=None), second)
    await chain.report("V11", at("13:30"), zero=True)
    await chain.report("V11", at("13:05"), zero=True, obligation="second")
    later, first = chain.told("h2", "V11", at("12:50"), at("13:50")), chain.told("h1", "V11", at("12:50"), at("13:10"))
    await chain.deliver([later], at("14:00"))
    await chain.deliver([first], at("14:01"))
    assert await suspected(chain) == [("V11", at("13:10"))]
    (event,) = await chain.events("ContradictionSuspected")
    assert event.occurred_at == at("13:50")


async def test_of_two_reports_the_one_that_stood_against_the_hazard_first_is_named(chain: World) -> None:
    await chain.amend(at("12:00"), village_daily(rolls_up_into=None), village_daily(id="second", rolls_up_into=None))
    await chain.report("V11", at("13:30"), zero=True)
    await chain.report("V11", at("13:05"), zero=True, obligation="second")
    await chain.hazard("h1", "V11", at("12:50"), at("13:00"), now=at("14:00"))
    assert await suspected(chain) == [("V11", at("13:05"))]


async def test_hazards_at_the_ends_of_the_calendar_are_kept_and_contradict_nothing(chain: World) -> None:
    await chain.report("V11", at("13:05"), zero=True)
    ends = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), at("12:00", DAY - timedelta(days=1))]
    await chain.deliver([chain.told(f"h{n}", "V11", end, at("13:20")) for n, end in enumerate(ends)], at("13:20"))
    assert await suspected(chain) == []
    assert await chain.pool.fetchval("SELECT count(*) FROM hazard") == 3
