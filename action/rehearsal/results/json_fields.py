"""Which fields of a dataclass stand in its JSON document, and as what.

A field stands there when its annotation describes it, so nothing gets there by accident:

    started: Annotated[float, "Seconds since 1970.", Json(maximum=LATEST)]

The description goes into the schema. The key is the field's name with hyphens unless `Json` says
another. Known types: str, int, float, bool, enums (by `str`), dataclasses, `tuple[X, ...]`,
`dict[str, X]`, and each of them `| None`. Numbers are never negative.
"""

import dataclasses
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

# The longest text that is written or read, in characters: no reader needs a longer one.
MAX_TEXT = 20_000
# The largest number up to which JavaScript can represent every whole number.
MAX_NUMBER = (1 << 53) - 1
# Half of a surrogate pair: no encoding of Unicode has it.
SURROGATE = regex("[\ud800-\udfff]")


class Json:
    """What the type and the description of a field do not say.

    `digits` are the decimal places that are written. `null_if_empty` writes null for an empty text
    or tuple. `uncut` is for what readers paste: a text that is too long becomes empty, since its
    parts could mean anything. `verbatim` is for what programs read (names, paths, ids): it is never
    redacted. `keywords` are those of JSON Schema: `decode` checks `minimum`, `maximum`, `maxItems`,
    `enum` and `pattern`; all others only go into the schema.
    """

    def __init__(
        self,
        *,
        key: str = "",
        digits: int | None = None,
        null_if_empty: bool = False,
        uncut: bool = False,
        verbatim: bool = False,
        **keywords: Any,
    ) -> None:
        self.key = key
        self.digits = digits
        self.null_if_empty = null_if_empty
        self.uncut = uncut
        self.verbatim = verbatim
        self.keywords = keywords


@dataclass(frozen=True)
class Hint:
    """An annotation, taken apart.

    `kind` is the type without `| None`. `container` is tuple or dict where the type is one of
    these, and `item` the annotation of what is in it. `is_object` says that it is a dataclass.
    """

    kind: Any
    is_object: bool
    container: type | None
    item: Any
    nullable: bool
    description: str
    json: Json


@dataclass(frozen=True)
class Field:
    """A field of a dataclass that stands in the document; an `optional` one has a default."""

    name: str
    key: str
    hint: Hint
    optional: bool


@cache
def fields_of(kind: Any) -> tuple[Field, ...]:
    """Return the fields of a dataclass that stand in its document."""
    hints = get_type_hints(kind, include_extras=True)
    fields = ((each, parse_hint(hints[each.name])) for each in dataclasses.fields(kind))
    return tuple(
        Field(
            name=each.name,
            key=hint.json.key or each.name.replace("_", "-"),
            hint=hint,
            optional=(each.default, each.default_factory) != (dataclasses.MISSING,) * 2,
        )
        for each, hint in fields
        if hint.description
    )


@cache
def parse_hint(annotation: Any) -> Hint:
    """Take an annotation apart."""
    notes: list[Any] = []
    if get_origin(annotation) is Annotated:
        annotation, *notes = get_args(annotation)
    choices = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    kind = next(each for each in choices if each is not NoneType)
    note = next((each for each in notes if isinstance(each, Json)), Json())
    container = get_origin(kind)
    return Hint(
        kind=kind,
        is_object=dataclasses.is_dataclass(kind),
        container=container,
        # The X of `tuple[X, ...]` and of `dict[str, X]`.
        item=get_args(kind)[container is dict] if container else None,
        nullable=NoneType in choices or note.null_if_empty,
        description=next((each for each in notes if isinstance(each, str)), ""),
        json=note,
    )
