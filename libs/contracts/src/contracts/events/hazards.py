"""hazards.hazard.v1: hazards and their rectification."""

from typing import ClassVar

from contracts.base import Event
from contracts.values import Amount, Instant, Key, Name, Text, UnitCode


class HazardEvent(Event):
    """What every hazard event names. `number` is the human-readable number, never used again."""

    topic: ClassVar[str] = "hazards.hazard.v1"

    hazard_id: Key
    number: Name
    unit: UnitCode
    title: Text

    def key(self) -> str:
        return self.hazard_id


class HazardReported(HazardEvent):
    """A hazard was reported. `hazard_occurred_at` is when it was there, apart from when it was told."""

    category: Name
    hazard_occurred_at: Instant
    description: Text | None = None


class RectificationOrdered(HazardEvent):
    """A rectification was ordered with the five elements: measures, responsible unit, funds, time limit, contingency plan."""

    ordering_unit: UnitCode
    responsible_unit: UnitCode
    due_at: Instant
    measures: Text
    funds: Amount
    contingency: Text


class RectificationOverdue(HazardEvent):
    """The due instant passed and the hazard was not closed; `occurred_at` is the due instant."""

    ordering_unit: UnitCode
    responsible_unit: UnitCode
    due_at: Instant
