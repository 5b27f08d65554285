"""The light follows from facts and the instant."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from plans.domain.content import TaskDeadline
from plans.domain.tasks.comparison import compared, point, standing
from plans.domain.tasks.light import light
from plans.domain.tasks.state import Lag, Listing, Reading, TaskState, begun, completed, confirmed, picked

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SOON = timedelta(days=7)
DEADLINE = TaskDeadline.model_validate({"id": "d", "date": "2026-06-30"})
PASSES = datetime(2026, 6, 30, 16, tzinfo=UTC)
TASK = begun([DEADLINE], ZONE, START)
DONE = completed(TASK, TASK.milestones, "lead", START)


def seen(state: TaskState, now: datetime) -> tuple[str, tuple[str, ...]]:
    found = light(state, now, SOON)
    return found.colour, found.reasons


def reading(percent: int | None = None, **values: int) -> Reading:
    return Reading(at=START, unit="T1", percent=percent, values={name: Decimal(value) for name, value in values.items()})


def test_a_deadline_turns_the_light_yellow_and_then_red_at_its_instant() -> None:
    moment = timedelta(microseconds=1)

    assert seen(TASK, PASSES - SOON - moment) == ("green", ())
    assert seen(TASK, PASSES - SOON) == ("yellow", ("due_soon",))
    assert seen(TASK, PASSES - moment) == ("yellow", ("due_soon",))
    assert seen(TASK, PASSES) == ("red", ("overdue",))


def test_a_completion_waits_in_green_until_the_deadline_and_in_yellow_after_it() -> None:
    assert seen(DONE, PASSES - timedelta(days=1)) == ("green", ())
    assert seen(DONE, PASSES) == ("yellow", ("unconfirmed",))
    final = confirmed(DONE, picked(DONE, (), "completed"), {}, ZONE, PASSES)
    assert seen(final, PASSES + SOON) == ("green", ())


def test_a_lag_and_less_verified_than_claimed_are_yellow() -> None:
    lag = TASK.model_copy(update={"lag": Lag(at=START, reason="缺少资金")})
    assert seen(lag, START) == ("yellow", ("lagging",))
    less = TASK.model_copy(update={"claimed": reading(60, i1=4), "verified": reading(60, i1=3)})
    assert seen(less, START) == ("yellow", ("verified_less",))
    more = TASK.model_copy(update={"claimed": reading(60, i1=4), "verified": reading(70, i1=4)})
    assert seen(more, START) == ("green", ())


def test_a_listed_task_stays_red_until_it_is_delisted() -> None:
    listing = Listing(at=START, unit="C", reason="逾期")

    assert seen(DONE.model_copy(update={"listing": listing}), START) == ("red", ("listed",))


def test_standing_is_the_worst_that_is_not_confirmed() -> None:
    assert [standing(TASK, START), standing(TASK, PASSES), standing(DONE, PASSES)] == ["open", "overdue", "completed"]


def test_two_instants_are_compared_by_verified_numbers_before_claimed_ones() -> None:
    before = point(TASK.model_copy(update={"claimed": reading(20, i1=4)}), START, SOON)
    after = point(TASK.model_copy(update={"claimed": reading(80, i1=9, i2=1), "verified": reading(50, i1=7)}), PASSES, SOON)

    kept, new, gone = compared({"a": before, "b": before}, {"a": after, "c": after})

    assert (kept.task, kept.percent_gained, kept.gained) == ("a", 30, {"i1": 3})
    assert (after.colour, after.standing, after.values) == ("red", "overdue", {"i1": 7, "i2": 1})
    assert (gone.task, gone.after, gone.percent_gained) == ("b", None, None)
    assert (new.task, new.before, new.gained) == ("c", None, {})
