"""CloudEvents 1.0 in Kafka binary mode: attributes in `ce_*` headers, the value is the plain JSON of the data.

`partitionkey` (the record key), `sequence` and `traceparent` are the documented CloudEvents extensions. A consumer
proves with `sequence`, counted per aggregate from 1, that it missed nothing; the extension wants it to sort as text, so it
is written with leading zeros. `ce_id` is the id of the producer's outbox row
and the id that a consumer's inbox remembers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from contracts.base import Event
from contracts.registry import event_class

SPEC_VERSION: Final = "1.0"
CONTENT_TYPE: Final = "application/json"
_SPEC_VERSION: Final = SPEC_VERSION.encode()
SEQUENCE_DIGITS: Final = 18
MAX_KEY_CHARACTERS: Final = 256
Headers = list[tuple[str, bytes]]
RawHeaders = Iterable[tuple[str, bytes | None]]
"""Headers as a client hands them over: Kafka allows a header without a value."""


class MalformedEvent(ValueError):  # noqa: N818 - named for what it is, not for being raised
    """The record can never be read: the consumer dead-letters it. `reason` is stable and free of personal data."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Envelope:
    """One published event with its CloudEvents attributes. `data` is None when the type is not known here."""

    id: UUID
    source: str
    type: str
    time: datetime
    key: str
    sequence: int
    data: Event | None
    traceparent: str | None = None

    @property
    def dataschema(self) -> str:
        """The schema that the data satisfies, as a URN."""
        return f"urn:bihuan:schema:{self.type}"


def encode_headers(
    *, id: UUID, source: str, type: str, time: datetime, key: str, sequence: int, traceparent: str | None
) -> Headers:
    """Make the record headers of an event; all strings are UTF-8, `sequence` is less than 10^18."""
    key_bytes = key.encode()
    headers = [
        *_of_all(source, type),
        ("ce_id", str(id).encode()),
        ("ce_time", time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
        ("ce_subject", key_bytes),
        ("ce_partitionkey", key_bytes),
        ("ce_sequence", f"{sequence:0{SEQUENCE_DIGITS}d}".encode()),
    ]
    if traceparent:
        # Twice: as the CloudEvents extension, and bare for tools that follow W3C Trace Context.
        trace = traceparent.encode()
        headers += [("ce_traceparent", trace), ("traceparent", trace)]
    return headers


@lru_cache(maxsize=256)
def _of_all(source: str, type: str) -> Headers:
    """The headers that all events of a type have in common; the relay writes them thousands of times a second."""
    return [
        ("ce_specversion", SPEC_VERSION.encode()),
        ("ce_source", source.encode()),
        ("ce_type", type.encode()),
        ("ce_dataschema", f"urn:bihuan:schema:{type}".encode()),
        ("content-type", CONTENT_TYPE.encode()),
    ]


def encode(envelope: Envelope) -> tuple[bytes, bytes, Headers]:
    """Return (record key, record value, record headers).

    Raises:
        ValueError: the envelope has no data to publish.
    """
    if envelope.data is None:
        raise ValueError("an event without data cannot be published")
    headers = encode_headers(
        id=envelope.id,
        source=envelope.source,
        type=envelope.type,
        time=envelope.time,
        key=envelope.key,
        sequence=envelope.sequence,
        traceparent=envelope.traceparent,
    )
    return envelope.key.encode(), envelope.data.to_json(), headers


def decode(value: bytes | None, headers: RawHeaders) -> Envelope:
    """Read a record. An unknown type is returned with `data=None`, so that the consumer can skip and count it.

    Raises:
        MalformedEvent: a header or the data cannot be read; nothing else is ever raised.
    """
    raw = dict(headers)
    if raw.get("ce_specversion", _SPEC_VERSION) != _SPEC_VERSION:
        raise MalformedEvent("bad_header", "ce_specversion is not 1.0")
    type_ = _text(raw, "ce_type")
    cls = event_class(type_)
    return Envelope(
        id=_uuid(_text(raw, "ce_id")),
        source=_text(raw, "ce_source"),
        type=type_,
        time=_instant(_text(raw, "ce_time")),
        key=_key(_text(raw, "ce_partitionkey")),
        sequence=_sequence(_text(raw, "ce_sequence")),
        data=None if cls is None else _data(cls, value),
        traceparent=_text(raw, "ce_traceparent") if raw.get("ce_traceparent") else None,
    )


def _text(raw: Mapping[str, bytes | None], name: str) -> str:
    value = raw.get(name)
    if not value:
        raise MalformedEvent("missing_header", name)
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        raise MalformedEvent("bad_header", f"{name} is not UTF-8") from error
    if "\0" in text:
        raise MalformedEvent("bad_header", f"{name} contains NUL, which no database column can hold")
    return text


def _key(key: str) -> str:
    if len(key) > MAX_KEY_CHARACTERS:
        raise MalformedEvent("bad_header", f"ce_partitionkey has more than {MAX_KEY_CHARACTERS} characters")
    return key


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise MalformedEvent("bad_header", "ce_id is not a UUID") from error


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedEvent("bad_header", "ce_time is not an RFC 3339 instant") from error
    if instant.tzinfo is None:
        raise MalformedEvent("bad_header", "ce_time has no offset")
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise MalformedEvent("bad_header", "ce_time lies outside the years 1 to 9999 in UTC") from error


def _sequence(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= SEQUENCE_DIGITS):
        raise MalformedEvent("bad_header", "ce_sequence is not a whole number")
    return int(text)


def _data(cls: type[Event], value: bytes | None) -> Event:
    if value is None:
        raise MalformedEvent("empty_value", "the record has no value")
    try:
        return cls.model_validate_json(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        reason = "bad_json" if first["type"] == "json_invalid" else "wrong_schema"
        raise MalformedEvent(reason, f"{'.'.join(map(str, first['loc']))} {first['msg']}".strip()) from error
    except ValueError as error:  # e.g. surrogates that pydantic's parser refuses before validation
        raise MalformedEvent("bad_json", type(error).__name__) from error
