"""Events, records and envelopes for the kit's tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from uuid import UUID, uuid4

from contracts import Envelope, encode
from contracts.events.units import Placement, UnitRegistered

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)

Headers = list[tuple[str, bytes | None]]


@dataclass
class RawRecord:
    """What the code under test reads of aiokafka's record, and what a test sends."""

    value: bytes | None
    headers: Headers
    key: bytes | None = b"330802"
    topic: str = "t"
    partition: int = 0
    offset: int = 0


@cache
def _registered(topic: str) -> type[UnitRegistered]:
    cls: type[UnitRegistered] = type("UnitRegistered", (UnitRegistered,), {"topic": topic, "__module__": __name__})
    return cls


def event(code: str = "330802", topic: str = UnitRegistered.topic) -> UnitRegistered:
    """A unit's registration, for any topic of the plans context."""
    placement = Placement(parent=None, valid_from=NOW)
    return _registered(topic)(
        occurred_at=NOW, recorded_at=NOW, code=code, name="青山县", level="county", parent=None, placements=(placement,)
    )


def envelope(code: str = "330802", sequence: int = 1, id: UUID | None = None, traceparent: str | None = None) -> Envelope:
    """A published registration."""
    return Envelope(id or uuid4(), "/test", UnitRegistered.type(), NOW, code, sequence, event(code), traceparent)


def raw(one: Envelope, **place: int) -> RawRecord:
    """The record of an event."""
    key, value, headers = encode(one)
    return RawRecord(value, [*headers], key, **place)


def records(code: str, sequences: Sequence[int]) -> list[RawRecord]:
    """Records of one aggregate."""
    return [raw(envelope(code, sequence)) for sequence in sequences]


def changed(record: RawRecord, **headers: bytes | None) -> RawRecord:
    """The record with some headers replaced; None leaves one out."""
    kept = [(name, value) for name, value in record.headers if name not in headers]
    added = [(name, value) for name, value in headers.items() if value is not None]
    return RawRecord(record.value, [*kept, *added], record.key, record.topic, record.partition, record.offset)
