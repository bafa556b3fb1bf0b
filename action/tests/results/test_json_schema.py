from jsonschema import Draft202012Validator

from rehearsal.results.json_schema import document_schema

from .drawing import SCHEMA, Colour, Drawing, Point


def test_document_schema__describes_every_key() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"].endswith("/action/drawing.schema.json")
    assert (SCHEMA["title"], SCHEMA["description"]) == ("t", "d")
    assert SCHEMA["required"] == list(SCHEMA["properties"])
    assert SCHEMA["properties"] == {
        "name": {"type": "string", "description": "What it shows."},
        "line-width": {
            "type": "integer",
            "minimum": 1,
            "maximum": 9,
            "description": "In pixels.",
        },
        "closed": {"type": "boolean", "description": "Whether its end is its start."},
        "colour": {"$ref": "#/$defs/Colour", "description": "Its colour."},
        "points": {
            "type": "array",
            "items": {"$ref": "#/$defs/Point"},
            "description": "In their order.",
        },
        "middle": {
            "oneOf": [{"type": "null"}, {"$ref": "#/$defs/Point"}],
            "description": "Null where it has none.",
        },
        "weight": {
            "type": ["number", "null"],
            "minimum": 0,
            "description": "In grams; null when unknown.",
        },
        "part": {
            "type": ["string", "null"],
            "pattern": "^[0-9]/[0-9]$",
            "description": "Which of several.",
        },
        "tags": {
            "type": ["array", "null"],
            "items": {"type": "string"},
            "minItems": 1,
            "description": "Some words.",
        },
        "sizes": {
            "type": "object",
            "additionalProperties": {"type": "integer", "minimum": 0},
            "description": "Sizes by name.",
        },
        "note": {"type": "string", "description": "What a reader pastes."},
    }
    assert SCHEMA["$defs"] == {
        Colour.__name__: {"enum": ["red", "blue"]},
        Point.__name__: {
            "type": "object",
            "properties": {
                "x": {"type": "number", "minimum": 0, "description": "Steps to the right."}
            },
            "required": ["x"],
        },
    }


def test_document_schema__of_two_dataclasses_holds_the_fields_of_both() -> None:
    found = document_schema("x", Point, Drawing, title="t", description="d")
    assert found["required"] == ["x", *SCHEMA["required"]]
