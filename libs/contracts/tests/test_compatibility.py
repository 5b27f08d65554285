"""Every kind of change, and which side it would force to go first."""

from typing import Any

import pytest

from contracts.compatibility import Finding, First, compare

C, P, N = First.CONSUMERS, First.PRODUCERS, First.NEITHER


def event(required: tuple[str, ...] = ("a",), **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": {"type": "string"}, **properties}, "required": list(required)}


def field(**keywords: Any) -> dict[str, Any]:
    return event(b=keywords)


def nullable(**keywords: Any) -> dict[str, Any]:
    return event(b={"anyOf": [keywords, {"type": "null"}], "default": None})


def inside(**keywords: Any) -> dict[str, Any]:
    return {**event(b={"type": "array", "items": {"$ref": "#/$defs/B"}}), "$defs": {"B": {"type": "object", **keywords}}}


OPTIONAL = {"type": "string", "default": "x"}
REQUIRED = ("a", "b")

INCOMPATIBLE = {
    "required field added": (event(), event(REQUIRED, b={"type": "string"}), "/b", P),
    "optional field added without a default": (event(), field(type="string"), "/b", N),
    "optional field removed": (event(b=OPTIONAL), event(), "/b", C),
    "required field removed": (event(REQUIRED, b={"type": "string"}), event(), "/b", C),
    "optional field became required": (event(b=OPTIONAL), event(REQUIRED, b=OPTIONAL), "/b", P),
    "required field became optional": (event(REQUIRED, b=OPTIONAL), event(b=OPTIONAL), "/b", C),
    "undeclared field became required": (event(), event(("a", "z")), "/z", P),
    "field renamed": (event(b=OPTIONAL), event(c=OPTIONAL), "/b", C),
    "default changed": (field(type="string", default="x"), field(type="string", default="y"), "/b", N),
    "default dropped": (field(type="string", default="x"), field(type="string"), "/b", N),
    "type replaced": (field(type="string"), field(type="integer"), "/b", N),
    "integer widened to number": (field(type="integer"), field(type="number"), "/b", C),
    "number narrowed to integer": (field(type="number"), field(type="integer"), "/b", P),
    "type given up": (field(type="integer"), field(), "/b", C),
    "type demanded": (field(), field(type="integer"), "/b", P),
    "null newly allowed": (field(type="string"), event(b={"anyOf": [{"type": "string"}, {"type": "null"}]}), "/b", C),
    "null no longer allowed": (event(b={"anyOf": [{"type": "string"}, {"type": "null"}]}), field(type="string"), "/b", P),
    "null newly allowed by a list of types": (field(type="string"), field(type=["string", "null"]), "/b", C),
    "alternative replaced": (nullable(type="string"), nullable(type="integer"), "/b", N),
    "bound inside an alternative": (nullable(type="string", maxLength=9), nullable(type="string", maxLength=8), "/b", P),
    "minimum raised": (field(type="integer", minimum=1), field(type="integer", minimum=2), "/b", P),
    "minimum lowered": (field(type="integer", minimum=1), field(type="integer", minimum=0), "/b", C),
    "minimum added": (field(type="integer"), field(type="integer", minimum=0), "/b", P),
    "minimum dropped": (field(type="integer", minimum=0), field(type="integer"), "/b", C),
    "exclusive minimum raised": (field(type="number", exclusiveMinimum=0), field(type="number", exclusiveMinimum=1), "/b", P),
    "maximum raised": (field(type="integer", maximum=1), field(type="integer", maximum=2), "/b", C),
    "maximum lowered": (field(type="integer", maximum=2), field(type="integer", maximum=1), "/b", P),
    "exclusive maximum added": (field(type="number"), field(type="number", exclusiveMaximum=1), "/b", P),
    "minLength raised": (field(type="string"), field(type="string", minLength=1), "/b", P),
    "minLength dropped": (field(type="string", minLength=1), field(type="string"), "/b", C),
    "maxLength raised": (field(type="string", maxLength=64), field(type="string", maxLength=65), "/b", C),
    "maxLength added": (field(type="string"), field(type="string", maxLength=64), "/b", P),
    "minItems raised": (field(type="array"), field(type="array", minItems=1), "/b", P),
    "maxItems dropped": (field(type="array", maxItems=1), field(type="array"), "/b", C),
    "uniqueItems demanded": (field(type="array"), field(type="array", uniqueItems=True), "/b", P),
    "minProperties raised": (field(type="object"), field(type="object", minProperties=1), "/b", P),
    "maxProperties raised": (field(type="object", maxProperties=1), field(type="object", maxProperties=2), "/b", C),
    "multipleOf changed": (field(type="integer", multipleOf=2), field(type="integer", multipleOf=3), "/b", N),
    "pattern added": (field(type="string"), field(type="string", pattern="^a"), "/b", P),
    "pattern dropped": (field(type="string", pattern="^a"), field(type="string"), "/b", C),
    "pattern changed": (field(type="string", pattern="^a"), field(type="string", pattern="^b"), "/b", N),
    "format added": (field(type="string"), field(type="string", format="date"), "/b", P),
    "format dropped": (field(type="string", format="date"), field(type="string"), "/b", C),
    "format changed": (field(type="string", format="date"), field(type="string", format="date-time"), "/b", N),
    "enum narrowed": (field(enum=["x", "y"]), field(enum=["x"]), "/b", P),
    "enum widened": (field(enum=["x"]), field(enum=["x", "y"]), "/b", C),
    "enum imposed": (field(type="string"), field(type="string", enum=["x"]), "/b", P),
    "enum lifted": (field(type="string", enum=["x"]), field(type="string"), "/b", C),
    "const replaced by an enum": (field(const="x"), field(enum=["x", "y"]), "/b", C),
    "true is not 1": (field(enum=[1]), field(enum=[True]), "/b", P),
    "object closed": (event(), {**event(), "additionalProperties": False}, "/", P),
    "object opened": ({**event(), "additionalProperties": False}, event(), "/", C),
    "map values narrowed": (
        field(type="object", additionalProperties={"type": "number"}),
        field(type="object", additionalProperties={"type": "integer"}),
        "/b/*",
        P,
    ),
    "free map became typed": (field(type="object"), field(type="object", additionalProperties={"type": "integer"}), "/b/*", P),
    "map values behind a pattern": (
        field(type="object", patternProperties={"^.+$": {"type": "integer"}}),
        field(type="object", patternProperties={"^.+$": {"type": "number"}}),
        "/b/*",
        C,
    ),
    "pattern of map names": (
        field(type="object", patternProperties={"^a": {"type": "integer"}}),
        field(type="object", patternProperties={"^b": {"type": "integer"}}),
        "/b/*",
        N,
    ),
    "length of map names": (
        field(type="object", propertyNames={"maxLength": 64}),
        field(type="object", propertyNames={"maxLength": 32}),
        "/b/(names)",
        P,
    ),
    "members of a list": (
        field(type="array", items={"type": "integer"}),
        field(type="array", items={"type": "string"}),
        "/b/[]",
        N,
    ),
    "a definition behind a reference": (
        inside(properties={"c": {"type": "string"}}, required=["c"]),
        inside(properties={"c": {"type": "string"}}),
        "/b/[]/c",
        C,
    ),
    "another topic": ({**event(), "x-topic": "a.b.v1"}, {**event(), "x-topic": "a.c.v1"}, "/", N),
    "a keyword that the gate cannot judge": (event(b={"not": {"type": "null"}}), event(b={"not": {"type": "string"}}), "/b", N),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "first"), INCOMPATIBLE.values(), ids=INCOMPATIBLE)
def test_an_incompatible_change_is_found_with_the_side_that_must_go_first(
    old: dict[str, Any], new: dict[str, Any], path: str, first: First
) -> None:
    assert (path, first) in {(finding.path, finding.first) for finding in compare(old, new)}


RECURSIVE = {"$ref": "#/$defs/T", "$defs": {"T": {"type": "object", "properties": {"t": {"$ref": "#/$defs/T"}}}}}

COMPATIBLE = {
    "the same": (event(), event()),
    "optional field with a default": (event(), event(b=OPTIONAL)),
    "optional nullable field": (event(), nullable(type="string")),
    "optional list": (event(), field(type="array", items={"type": "string"}, default=[])),
    "optional field inside a list": (inside(), inside(properties={"c": OPTIONAL})),
    "words": (field(type="string", title="B", description="b"), field(type="string", description="better", deprecated=True)),
    "order of alternatives": (event(b={"type": ["string", "null"]}), event(b={"anyOf": [{"type": "null"}, {"type": "string"}]})),
    "order of required": (event(REQUIRED, b=OPTIONAL), event(("b", "a"), b=OPTIONAL)),
    "order of an enum": (field(enum=["x", "y"]), field(enum=["y", "x"])),
    "a definition instead of the same inline": (
        field(type="string", maxLength=3),
        {**event(b={"$ref": "#/$defs/B"}), "$defs": {"B": {"type": "string", "maxLength": 3}}},
    ),
    "zero length said": (field(type="string"), field(type="string", minLength=0)),
    "default of a required field": (event(REQUIRED, b={"type": "string"}), event(REQUIRED, b=OPTIONAL)),
    "a tree": (RECURSIVE, {**RECURSIVE, "description": "a tree"}),
}


@pytest.mark.parametrize(("old", "new"), COMPATIBLE.values(), ids=COMPATIBLE)
def test_a_compatible_change_is_clean(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert compare(old, new) == []


def test_a_field_added_to_a_closed_object_needs_the_consumers_first() -> None:
    closed = {"additionalProperties": False}
    assert compare(event() | closed, event(b=OPTIONAL) | closed) == [
        Finding("/b", "field added to an object that refuses unknown fields", C)
    ]


def test_a_field_that_leaves_or_enters_a_map_fits_neither_side() -> None:
    typed = {"additionalProperties": {"type": "boolean"}}
    assert Finding("/b", "field removed", N) in compare(event(b=OPTIONAL) | typed, event() | typed)
    assert {finding.first for finding in compare(event() | typed, event(b=OPTIONAL) | typed)} == {N}


def test_a_field_removed_from_a_closed_object_fits_neither_side() -> None:
    closed = {"additionalProperties": False}
    assert compare(event(b=OPTIONAL) | closed, event() | closed) == [Finding("/b", "field removed", N)]


def test_a_required_field_added_to_a_closed_object_fits_neither_side() -> None:
    closed = {"additionalProperties": False}
    assert compare(event() | closed, event(REQUIRED, b=OPTIONAL) | closed) == [Finding("/b", "required field added", N)]


def test_one_change_is_one_finding() -> None:
    assert compare(event(REQUIRED, b=OPTIONAL), event()) == [Finding("/b", "field removed", C)]
    assert compare(event(), event(REQUIRED, b=OPTIONAL)) == [Finding("/b", "required field added", P)]


def test_an_unknown_keyword_is_refused_only_when_something_changes() -> None:
    schema = event(b={"not": {"type": "null"}})
    assert compare(schema, schema) == []
    assert compare(schema, event(b={"not": {"type": "null"}}, c=OPTIONAL)) != []


def test_the_words_name_what_changed() -> None:
    assert [finding.change for finding in compare(field(type="string", maxLength=64), field(type="string", maxLength=32))] == [
        "maxLength changed from 64 to 32"
    ]
