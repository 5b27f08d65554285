"""The compatibility gate: current schemas against those of every release, and which side to deploy first.

A release is a folder `released/<version>/` with one schema per event as it stood then. Records live for ever, so each
schema is compared with every release and not only with the last (FULL_TRANSITIVE).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contracts.compatibility import Finding, First, compare
from contracts.schemas import SUFFIX, render
from contracts.topics import TOPICS, Topic

Schemas = Mapping[str, dict[str, Any]]
"""JSON Schemas by CloudEvents type."""

_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class ReleaseError(ValueError):
    """A release cannot be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A finding of one event type and the releases against which it was found."""

    type: str
    finding: Finding
    releases: tuple[str, ...]


def load_releases(folder: Path) -> dict[str, Schemas]:
    """Read every release in `folder`, the oldest first; empty when there is none."""
    if not folder.is_dir():
        return {}
    versions = sorted((entry.name for entry in folder.iterdir() if entry.is_dir()), key=_order)
    return {version: dict(_load(folder / version)) for version in versions}


def write_release(folder: Path, version: str, schemas: Schemas) -> Path:
    """Write the schemas of a release and return its folder.

    Raises:
        ReleaseError: the version is not MAJOR.MINOR.PATCH, exists already, or is not newer than every other.
    """
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"{version} is not a version like 0.1.0")
    target = folder / version
    if target.exists():
        raise ReleaseError(f"{version} exists already, and a release never changes")
    newest = max(load_releases(folder), key=_order, default=None)
    if newest is not None and _order(version) < _order(newest):
        raise ReleaseError(f"{version} is older than {newest}")
    target.mkdir(parents=True)
    for type_, schema in schemas.items():
        (target / f"{type_}{SUFFIX}").write_text(render(schema), encoding="utf-8")
    return target


def gate(current: Schemas, releases: Mapping[str, Schemas]) -> list[Refusal]:
    """Compare the current schemas with every release; a type that vanished is refused as well."""
    found: dict[tuple[str, Finding], list[str]] = {}
    for version, schemas in releases.items():
        for type_, released in schemas.items():
            for finding in _compare(released, current.get(type_)):
                found.setdefault((type_, finding), []).append(version)
    return [Refusal(type_, finding, tuple(versions)) for (type_, finding), versions in sorted(found.items())]


def changed_since(current: Schemas, releases: Mapping[str, Schemas]) -> tuple[list[str], list[str]]:
    """Return (types that are new, types whose schema changed) since the newest release; nothing before the first one."""
    if not releases:
        return [], []
    newest = list(releases.values())[-1]
    new = [type_ for type_ in current if type_ not in newest]
    return new, [type_ for type_ in current if type_ in newest and current[type_] != newest[type_]]


def advice(type_: str, first: First, topics: Mapping[str, Topic] = TOPICS) -> str:
    """Say in one sentence which services to deploy first, and what to do instead where no order helps."""
    topic = next((topic for topic in topics.values() if type_ in topic.types), None)
    if topic is None:
        return "no topic carries this event any more: keep it registered, old records must remain readable"
    consumers = ", ".join(topic.consumers) or "nobody"
    match first:
        case First.CONSUMERS:
            return f"would need the consumers ({consumers}) first, then the producer ({topic.owner}); other agencies would break"
        case First.PRODUCERS:
            keeps = "for ever" if topic.retention_ms < 0 else f"for {topic.retention_ms} ms"
            return (
                f"would need the producer ({topic.owner}) first, then the consumers ({consumers}), "
                f"and those could not read the records of before, which {topic.topic} keeps {keeps}"
            )
        case First.NEITHER:
            return f"no order of {topic.owner} and {consumers} is safe"


def advice_for_new(type_: str, topics: Mapping[str, Topic] = TOPICS) -> str:
    """Say which services to deploy first for an event that no release knows."""
    topic = next(topic for topic in topics.values() if type_ in topic.types)
    consumers = ", ".join(topic.consumers) or "nobody"
    return f"consumers that want it ({consumers}) first, for they skip unknown events; then the producer ({topic.owner})"


def _compare(released: dict[str, Any], current: dict[str, Any] | None) -> list[Finding]:
    if current is None:
        return [Finding("/", "the event is no longer registered", First.NEITHER)]
    return compare(released, current)


def _load(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        yield path.name.removesuffix(SUFFIX), json.loads(path.read_text(encoding="utf-8"))


def _order(version: str) -> tuple[int, ...]:
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"{version} in the folder of releases is not a version like 0.1.0")
    return tuple(int(part) for part in version.split("."))
