"""`dataclass` for frozen data: that of dataclasses, but its classes are made four times as fast.

dataclasses compiles up to seven methods for each class. A rehearsal imports 250 classes, which took
a quarter of all its own computing. Here only `__init__` is compiled; the other methods are shared.
mypy takes it for dataclasses' own, and reports an assignment to a field. At run time nothing
prevents one.
"""

import dataclasses
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  (passed on, for mypy)
else:

    def dataclass(
        cls: type | None = None,
        /,
        *,
        frozen: bool = False,
        kw_only: bool = False,
        slots: bool = False,
        **others: bool,
    ) -> Any:
        """Make a dataclass; what is not frozen, or has an order, is left to dataclasses."""
        if others or not frozen:
            return dataclasses.dataclass(cls, frozen=frozen, kw_only=kw_only, slots=slots, **others)

        def make(cls: type) -> type:
            # Without one, dataclasses writes the signature into it.
            cls.__doc__ = cls.__doc__ or cls.__name__
            made = dataclasses.dataclass(kw_only=kw_only, slots=slots, repr=False, eq=False)(cls)
            _add_methods(made)
            return made

        return make


def _add_methods(cls: type) -> None:
    """Add what the class does not define itself."""
    values = _getter([field.name for field in dataclasses.fields(cls) if field.compare])

    def is_equal(one: object, other: object) -> bool:
        return values(one) == values(other) if type(one) is type(other) else NotImplemented

    methods = {"__repr__": _text, "__eq__": is_equal, "__hash__": lambda one: hash(values(one))}
    # Python itself sets __hash__ to None in a class that defines __eq__.
    missing = [name for name in methods if cls.__dict__.get(name) is None]
    for name in missing:
        setattr(cls, name, methods[name])


def _getter(names: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)


def _text(one: Any) -> str:
    names = (each.name for each in dataclasses.fields(one) if each.repr)
    values = ", ".join(f"{name}={getattr(one, name)!r}" for name in names)
    return f"{type(one).__qualname__}({values})"
