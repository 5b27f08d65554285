"""The hash chain of a hazard's changes: whoever changes, drops or reorders a row breaks it.

Each change is hashed with the hash of the one before it; the hazard keeps the hash of the newest. The state after each change
goes in as a hash of its own, so that the present row cannot be changed unnoticed either. SHA-256 (FIPS 180-4), canonical JSON.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from hazards.domain.record import Hazard

ROOT: Final = b"\0" * 32
"""What stands before the first change."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as it is kept."""

    hazard_id: UUID
    version: int
    change: str
    state_before: str
    state_after: str
    occurred_at: datetime
    recorded_at: datetime
    subject: str | None
    unit: str | None
    on_behalf_of: str | None
    role: str | None
    evidence: tuple[UUID, ...]
    event: str
    facts: dict[str, Any]
    """The data of the event."""
    state_hash: bytes


_FIELDS: Final = tuple(each.name for each in fields(Entry))


def state_hash(hazard: Hazard) -> bytes:
    """Hash a whole state, but for the hash of its newest change, which covers this one."""
    return hashlib.sha256(_canonical(hazard.model_dump(mode="json", exclude={"head"}))).digest()


def digest(previous: bytes, entry: Entry) -> bytes:
    """Hash a change behind the one before it."""
    return hashlib.sha256(previous + _canonical({name: _plain(getattr(entry, name)) for name in _FIELDS})).digest()


def breaks(hazard: Hazard, entries: Iterable[tuple[Entry, bytes]]) -> list[str]:
    """Say what is wrong with a hazard and its changes in the order of their versions, each with the hash that is kept.

    Empty: nothing was changed, is missing or stands in another order.
    """
    found: list[str] = []
    previous, version, last = ROOT, 0, None
    for last, kept in entries:
        version += 1
        if last.version != version:
            return [*found, f"version {version} is missing: version {last.version} follows {version - 1}"]
        if digest(previous, last) != kept:
            found.append(f"version {version} is not what was written, or was moved")
        previous = kept
    if version != hazard.version:
        found.append(f"the last change is version {version}, the hazard's version {hazard.version}")
    elif previous != hazard.head:
        found.append("the newest change is not the one that the hazard was left with")
    if last is not None and state_hash(hazard) != last.state_hash and version == hazard.version:
        found.append("the hazard is not as its newest change left it")
    return found


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case bytes():
            return value.hex()
        case tuple():
            return [_plain(each) for each in value]
        case _:
            return value
