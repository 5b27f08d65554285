"""Look-back campaigns (回头看): which closed hazards are looked at again, and how far that is."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts.values import Instant, Key, Name, UnitCode
from hazards.domain.record import Grade, Value

MOST: Final = 100_000
"""Hazards of one campaign. Of a larger frame a sample is drawn."""


class Frame(Value):
    """The closed hazards of the unit's subtree that may be drawn. What is empty holds for all."""

    closed_from: Instant | None = None
    """Inclusive."""
    closed_until: Instant | None = None
    """Exclusive; never after the campaign was made."""
    grade: Grade | None = None
    category: Name | None = None
    enterprise: Key | None = None
    listed: bool | None = None
    """Whether it was ever under supervision by name."""


class NewLookBack(Value):
    """A campaign as it is asked for. With a plan, the hazards found under that plan."""

    unit: UnitCode
    title: Name
    plan_id: Key | None = None
    of: Literal["all", "sample"]
    size: Annotated[int, Field(ge=1, le=MOST)] | None = None
    """Of a sample; a smaller frame is taken as a whole."""
    frame: Frame = Frame()
    due: Instant

    @model_validator(mode="after")
    def _sized(self) -> Self:
        if (self.of == "sample") is (self.size is None):
            raise ValueError("a sample has a size, and all of a list has none")
        return self


class LookBack(Value):
    """A campaign: how it was drawn, and how far it is. Unchecked ones are overdue from `due` on."""

    campaign_id: UUID
    unit: UnitCode
    title: Name
    plan_id: Key | None
    of: Literal["all", "sample"]
    frame: Frame
    seed: str
    frame_size: int
    """So many hazards could have been drawn."""
    created_at: Instant
    created_by: Name
    due: Instant
    drawn: int
    checked: int
    checked_late: int
    """Of the checked ones, those first checked at `due` or after it."""
    sound: int
    fake: int
    overdue: int


def rank(seed: str, hazard_id: UUID) -> bytes:
    """The place of a hazard in the draw: the SHA-256 of seed, colon and id. The sample are the lowest places of the frame."""
    return hashlib.sha256(f"{seed}:{hazard_id}".encode()).digest()


def draw(seed: str, frame: Iterable[UUID], size: int) -> list[UUID]:
    """Draw a sample of a small frame again, to check one that the database drew."""
    return sorted(frame, key=lambda each: (rank(seed, each), each))[:size]


def overdue(drawn: int, checked: int, due: datetime, now: datetime) -> int:
    """How many should have been checked by now."""
    return drawn - checked if due <= now else 0
