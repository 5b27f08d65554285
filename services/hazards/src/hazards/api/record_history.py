"""The history of an enterprise's supervision, or of a measure."""

from collections.abc import Sequence
from typing import Any, Self

from pydantic import BaseModel

from contracts.values import Instant
from servicekit.database import Row


class RecordChange(BaseModel):
    """One change. Without an actor, time made it, or a rule. `facts` is the data of the event."""

    version: int
    event: str
    occurred_at: Instant
    recorded_at: Instant
    actor_subject: str | None
    actor_unit: str | None
    facts: dict[str, Any]


class RecordHistory(BaseModel):
    """Changes, the oldest first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[RecordChange]
    next: int | None

    @classmethod
    def of(cls, rows: Sequence[Row], limit: int) -> Self:
        """Make a page of one row more than fits."""
        items = [RecordChange.model_validate(dict(row)) for row in rows[:limit]]
        return cls(items=items, next=items[-1].version if len(rows) > limit else None)
