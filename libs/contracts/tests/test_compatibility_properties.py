"""The gate against arbitrary changes, and against an independent judge: the set arithmetic of jsonschema-rs.

`covers` proves that a schema admits every value of another. A change is safe in one direction when the reader's schema
covers what the writer writes: the declared fields and no others. What cannot be proved there, the gate must refuse here.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema_rs import canonicalize
from jsonschema_rs.canonical import Containment

from contracts.compatibility import First, compare
from contracts.registry import EVENTS
from contracts.schemas import json_schema

SCHEMAS = [json_schema(cls) for cls in EVENTS]
Node = dict[str, Any]


def nodes(node: Node) -> Iterator[Node]:
    """Every schema node of a document, the document first. A map of fields is no node, though a field may be called type."""
    yield node
    for keyword in ("properties", "patternProperties", "$defs"):
        for child in node.get(keyword, {}).values():
            yield from nodes(child)
    for child in (*node.get("anyOf", ()), *(node[keyword] for keyword in ("items", "propertyNames") if keyword in node)):
        yield from nodes(child)


def objects(schema: Node) -> list[Node]:
    return [node for node in nodes(schema) if node.get("properties")]


def optional_field(node: Node, name: str) -> None:
    node["properties"][name] = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}


def remove(node: Node, name: str) -> None:
    node["properties"].pop(name)
    node["required"] = [other for other in node.get("required", ()) if other != name]


def rename(node: Node, name: str) -> None:
    remove(node, name)
    optional_field(node, "renamed")


def require_new(node: Node, name: str) -> None:
    node["properties"][f"{name}_new"] = {"type": "string"}
    node["required"] = sorted({*node.get("required", ()), f"{name}_new"})


def flip_required(node: Node, name: str) -> None:
    required = node.get("required", [])
    node["required"] = [other for other in required if other != name] if name in required else [*required, name]


def allow_null_twice_over(node: Node, name: str) -> None:
    node["properties"][name] = {"anyOf": [node["properties"][name], {"type": "boolean"}]}


def retype(node: Node, name: str) -> None:
    node["properties"][name] = {"type": "array", "items": {"type": "boolean"}}


def close(node: Node, name: str) -> None:
    node["additionalProperties"] = False


def constrain(node: Node, name: str) -> None:
    child = node["properties"][name]
    child = child["anyOf"][0] if "anyOf" in child else child
    assume(child.get("type") in {"string", "integer", "array"})
    keyword = {"string": "maxLength", "integer": "maximum", "array": "maxItems"}[child["type"]]
    child[keyword] = child.get(keyword, 50) - 1


def relax(node: Node, name: str) -> None:
    child = node["properties"][name]
    child = child["anyOf"][0] if "anyOf" in child else child
    present = [keyword for keyword in ("pattern", "format", "minimum", "maxLength", "minItems") if keyword in child]
    assume(present)
    del child[present[0]]


def redefault(node: Node, name: str) -> None:
    assume(name not in node.get("required", ()))
    node["properties"][name]["default"] = "else"


Change = Callable[[Node, str], None]
Place = tuple[Node, Node, Node, str]

BREAKING: list[Change] = [
    remove, rename, require_new, flip_required, allow_null_twice_over, retype, close, constrain, relax, redefault,
]  # fmt: skip


@st.composite
def places(draw: st.DrawFn) -> Place:
    """A schema, a copy to change, and a field in the copy."""
    old = draw(st.sampled_from(SCHEMAS))
    new = copy.deepcopy(old)
    owner = draw(st.sampled_from(objects(new)))
    return old, new, owner, draw(st.sampled_from(sorted(owner["properties"])))


@given(st.sampled_from(SCHEMAS), st.text(max_size=20))
def test_a_schema_is_compatible_with_itself_whatever_its_words(schema: Node, words: str) -> None:
    reworded = copy.deepcopy(schema)
    for node in nodes(reworded):
        node["description"] = words
    assert compare(schema, schema) == []
    assert compare(schema, reworded) == []


@pytest.mark.slow
@given(places(), st.from_regex(r"new_[a-z]{1,8}", fullmatch=True))
def test_adding_an_optional_field_with_a_default_anywhere_is_clean(place: Place, name: str) -> None:
    old, new, owner, _ = place
    optional_field(owner, name)
    assert compare(old, new) == []
    assert judged_safe(reader=old, writer=new)
    assert judged_safe(reader=new, writer=old)


@pytest.mark.slow
@settings(max_examples=300)
@given(places(), st.sampled_from(BREAKING))
def test_every_breaking_change_anywhere_is_found(place: Place, change: Change) -> None:
    old, new, owner, name = place
    change(owner, name)
    assert compare(old, new) != []
    agrees_with_the_judge(old, new)


@pytest.mark.slow
@settings(max_examples=300)
@given(places(), st.lists(st.tuples(st.sampled_from(BREAKING), st.integers(0, 200), st.integers(0, 200)), min_size=1, max_size=4))
def test_several_changes_at_once_never_pass_what_the_judge_refuses(place: Place, changes: list[tuple[Change, int, int]]) -> None:
    old, new, _, _ = place
    for change, where, which in changes:
        found = objects(new)
        assume(found)
        owner = found[where % len(found)]
        change(owner, sorted(owner["properties"])[which % len(owner["properties"])])
    agrees_with_the_judge(old, new)


bounds = st.none() | st.integers(0, 3)


def with_keywords(type_: str, **keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    present = st.fixed_dictionaries({"type": st.just(type_)}, optional=keywords)
    return present.map(lambda node: {keyword: value for keyword, value in node.items() if value is not None})


leaves = st.one_of(
    st.just({}),
    with_keywords("boolean"),
    with_keywords("null"),
    with_keywords("integer", minimum=bounds, maximum=bounds),
    with_keywords("number", exclusiveMinimum=bounds, maximum=bounds),
    with_keywords("string", minLength=bounds, maxLength=bounds, pattern=st.sampled_from(["^a", "^b+$"])),
    st.fixed_dictionaries({"enum": st.lists(st.sampled_from(["x", "y", 1, True, None]), min_size=1, unique_by=repr)}),
)


def branches(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    names = st.sampled_from("abc")
    return st.one_of(
        with_keywords("array", items=children, minItems=bounds, maxItems=bounds),
        with_keywords(
            "object",
            properties=st.dictionaries(names, children, max_size=3),
            required=st.lists(names, unique=True),
            additionalProperties=st.booleans() | children,
            minProperties=bounds,
        ),
        st.fixed_dictionaries({"anyOf": st.lists(children, min_size=1, max_size=3)}),
    )


@settings(max_examples=400)
@given(st.recursive(leaves, branches, max_leaves=6), st.recursive(leaves, branches, max_leaves=6))
def test_no_pair_of_schemas_passes_that_the_judge_refuses(old: Node, new: Node) -> None:
    agrees_with_the_judge(old, new)


def agrees_with_the_judge(old: Node, new: Node) -> None:
    firsts = {finding.first for finding in compare(old, new)}
    if not judged_safe(reader=new, writer=old):
        assert firsts & {First.PRODUCERS, First.NEITHER}, "new consumers cannot read old records, and the gate is silent"
    if not judged_safe(reader=old, writer=new):
        assert firsts & {First.CONSUMERS, First.NEITHER}, "old consumers cannot read new records, and the gate is silent"


def judged_safe(*, reader: Node, writer: Node) -> bool:
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    written = canonicalize(declared_only(writer) | dialect, validate_formats=True)
    return canonicalize(reader | dialect, validate_formats=True).covers(written) == Containment.YES


def declared_only(node: Any) -> Any:
    """What a producer writes: declared fields. An object without declared fields is a map and stays open."""
    if isinstance(node, list):
        return [declared_only(one) for one in node]
    if not isinstance(node, dict):
        return node
    closed = {keyword: declared_only(value) for keyword, value in node.items() if keyword != "enum"}
    if closed.get("type") == "object" and closed.get("properties") and closed.get("additionalProperties", True) is True:
        closed["additionalProperties"] = False
    return closed | {"enum": node["enum"]} if "enum" in node else closed
