"""Whatever happens to a task in whatever order: deadlines pass once, confirmed work stays, nothing waits in the past."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from plans.domain.content import TaskDeadline
from plans.domain.tasks.comparison import standing
from plans.domain.tasks.light import light
from plans.domain.tasks.state import (
    Milestone,
    TaskState,
    begun,
    completed,
    confirmed,
    fallen_due,
    picked,
    rederived,
    returned,
)

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SOON = timedelta(days=7)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
plain = st.builds(lambda day: {"date": day}, st.none() | days)
yearly = st.builds(
    lambda day, years: {"date": day, "yearly": True, "until": day.replace(day=28, year=day.year + years)}, days, st.integers(1, 2)
)
texts = st.dictionaries(st.sampled_from("abc"), plain | yearly, max_size=3).map(
    lambda said: tuple(TaskDeadline.model_validate({"id": name, **each}) for name, each in sorted(said.items()))
)


class Histories(RuleBasedStateMachine):
    """A task, the instant, and what passed: (deadline, instant) with how often."""

    state: TaskState
    deadlines: tuple[TaskDeadline, ...]

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.passed: list[Milestone] = []

    @property
    def by_id(self) -> dict[str, TaskDeadline]:
        return {each.id: each for each in self.deadlines}

    @initialize(deadlines=texts)
    def issue(self, deadlines: tuple[TaskDeadline, ...]) -> None:
        self.deadlines = deadlines
        self.state = begun(deadlines, ZONE, START)

    def settle(self) -> None:
        """Whoever touches the task lets pass what has fallen due."""
        self.state, passed = fallen_due(self.state, self.by_id, ZONE, self.now)
        self.passed += passed

    @rule(hours=st.integers(1, 24 * 300))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.settle()

    @rule(hours=st.integers(0, 24 * 300), deadlines=texts)
    def amend(self, hours: int, deadlines: tuple[TaskDeadline, ...]) -> None:
        self.now += timedelta(hours=hours)
        self.settle()
        kept = [each for each in self.state.milestones if each.state == "confirmed"]
        self.deadlines = deadlines
        self.state = rederived(self.state, deadlines, ZONE, self.now)
        assert [each for each in self.state.milestones if each.state == "confirmed"] == kept

    @rule()
    def amend_nothing(self) -> None:
        assert rederived(self.state, self.deadlines, ZONE, self.now) == self.state

    @precondition(lambda self: picked(self.state, (), "open"))
    @rule(data=st.data())
    def complete(self, data: Any) -> None:
        one = data.draw(st.sampled_from(picked(self.state, (), "open")))
        self.state = completed(self.state, [one], "lead", self.now)

    @precondition(lambda self: picked(self.state, (), "completed"))
    @rule(accept=st.booleans())
    def judge(self, accept: bool) -> None:
        chosen = picked(self.state, (), "completed")
        if accept:
            self.state = confirmed(self.state, chosen, self.by_id, ZONE, self.now)
        else:
            self.state = returned(self.state, chosen)
        self.settle()

    @invariant()
    def nothing_waits_in_the_past(self) -> None:
        assert self.state.fires_at is None or self.state.fires_at > self.now

    @invariant()
    def a_deadline_passes_once_while_it_is_in_force(self) -> None:
        told = [(each.deadline, each.due_at, each.set_at) for each in self.passed]
        assert len(set(told)) == len(told)
        assert all(each.due_at is not None and START < each.due_at <= self.now for each in self.passed)

    @invariant()
    def what_is_overdue_was_told(self) -> None:
        told = {(each.deadline, each.due_at) for each in self.passed}
        assert {(each.deadline, each.overdue_since) for each in self.state.milestones if each.overdue_since} <= told

    @invariant()
    def the_state_is_stored_and_read_alike_and_has_a_light(self) -> None:
        assert self.state.milestones
        assert TaskState.model_validate_json(self.state.model_dump_json(exclude_defaults=True)) == self.state
        assert (light(self.state, self.now, SOON).colour == "red") is (standing(self.state, self.now) == "overdue")


Histories.TestCase.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
TestHistories = Histories.TestCase
