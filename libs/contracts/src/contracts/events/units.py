"""plans.unit.v1 (compacted): the administrative tree."""

from typing import ClassVar

from pydantic import Field

from contracts.base import Event, Part
from contracts.values import Instant, Key, Name, Text, UnitCode


class Placement(Part):
    """A stretch of time under one parent. The unit stands there after `valid_from` up to and including `valid_until`.

    The bounds follow the cut-off rule of the domain: what falls due at the instant of a move or a retirement is still owed
    under the old parent, and a unit registered at a cut-off does not owe that cut-off.
    """

    parent: UnitCode | None
    valid_from: Instant
    valid_until: Instant | None = None


class UnitEvent(Event):
    """The whole state of a unit after the change: the topic is compacted, so the last record must say everything."""

    topic: ClassVar[str] = "plans.unit.v1"

    code: UnitCode
    name: Name
    level: Key
    """Such as county, town or village; plans name levels by it."""
    parent: UnitCode | None
    groups: tuple[Name, ...] = ()
    placements: tuple[Placement, ...] = Field(min_length=1)

    def key(self) -> str:
        return self.code


class UnitRegistered(UnitEvent):
    """A unit entered the tree."""


class UnitMoved(UnitEvent):
    """A unit came under another parent."""

    previous_parent: UnitCode | None


class UnitRetired(UnitEvent):
    """A unit left the tree; it still owes what fell due until then."""

    reason: Text | None = None
