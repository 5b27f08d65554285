"""Where the clock goes next, what the faults of an instant amount to, and when a system counts as quiet."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contracts.topics import TOPICS
from rehearsal.faults import needs, running_services, upheaval
from rehearsal.quiet import Look, Offsets, Reading
from rehearsal.scenario import Process, Scenario
from rehearsal.steps import next_instant
from rehearsal.system import Outside

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Make = Callable[..., Scenario]


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("scripted", "due", "expected"),
    [
        ([at(-1), NOON, at(5)], at(3), at(3)),
        ([at(5)], at(9), at(5)),
        ([at(5)], None, at(5)),
        ([NOON], at(-1), at(10)),
        ([at(11)], at(12), at(10)),
        ([], None, at(10)),
    ],
)
def test_the_clock_goes_to_the_next_scripted_or_due_instant_and_ends_at_the_end(
    scripted: list[datetime], due: datetime | None, expected: datetime
) -> None:
    assert next_instant(NOON, scripted, due, at(10)) == expected


@pytest.mark.parametrize(
    ("down", "lines", "killed", "started"),
    [
        (set(), ["restart notify"], ["notify"], ["notify"]),
        (set(), ["kill notify", "start notify"], ["notify"], ["notify"]),
        ({"notify"}, ["start notify", "kill notify"], [], []),
        ({"notify"}, ["start notify"], [], ["notify"]),
        (set(), ["kill notify"], ["notify"], []),
        ({"notify", "postgres"}, ["start notify", "start postgres", "restart kafka"], ["kafka"], ["postgres", "kafka", "notify"]),
    ],
)
def test_faults_of_one_instant_amount_to_how_each_process_stands_at_the_end(
    scenario_of: Make, down: set[Process], lines: list[str], killed: list[str], started: list[str]
) -> None:
    template = scenario_of('faults: [{at: "13:00", do: restart, process: kafka}]').faults[0]
    faults = [template.model_copy(update=dict(zip(["do", "process"], line.split(), strict=True))) for line in lines]
    change = upheaval(faults, frozenset(down))
    assert (change.kill, change.start) == (killed, started)


def test_a_command_needs_its_service_and_the_database_but_not_kafka(scenario_of: Make) -> None:
    scenario = scenario_of("""
actions:
  - {at: "13:10", unit: "330101", do: report, obligation: village-daily, zero: true}
  - {at: "13:10", unit: "33", do: retire_unit, code: "330102"}
  - {at: "13:10", unit: "330101", do: report_hazard, ref: h1, category: 用火, title: 柴草, occurred_at: "12:50"}
""")
    assert [needs(action) for action in scenario.actions] == [
        {"reporting", "postgres"},
        {"plans", "postgres"},
        {"hazards", "postgres"},
    ]
    assert running_services(frozenset({"postgres"})) == ()
    assert running_services(frozenset({"kafka", "notify"})) == ("plans", "hazards", "reporting")


ENDS: Offsets = {name: {0: 3, 1: 0} for name in TOPICS}
QUIET = Reading(
    service="reporting",
    boot="b",
    work=7,
    outbox_pending=0,
    in_flight=0,
    next_due=at(1),
    positions={name: {0: 3} for name in TOPICS},
    dead_lettered=0,
    halted=(),
)
IDLE = Outside(0, None)


def test_a_service_is_quiet_when_everything_is_published_consumed_and_done() -> None:
    assert Look((QUIET,), ENDS, IDLE).moving(NOON) == []
    assert Look((replace(QUIET, next_due=None),), ENDS, Outside(0, at(1))).moving(NOON) == []


@pytest.mark.parametrize(
    ("look", "word"),
    [
        (Look((replace(QUIET, outbox_pending=1),), ENDS, IDLE), "outbox"),
        (Look((replace(QUIET, in_flight=1),), ENDS, IDLE), "in flight"),
        (Look((replace(QUIET, next_due=NOON),), ENDS, IDLE), "due since"),
        (Look((replace(QUIET, halted=("reporting",)),), ENDS, IDLE), "halted"),
        (Look((replace(QUIET, positions=QUIET.positions | {"plans.unit.v1": {0: 2}}),), ENDS, IDLE), "behind on plans.unit.v1"),
        (Look((replace(QUIET, positions={}),), ENDS, IDLE), "behind"),
        (Look((QUIET,), ENDS, Outside(1, None)), "providers"),
        (Look((QUIET,), ENDS, Outside(0, NOON)), "providers"),
        (Look((QUIET,), ENDS, IDLE, ("notify: ConnectError",)), "ConnectError"),
    ],
)
def test_what_moves_is_named(look: Look, word: str) -> None:
    (found,) = [text for text in look.moving(NOON) if word in text][:1]
    assert word in found


def test_without_kafka_outboxes_and_positions_are_left_out() -> None:
    waiting = replace(QUIET, outbox_pending=5, positions={})
    assert Look((waiting,), None, IDLE).moving(NOON) == []


def test_a_new_process_or_more_work_between_two_looks_is_movement() -> None:
    look = Look((QUIET,), ENDS, IDLE)
    assert look.same_work(Look((replace(QUIET, next_due=None),), ENDS, IDLE))
    assert not look.same_work(Look((replace(QUIET, work=8),), ENDS, IDLE))
    assert not look.same_work(Look((replace(QUIET, boot="c"),), ENDS, IDLE))
    assert not look.same_work(Look((), ENDS, IDLE))


def test_the_next_due_instant_is_the_earliest_of_services_and_providers() -> None:
    assert Look((QUIET, replace(QUIET, next_due=at(0.5))), ENDS, Outside(0, at(2))).next_due() == at(0.5)
    assert Look((replace(QUIET, next_due=None),), ENDS, Outside(0, at(2))).next_due() == at(2)
    assert Look((), None, IDLE).next_due() is None
