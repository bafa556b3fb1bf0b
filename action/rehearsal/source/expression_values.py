"""Evaluate expressions in settings, without running them."""

import ast
from collections.abc import Mapping

from rehearsal.dataclass import dataclass
from rehearsal.source.converted_value import NotEvaluatedError, converted_value
from rehearsal.source.environment_readers import ENVIRONMENT, GETTERS, Readers, dotted_name

# Methods of texts that have no effect elsewhere.
TEXT_METHODS = frozenset({"lower", "upper", "strip", "lstrip", "rstrip", "split", "replace"})
# Longer than what settings say of hosts.
MAX_LENGTH = 10_000


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What an expression can read: the environment, the names of its module, and its readers.

    A name that is missing in `names`, or in the environment where it is needed, is unknown.
    """

    environment: Mapping[str, str]
    names: Mapping[str, object]
    readers: Readers


def value_of(node: ast.expr, around: Surroundings) -> object:
    """Return the value of an expression; raise NotEvaluatedError if it is not known."""
    match node:
        case ast.Constant(value=found):
            value: object = found
        case ast.Name(id=name) if name in around.names:
            value = around.names[name]
        case ast.Subscript(value=mapping, slice=ast.Constant(value=str(name))) if (
            ENVIRONMENT.fullmatch(dotted_name(mapping)) and name in around.environment
        ):
            value = around.environment[name]
        case ast.Call():
            value = _call(node, around)
        case _:
            value = _combined(node, around)
    return value


def _combined(node: ast.expr, around: Surroundings) -> object:
    """Return the value of an expression that other expressions are parts of."""
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            value: object = _items(items, around)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            value = not value_of(operand, around)
        case ast.BoolOp(op=operator, values=values):
            value = _bool(values, around, ends_with=isinstance(operator, ast.Or))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            value = value_of(body if value_of(test, around) else orelse, around)
        case ast.Compare(left=left, ops=[comparison], comparators=[right]):
            value = _compare(left, comparison, right, around)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            value = _add(value_of(left, around), value_of(right, around))
        case ast.ListComp(elt=item, generators=[ast.comprehension(is_async=0) as loop]):
            value = _each(item, loop, around)
        case _:
            raise NotEvaluatedError
    return value


def _items(items: list[ast.expr], around: Surroundings) -> list[object]:
    found: list[object] = []
    for item in items:
        if isinstance(item, ast.Starred):
            more = value_of(item.value, around)
            if not isinstance(more, list):
                raise NotEvaluatedError
            found += more
        else:
            found.append(value_of(item, around))
    return found


def _bool(values: list[ast.expr], around: Surroundings, *, ends_with: bool) -> object:
    value: object = None
    for each in values:
        value = value_of(each, around)
        if bool(value) is ends_with:
            break
    return value


def _compare(left: ast.expr, operator: ast.cmpop, right: ast.expr, around: Surroundings) -> bool:
    first = value_of(left, around)
    if ENVIRONMENT.fullmatch(dotted_name(right)):
        second: object = list(around.environment)
    else:
        second = value_of(right, around)
    match operator:
        case ast.Eq() | ast.Is():
            return first == second
        case ast.NotEq() | ast.IsNot():
            return first != second
        case ast.In() | ast.NotIn() if isinstance(second, list):
            return (first in second) is isinstance(operator, ast.In)
        case ast.In() | ast.NotIn() if isinstance(first, str) and isinstance(second, str):
            return (first in second) is isinstance(operator, ast.In)
    raise NotEvaluatedError


def _add(left: object, right: object) -> object:
    if isinstance(left, list) and isinstance(right, list):
        return [*left, *right][:MAX_LENGTH]
    if isinstance(left, str) and isinstance(right, str):
        return (left + right)[:MAX_LENGTH]
    raise NotEvaluatedError


def _each(item: ast.expr, loop: ast.comprehension, around: Surroundings) -> list[object]:
    inside = (each for part in (item, *loop.ifs) for each in ast.walk(part))
    # One inside of another could take forever.
    if any(isinstance(each, ast.ListComp) for each in inside):
        raise NotEvaluatedError
    items = value_of(loop.iter, around)
    if not isinstance(loop.target, ast.Name) or not isinstance(items, list):
        raise NotEvaluatedError
    found = []
    for each in items[:MAX_LENGTH]:
        inner = Surroundings(
            environment=around.environment,
            names={**around.names, loop.target.id: each},
            readers=around.readers,
        )
        if all(value_of(test, inner) for test in loop.ifs):
            found.append(value_of(item, inner))
    return found


def _call(node: ast.Call, around: Surroundings) -> object:
    function = dotted_name(node.func)
    if function in GETTERS or around.readers.method(function) is not None:
        return _read(node, function, around)
    values = [value_of(each, around) for each in node.args]
    match function, values:
        case name, [str() as variable, *_] if name in around.readers.required:
            if variable not in around.environment:
                raise NotEvaluatedError
            value: object = around.environment[variable].strip()
        case "bool", [given]:
            value = bool(given)
        case "int", [str() | int() as given]:
            value = converted_value("int", str(given))
        case "list" | "tuple" | "set", [list() as given]:
            value = given
        case "str", [str() as given]:
            value = given
        case _:
            value = _of_text(node, values, around)
    return value


def _of_text(node: ast.Call, values: list[object], around: Surroundings) -> object:
    """Return what a method of a text gives."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in TEXT_METHODS:
        text = value_of(node.func.value, around)
        texts = [each for each in (text, *values) if isinstance(each, str)]
        if len(texts) > len(values) and all(len(each) <= MAX_LENGTH for each in texts):
            try:
                found: str | list[str] = getattr(text, node.func.attr)(*values)
            # Arguments that the method refuses; Python would fail there, too.
            except (TypeError, ValueError):
                raise NotEvaluatedError from None
            if len(found) <= MAX_LENGTH:
                return found
    raise NotEvaluatedError


def _read(node: ast.Call, function: str, around: Surroundings) -> object:
    """Return what a reader gives: the variable of the environment, converted, or the default."""
    match node.args:
        case [ast.Constant(value=str(name)), *others]:
            pass
        case _:
            raise NotEvaluatedError
    method = around.readers.method(function)
    given = {each.arg: each.value for each in node.keywords}
    cast = given.get("cast", ast.Constant(value=None))
    kind = method or dotted_name(cast.func if isinstance(cast, ast.Call) else cast)
    if name in around.environment:
        return converted_value(kind or around.readers.kinds.get(name, ""), around.environment[name])
    if "default" in given:
        default = value_of(given["default"], around)
    elif others and method != "list":
        default = value_of(others[0], around)
    elif function in GETTERS:
        return None
    elif name in around.readers.defaults:
        default = value_of(around.readers.defaults[name], around)
    else:
        raise NotEvaluatedError
    return converted_value(kind, default) if isinstance(default, str) else default
