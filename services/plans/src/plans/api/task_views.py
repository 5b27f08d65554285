"""Tasks in force, as callers write about and read them."""

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.values import Instant, Name, Quantity, Text, UnitCode
from plans.api.units import Body
from plans.commands.tasks import Told
from plans.domain.content import ItemId, Strength
from plans.domain.content.values import Day
from plans.domain.tasks.comparison import Point, Standing, Step, standing
from plans.domain.tasks.light import Colour, light
from plans.domain.tasks.record import TrackedTask
from plans.domain.tasks.state import Lag, Listing, Milestone, MilestoneState, Reading

Percent = Annotated[int, Field(ge=0, le=100)]
Deadlines = Annotated[tuple[ItemId, ...], Field(max_length=20, description="ids of deadlines; none: all that apply")]
Values = Annotated[dict[ItemId, Quantity], Field(max_length=100)]


class VerifyBody(Body):
    """How far a task is. Values are those of the plan's indicators that hang under the task."""

    percent: Percent | None = None
    values: Values = Field(default={})
    note: Text | None = None

    def to_domain(self) -> Told:
        return Told(self.percent, self.values, self.note)


class ProgressBody(VerifyBody):
    """The same, as the unit claims it, and why it is behind."""

    lag_reason: Text | None = None
    expected_on: Day | None = None

    def to_domain(self) -> Told:
        return Told(self.percent, self.values, self.note, self.lag_reason, self.expected_on)


class CompleteBody(Body):
    """What is done."""

    deadlines: Deadlines = ()
    note: Text | None = None


class ConfirmBody(Body):
    """Which completions are accepted."""

    deadlines: Deadlines = ()


class ReturnBody(Body):
    """Which completions are not accepted, and why."""

    deadlines: Deadlines = ()
    reason: Text


class ReasonBody(Body):
    """Why."""

    reason: Text


class MilestoneView(BaseModel):
    """What is to be done by one day. `owed` is false where the day had passed before the plan was in force."""

    deadline: str
    date: Day | None
    due_at: Instant | None
    text: Text | None
    strength: Strength
    state: MilestoneState
    owed: bool
    completed_at: Instant | None
    confirmed_at: Instant | None
    overdue_since: Instant | None

    @classmethod
    def of(cls, each: Milestone, now: datetime) -> Self:
        return cls(
            **each.model_dump(include=set(cls.model_fields) - {"owed", "overdue_since"}),
            owed=each.due_at is not None and each.due_at > each.set_at,
            overdue_since=each.due_at if each.overdue(now) else None,
        )


class TaskItem(BaseModel):
    """A task in force. `version` counts its changes. The light is computed at the instant of the answer."""

    plan_id: UUID
    task: str
    topic: str | None
    text: Text
    issuer: UnitCode
    leads: list[UnitCode]
    supports: list[UnitCode]
    version: int
    standing: Standing
    light: Colour
    reasons: list[str]
    milestones: list[MilestoneView]
    claimed: Reading | None
    verified: Reading | None
    lag: Lag | None
    listing: Listing | None

    @classmethod
    def of(cls, task: TrackedTask, now: datetime, soon: timedelta) -> Self:
        state, colour = task.state, light(task.state, now, soon)
        return cls(
            plan_id=task.plan_id,
            task=task.task,
            topic=task.topic,
            text=task.text,
            issuer=task.issuer,
            leads=list(task.leads),
            supports=list(task.supports),
            version=task.version,
            standing=standing(state, now),
            light=colour.colour,
            reasons=list(colour.reasons),
            milestones=[MilestoneView.of(each, now) for each in state.milestones],
            claimed=state.claimed,
            verified=state.verified,
            lag=state.lag,
            listing=state.listing,
        )


class TaskChange(BaseModel):
    """Something that happened to a task; nobody is named where time was the cause."""

    version: int
    change: str
    occurred_at: Instant
    recorded_at: Instant
    actor_subject: Name | None
    actor_unit: UnitCode | None


class TaskView(TaskItem):
    """A task with its newest changes, the newest first."""

    history: list[TaskChange]


class TaskPage(BaseModel):
    """Tasks. `next` goes into `after` for the following page; null: this is the last."""

    items: list[TaskItem]
    next: str | None


class PointView(BaseModel):
    """A task as it was seen at an instant; verified numbers go before claimed ones."""

    standing: Standing
    light: Colour
    percent: int | None
    values: dict[str, Quantity]

    @classmethod
    def of(cls, point: Point | None) -> Self | None:
        if point is None:
            return None
        return cls(standing=point.standing, light=point.colour, percent=point.percent, values=dict(point.values))


class StepView(BaseModel):
    """A task at the baseline and at the later instant; null: not in force then."""

    task: str
    before: PointView | None
    after: PointView | None
    percent_gained: int | None
    gained: dict[str, Quantity]

    @classmethod
    def of(cls, step: Step) -> Self:
        return cls(
            task=step.task,
            before=PointView.of(step.before),
            after=PointView.of(step.after),
            percent_gained=step.percent_gained,
            gained=step.gained,
        )


class Comparison(BaseModel):
    """What was known at two instants."""

    baseline: Instant
    as_of: Instant
    items: list[StepView]


class MemberView(BaseModel):
    """A unit directly under the issuer."""

    code: UnitCode
    name: Name


class CoverageView(BaseModel):
    """What nobody does, and who has nothing to do."""

    topics_without_unit: list[str]
    tasks_without_unit: list[str]
    units_without_task: list[MemberView]
