"""Hazards, as they are shown."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from reporting.domain.hazards import HazardState, KnownHazard, Missed, Party


class LatenessView(BaseModel):
    """How late a hazard is against one time limit, in days begun after it.

    `rectifier` counts until the submission that stands, `total` until it was closed; what has not come yet counts until now.
    """

    due_at: datetime
    rectifier: int
    total: int
    on_time: bool | None
    """Whether the submission that stands came before the limit; null: there is none."""

    @classmethod
    def of(cls, hazard: KnownHazard, now: datetime, *, originally: bool) -> Self | None:
        due = hazard.original_due_at if originally else hazard.due_at
        rectifier = hazard.days_late(now, originally=originally)
        total = hazard.days_late(now, originally=originally, total=True)
        if due is None or rectifier is None or total is None:
            return None
        on_time = hazard.on_time_originally if originally else hazard.on_time
        return cls(due_at=due, rectifier=rectifier, total=total, on_time=on_time)


class HazardView(BaseModel):
    """A hazard as its events tell. `sequence` is that of the newest event."""

    hazard_id: str
    number: str
    unit: str
    plan_id: str | None
    task: str | None
    title: str
    category: str | None
    stage: str | None
    enterprise: str | None
    enterprise_name: str | None
    occurred_at: datetime | None
    reported_at: datetime | None
    state: HazardState
    grade: str | None
    ordering_unit: str | None
    responsible_unit: str | None
    measures: str | None
    approved: LatenessView | None
    """Against the limit as approved last."""
    original: LatenessView | None
    """Against the first limit."""
    overdue_since: datetime | None
    missed: tuple[Missed, ...]
    """Every limit that passed, and whom the hazard waited for then."""
    waits_for: Party | None
    """Whom it waits for now: the unit that has to rectify, or the bodies that order, accept and close."""
    submitted_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    listed_by: str | None
    handler: str | None
    offered_to: str | None
    suspended: bool
    rechecked: str | None
    recurs: str | None
    sequence: int

    @classmethod
    def at(cls, hazard: KnownHazard, now: datetime) -> Self:
        """The hazard as it is seen at `now`."""
        shown: dict[str, Any] = {name: getattr(hazard, name) for name in cls.model_fields if name in KnownHazard.model_fields}
        return cls(
            **shown,
            reported_at=hazard.recorded_at,
            waits_for=hazard.waits_for,
            approved=LatenessView.of(hazard, now, originally=False),
            original=LatenessView.of(hazard, now, originally=True),
        )


class HazardEventView(BaseModel):
    """One event of a hazard. Without a unit, time did it."""

    sequence: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    unit: str | None


class HazardDetail(HazardView):
    """A hazard with its history, the oldest event first; `next` goes into `after` for further events, null: that was all."""

    history: list[HazardEventView]
    next: int | None


class DismissedView(BaseModel):
    """What ended otherwise than by rectifying, counted apart."""

    total: int
    duplicate: int
    not_our_duty: int
    withdrawn: int


class HazardTotals(BaseModel):
    """Hazards found in units of a subtree: found = closed + open + monitored + dismissed.total.

    Closed ones without a time limit are neither on time nor late. Rates are shares from 0 to 1; null: nothing to divide by.
    """

    found: int
    closed: int
    on_time: int
    late: int
    on_time_originally: int
    late_originally: int
    open: int
    overdue: int
    """Of the open ones."""
    listed: int
    monitored: int
    dismissed: DismissedView
    closed_rate: float | None
    """Of those that were not dismissed."""
    on_time_rate: float | None
    """Of those that were closed and had a limit."""

    @classmethod
    def of(cls, counts: dict[str, int]) -> Self:
        apart = ("duplicate", "not_our_duty", "withdrawn")
        dismissed = DismissedView(total=counts["dismissed"], **{name: counts[name] for name in apart})
        shown = {name: count for name, count in counts.items() if name not in (*apart, "dismissed")}
        return cls(
            **shown,
            dismissed=dismissed,
            closed_rate=_rate(counts["closed"], counts["found"] - counts["dismissed"]),
            on_time_rate=_rate(counts["on_time"], counts["on_time"] + counts["late"]),
        )


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
