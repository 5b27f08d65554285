"""What is known of a task, whatever arrives first."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.campaigns import PlanTask, TaskDue
from contracts.events.plans import PlanIssued
from contracts.events.tasks import (
    IndicatorValue,
    TaskCompleted,
    TaskConfirmed,
    TaskDelisted,
    TaskEvent,
    TaskListed,
    TaskOverdue,
    TaskProgressed,
    TaskReturned,
    TaskVerified,
)
from reporting.domain.tasks import KnownTask, left_out, planned, told

JUNE, DECEMBER = datetime(2026, 6, 30, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def event(cls: type[TaskEvent], **more: Any) -> TaskEvent:
    common = {"occurred_at": NOW, "recorded_at": NOW, "task_id": "p:t1", "plan_id": "p", "task": "t1", "text": "排查燃气"}
    return cls.model_validate(common | {"issuer": "C", "leads": ["T1"]} | more)


def overdue(due_at: datetime = JUNE, deadline: str = "d1") -> TaskEvent:
    return event(TaskOverdue, deadline=deadline, due_at=due_at, occurred_at=due_at)


def plan(*deadlines: TaskDue) -> tuple[PlanIssued, PlanTask]:
    task = PlanTask(task_id="p:t1", id="t1", text="排查燃气隐患", leads=("T1", "T2"), supports=("V11",), deadlines=deadlines)
    issued = PlanIssued(
        occurred_at=NOW,
        recorded_at=NOW,
        plan_id="p",
        title="t",
        issuer="C",
        zone="Asia/Shanghai",
        revision=1,
        obligations=(),
        tasks=(task,),
    )
    return issued, task


def after(*events: TaskEvent, known: KnownTask | None = None) -> KnownTask:
    for sequence, each in enumerate(events, start=1 if known is None else known.sequence + 1):
        known = told(known, each, sequence)
    assert known is not None
    return known


def of(known: KnownTask | None, sequence: int, *deadlines: TaskDue) -> KnownTask:
    issued, task = plan(*deadlines)
    return planned(known, issued, task, 4, sequence)


D1, D2 = TaskDue(id="d1", due_at=JUNE), TaskDue(id="d2", due_at=DECEMBER)


def test_a_task_goes_from_open_to_completed_to_finished() -> None:
    known = of(None, 1, D1)
    assert (known.state, known.overdue_since) == ("open", None)
    known = after(event(TaskCompleted, unit="T1", deadlines=["d1"]), known=known)
    assert known.state == "completed"
    returned = after(event(TaskReturned, unit="C", deadlines=["d1"], reason="不实"), known=known)
    assert returned.state == "open"
    assert after(event(TaskConfirmed, unit="C", deadlines=["d1"], finished=True), known=known).state == "finished"


def test_a_passed_deadline_is_overdue_until_it_is_confirmed() -> None:
    known = after(overdue(), event(TaskCompleted, unit="T1", deadlines=["d1"]), known=of(None, 1, D1, D2))
    assert (known.state, known.overdue_since) == ("completed", JUNE)
    known = after(event(TaskConfirmed, unit="C", deadlines=["d1"], finished=False), known=known)
    assert (known.state, known.overdue_since) == ("open", None)


def test_of_a_yearly_deadline_the_earliest_year_is_confirmed() -> None:
    yearly = TaskDue(id="d1", due_at=DECEMBER, yearly=True)
    known = after(overdue(), overdue(JUNE.replace(year=2027)), known=of(None, 1, yearly))
    assert known.overdue_since == JUNE
    known = after(event(TaskConfirmed, unit="C", deadlines=["d1"], finished=False), known=known)
    assert known.overdue_since == JUNE.replace(year=2027)


def test_an_amendment_that_moves_the_day_takes_overdue_away_and_one_that_adds_a_day_opens_the_task_again() -> None:
    known = after(overdue(), known=of(None, 1, D1))
    assert of(known, 2, TaskDue(id="d1", due_at=DECEMBER)).overdue_since is None
    done = after(event(TaskConfirmed, unit="C", deadlines=["d1"], finished=True), known=known)
    assert of(done, 2, D1, D2).state == "open"


def test_claimed_and_verified_stand_side_by_side_and_the_newest_counts() -> None:
    value = IndicatorValue(indicator="i1", value="3.5")
    known = after(
        event(TaskProgressed, unit="T1", percent=40, values=[value], lag_reason="资金未到"),
        event(TaskVerified, unit="C", percent=25),
        event(TaskProgressed, unit="T1", percent=60),
        event(TaskListed, listing_unit="C", reason="滞后"),
    )
    assert known.claimed is not None
    assert known.verified is not None
    assert known.listing is not None
    assert (known.claimed.percent, str(known.claimed.values["i1"]), known.verified.percent) == (60, "3.5", 25)
    assert (known.lag, known.listing.unit) == (None, "C")
    assert after(event(TaskDelisted, listing_unit="C", reason="完成"), known=known).listing is None


def test_what_the_plan_names_no_more_is_out_of_force_and_may_come_back() -> None:
    known = left_out(of(None, 1, D1), 2)
    assert not known.in_force
    assert left_out(known, 1) == of(known, 1, D1) == known
    assert of(known, 3, D1).in_force


EVENTS = [
    overdue(),
    event(TaskProgressed, unit="T1", percent=40),
    event(TaskCompleted, unit="T1", deadlines=["d1"]),
    event(TaskReturned, unit="C", deadlines=["d1"], reason="不实"),
    event(TaskListed, listing_unit="C", reason="滞后"),
    event(TaskCompleted, unit="T1", deadlines=["d1"]),
    event(TaskConfirmed, unit="C", deadlines=["d1"], finished=False),
    event(TaskOverdue, deadline="d2", due_at=DECEMBER + timedelta(days=1)),
]


@given(st.lists(st.booleans(), min_size=len(EVENTS) + 2, max_size=len(EVENTS) + 2), st.data())
def test_plan_and_task_in_any_interleaving_and_told_again_come_to_the_same(plan_first: list[bool], data: st.DataObject) -> None:
    """Each topic keeps its own order; older events than the newest come again at any time."""
    expected = of(of(after(*EVENTS), 1, D1), 2, D1, D2)
    known: KnownTask | None = None
    revisions, events = [(D1,), (D1, D2)], list(enumerate(EVENTS, start=1))
    planned_so_far = told_so_far = 0
    while planned_so_far < len(revisions) or told_so_far < len(events):
        turn = plan_first.pop() if plan_first else told_so_far == len(events)
        if (turn or told_so_far == len(events)) and planned_so_far < len(revisions):
            planned_so_far += 1
            known = of(known, planned_so_far, *revisions[planned_so_far - 1])
        elif told_so_far < len(events):
            told_so_far += 1
            known = told(known, EVENTS[told_so_far - 1], told_so_far)
            again = data.draw(st.integers(1, told_so_far))
            assert told(known, EVENTS[again - 1], again) == known
    assert known == expected
    assert known is not None
    assert known.overdue_since is None  # d1 is confirmed, and d2 was moved
