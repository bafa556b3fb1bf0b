import dataclasses
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pytest

from rehearsal import dataclass as ours

Decorator = Callable[..., Any]
BOTH: list[Decorator] = [dataclasses.dataclass, ours.dataclass]


def point(dataclass: Decorator, **options: bool) -> Any:
    @dataclass(frozen=True, **options)
    class Point:
        x: int
        y: int = 2
        hidden: str = dataclasses.field(default="secret", repr=False)
        note: str = dataclasses.field(default="", compare=False)

    return Point


def described(one: object, other: object) -> tuple[object, ...]:
    """Return all that the methods of two values say."""
    return repr(one), one == other, one != other, hash(one) == hash(other), len({one, other})


@pytest.mark.parametrize("options", [{}, {"kw_only": True}, {"kw_only": True, "slots": True}])
def test_dataclass__behaves_as_that_of_dataclasses(options: dict[str, bool]) -> None:
    for other in ({"x": 1}, {"x": 3}, {"x": 1, "hidden": "z"}, {"x": 1, "note": "z"}):
        theirs, mine = (
            described(made(x=1), made(**other))
            for made in (point(each, **options) for each in BOTH)
        )
        assert mine == theirs
    assert "secret" not in str(theirs[0])


@pytest.mark.parametrize("dataclass", BOTH)
def test_dataclass__is_equal_only_to_its_own_kind(dataclass: Decorator) -> None:
    assert point(dataclass)(1) != point(dataclass)(1)
    assert point(dataclass)(1) != (1, 2, "secret", "")


@pytest.mark.parametrize("fields", [{}, {"only": int}])
def test_dataclass__few_fields(fields: dict[str, type]) -> None:
    theirs, mine = (
        each(frozen=True)(type("Few", (), {"__annotations__": fields, "__qualname__": "Few"}))
        for each in BOTH
    )
    values = (1,) * len(fields)
    assert repr(mine(*values)) == repr(theirs(*values))
    assert hash(mine(*values)) == hash(theirs(*values))
    assert mine(*values) == mine(*values)


@pytest.mark.parametrize("dataclass", BOTH)
def test_dataclass__keeps_what_the_class_defines(dataclass: Decorator) -> None:
    @dataclass(frozen=True)
    class Word:  # noqa: PLW1641  (the decorator adds __hash__)
        """A word."""

        text: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Word) and self.text.lower() == other.text.lower()

        def __repr__(self) -> str:
            return "a word"

        @cached_property
        def length(self) -> int:
            return len(self.text)

    one, other = Word("Tea"), Word("TEA")
    assert (one, repr(one), one.length, Word.__doc__) == (other, "a word", 3, "A word.")
    assert hash(one) != hash(other), "its fields' values, as they are"


def test_dataclass__can_be_replaced_read_and_extended() -> None:
    made = point(ours.dataclass)
    assert dataclasses.replace(made(1), x=5) == made(5)
    assert dataclasses.asdict(made(1))["y"] == 2
    with pytest.raises(TypeError, match="positional"):
        point(ours.dataclass, kw_only=True)(1)

    @ours.dataclass(frozen=True)
    class More(made):  # type: ignore[misc, valid-type]
        z: int = 3

    assert repr(More(1)).endswith("More(x=1, y=2, note='', z=3)")
    assert More(1) != made(1)


def test_dataclass__what_changes_or_has_an_order_is_theirs() -> None:
    @ours.dataclass
    class Open:
        x: int = 0

    @ours.dataclass(frozen=True, order=True)
    class Ranked:
        x: int

    value = Open()
    value.x = 1
    assert value == Open(1)
    assert Ranked(1) < Ranked(2)
