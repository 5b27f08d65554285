"""Every process comes up when it can, and is up when the result is read."""

from collections.abc import Callable

import pytest

from rehearsal.scenario import ProcessFault, Scenario

Make = Callable[..., Scenario]


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        (["13:10 restart notify"], ["13:10 kill notify", "13:10 start notify"]),
        (["13:10 kill notify", "13:20 start notify"], ["13:10 kill notify", "13:20 start notify"]),
        (["13:10 kill notify", "13:20 restart notify"], ["13:10 kill notify", "13:20 start notify"]),
        (["13:10 kill plans"], ["13:10 kill plans", "15:30 start plans"]),
        (
            ["13:10 kill kafka", "13:15 restart notify", "13:20 start kafka"],
            ["13:10 kill kafka", "13:15 kill notify", "13:20 start kafka", "13:20 start notify"],
        ),
        (
            ["13:10 kill kafka", "13:11 kill postgres", "13:15 restart notify", "13:20 start kafka", "13:30 start postgres"],
            [
                *("13:10 kill kafka", "13:11 kill postgres", "13:15 kill notify", "13:20 start kafka"),
                *("13:30 start postgres", "13:30 start notify"),
            ],
        ),
        (
            ["13:10 kill kafka", "13:15 restart notify", "13:17 kill notify", "13:20 start kafka"],
            ["13:10 kill kafka", "13:15 kill notify", "13:20 start kafka", "15:30 start notify"],
        ),
        (
            ["13:10 restart kafka", "13:10 restart notify"],
            ["13:10 kill kafka", "13:10 start kafka", "13:10 kill notify", "13:10 start notify"],
        ),
    ],
)
def test_process_faults_are_completed(scenario_of: Make, faults: list[str], expected: list[str]) -> None:
    rows = [fault.split() for fault in faults]
    text = "".join(f'  - {{at: "{at}", do: {do}, process: {process}}}\n' for at, do, process in rows)
    scenario = scenario_of("faults:\n" + text)
    found = [fault for fault in scenario.faults if isinstance(fault, ProcessFault)]
    assert [f"{fault.at.astimezone(scenario.zone):%H:%M} {fault.do} {fault.process}" for fault in found] == expected
