"""How callers say which hazards they want."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Instant, Key, Name, UnitCode
from hazards.domain.record import Grade
from hazards.domain.states import State
from hazards.store.hazards import EVERYWHERE
from hazards.store.search import Filter


class Narrowed(BaseModel):
    """Which hazards of a subtree; every condition that is given holds."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    unit: UnitCode | None = None
    """Its subtree; default: the caller's unit."""
    state: State | None = None
    grade: Grade | None = None
    category: Name | None = None
    plan_id: Key | None = None
    overdue: bool | None = None
    """Open, and a time limit of it has passed."""
    listed: bool | None = None
    """Under supervision by name."""
    responsible: UnitCode | None = None
    """The unit that has to rectify."""
    enterprise: Key | None = None
    """The code of the owner."""
    number: Name | None = None
    q: Name | None = None
    """Part of the title or the description."""
    reported_from: Instant | None = None
    reported_before: Instant | None = None

    def filter(self, unit: str | None) -> Filter:
        """The same in the terms of the store; without a unit the whole platform."""
        return Filter(
            ancestor=EVERYWHERE if unit is None else unit,
            state=self.state,
            grade=self.grade,
            category=self.category,
            plan_id=self.plan_id,
            overdue=self.overdue,
            listed=self.listed,
            responsible=self.responsible,
            enterprise=self.enterprise,
            number=self.number,
            text=self.q,
            reported_from=self.reported_from,
            reported_before=self.reported_before,
        )


class Wanted(Narrowed):
    """A page of them."""

    after: UUID | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
