"""hazards.enterprise.v1: enterprises under supervision by name (挂牌督办)."""

from typing import ClassVar

from contracts.base import Event
from contracts.values import Instant, Key, Name, Text, UnitCode


class EnterpriseEvent(Event):
    """What every event of a supervised enterprise names."""

    topic: ClassVar[str] = "hazards.enterprise.v1"

    code: Key
    """The unified social credit code (统一社会信用代码)."""
    name: Name
    unit: UnitCode
    """The unit of the tree that answers for it."""
    listing_unit: UnitCode

    def key(self) -> str:
        return self.code


class EnterpriseListed(EnterpriseEvent):
    """A higher body put the enterprise under its supervision."""

    trigger: Key
    """So far overdue, major, serious_violation, repeated, other."""
    reason: Text
    grade: Key | None = None
    """Of the hazards that it is about. So far general, major."""
    plan_id: Key | None = None
    publish_by: Instant | None = None
    progress_due_at: Instant | None = None


class EnterprisePublished(EnterpriseEvent):
    """The listing body made the listing public."""

    where: Text


class EnterpriseUnpublished(EnterpriseEvent):
    """The listing was not public when it had to be; `occurred_at` is that instant."""

    publish_by: Instant


class EnterpriseRaised(EnterpriseEvent):
    """A still higher body took the supervision over."""

    previous_unit: UnitCode
    reason: Text


class EnterpriseProgressed(EnterpriseEvent):
    """The unit that answers for the enterprise told how far it is."""

    telling_unit: UnitCode
    text: Text
    next_due_at: Instant | None = None


class EnterpriseProgressOverdue(EnterpriseEvent):
    """Nobody had told how far it is when that was due; `occurred_at` is that instant."""

    due_at: Instant


class EnterpriseDelisted(EnterpriseEvent):
    """The listing body ended its supervision (摘牌)."""

    reason: Text
