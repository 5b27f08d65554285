"""A measure under arbitrary acts and instants: lawful states only, each deadline told once, versions without a gap."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts import Actor
from contracts.events.accountability import MeasureReplyOverdue, MeasureUnacknowledged
from hazards.domain.accountability import measures
from hazards.domain.accountability.measures import FROM, Measure, MeasureStep, Terms
from hazards.domain.refusals import RefusedError
from hazards.domain.steps import Moment

START = datetime(2026, 3, 2, tzinfo=UTC)
ACTIONS = st.sampled_from(sorted(FROM))
HOURS = st.integers(0, 72)


def proposal() -> Measure:
    return Measure(
        measure_id=UUID(int=1),
        version=1,
        measure="discipline",
        rule="r",
        rule_version=1,
        body_unit="c",
        unit="v",
        trigger="task_overdue",
        about="task",
        subject="p:t",
        title="x",
        triggered_at=START,
        proposed_at=START,
    )


def act(measure: Measure, action: str, at: datetime, terms: Terms) -> MeasureStep:
    moment = Moment(at, Actor(subject="s", unit="c"), "c", at)
    match action:
        case "issue":
            return measures.issue(measure, moment, terms)
        case "acknowledge":
            return measures.acknowledge(measure, moment)
        case "reply":
            return measures.reply(measure, moment, "x")
        case "close":
            return measures.close(measure, moment, None)
        case _:
            return measures.withdraw(measure, moment, "x")


@given(st.lists(st.tuples(HOURS, st.none() | ACTIONS), max_size=12), HOURS, HOURS)
def test_any_course_is_lawful_and_tells_each_deadline_at_most_once(course, acknowledge_in: int, reply_in: int) -> None:
    measure, now, told = proposal(), START, []
    for hours, action in course:
        now += timedelta(hours=hours)
        passed = measures.passed(measure, now)
        told += passed
        measure = passed[-1].after if passed else measure
        assert measures.passed(measure, now) == []
        if action is None:
            continue
        terms = Terms(None, now + timedelta(hours=acknowledge_in), now + timedelta(hours=acknowledge_in + reply_in))
        before = measure
        try:
            step = act(measure, action, now, terms)
        except RefusedError:
            refused = before.state not in FROM[action] or action == "close" or (action == "issue" and acknowledge_in == 0)
            assert refused
            continue
        assert before.state in FROM[action]
        told.append(step)
        measure = step.after

    assert [step.after.version for step in told] == list(range(2, 2 + len(told)))
    for event in (MeasureUnacknowledged, MeasureReplyOverdue):
        assert sum(isinstance(step.event, event) for step in told) <= 1
    assert measure.unacknowledged is any(isinstance(step.event, MeasureUnacknowledged) for step in told)
    assert measure.state not in ("closed", "withdrawn") or measures.fires_at(measure) is None
