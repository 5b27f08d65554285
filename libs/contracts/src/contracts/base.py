"""What all events have in common."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from contracts.values import Instant, Name, UnitCode


class Part(BaseModel):
    """A value inside an event: immutable, tolerant of fields that a newer producer added."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Actor(Part):
    """Who caused an event: the subject, the unit acted for, and the unit acted on behalf of, if another."""

    subject: Name
    """The token's subject; not a person's name."""
    unit: UnitCode | None = None
    on_behalf_of: UnitCode | None = None


class Event(Part):
    """A fact in the past tense. Text fields that hold a word of a vocabulary name the words so far: more may come."""

    topic: ClassVar[str]
    version: ClassVar[int] = 1

    occurred_at: Instant
    """The instant of the fact by the rule: a missed cut-off occurs at the cut-off, whenever it was noticed."""
    recorded_at: Instant
    """When the owning service wrote it down."""
    actor: Actor | None = None
    """Absent when the passing of time was the cause."""

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
