"""Our messages, read and written by others: any event, any bytes, any headers."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import example, given
from hypothesis import strategies as st

from contracts import EVENTS, Envelope, Event, MalformedEvent, decode, encode
from contracts.examples import Example, examples_of, examples_on
from contracts.schemas import committed
from contracts.strategies import data_of, envelopes
from contracts.topics import TOPICS

REASONS = {"bad_header", "missing_header", "empty_value", "bad_json", "wrong_schema"}
EXAMPLES = [example for name in TOPICS for example in examples_on(name)]
types = st.sampled_from([cls.type() for cls in EVENTS])


def json_of(floats: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | floats | st.text()
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


json_values = json_of(st.floats(allow_nan=False, allow_infinity=False))
nearly_json_values = json_of(st.floats())  # Python writes NaN and Infinity, which are not JSON


def label(one: Example) -> str:
    return f"{one.type}/{one.name}"


@given(envelopes())
def test_the_official_sdk_reads_every_message_with_its_extensions(envelope: Envelope) -> None:
    key, value, headers = encode(envelope)

    event = from_binary(KafkaMessage(dict(headers), key, value), JSONFormat())

    assert envelope.data is not None
    assert event.get_specversion() == "1.0"
    assert UUID(event.get_id()) == envelope.id
    assert event.get_source() == envelope.source
    assert event.get_type() == envelope.type
    assert event.get_time() == envelope.time
    assert event.get_subject() == envelope.key
    assert event.get_datacontenttype() == "application/json"
    assert event.get_dataschema() == committed(envelope.type)["$id"]
    assert event.get_extension("partitionkey") == envelope.key
    assert int(event.get_extension("sequence")) == envelope.sequence
    assert event.get_extension("traceparent") == envelope.traceparent
    assert event.get_data() == json.loads(envelope.data.to_json())


@given(envelopes())
def test_what_the_official_sdk_writes_is_read_alike(envelope: Envelope) -> None:
    assert envelope.data is not None
    attributes: dict[str, Any] = {
        "id": str(envelope.id),
        "source": envelope.source,
        "type": envelope.type,
        "time": envelope.time,
        "datacontenttype": "application/json",
        "partitionkey": envelope.key,
        "sequence": str(envelope.sequence),
    }
    if envelope.traceparent:
        attributes["traceparent"] = envelope.traceparent

    message = to_binary(CloudEvent(attributes, json.loads(envelope.data.to_json())), JSONFormat())

    assert decode(message.value, message.headers.items()) == envelope


@given(envelopes())
def test_every_event_comes_back_as_it_went(envelope: Envelope) -> None:
    key, value, headers = encode(envelope)

    assert decode(value, headers) == envelope
    assert key == envelope.key.encode()


@given(envelopes(), st.integers(1, 10**18 - 1))
def test_sequences_sort_as_text_as_they_sort_as_numbers(envelope: Envelope, other: int) -> None:
    texts = [dict(encode(replace(envelope, sequence=number))[2])["ce_sequence"] for number in sorted([envelope.sequence, other])]

    assert texts == sorted(texts)


@pytest.mark.parametrize("one", EXAMPLES, ids=label)
def test_every_example_is_read(one: Example) -> None:
    key, value, headers = one.record()

    envelope = decode(value, headers)

    assert isinstance(envelope.data, Event)
    assert envelope.key.encode() == key
    assert envelope.sequence >= 1


@pytest.mark.parametrize("one", EXAMPLES, ids=label)
def test_the_official_sdk_opens_every_example_file(one: Example) -> None:
    event = JSONFormat().read(CloudEvent, json.dumps(one.event, default=str))

    assert event.get_type() == one.type
    assert event.get_data() == one.data


@pytest.mark.slow
@given(envelopes(), st.dictionaries(st.text(min_size=1).map("x_{}".format), json_values, min_size=1))
def test_fields_that_a_newer_producer_added_are_tolerated(envelope: Envelope, added: dict[str, Any]) -> None:
    _, value, headers = encode(envelope)

    assert decode(json.dumps(json.loads(value) | added).encode(), headers) == envelope


@given(envelopes(), st.from_regex(r"bihuan\.[a-z]{1,9}\.[A-Z][a-z]{1,9}\.v[1-9]", fullmatch=True), st.none() | st.binary())
def test_an_unknown_type_is_an_envelope_without_data(envelope: Envelope, type_: str, value: bytes | None) -> None:
    headers = dict(encode(envelope)[2]) | {"ce_type": type_.encode()}

    assert decode(value, headers.items()) == replace(envelope, type=type_, data=None)


header_values = st.none() | st.binary(max_size=40)


@given(st.none() | st.binary(), st.lists(st.tuples(st.text() | st.sampled_from(["ce_id", "ce_type", "ce_time"]), header_values)))
def test_arbitrary_bytes_and_headers_are_at_worst_malformed(value: bytes | None, headers: list[tuple[str, bytes | None]]) -> None:
    _reads_or_refuses(value, headers)


@given(envelopes(), st.data())
def test_a_message_with_one_broken_header_is_at_worst_malformed(envelope: Envelope, data: st.DataObject) -> None:
    _, value, headers = encode(envelope)
    name = data.draw(st.sampled_from([name for name, _ in headers]))
    broken = data.draw(header_values | st.text(max_size=300).map(str.encode))

    _reads_or_refuses(value, [*headers, (name, broken)])
    _reads_or_refuses(value, [header for header in headers if header[0] != name])


@given(types, nearly_json_values.map(lambda value: json.dumps(value).encode()) | st.binary())
@example("bihuan.plans.PlanIssued.v1", b"[" * 100_000)
@example("bihuan.plans.PlanIssued.v1", b'{"title": "\xff"}')
@example("bihuan.plans.PlanIssued.v1", b'{"title": "\\ud800"}')
def test_an_arbitrary_value_under_good_headers_is_at_worst_malformed(type_: str, value: bytes) -> None:
    _reads_or_refuses(value, dict(examples_of(type_)[0].record()[2]).items())


@given(st.data())
def test_an_event_with_one_arbitrary_field_is_at_worst_malformed(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from(EVENTS))
    content = data.draw(data_of(cls))
    name = data.draw(st.sampled_from(sorted(content)))
    extreme = st.sampled_from(
        ["9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00+14:00", 1e308, -1, 10**400, "NaN", "\0", "1e999999999"]
    )
    content[name] = data.draw(nearly_json_values | extreme)

    _reads_or_refuses(json.dumps(content).encode(), dict(examples_of(cls.type())[0].record()[2]).items())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ce_time": b"0001-01-01T00:00:00+08:00"}, "bad_header"),
        ({"ce_time": b"2026-03-02T14:00:00"}, "bad_header"),
        ({"ce_time": b"soon"}, "bad_header"),
        ({"ce_id": b"17"}, "bad_header"),
        ({"ce_sequence": b"-1"}, "bad_header"),
        ({"ce_sequence": "①".encode()}, "bad_header"),
        ({"ce_sequence": b"9" * 19}, "bad_header"),
        ({"ce_partitionkey": b"a\0b"}, "bad_header"),
        ({"ce_partitionkey": b"k" * 257}, "bad_header"),
        ({"ce_specversion": b"0.3"}, "bad_header"),
        ({"ce_source": b"\xff"}, "bad_header"),
        ({"ce_id": b""}, "missing_header"),
        ({"ce_type": None}, "missing_header"),
    ],
)
def test_a_bad_header_is_named(changes: dict[str, bytes | None], reason: str) -> None:
    _, value, headers = EXAMPLES[0].record()

    with pytest.raises(MalformedEvent) as caught:
        decode(value, [*headers, *changes.items()])

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty_value"),
        (b"", "bad_json"),
        (b"{", "bad_json"),
        (b"\xff", "bad_json"),
        (b"{}", "wrong_schema"),
        (b"7", "wrong_schema"),
    ],
)
def test_a_bad_value_is_named(value: bytes | None, reason: str) -> None:
    _, _, headers = EXAMPLES[0].record()

    with pytest.raises(MalformedEvent) as caught:
        decode(value, headers)

    assert caught.value.reason == reason


def test_any_offset_of_the_same_instant_is_the_same_event() -> None:
    one = next(one for one in EXAMPLES if one.type == "bihuan.hazards.RectificationOverdue.v1")
    _, value, headers = one.record()
    local = value.replace(b'"due_at":"2026-03-02T06:30:00Z"', b'"due_at":"2026-03-02T14:30:00+08:00"')

    assert local != value
    assert decode(local, headers) == decode(value, headers)
    assert decode(local, headers).time.utcoffset() == timedelta(0)


def _reads_or_refuses(value: bytes | None, headers: Any) -> None:
    outcome = _outcome(value, headers)
    if isinstance(outcome, MalformedEvent):
        assert outcome.reason in REASONS
        assert str(outcome).startswith(outcome.reason)
    else:
        assert outcome.data is None or outcome.data.type() == outcome.type


def _outcome(value: bytes | None, headers: Any) -> Envelope | MalformedEvent:
    try:
        return decode(value, headers)
    except MalformedEvent as error:
        return error
