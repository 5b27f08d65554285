"""hazards.hazard.v1: hazards and their rectification."""

from typing import ClassVar

from contracts.base import Event
from contracts.values import Amount, Instant, Key, Name, Text, UnitCode


class HazardEvent(Event):
    """What every hazard event names."""

    topic: ClassVar[str] = "hazards.hazard.v1"

    hazard_id: Key
    number: Name
    """For people; never used again."""
    unit: UnitCode
    """Where the hazard is."""
    title: Text

    def key(self) -> str:
        return self.hazard_id


class HazardReported(HazardEvent):
    """A hazard was reported."""

    category: Name
    hazard_occurred_at: Instant
    """When it was there, apart from when it was told."""
    description: Text | None = None


class RectificationOrdered(HazardEvent):
    """A rectification was ordered with the five elements: measures, responsible unit, funds, time limit, contingency plan."""

    ordering_unit: UnitCode
    responsible_unit: UnitCode
    due_at: Instant
    """Not closed by this instant is overdue."""
    measures: Text
    funds: Amount
    """In yuan."""
    contingency: Text


class RectificationOverdue(HazardEvent):
    """The due instant passed and the hazard was not closed; `occurred_at` is the due instant."""

    ordering_unit: UnitCode
    responsible_unit: UnitCode
    due_at: Instant
