"""Tasks and lists of plans, as they are shown."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from reporting.api.views import Number


class DeadlineView(BaseModel):
    """A deadline of a task. `due_at` is the first instant that is too late; null where no day is named."""

    id: str
    text: str | None
    due_at: datetime | None
    strength: str
    yearly: bool
    state: Literal["open", "completed", "confirmed"]
    overdue_since: datetime | None
    """The deadline, where it passed without a completion and is not confirmed since."""


class ReadingView(BaseModel):
    """How far a task is, as `unit` said; values by indicator."""

    at: datetime
    unit: str
    percent: int | None
    values: dict[str, Number]


class LagView(BaseModel):
    """Why a task is behind, as a unit said."""

    at: datetime
    reason: str
    expected_on: date | None


class ListingView(BaseModel):
    """Who put the task under supervision (挂牌督办)."""

    at: datetime
    unit: str
    reason: str


class TaskView(BaseModel):
    """A task of a plan. `completed` waits for the issuer's confirmation; in `finished` nothing is open."""

    task_id: str
    plan_id: str
    task: str
    topic: str | None
    text: str
    issuer: str
    leads: list[str]
    supports: list[str]
    state: Literal["open", "completed", "finished"]
    overdue_since: datetime | None
    deadlines: list[DeadlineView]
    claimed: ReadingView | None
    verified: ReadingView | None
    lag: LagView | None
    listing: ListingView | None


class ListPartView(BaseModel):
    """A part of a list: what it is a view of, and how many rows the caller sees of it."""

    name: str
    kind: str
    rows: int


class ListView(BaseModel):
    """A list that a plan wants kept (两个清单, 三张清单)."""

    plan_id: str
    list_id: str
    name: str
    parts: list[ListPartView]


class HazardRow(BaseModel):
    """A hazard in a list; `state` is as in the list of hazards."""

    hazard_id: str
    number: str
    unit: str
    title: str
    category: str | None
    state: str
    measures: str | None
    ordering_unit: str | None
    responsible_unit: str | None
    due_at: datetime | None
    overdue_since: datetime | None


class ListRow(BaseModel):
    """A row of a list, in the parts that it belongs to: either a task or a hazard."""

    parts: list[str]
    task: TaskView | None = None
    hazard: HazardRow | None = None
