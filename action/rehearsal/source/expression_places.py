"""Walk through a Python expression, with the context of each part."""

import ast
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from rehearsal.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """The context of a part of an expression.

    `cast` is the name of the function that converts the part (`int`), empty if there is none.
    `is_certain` says that the part is evaluated whenever the whole expression is, `needs_value`
    that None in its place is an error.
    """

    cast: str = ""
    is_certain: bool = True
    needs_value: bool = False


def walk_expression(value: ast.AST) -> Iterator[tuple[ast.AST, Place]]:
    """Yield all parts of an expression, the outer ones first, each with what is around it."""
    waiting: deque[tuple[ast.AST, Place]] = deque([(value, Place())])
    while waiting:
        node, place = waiting.popleft()
        yield node, place
        match node:
            case ast.IfExp(test=first, body=body, orelse=orelse):
                others = [body, orelse]
            case ast.BoolOp(values=[first, *others]):
                pass
            case ast.Lambda(body=body):
                waiting.append((body, Place(is_certain=False)))
                continue
            case _:
                inner = _inside(node, place)
                waiting += [(each, inner) for each in ast.iter_child_nodes(node)]
                continue
        waiting.append((first, replace(place, needs_value=False)))
        waiting += [(each, replace(place, is_certain=False)) for each in others]


def _inside(node: ast.AST, place: Place) -> Place:
    match node:
        case ast.Call(func=ast.Name(id="int" | "float" | "strtobool" as function)):
            return replace(place, cast=function, needs_value=True)
        case ast.Attribute(value=ast.Call()):
            return replace(place, needs_value=True)
        case ast.Call() | ast.expr_context() | ast.operator():
            return replace(place, needs_value=False) if place.needs_value else place
    return place
