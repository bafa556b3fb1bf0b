"""A dataclass with a field of each kind, for the tests of its JSON."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated

from rehearsal.results.json_fields import Json
from rehearsal.results.json_schema import document_schema


class Colour(Enum):
    RED = "red", 1
    BLUE = "blue", 2

    def __str__(self) -> str:
        return self.value[0]


@dataclass(frozen=True, kw_only=True)
class Point:
    x: Annotated[float, "Steps to the right.", Json(digits=3)]
    hidden: str = "stays here"


@dataclass(frozen=True, kw_only=True)
class Drawing:
    title: Annotated[str, "What it shows.", Json(key="name")]
    line_width: Annotated[int, "In pixels.", Json(minimum=1, maximum=9)]
    closed: Annotated[bool, "Whether its end is its start."]
    colour: Annotated[Colour, "Its colour."]
    points: Annotated[tuple[Point, ...], "In their order."] = ()
    middle: Annotated[Point | None, "Null where it has none."] = None
    weight: Annotated[float | None, "In grams; null when unknown."] = None
    part: Annotated[str, "Which of several.", Json(null_if_empty=True, pattern="^[0-9]/[0-9]$")] = (
        ""
    )
    tags: Annotated[tuple[str, ...], "Some words.", Json(null_if_empty=True, minItems=1)] = ()
    sizes: Annotated[dict[str, int], "Sizes by name."] = field(default_factory=dict)
    note: Annotated[str, "What a reader pastes.", Json(uncut=True)] = ""


SMALL = Drawing(title="t", line_width=1, closed=False, colour=Colour.RED)
WHOLE = Drawing(
    title='quote " é \x00 \u2028',
    line_width=9,
    closed=True,
    colour=Colour.BLUE,
    points=(Point(x=0), Point(x=1.5)),
    middle=Point(x=0.25),
    weight=2.0,
    part="1/2",
    tags=("a", ""),
    sizes={"a": 1},
)
SCHEMA = document_schema("drawing.schema.json", Drawing, title="t", description="d")
