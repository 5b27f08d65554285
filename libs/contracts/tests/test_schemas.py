"""The schemas say what is on the wire, for producers and consumers alike."""

import json

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given

from contracts import EVENTS, Event
from contracts.compatibility import compare
from contracts.schemas import committed, json_schema, render
from contracts.strategies import events


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.__name__)
def test_whatever_a_producer_can_write_a_consumer_accepts(cls: type[Event]) -> None:
    assert json_schema(cls, "serialization") == json_schema(cls, "validation")


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.__name__)
def test_the_gate_understands_every_keyword_and_the_dialect_is_valid(cls: type[Event]) -> None:
    schema = json_schema(cls)
    assert compare(schema, schema | {"description": "in other words"}) == []
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.__name__)
def test_the_committed_schema_names_its_type_and_topic(cls: type[Event]) -> None:
    schema = committed(cls.type())
    assert (schema["$id"], schema["x-topic"]) == (f"urn:bihuan:schema:{cls.type()}", cls.topic)
    assert schema == json.loads(render(json_schema(cls)))


@given(events())
def test_every_event_that_a_model_writes_satisfies_its_schema(event: Event) -> None:
    data, schema = json.loads(event.to_json()), committed(event.type())
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(data)
    jsonschema.Draft202012Validator(schema).validate(data)


def test_fields_with_a_default_may_be_absent_and_say_the_default() -> None:
    for cls in EVENTS:
        schema = json_schema(cls)
        optional = schema["properties"].keys() - set(schema["required"])
        assert {name for name in optional if "default" not in schema["properties"][name]} == set()
