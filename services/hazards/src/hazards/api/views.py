"""What callers get to see."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from contracts.values import Amount, Instant, UnitCode
from hazards.domain.chain import Entry
from hazards.domain.record import (
    Act,
    Details,
    Dismissal,
    Extension,
    Grade,
    Hazard,
    Imported,
    LimitRule,
    Listing,
    Monitoring,
    Submission,
    Suspension,
    Transfer,
)
from hazards.domain.states import State
from hazards.domain.transitions.judging import missing_bodies


class HazardState(BaseModel):
    """Where a hazard stands."""

    hazard_id: UUID
    number: str
    state: State
    version: int

    @classmethod
    def of(cls, hazard: Hazard) -> Self:
        return cls(hazard_id=hazard.hazard_id, number=hazard.number, state=hazard.state, version=hazard.version)


class Accepted(BaseModel):
    """Where hazards stand after a batch, in the order asked for."""

    items: list[HazardState]


class OrderView(BaseModel):
    """An order. `due` is the limit as approved last; `rule` explains a limit that a policy gave."""

    due: Instant
    original_due: Instant
    measures: str
    responsible: UnitCode
    person: str | None
    funds: Amount
    contingency: str
    plan: str | None
    ordering_unit: UnitCode
    ordered_at: Instant
    rule: LimitRule | None

    @classmethod
    def of(cls, hazard: Hazard) -> Self | None:
        order = hazard.order
        if order is None:
            return None
        return cls(
            due=order.due_at,
            original_due=order.original_due_at,
            measures=order.measures,
            responsible=order.responsible,
            person=order.person,
            funds=order.funds,
            contingency=order.contingency,
            plan=order.plan,
            ordering_unit=order.ordering_unit,
            ordered_at=order.at,
            rule=order.rule,
        )


class HazardView(HazardState):
    """A hazard. `overdue_since` is the due instant once it has passed; `missed` are all limits that passed."""

    unit: UnitCode
    plan_id: str | None
    task: str | None
    category: str
    title: str
    description: str | None
    occurred_at: Instant
    reported_at: Instant
    recurs: UUID | None
    imported: Imported | None
    details: Details
    grade: Grade | None
    order: OrderView | None
    overdue_since: Instant | None
    missed: tuple[Instant, ...]
    extension: Extension | None
    extended: int
    submission: Submission | None
    acceptances: tuple[Act, ...]
    awaited: tuple[str, ...]
    """Whose acceptance a submitted rectification waits for: other, lister."""
    signature: Act | None
    closing: Act | None
    on_time: bool | None
    """Whether the newest submission came before the limit as approved last; null without a limit or a submission."""
    on_time_originally: bool | None
    dismissal: Dismissal | None
    monitoring: Monitoring | None
    transfer: Transfer | None
    handler: UnitCode | None
    listing: Listing | None
    suspension: Suspension | None

    @classmethod
    def at(cls, hazard: Hazard, now: datetime) -> Self:
        """The hazard as it is seen at `now`."""
        on_time, originally = hazard.on_time()
        shown: dict[str, Any] = {name: getattr(hazard, name) for name in cls.model_fields if name in Hazard.model_fields}
        overdue = hazard.overdue(now)
        shown |= {
            "order": OrderView.of(hazard),
            "overdue_since": overdue,
            "missed": hazard.missed if overdue is None or overdue in hazard.missed else (*hazard.missed, overdue),
            "awaited": tuple(sorted(missing_bodies(hazard, hazard.acceptances))) if hazard.state == "submitted" else (),
            "on_time": on_time,
            "on_time_originally": originally,
        }
        return cls(**shown)


class HazardPage(BaseModel):
    """Hazards, the oldest report first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[HazardView]
    next: UUID | None


class ChangeView(BaseModel):
    """One change: who made it in which role and for whom, when it happened and when it was recorded, with which evidence.

    Without an actor, time made it. `facts` is the data of the event. `hash` covers the change and the hash of the one before.
    """

    version: int
    change: str
    event: str
    state_before: State
    state_after: State
    occurred_at: Instant
    recorded_at: Instant
    subject: str | None
    unit: UnitCode | None
    on_behalf_of: UnitCode | None
    role: str | None
    evidence: tuple[UUID, ...]
    facts: dict[str, Any]
    hash: str

    @classmethod
    def of(cls, kept: tuple[Entry, bytes]) -> Self:
        entry, digest = kept
        return cls(**{name: getattr(entry, name) for name in cls.model_fields if name != "hash"}, hash=digest.hex())


class History(BaseModel):
    """Changes, the oldest first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[ChangeView]
    next: int | None
