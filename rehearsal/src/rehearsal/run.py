"""One run of a scenario on a running system, from set-up to result."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rehearsal.driver import Driver
from rehearsal.observer import Listener, Observer
from rehearsal.quiet import Ends, QuietWait
from rehearsal.result import Reader, complete
from rehearsal.scenario import Scenario
from rehearsal.settings import RehearsalSettings
from rehearsal.system import Services, System
from rehearsal.watching import Nobody, Watcher


async def rehearse(
    scenario: Scenario,
    system: System,
    read_clock: Callable[[], datetime],
    *,
    settings: RehearsalSettings,
    watcher: Watcher | None = None,
    listener: Listener | None = None,
) -> dict[str, Any]:
    """Run a scenario and return its result.

    Raises:
        RunError: the run could not be completed.
    """
    async with (
        Services(system.urls, system.token, settings) as services,
        Observer(system.kafka_servers, listener) as observer,
        Ends(system.kafka_servers, observer.places) as ends,
    ):
        quiet = QuietWait(services, ends, system, settings)
        driver = Driver(
            scenario,
            system=system,
            services=services,
            quiet=quiet,
            settings=settings,
            watcher=watcher or Nobody(),
            read_clock=read_clock,
        )
        await driver.set_up()
        await driver.run()
        look = await quiet.wait(scenario.end, frozenset())
        await observer.caught_up(ends)
        result = await Reader(scenario, services, settings).read(driver.accepted, driver.refused, observer.ids, look)
        return complete(result, sum(quiet.dead_lettered.values()), await system.provider_calls())
