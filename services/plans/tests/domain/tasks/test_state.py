"""Milestones of a task: when they pass, what completing, confirming and amending does to them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plans.domain.content import TaskDeadline
from plans.domain.tasks.due import due_at, first_owed, next_occurrence
from plans.domain.tasks.state import (
    WHOLE,
    TaskState,
    begun,
    completed,
    confirmed,
    fallen_due,
    picked,
    rederived,
    returned,
    suspended,
)

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
JUNE = TaskDeadline.model_validate({"id": "d", "date": "2026-06-30", "strength": "strive", "text": "6月底前"})
JUNE_PASSES = datetime(2026, 6, 30, 16, tzinfo=UTC)
YEARLY = TaskDeadline.model_validate({"id": "y", "date": "2025-12-25", "yearly": True, "until": "2027-12-25"})
MOMENT = timedelta(microseconds=1)


def fell(state: TaskState, now: datetime, *deadlines: TaskDeadline) -> tuple[TaskState, list[tuple[str, date | None]]]:
    after, passed = fallen_due(state, {each.id: each for each in deadlines}, ZONE, now)
    return after, [(each.deadline, each.date) for each in passed]


def done(state: TaskState, at: datetime, *names: str) -> TaskState:
    return completed(state, picked(state, names, "open"), "lead", at)


@pytest.mark.parametrize(
    ("at", "instant"),
    [(None, datetime(2026, 6, 30, 16, tzinfo=UTC)), ("17:30", datetime(2026, 6, 30, 9, 30, tzinfo=UTC))],
)
def test_the_named_day_counts_until_its_end_or_the_time_named(at: str | None, instant: datetime) -> None:
    deadline = TaskDeadline.model_validate({"id": "d", "date": "2026-06-30", "at": at})

    assert deadline.date is not None
    assert due_at(deadline.date, deadline.at, ZONE) == instant


def test_a_deadline_passes_at_its_instant_and_once() -> None:
    state = begun([JUNE], ZONE, START)

    assert state.fires_at == JUNE_PASSES
    assert fell(state, JUNE_PASSES - MOMENT, JUNE)[1] == []
    state, passed = fell(state, JUNE_PASSES, JUNE)
    assert passed == [("d", date(2026, 6, 30))]
    assert (state.fires_at, state.milestones[0].overdue_since) == (None, JUNE_PASSES)
    assert fell(state, JUNE_PASSES + timedelta(days=9), JUNE)[1] == []


def test_what_had_passed_before_the_plan_was_in_force_is_not_owed() -> None:
    state = begun([JUNE], ZONE, JUNE_PASSES)

    assert state.fires_at is None
    assert not state.milestones[0].overdue(JUNE_PASSES + timedelta(days=99))


def test_a_task_that_names_no_day_has_one_milestone_that_never_passes() -> None:
    assert [each.deadline for each in begun([], ZONE, START).milestones] == [WHOLE]
    undated = begun([TaskDeadline(id="d", text="近期")], ZONE, START)
    assert ([each.deadline for each in undated.milestones], undated.fires_at) == (["d"], None)


def test_a_completion_in_time_keeps_the_deadline_from_passing() -> None:
    state = done(begun([JUNE], ZONE, START), START)

    assert state.fires_at is None
    assert fell(state, JUNE_PASSES + timedelta(days=1), JUNE)[1] == []


def test_a_completion_that_is_returned_after_the_deadline_is_overdue_since_then() -> None:
    state = done(begun([JUNE], ZONE, START), START)

    again = returned(state, picked(state, (), "completed"))

    assert again.fires_at == JUNE_PASSES
    assert fell(again, JUNE_PASSES + timedelta(days=5), JUNE)[0].milestones[0].overdue_since == JUNE_PASSES


def test_a_late_completion_stays_late_when_it_is_confirmed() -> None:
    state, _ = fell(begun([JUNE], ZONE, START), JUNE_PASSES, JUNE)
    late = done(state, JUNE_PASSES + timedelta(days=1))

    final = confirmed(late, picked(late, (), "completed"), {"d": JUNE}, ZONE, JUNE_PASSES + timedelta(days=2))

    assert final.finished
    assert final.milestones[0].overdue_since == JUNE_PASSES


def test_a_yearly_deadline_comes_again_until_its_last_year() -> None:
    state = begun([YEARLY], ZONE, START)
    assert [each.date for each in state.milestones] == [date(2026, 12, 25)]

    state, passed = fell(state, datetime(2028, 6, 1, tzinfo=UTC), YEARLY)

    assert passed == [("y", date(2026, 12, 25)), ("y", date(2027, 12, 25))]
    assert state.fires_at is None
    assert picked(state, ("y",), "open")[0].date == date(2026, 12, 25)


def test_a_confirmed_year_opens_the_next_and_the_last_one_finishes_the_task() -> None:
    state = begun([YEARLY], ZONE, START)
    for year in (2026, 2027):
        assert [each.date for each in picked(state, (), "open")] == [date(year, 12, 25)]
        state = done(state, START)
        state = confirmed(state, picked(state, (), "completed"), {"y": YEARLY}, ZONE, START)
    assert state.finished


def test_29_february_is_the_28th_in_other_years_and_itself_again() -> None:
    leap = TaskDeadline.model_validate({"id": "l", "date": "2024-02-29", "yearly": True})

    assert next_occurrence(leap, date(2024, 2, 29)) == date(2025, 2, 28)
    assert next_occurrence(leap, date(2027, 2, 28)) == date(2028, 2, 29)
    assert first_owed(leap, START, ZONE) == date(2027, 2, 28)


def test_an_amendment_moves_open_deadlines_and_clears_what_is_late_no_longer() -> None:
    late, _ = fell(begun([JUNE], ZONE, START), JUNE_PASSES, JUNE)
    september = JUNE.model_copy(update={"date": date(2026, 9, 30)})

    moved = rederived(late, [september], ZONE, JUNE_PASSES + timedelta(days=1))

    [milestone] = moved.milestones
    assert (milestone.date, milestone.overdue_since) == (date(2026, 9, 30), None)
    assert moved.fires_at == datetime(2026, 9, 30, 16, tzinfo=UTC)


def test_an_amendment_that_leaves_a_deadline_alone_changes_nothing() -> None:
    late, _ = fell(begun([JUNE, YEARLY], ZONE, START), JUNE_PASSES, JUNE, YEARLY)

    assert rederived(late, [JUNE, YEARLY], ZONE, JUNE_PASSES + timedelta(days=1)) == late


def test_an_amendment_keeps_what_is_confirmed_and_drops_what_it_no_longer_names() -> None:
    other = TaskDeadline.model_validate({"id": "e", "date": "2026-08-31"})
    state = done(begun([JUNE, other], ZONE, START), START, "d")
    state = confirmed(state, picked(state, ("d",), "completed"), {"d": JUNE, "e": other}, ZONE, START)

    tightened = rederived(state, [JUNE.model_copy(update={"date": date(2026, 5, 31)})], ZONE, START)

    assert [(each.deadline, each.date, each.state) for each in tightened.milestones] == [("d", date(2026, 6, 30), "confirmed")]
    assert tightened.finished


def test_a_completion_that_waits_survives_a_moved_deadline() -> None:
    state = done(begun([JUNE], ZONE, START), START)

    moved = rederived(state, [JUNE.model_copy(update={"date": date(2026, 7, 31)})], ZONE, START)

    assert (moved.milestones[0].state, moved.milestones[0].completed_by) == ("completed", "lead")
    assert moved.milestones[0].date == date(2026, 7, 31)


def test_a_yearly_deadline_that_moves_follows_from_the_next_year_owed() -> None:
    state = begun([YEARLY], ZONE, START)
    november = YEARLY.model_copy(update={"date": date(2025, 11, 30)})

    assert [each.date for each in rederived(state, [november], ZONE, START).milestones] == [date(2026, 11, 30)]


def test_a_task_that_was_left_out_owes_nothing_of_the_time_between() -> None:
    assert suspended(begun([JUNE], ZONE, START)).milestones == ()
    back = rederived(suspended(begun([JUNE], ZONE, START)), [JUNE], ZONE, JUNE_PASSES + timedelta(days=1))
    assert (back.fires_at, back.milestones[0].overdue_since) == (None, None)
