"""A task in force: its milestones, what was claimed and verified, and whether it is listed.

A milestone is one deadline, of a yearly one the deadline of one year. It is open, then completed by a lead, then confirmed by the
issuer. A task without any day has one milestone without a deadline.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from contracts.values import Instant, Name, Quantity, Text, UnitCode
from plans.domain.content import ItemId, Strength, TaskDeadline, Value
from plans.domain.content.values import Day
from plans.domain.tasks.due import due_at, first_owed, next_occurrence

WHOLE: Final = "whole"
"""The milestone of a task that names no deadline."""

MilestoneState = Literal["open", "completed", "confirmed"]


class Milestone(Value):
    """What is to be done by one day."""

    deadline: ItemId
    date: Day | None = None
    due_at: Instant | None = None
    """The first instant that is too late."""
    set_at: Instant
    """When the plan put it in force. What had passed by then is not owed backwards."""
    strength: Strength = "plain"
    text: Text | None = None
    state: MilestoneState = "open"
    completed_at: Instant | None = None
    completed_by: Name | None = None
    """The token's subject: somebody else confirms."""
    confirmed_at: Instant | None = None
    overdue_since: Instant | None = None
    """The deadline, once it has passed without a completion. It stays when the task is completed late."""

    @property
    def waits(self) -> bool:
        """Whether its deadline still has to fire."""
        owed = self.due_at is not None and self.due_at > self.set_at
        return owed and self.state == "open" and self.overdue_since is None

    def overdue(self, now: datetime) -> bool:
        """Whether the deadline has passed without a completion in time, also before the sweep noticed it."""
        return self.overdue_since is not None or (self.waits and self.due_at is not None and self.due_at <= now)


class Reading(Value):
    """How far a task is, as somebody says."""

    at: Instant
    unit: UnitCode
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    values: Mapping[ItemId, Quantity] = {}


class Lag(Value):
    """Why a task is behind, and by when its unit expects to be done."""

    at: Instant
    reason: Text
    expected_on: Day | None = None


class Listing(Value):
    """Supervision by name (挂牌督办)."""

    at: Instant
    unit: UnitCode
    reason: Text


class TaskState(Value):
    """Everything about a task that changes while the plan is in force."""

    milestones: tuple[Milestone, ...]
    claimed: Reading | None = None
    verified: Reading | None = None
    lag: Lag | None = None
    listing: Listing | None = None

    @property
    def finished(self) -> bool:
        """Whether everything is confirmed."""
        return all(each.state == "confirmed" for each in self.milestones)

    @property
    def fires_at(self) -> datetime | None:
        """When its next deadline passes."""
        return min((each.due_at for each in self.milestones if each.waits and each.due_at is not None), default=None)


def begun(deadlines: Sequence[TaskDeadline], zone: ZoneInfo, at: datetime) -> TaskState:
    """The task as the plan puts it in force at `at`."""
    milestones = [first for each in deadlines if (first := _first(each, zone, at)) is not None]
    return TaskState(milestones=_ordered(milestones or [_whole(at)]))


def suspended(state: TaskState) -> TaskState:
    """What stays of a task that an amendment left out, should it come back: what was confirmed and what was told."""
    return state.model_copy(update={"milestones": tuple(each for each in state.milestones if each.state == "confirmed")})


def rederived(state: TaskState, deadlines: Sequence[TaskDeadline], zone: ZoneInfo, at: datetime) -> TaskState:
    """The task after an amendment: open deadlines follow the new text, what was confirmed stays, progress stays."""
    milestones = [each for each in state.milestones if each.state == "confirmed"]
    for deadline in deadlines:
        own = [each for each in state.milestones if each.deadline == deadline.id]
        done = [each for each in own if each.state == "confirmed"]
        if deadline.yearly or not done:
            milestones += _following(deadline, [each for each in own if each not in done], done, zone, at)
    if not milestones:
        milestones = [each for each in state.milestones if each.deadline == WHOLE] or [_whole(at)]
    return state.model_copy(update={"milestones": _ordered(milestones)})


def _ordered(milestones: Iterable[Milestone]) -> tuple[Milestone, ...]:
    """By deadline and day, so that the same milestones are the same state however they came about."""
    return tuple(sorted(milestones, key=lambda each: (each.deadline, each.date or date.max)))


def _following(
    deadline: TaskDeadline, open_: Sequence[Milestone], done: Sequence[Milestone], zone: ZoneInfo, at: datetime
) -> list[Milestone]:
    """What an amended deadline leaves of its open milestones, and what it adds."""
    said = {"strength": deadline.strength, "text": deadline.text}
    stay = [each.model_copy(update=said) for each in open_ if _holds(deadline, each, zone)]
    if any(each.overdue_since is None for each in stay):
        return stay
    # A year that is confirmed, or overdue and still open, does not begin anew.
    years = {each.date.year for each in (*done, *stay) if each.date is not None}
    fresh = None if stay and not deadline.yearly else _first(deadline, zone, at, years)
    if fresh is None:
        return stay
    if stay or not open_:
        return [*stay, fresh]
    first = open_[0]
    told = {"state": first.state, "completed_at": first.completed_at, "completed_by": first.completed_by}
    return [fresh.model_copy(update=told)]


def _holds(deadline: TaskDeadline, present: Milestone, zone: ZoneInfo) -> bool:
    """Whether the amended deadline still means this milestone."""
    if present.date is None or deadline.date is None:
        return present.date is deadline.date
    same_instant = present.due_at == due_at(present.date, deadline.at, zone)
    return same_instant and (present.date == deadline.date or (deadline.yearly and _falls_on(deadline, present.date)))


def _falls_on(deadline: TaskDeadline, day: date) -> bool:
    first = deadline.date
    if first is None or day < first or (deadline.until is not None and day > deadline.until):
        return False
    return next_occurrence(deadline, day.replace(year=day.year - 1, day=min(day.day, 28))) == day


def _first(deadline: TaskDeadline, zone: ZoneInfo, at: datetime, but: Collection[int] = ()) -> Milestone | None:
    """The first milestone that is owed after `at`, in none of the years `but`. None: a yearly deadline that comes no more."""
    day = first_owed(deadline, at, zone)
    while day is not None and day.year in but:
        day = next_occurrence(deadline, day)
    if day is None and deadline.date is not None:
        return None
    return Milestone(
        deadline=deadline.id,
        date=day,
        due_at=None if day is None else due_at(day, deadline.at, zone),
        set_at=at,
        strength=deadline.strength,
        text=deadline.text,
    )


def _whole(at: datetime) -> Milestone:
    return Milestone(deadline=WHOLE, set_at=at)


def fallen_due(
    state: TaskState, deadlines: Mapping[str, TaskDeadline], zone: ZoneInfo, now: datetime
) -> tuple[TaskState, list[Milestone]]:
    """Let every deadline up to `now` pass; return the task and what passed, in order. A yearly one comes again."""
    passed: list[Milestone] = []
    while (due := state.fires_at) is not None and due <= now:
        falling = next(each for each in state.milestones if each.waits and each.due_at == due)
        overdue = falling.model_copy(update={"overdue_since": due})
        passed.append(overdue)
        others = tuple(overdue if each is falling else each for each in state.milestones)
        state = state.model_copy(update={"milestones": others})
        state = _with_next(state, overdue, deadlines, zone)
    return state, passed


def _with_next(state: TaskState, done: Milestone, deadlines: Mapping[str, TaskDeadline], zone: ZoneInfo) -> TaskState:
    """Add the next year's milestone, unless it is there."""
    deadline = deadlines.get(done.deadline)
    following = None if deadline is None or done.date is None else next_occurrence(deadline, done.date)
    if deadline is None or following is None or done.due_at is None:
        return state
    if any(each.deadline == done.deadline and each.date is not None and each.date >= following for each in state.milestones):
        return state
    coming = Milestone(
        deadline=deadline.id,
        date=following,
        due_at=due_at(following, deadline.at, zone),
        set_at=done.due_at,
        strength=deadline.strength,
        text=deadline.text,
    )
    return state.model_copy(update={"milestones": _ordered((*state.milestones, coming))})


def _replaced(state: TaskState, change: Callable[[Milestone], Milestone]) -> TaskState:
    return state.model_copy(update={"milestones": tuple(change(each) for each in state.milestones)})


def picked(state: TaskState, wanted: Sequence[str], in_state: MilestoneState) -> list[Milestone]:
    """The milestones in a state that the named deadlines mean, of a yearly one the earliest; without names all of them."""
    first: dict[str, Milestone] = {}
    for each in state.milestones:
        if each.state == in_state and (not wanted or each.deadline in wanted):
            first.setdefault(each.deadline, each)
    return list(first.values())


def completed(state: TaskState, chosen: Sequence[Milestone], subject: str, at: datetime) -> TaskState:
    """A lead says that they are done. What had passed by then stays overdue since its deadline."""
    done = {"state": "completed", "completed_at": at, "completed_by": subject}
    return _replaced(state, lambda each: each.model_copy(update=done) if each in chosen else each)


def returned(state: TaskState, chosen: Sequence[Milestone]) -> TaskState:
    """The issuer does not accept: they are open again, and fire at once if their deadline has passed meanwhile."""
    reopened = {"state": "open", "completed_at": None, "completed_by": None}
    return _replaced(state, lambda each: each.model_copy(update=reopened) if each in chosen else each)


def confirmed(
    state: TaskState, chosen: Sequence[Milestone], deadlines: Mapping[str, TaskDeadline], zone: ZoneInfo, at: datetime
) -> TaskState:
    """The issuer accepts; a yearly deadline comes again."""
    done = {"state": "confirmed", "confirmed_at": at}
    state = _replaced(state, lambda each: each.model_copy(update=done) if each in chosen else each)
    for each in chosen:
        state = _with_next(state, each, deadlines, zone)
    return state
