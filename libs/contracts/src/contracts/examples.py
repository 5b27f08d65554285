"""The examples: what every producer can write and every consumer can read, for ever.

An example is a file in the CloudEvents JSON event format, so any CloudEvents library opens it: the attributes, and the
data as it lies in the record's value. Each event has at least `minimal` (nothing but required fields), `full` (every
field set) and `oldest` (as the first release wrote it; never edited afterwards).
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from contracts.envelope import Headers
from contracts.topics import TOPICS

NAMES: Final = ("minimal", "full", "oldest")


@dataclass(frozen=True, slots=True)
class Example:
    """One example: its file name without suffix, and the CloudEvent as parsed from JSON."""

    name: str
    event: dict[str, Any]

    @property
    def type(self) -> str:
        """The CloudEvents type."""
        return str(self.event["type"])

    @property
    def data(self) -> dict[str, Any]:
        """The data, as JSON values."""
        data: dict[str, Any] = self.event["data"]
        return data

    def record(self) -> tuple[bytes, bytes, Headers]:
        """Return (record key, record value, record headers) of the example in Kafka binary mode.

        The value is the data of the file as it stands, so an old example is fed as its producer wrote it.
        """
        attributes = {name: value for name, value in self.event.items() if name not in ("data", "datacontenttype")}
        headers = [(f"ce_{name}", str(value).encode()) for name, value in attributes.items()]
        headers.append(("content-type", str(self.event["datacontenttype"]).encode()))
        value = json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()
        return str(self.event["partitionkey"]).encode(), value, headers


def examples_of(type_: str) -> tuple[Example, ...]:
    """Return the examples of a CloudEvents type, sorted by name; empty when there are none."""
    folder = files("contracts") / "examples" / type_
    if not folder.is_dir():
        return ()
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".json"))
    return tuple(
        Example(entry.name.removesuffix(".json"), json.loads(entry.read_text(encoding="utf-8")))
        for entry in sorted(found, key=lambda entry: entry.name)
    )


def examples_on(topic: str) -> tuple[Example, ...]:
    """Return the examples of every event on a topic, in the order of the topic file.

    Raises:
        KeyError: there is no such topic.
    """
    return tuple(example for type_ in TOPICS[topic].types for example in examples_of(type_))
