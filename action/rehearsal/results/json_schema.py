"""The JSON Schema (2020-12) of a document that `json_encoder` writes."""

from enum import EnumType
from typing import Any

from rehearsal.results.json_fields import Hint, fields_of, parse_hint

BASE = "https://raw.githubusercontent.com/dress-rehearsal/dress-rehearsal/main/action"
NAMES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def document_schema(file: str, *kinds: type, title: str, description: str) -> dict[str, Any]:
    """Return the schema of an object with the fields of all these dataclasses.

    `file` is the schema's name in the folder action. Dataclasses within, and enums, stand in its
    `$defs` by their name.
    """
    definitions: dict[str, Any] = {}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}/{file}",
        "title": title,
        "description": description,
        **_object(kinds, definitions),
        "$defs": definitions,
    }


def _object(kinds: tuple[type, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    fields = [each for kind in kinds for each in fields_of(kind)]
    return {
        "type": "object",
        "properties": {each.key: _value(each.hint, definitions) for each in fields},
        # `encode` writes every key.
        "required": [each.key for each in fields],
    }


def _value(hint: Hint, definitions: dict[str, Any]) -> dict[str, Any]:
    found = _type(hint, definitions) | hint.json.keywords
    if hint.nullable and "$ref" in found:
        found = {"oneOf": [{"type": "null"}, found]}
    elif hint.nullable:
        found["type"] = [found["type"], "null"]
    return found | ({"description": hint.description} if hint.description else {})


def _type(hint: Hint, definitions: dict[str, Any]) -> dict[str, Any]:
    if hint.container is tuple:
        return {"type": "array", "items": _value(parse_hint(hint.item), definitions)}
    if hint.container is dict:
        values = _value(parse_hint(hint.item), definitions)
        return {"type": "object", "additionalProperties": values}
    if hint.kind in NAMES:
        minimum = {"minimum": 0} if hint.kind in {int, float} else {}
        return {"type": NAMES[hint.kind], **minimum}
    kind = hint.kind
    name = kind.__name__
    if name not in definitions:
        is_enum = isinstance(kind, EnumType)
        definitions[name] = (
            {"enum": [*map(str, kind)]} if is_enum else _object((kind,), definitions)
        )
    return {"$ref": f"#/$defs/{name}"}
