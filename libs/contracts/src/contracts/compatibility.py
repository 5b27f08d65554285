"""Whether two versions of a JSON Schema can live together: every reader of one with every record of the other.

A schema is read here as our producers and consumers use it: a producer writes declared fields only, a consumer ignores
fields that it does not know (unless the schema closes the object). That is what makes a new optional field harmless. Only
the keywords that pydantic generates from our value types are understood; any other that meets a change is refused.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Any, Final

from contracts.nodes import NOTES, Schema, alternatives, reference

_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_ZERO_IS_ABSENT: Final = ("minLength", "minItems", "minProperties")
_EXACT: Final = ("pattern", "format", "multipleOf", "uniqueItems")
_STRUCTURE: Final = (
    "type", "anyOf", "enum", "const", "properties", "required", "additionalProperties", "patternProperties",
    "propertyNames", "items",
)  # fmt: skip
_UNDERSTOOD: Final = frozenset((*_LOWER, *_UPPER, *_EXACT, *NOTES, *_STRUCTURE))


class First(StrEnum):
    """Which side can be deployed first without an error while both versions run."""

    CONSUMERS = "consumers"
    """Consumers of today cannot read what the new producer writes."""
    PRODUCERS = "producers"
    """New consumers cannot read what the producer of today writes, or has written."""
    NEITHER = "neither"
    """Both, or the meaning of a record changes without anybody noticing."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One incompatible change. `path` names fields; `[]` stands for the members of a list, `*` for the values of a map."""

    path: str
    change: str
    first: First


def compare(old: Schema, new: Schema) -> list[Finding]:
    """Return every change from `old` to `new` that is not FULL compatible, sorted; empty means both can live together."""
    if _json(old) == _json(new):  # not ==: to Python 1 and True are the same
        return []
    walk = _Walk(old, new)
    if old.get("x-topic") != new.get("x-topic"):
        walk.found("", f"topic changed from {old.get('x-topic')} to {new.get('x-topic')}", First.NEITHER)
    walk.node("", old, new, frozenset())
    return sorted(set(walk.findings))


class _Walk:
    """One comparison: the two documents that references point into, and what was found."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old_root = old
        self._new_root = new
        self.findings: list[Finding] = []

    def found(self, path: str, change: str, first: First) -> None:
        self.findings.append(Finding(path or "/", change, first))

    def node(self, path: str, old: Any, new: Any, seen: frozenset[str]) -> None:
        """Compare two nodes; `seen` holds the pairs of references on the way here, so that a recursive schema ends."""
        pair = f"{reference(old)} {reference(new)}"
        if pair in seen:
            return
        seen = seen if pair == " " else seen | {pair}
        olds, news = alternatives(old, self._old_root), alternatives(new, self._new_root)
        for one in (*olds, *news):
            for keyword in sorted(one.keys() - _UNDERSTOOD):
                self.found(path, f"the gate does not understand the keyword {keyword}", First.NEITHER)
        self._pair_up(path, olds, news, seen)

    def _pair_up(self, path: str, olds: list[Schema], news: list[Schema], seen: frozenset[str]) -> None:
        """Match the alternatives: first those that are compatible, then those of one type, then the rest by position."""
        for matches in (lambda a, b: not self._differences(a, b, seen), lambda a, b: a.get("type") == b.get("type")):
            for one in list(olds):
                partner = next((other for other in news if matches(one, other)), None)
                if partner is not None:
                    self._alternative(path, one, partner, seen)
                    olds.remove(one)
                    news.remove(partner)
        for gone, come in zip_longest(olds, news):
            if come is None:
                self.found(path, f"{_name(gone)} is no longer allowed", First.PRODUCERS)
            elif gone is None:
                self.found(path, f"{_name(come)} is newly allowed", First.CONSUMERS)
            else:
                self._alternative(path, gone, come, seen)

    def _differences(self, old: Schema, new: Schema, seen: frozenset[str]) -> list[Finding]:
        trial = _Walk(self._old_root, self._new_root)
        trial._alternative("", old, new, seen)
        return trial.findings

    def _alternative(self, path: str, old: Schema, new: Schema, seen: frozenset[str]) -> None:
        before, after = old.get("type"), new.get("type")
        if before != after:
            narrower = before is None or (before, after) == ("number", "integer")
            wider = after is None or (before, after) == ("integer", "number")
            first = First.PRODUCERS if narrower else First.CONSUMERS if wider else First.NEITHER
            self.found(path, f"type changed from {_name(old)} to {_name(new)}", first)
            if first is First.NEITHER:
                return
        self._bounds(path, old, new)
        self._exact(path, old, new)
        self._enumeration(path, old, new)
        self._fields(path, old, new, seen)
        self._required(path, old, new)
        self._maps(path, old, new, seen)
        if "items" in old or "items" in new:
            self.node(f"{path}/[]", old.get("items", {}), new.get("items", {}), seen)

    def _bounds(self, path: str, old: Schema, new: Schema) -> None:
        for keyword, sign in (*((name, 1) for name in _LOWER), *((name, -1) for name in _UPPER)):
            absent = 0 if keyword in _ZERO_IS_ABSENT else None
            before, after = old.get(keyword, absent), new.get(keyword, absent)
            if before == after:
                continue
            narrower = before is None or (after is not None and sign * after > sign * before)
            change = f"{keyword} changed from {_json(before)} to {_json(after)}"
            self.found(path, change, First.PRODUCERS if narrower else First.CONSUMERS)

    def _exact(self, path: str, old: Schema, new: Schema) -> None:
        for keyword in _EXACT:
            before, after = old.get(keyword) or None, new.get(keyword) or None
            if before != after:
                first = First.PRODUCERS if before is None else First.CONSUMERS if after is None else First.NEITHER
                self.found(path, f"{keyword} changed from {_json(before)} to {_json(after)}", first)

    def _enumeration(self, path: str, old: Schema, new: Schema) -> None:
        before, after = _members(old), _members(new)
        if before is not None and (after is None or after - before):
            self.found(path, f"more values than {', '.join(sorted(before))} are allowed", First.CONSUMERS)
        if after is not None and (before is None or before - after):
            self.found(path, f"only {', '.join(sorted(after))} remain allowed", First.PRODUCERS)

    def _fields(self, path: str, old: Schema, new: Schema, seen: frozenset[str]) -> None:
        olds, news = old.get("properties", {}), new.get("properties", {})
        for name in olds.keys() - news.keys():
            self.found(f"{path}/{name}", "field removed", First.CONSUMERS if _is_open(new) else First.NEITHER)
        for name in news.keys() - olds.keys():
            if name in new.get("required", ()):
                self.found(f"{path}/{name}", "required field added", First.PRODUCERS if _is_open(old) else First.NEITHER)
            elif not _is_open(old):
                first = First.NEITHER if _is_map(old) else First.CONSUMERS
                self.found(f"{path}/{name}", "field added to an object that refuses unknown fields", first)
            elif "default" not in news[name]:
                self.found(f"{path}/{name}", "optional field added that names no default", First.NEITHER)
        for name in olds.keys() & news.keys():
            self.node(f"{path}/{name}", olds[name], news[name], seen)
            before, after = _json(olds[name].get("default", "(none)")), _json(news[name].get("default", "(none)"))
            optional = name not in old.get("required", ()) and name not in new.get("required", ())
            if optional and before != after:
                self.found(f"{path}/{name}", f"default changed from {before} to {after}", First.NEITHER)

    def _required(self, path: str, old: Schema, new: Schema) -> None:
        added = new.get("properties", {}).keys() - old.get("properties", {}).keys()
        removed = old.get("properties", {}).keys() - new.get("properties", {}).keys()
        before, after = set(old.get("required", ())) - removed, set(new.get("required", ())) - added
        for name in after - before:
            self.found(f"{path}/{name}", "field became required", First.PRODUCERS)
        for name in before - after:
            self.found(f"{path}/{name}", "field became optional", First.CONSUMERS)

    def _maps(self, path: str, old: Schema, new: Schema, seen: frozenset[str]) -> None:
        before, after = _additional(old), _additional(new)
        if before is not None and after is not None:
            if before or after:
                self.node(f"{path}/*", before, after, seen)
        elif before is not None:
            self.found(path, "unknown fields are refused", First.PRODUCERS)
        elif after is not None:
            self.found(path, "unknown fields are newly allowed", First.CONSUMERS)
        olds, news = old.get("patternProperties", {}), new.get("patternProperties", {})
        for pattern in olds.keys() ^ news.keys():
            self.found(f"{path}/*", f"the pattern {_json(pattern)} of names was added or removed", First.NEITHER)
        for pattern in olds.keys() & news.keys():
            self.node(f"{path}/*", olds[pattern], news[pattern], seen)
        if "propertyNames" in old or "propertyNames" in new:
            self.node(f"{path}/(names)", old.get("propertyNames", {}), new.get("propertyNames", {}), seen)


def _additional(node: Schema) -> Schema | None:
    """Return the schema of undeclared fields, or None when there may be none."""
    value = node.get("additionalProperties", True)
    return None if value is False else {} if value is True else value


def _is_map(node: Schema) -> bool:
    """Whether undeclared fields have a schema."""
    return bool(_additional(node) or node.get("patternProperties"))


def _is_open(node: Schema) -> bool:
    """Whether undeclared fields are ignored, whatever they hold."""
    return _additional(node) is not None and not _is_map(node)


def _members(node: Schema) -> set[str] | None:
    values: Iterable[object] | None = [node["const"]] if "const" in node else node.get("enum")
    return None if values is None else {_json(value) for value in values}


def _name(node: Schema) -> str:
    return str(node.get("type", "any type"))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
