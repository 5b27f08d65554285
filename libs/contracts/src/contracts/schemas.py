"""The JSON Schemas: generated from the models, committed beside them.

One schema per event version says what is on the wire. It is generated in pydantic's validation mode: fields with a default
are not required, for an old record may lack what was added later. Producers always write every field. Both modes must
give the same schema, so that whatever a producer can write is what a consumer accepts (a test holds this).
"""

import json
from importlib.resources import files
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from contracts.base import Event

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
SUFFIX: Final = ".schema.json"


class _WithoutFieldTitles(GenerateJsonSchema):
    """Pydantic's titles repeat the names of the fields."""

    def field_title_should_be_set(self, schema: object) -> bool:
        del schema
        return False


def urn(type_: str) -> str:
    """The `dataschema` of a CloudEvents type."""
    return f"urn:bihuan:schema:{type_}"


def json_schema(cls: type[Event], mode: JsonSchemaMode = "validation") -> dict[str, Any]:
    """Generate the schema of the data of an event."""
    body = cls.model_json_schema(mode=mode, schema_generator=_WithoutFieldTitles)
    return {"$schema": DIALECT, "$id": urn(cls.type()), "x-topic": cls.topic, **body}


def render(schema: dict[str, Any]) -> str:
    """Write a schema the one way in which it is committed."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def committed(type_: str) -> dict[str, Any]:
    """Read the committed schema of a CloudEvents type.

    Raises:
        FileNotFoundError: there is none.
    """
    text = (files("contracts") / "schemas" / f"{type_}{SUFFIX}").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
