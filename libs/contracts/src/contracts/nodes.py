"""Reading JSON Schema: references, `anyOf` and lists of types flattened into plain nodes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]
"""A JSON Schema document or a node in it, as parsed from JSON."""

NOTES: Final = ("$schema", "$id", "$defs", "$comment", "title", "description", "examples", "deprecated", "default", "x-topic")
"""Keywords that refuse no value."""

_DEFINITIONS: Final = "#/$defs/"


def reference(node: Any) -> str:
    """Return where a node refers to, or an empty string."""
    return str(node.get("$ref", "")) if isinstance(node, Mapping) else ""


def alternatives(node: Any, root: Schema) -> list[Schema]:
    """Return what a node allows as nodes with at most one type each and without references into `root`.

    Raises:
        KeyError: a reference into the definitions of `root` leads nowhere.
    """
    return list(_flatten(node, root, frozenset()))


def _flatten(node: Any, root: Schema, seen: frozenset[str]) -> Iterator[Schema]:
    if isinstance(node, bool):
        yield {} if node else {"not": {}}
    elif target := reference(node):
        if target in seen or not target.startswith(_DEFINITIONS):
            yield node
            return
        siblings = {keyword: value for keyword, value in node.items() if keyword != "$ref"}
        yield from _flatten({**root["$defs"][target.removeprefix(_DEFINITIONS)], **siblings}, root, seen | {target})
    elif "anyOf" in node:
        # What stands beside anyOf holds in every branch; pydantic puts nothing but notes there.
        beside = {keyword: value for keyword, value in node.items() if keyword not in ("anyOf", *NOTES)}
        for branch in node["anyOf"]:
            for one in _flatten(branch, root, seen):
                yield {**one, **beside}
    elif isinstance(node.get("type"), list):
        yield from ({**node, "type": type_} for type_ in node["type"])
    else:
        yield node
