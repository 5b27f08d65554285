"""What all events have in common."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Instant, Name, UnitCode


class Part(BaseModel):
    """A value inside an event: immutable, tolerant of fields that a newer producer added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Actor(Part):
    """Who caused an event: the token's subject, the unit acted for, and the unit acted on behalf of, if another."""

    subject: Name
    unit: UnitCode | None = None
    on_behalf_of: UnitCode | None = None


class Event(Part):
    """A fact in the past tense.

    `occurred_at` is the instant of the fact by the rule (a missed cut-off occurs at the cut-off, whenever it was noticed);
    `recorded_at` is when the owning service wrote it down. `actor` is None when the passing of time was the cause.
    """

    topic: ClassVar[str]
    version: ClassVar[int] = 1

    occurred_at: Instant
    recorded_at: Instant
    actor: Actor | None = Field(default=None)

    @classmethod
    def type(cls) -> str:
        """The CloudEvents type: `bihuan.<context>.<Name>.v<version>`."""
        return f"bihuan.{cls.topic.split('.', 1)[0]}.{cls.__name__}.v{cls.version}"

    def key(self) -> str:
        """The aggregate id: record key and CloudEvents subject."""
        raise NotImplementedError

    def to_json(self) -> bytes:
        """The record value: compact UTF-8 JSON."""
        return self.__pydantic_serializer__.to_json(self)
