"""Hypothesis strategies: arbitrary events, made from the schemas. For tests only; needs hypothesis.

What is drawn is what any producer could lawfully write, so a consumer's fold can be tested against all of it.
"""

import json
import string
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st
from pydantic import TypeAdapter

from contracts.base import Event
from contracts.envelope import Envelope
from contracts.nodes import Schema, alternatives
from contracts.registry import EVENTS
from contracts.rhythms.flaws import MONTHS
from contracts.schedules import DueDay, Schedule
from contracts.schemas import json_schema
from contracts.values import Duration

_UTF8: Final = st.characters(codec="utf-8")
_DURATION: Final = TypeAdapter[timedelta](Duration)
_LARGEST: Final = 2**31 - 1
_MAX_MEMBERS: Final = 3


def instants() -> st.SearchStrategy[datetime]:
    """Aware instants in UTC that a database can hold."""
    return st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@cache
def data_of(cls: type[Event]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw the data of an event as JSON values; optional fields come and go."""
    schema = json_schema(cls)
    return _values(schema, schema)


@cache
def events(*classes: type[Event]) -> st.SearchStrategy[Event]:
    """Draw events of the given classes, or of any."""
    return st.one_of(*(data_of(cls).map(json.dumps).map(cls.model_validate_json) for cls in classes or EVENTS))


@st.composite
def envelopes(draw: st.DrawFn, *classes: type[Event]) -> Envelope:
    """Draw published events with their attributes; the key is that of the data."""
    data = draw(events(*classes))
    return Envelope(
        id=draw(st.uuids()),
        source=f"/bihuan/services/{data.topic.split('.', 1)[0]}",
        type=data.type(),
        time=data.occurred_at,
        key=data.key(),
        sequence=draw(st.integers(1, 10**18 - 1)),
        data=data,
        traceparent=draw(st.none() | st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]", fullmatch=True)),
    )


@st.composite
def schedules(draw: st.DrawFn, first: date, last: date) -> Schedule:
    """Draw sound schedules of every rhythm but `event`; the dates that they name lie between two days."""
    every = draw(st.sampled_from(["day", "working_day", "week", *MONTHS, "dates"]))
    days = st.dates(first, last)
    since, until = sorted([draw(days), draw(days)])
    fields: dict[str, object] = {
        "every": every,
        "on_holiday": draw(st.sampled_from(["keep", "keep", "next_working_day", "previous_working_day"])),
        "effective_from": draw(st.sampled_from([None, since])),
        "effective_until": draw(st.sampled_from([None, until])),
        "at": draw(st.sampled_from([None, time(12), time(17, 30)])),
    }
    if every == "dates":
        fields["dates"] = tuple(sorted(draw(st.sets(days, min_size=1, max_size=5))))
    else:
        fields["about"] = draw(st.sampled_from(["current", "previous"]))
        fields["on"] = draw(_due_days(every))
    return Schedule.model_validate(fields)


def _due_days(every: str) -> st.SearchStrategy[tuple[DueDay, ...]]:
    if every in ("day", "working_day"):
        return st.just(())
    if every == "week":
        return st.sets(st.integers(1, 7), max_size=3).map(lambda days: tuple(DueDay(weekday=day) for day in sorted(days)))
    months = MONTHS[every]
    month = st.none() if months == 1 else st.integers(1, months)
    counted = st.tuples(month, st.integers(1, 23)).map(lambda pair: (DueDay(month=pair[0], working_day=pair[1]),))
    named = st.sets(st.tuples(st.integers(1, months), st.integers(1, 31)), max_size=4).map(
        lambda pairs: tuple(DueDay(month=None if months == 1 else pair[0], day=pair[1]) for pair in sorted(pairs))
    )
    return st.one_of(named, named, counted)


def _values(node: Any, root: Schema) -> st.SearchStrategy[Any]:
    return st.one_of(*(_plain(one, root) for one in alternatives(node, root)))


def _plain(node: Schema, root: Schema) -> st.SearchStrategy[Any]:
    match node["type"]:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(node.get("minimum", -_LARGEST), node.get("maximum", _LARGEST))
        case "string":
            return _texts(node)
        case "array":
            return st.lists(_values(node["items"], root), min_size=node.get("minItems", 0), max_size=_MAX_MEMBERS)
        case "object":
            return _maps(node, root) if "patternProperties" in node else _objects(node, root)
        case other:
            raise NotImplementedError(f"no strategy for the type {other}")


def _texts(node: Schema) -> st.SearchStrategy[str]:
    match node.get("format"):
        case "date-time":
            return instants().map(datetime.isoformat)
        case "date":
            return instants().map(lambda instant: instant.date().isoformat())
        case "duration":
            durations = st.timedeltas(timedelta(0), timedelta(days=366)).map(
                lambda value: value - timedelta(microseconds=value.microseconds)
            )
            return durations.map(lambda value: str(_DURATION.dump_python(value, mode="json")))
        case "uuid":
            return st.uuids().map(str)
    shortest, longest = node.get("minLength", 0), node.get("maxLength", 100)
    texts = st.from_regex(node["pattern"], fullmatch=True, alphabet=_UTF8)
    # Models strip what surrounds a text, so only a stripped one comes back as it went.
    return texts.map(lambda text: text.strip(string.whitespace)).filter(
        lambda text: shortest <= len(text) <= longest and text == text.strip()
    )


def _objects(node: Schema, root: Schema) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: _values(child, root) for name, child in node["properties"].items()}
    required = set(node.get("required", ()))
    return st.fixed_dictionaries(
        {name: values for name, values in fields.items() if name in required},
        optional={name: values for name, values in fields.items() if name not in required},
    )


def _maps(node: Schema, root: Schema) -> st.SearchStrategy[dict[str, Any]]:
    ((pattern, child),) = node["patternProperties"].items()
    names = _texts({"pattern": pattern, **node.get("propertyNames", {})})
    return st.dictionaries(names, _values(child, root), max_size=_MAX_MEMBERS)
