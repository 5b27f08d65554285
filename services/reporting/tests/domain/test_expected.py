"""Verdicts, and what the deadlines of a report call for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.expected import Expected, agenda, contradiction_event_id, event_id, steps_of, verdict
from reporting.domain.periods import PeriodInstants

DAY = date(2026, 3, 2)
CUTOFF = datetime(2026, 3, 2, 6, tzinfo=UTC)
TICK = timedelta(microseconds=1)
minutes = st.integers(0, 600).map(lambda count: timedelta(minutes=count))
instants = minutes.map(lambda after: CUTOFF - timedelta(hours=5) + after)


def expected(remind: tuple[timedelta, ...] = (), escalate: tuple[timedelta, ...] = (), type_: str = "zero_report") -> Expected:
    return Expected(
        report_id=UUID(int=1),
        plan_id="p",
        obligation="o",
        type=type_,
        unit="V",
        parent="T",
        period=DAY,
        cutoff_at=CUTOFF,
        instants=PeriodInstants(
            period=DAY,
            first_day=DAY,
            last_day=DAY,
            label=None,
            explanation=None,
            opens_at=CUTOFF - timedelta(hours=14),
            cutoff_at=CUTOFF,
            closes_at=CUTOFF + timedelta(hours=34),
            reminders=tuple(sorted(CUTOFF - before for before in set(remind))),
            escalations=tuple(sorted(CUTOFF + after for after in set(escalate))),
        ),
        recipients=("T",),
        rollup_id=None,
        versions=0,
        received_at=None,
        exempt_at=None,
        withdrawn_at=None,
        handled_until=CUTOFF - timedelta(days=2),
        sequence=0,
    )


offsets = st.lists(minutes, max_size=4).map(tuple)
reports = st.builds(expected, offsets, offsets, st.sampled_from(["zero_report", "roll_up"]))


@pytest.mark.parametrize(
    ("received", "exempt", "now", "judged"),
    [
        (CUTOFF - TICK, False, CUTOFF, "on_time"),
        (CUTOFF, False, CUTOFF, "late"),
        (CUTOFF - TICK, True, CUTOFF, "on_time"),
        (CUTOFF, True, CUTOFF, "late"),
        (None, True, CUTOFF - TICK, "exempt"),
        (None, True, CUTOFF, "exempt"),
        (None, False, CUTOFF - TICK, "pending"),
        (None, False, CUTOFF, "missed"),
    ],
)
def test_a_report_is_judged_by_its_first_version_strictly_before_the_cutoff(
    received: datetime | None, exempt: bool, now: datetime, judged: str
) -> None:
    versions = int(received is not None)
    assert verdict(versions=versions, received_at=received, exempt=exempt, cutoff_at=CUTOFF, now=now) == judged


@given(
    facts=st.lists(st.tuples(st.none() | instants, st.booleans(), st.integers(1, 3)), max_size=30),
    now=instants,
    later=minutes,
)
def test_every_report_has_exactly_one_verdict_and_only_pending_ones_change_by_waiting(
    facts: list[tuple[datetime | None, bool, int]], now: datetime, later: timedelta
) -> None:
    def judge(at: datetime) -> list[str]:
        return [
            verdict(versions=number if received else 0, received_at=received, exempt=exempt, cutoff_at=CUTOFF, now=at)
            for received, exempt, number in facts
        ]

    counts = {name: judge(now).count(name) for name in ("pending", "on_time", "late", "missed", "exempt")}
    assert sum(counts.values()) == len(facts)
    assert not (counts["pending"] and counts["missed"])  # one cut-off: it has come for all or for none
    assert all(
        after == before or (before, after) == ("pending", "missed")
        for before, after in zip(judge(now), judge(now + later), strict=True)
    )


def test_a_village_is_reminded_then_missed_step_by_step() -> None:
    report = expected((timedelta(minutes=30),), (timedelta(0), timedelta(minutes=10)))
    found = [(step.at - CUTOFF, step.kind, step.number) for step in steps_of(report)]
    assert found == [
        (timedelta(minutes=-30), "reminder", 0),
        (timedelta(0), "missed", 1),
        (timedelta(minutes=10), "missed", 2),
    ]


def test_a_rollup_is_frozen_at_the_cutoff_before_it_is_missed() -> None:
    report = expected((), (timedelta(0),), "roll_up")
    assert [(step.kind, step.at) for step in steps_of(report)] == [("freeze", CUTOFF), ("missed", CUTOFF)]


def test_a_step_is_due_at_its_instant_and_not_before() -> None:
    report = expected((), (timedelta(0),))
    assert agenda(report, CUTOFF - TICK).due == ()
    assert agenda(report, CUTOFF - TICK).next_due == CUTOFF
    assert [step.number for step in agenda(report, CUTOFF).due] == [1]
    assert agenda(report, CUTOFF).next_due is None


@given(report=reports, now=instants)
def test_a_report_that_came_or_is_not_owed_has_no_deadlines(report: Expected, now: datetime) -> None:
    for changed in (replace(report, versions=1), replace(report, withdrawn_at=now)):
        assert agenda(changed, now).due == ()
        assert agenda(changed, now).next_due is None


@given(report=reports, now=instants)
def test_who_is_exempt_is_never_reminded_nor_missed_but_its_rollup_is_frozen(report: Expected, now: datetime) -> None:
    plan = agenda(replace(report, exempt_at=CUTOFF - timedelta(hours=6)), now)
    frozen = report.is_rollup and now >= CUTOFF
    assert [step.kind for step in plan.due] == (["freeze"] if frozen else [])
    assert plan.next_due == (CUTOFF if report.is_rollup and not frozen else None)


@given(report=reports, looks=st.lists(instants, max_size=8).map(sorted))
def test_no_step_is_lost_or_repeated_however_often_somebody_looks(report: Expected, looks: list[datetime]) -> None:
    seen = []
    for now in [*looks, CUTOFF + timedelta(days=1)]:
        plan = agenda(report, now)
        assert all(step.at <= now for step in plan.due)
        assert plan.next_due is None or plan.next_due > now
        seen += plan.due
        report = replace(report, handled_until=now)
    assert seen == steps_of(report)


@given(report=reports, now=instants)
def test_the_next_look_is_due_exactly_when_something_is(report: Expected, now: datetime) -> None:
    upcoming = agenda(report, now).next_due
    later = replace(report, handled_until=now)
    if upcoming is None:
        assert agenda(later, CUTOFF + timedelta(days=1)).due == ()
    else:
        assert agenda(later, upcoming - TICK).due == ()
        assert agenda(later, upcoming).due[0].at == upcoming


@given(report=reports)
def test_every_step_has_an_event_id_of_its_own_that_never_changes(report: Expected) -> None:
    steps = steps_of(report)
    ids = [event_id(report.report_id, step) for step in steps]
    assert len(set(ids)) == len(steps)
    assert ids == [event_id(report.report_id, step) for step in steps_of(report)]
    assert not set(ids) & {event_id(UUID(int=2), step) for step in steps}


def test_a_contradiction_is_named_by_unit_and_period() -> None:
    names = {contradiction_event_id(unit, day) for unit in ("V1", "V2") for day in (DAY, DAY + timedelta(days=1))}
    assert len(names) == 4
    assert contradiction_event_id("V1", DAY) in names
