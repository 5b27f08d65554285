"""What `python -m contracts check` holds: schemas and AsyncAPI are current, examples are complete, read and written alike."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from jsonschema_rs import Draft202012Validator
from pydantic import ValidationError

from contracts import asyncapi, schemas
from contracts.base import Event
from contracts.envelope import MalformedEvent, decode
from contracts.examples import NAMES, Example, examples_of
from contracts.nodes import Schema, alternatives
from contracts.registry import EVENTS
from contracts.releases import Schemas, load_releases

ROOT: Final = Path(__file__).resolve().parents[2]
"""libs/contracts in a checkout; these commands make no sense anywhere else."""
SCHEMAS: Final = ROOT / "src" / "contracts" / "schemas"
RELEASED: Final = ROOT / "released"
ASYNCAPI: Final = ROOT / "asyncapi.yaml"


def current_schemas() -> Schemas:
    """Generate the schema of every registered event."""
    return {cls.type(): schemas.json_schema(cls) for cls in EVENTS}


def generated(version: str) -> dict[Path, str]:
    """Return the text of every generated file by its path."""
    files = {SCHEMAS / f"{type_}{schemas.SUFFIX}": schemas.render(schema) for type_, schema in current_schemas().items()}
    return files | {ASYNCAPI: asyncapi.render(asyncapi.document(version))}


def stale(files: Mapping[Path, str], present: Iterable[Path]) -> list[str]:
    """Say which generated files differ from the models, are missing, or belong to no event."""
    wrong = [
        f"{path.name} is not current: run `python -m contracts generate`"
        for path, text in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    return wrong + [f"{path.name} belongs to no registered event" for path in sorted(present) if path not in files]


def example_problems(cls: type[Event], examples: Iterable[Example], oldest_schema: Schema) -> list[str]:
    """Say what is wrong with the examples of an event; `oldest_schema` is that of the first release that had it."""
    by_name = {example.name: example for example in examples}
    problems = [f"{cls.type()}: the example {name}.json is missing" for name in NAMES if name not in by_name]
    for name, example in by_name.items():
        problems += [f"{cls.type()}/{name}.json: {text}" for text in _one(cls, example)]
    schema = schemas.json_schema(cls)
    if "minimal" in by_name:
        extra = sorted(by_name["minimal"].data.keys() - set(schema["required"]))
        problems += [f"{cls.type()}/minimal.json: {name} is not a required field" for name in extra]
    if "full" in by_name:
        unset = sorted(set(_fields(schema, schema)) - set(_set_fields(by_name["full"].data)))
        problems += [f"{cls.type()}/full.json: {path} is not set" for path in unset]
    if "oldest" in by_name:
        problems += [f"{cls.type()}/oldest.json: {text}" for text in _errors(_closed(oldest_schema), by_name["oldest"].data)]
    return problems


def problems(version: str) -> list[str]:
    """Run every check but the compatibility gate."""
    releases = load_releases(RELEASED)
    current = current_schemas()
    found = stale(generated(version), SCHEMAS.glob(f"*{schemas.SUFFIX}"))
    for cls in EVENTS:
        first = next((release[cls.type()] for release in releases.values() if cls.type() in release), current[cls.type()])
        found += example_problems(cls, examples_of(cls.type()), first)
    return found


def _one(cls: type[Event], example: Example) -> Iterator[str]:
    yield from _errors(schemas.json_schema(cls), example.data)
    key, value, headers = example.record()
    try:
        envelope = decode(value, headers)
    except (MalformedEvent, ValidationError) as error:
        yield str(error)
        return
    if not isinstance(envelope.data, cls):
        yield f"its type is {example.type}"
        return
    if {key.decode(), envelope.data.key()} != {example.event.get("subject")}:
        yield "partitionkey, subject and the key of the data differ"
    if example.event.get("dataschema") != schemas.urn(cls.type()):
        yield f"dataschema is not {schemas.urn(cls.type())}"
    if json.loads(envelope.data.model_dump_json(exclude_unset=True)) != example.data:
        yield "it is not written back as it was read"


def _errors(schema: Schema, data: object) -> list[str]:
    validator = Draft202012Validator(dict(schema), validate_formats=True)
    return [f"/{'/'.join(map(str, error.instance_path))} {error.message}" for error in validator.iter_errors(data)]


def _fields(node: Schema, root: Schema, path: str = "") -> Iterator[str]:
    for one in alternatives(node, root):
        for name, child in one.get("properties", {}).items():
            yield f"{path}/{name}"
            yield from _fields(child, root, f"{path}/{name}")
        yield from _fields(one["items"], root, path) if "items" in one else ()


def _set_fields(value: object, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, child in value.items():
            if child not in (None, [], {}):
                yield f"{path}/{name}"
                yield from _set_fields(child, f"{path}/{name}")
    elif isinstance(value, list):
        for child in value:
            yield from _set_fields(child, path)


def _closed(node: Any) -> Any:
    """Return the schema with no room for undeclared fields."""
    if isinstance(node, list):
        return [_closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    closed = {keyword: _closed(value) for keyword, value in node.items()}
    return closed | {"additionalProperties": False} if "properties" in closed and closed.get("type") == "object" else closed
