"""hazards.notice.v1: what a unit that has to rectify is told of its time limits, once a day."""

from datetime import date
from typing import ClassVar

from contracts.base import Event, Part
from contracts.values import Count, Instant, Key, Name, Text, UnitCode


class DueHazard(Part):
    """A hazard in a digest. `days` until the day of the limit; 0: today; negative: so many days past it."""

    hazard_id: Key
    number: Name
    title: Text
    due_at: Instant
    days: int


class RectificationDigestDue(Event):
    """A unit is to be told of limits that come near, are today or have passed; `occurred_at` is when it had to be told."""

    topic: ClassVar[str] = "hazards.notice.v1"

    unit: UnitCode
    """The one that has to rectify."""
    day: date
    """The local day of the digest: one for each unit and day."""
    items: tuple[DueHazard, ...]
    """The most urgent first: by time limit."""
    more: Count = 0
    """So many more than `items` names."""

    @property
    def total(self) -> int:
        """How many hazards it is about."""
        return len(self.items) + self.more

    def key(self) -> str:
        return self.unit
