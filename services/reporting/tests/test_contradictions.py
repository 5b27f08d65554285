"""Zero reports against hazards, in every order of arrival."""

from datetime import timedelta

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
