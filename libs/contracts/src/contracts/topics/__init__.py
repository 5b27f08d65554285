"""The topics: one YAML file each beside this module says who owns it, who reads it and why, and which events it carries.

Topic creation, the AsyncAPI document and the advice of the compatibility gate are all made from these files.
"""

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

FOREVER: Final = -1


class TopicEvent(BaseModel):
    """An event version on a topic; `examples` is its folder, relative to the package."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Z][A-Za-z]+$")
    version: int = Field(ge=1)
    examples: str


class Topic(BaseModel):
    """A topic of the platform. `consumers` maps a service to its purpose; `retention_ms` is -1 for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str = Field(pattern=r"^[a-z]+\.[a-z]+\.v[1-9][0-9]*$")
    description: str
    owner: str
    key: str
    partitions: int = Field(ge=1)
    cleanup_policy: Literal["compact", "delete"]
    retention_ms: int = Field(ge=FOREVER)
    consumers: dict[str, str]
    events: tuple[TopicEvent, ...] = Field(min_length=1)

    @property
    def types(self) -> tuple[str, ...]:
        """The CloudEvents types on this topic: `bihuan.<context>.<Name>.v<version>`."""
        context = self.topic.split(".", 1)[0]
        return tuple(f"bihuan.{context}.{event.name}.v{event.version}" for event in self.events)

    @property
    def config(self) -> dict[str, str]:
        """The topic configuration for Kafka's CreateTopics."""
        return {"cleanup.policy": self.cleanup_policy, "retention.ms": str(self.retention_ms)}

    @model_validator(mode="after")
    def _examples_follow_the_type(self) -> Self:
        for event, type_ in zip(self.events, self.types, strict=True):
            if event.examples != f"examples/{type_}":
                raise ValueError(f"{event.name}: examples must be examples/{type_}")
        return self


def load_topic(text: str) -> Topic:
    """Read a topic file.

    Raises:
        pydantic.ValidationError: a key is missing, unknown or has a wrong value.
        yaml.YAMLError: the text is not YAML.
    """
    return Topic.model_validate(yaml.safe_load(text))


def _load_all() -> Mapping[str, Topic]:
    entries = (entry for entry in files(__name__).iterdir() if entry.name.endswith(".yaml"))
    topics = [load_topic(entry.read_text(encoding="utf-8")) for entry in sorted(entries, key=lambda entry: entry.name)]
    return MappingProxyType({topic.topic: topic for topic in topics})


TOPICS: Final = _load_all()
"""Every topic by name, in the order of their names."""


def consumed_by(service: str) -> tuple[str, ...]:
    """Return the names of the topics that a service consumes, sorted; empty when it consumes none."""
    return tuple(name for name, topic in TOPICS.items() if service in topic.consumers)


def owned_by(service: str) -> tuple[str, ...]:
    """Return the names of the topics that only this service publishes to, sorted."""
    return tuple(name for name, topic in TOPICS.items() if topic.owner == service)
