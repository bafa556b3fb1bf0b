"""From the tree of an expression to its value."""

from collections.abc import Mapping

from rehearsal.expressions.functions import call
from rehearsal.expressions.syntax import Binary, Call, Literal, Name, Node, Not, Part
from rehearsal.expressions.values import (
    Context,
    ExpressionError,
    Unknown,
    Value,
    equal,
    is_true,
    less,
    part_of,
    parts_of,
)

# The fewest arguments of `case`: a condition, its value, and what holds otherwise.
SHORTEST_CASE = 3


def evaluate(node: Node, contexts: Mapping[str, Context]) -> Value:
    """Return the value. Raises `ExpressionError`, and `Unknown` where one is not known here."""
    match node:
        case Literal(value):
            return value
        case Name(name):
            return _context(name, contexts)
        case Part(of, None):
            return parts_of(evaluate(of, contexts))
        case Part(of, Literal(key)):
            return part_of(evaluate(of, contexts), key)
        case Part(of, key):
            return part_of(evaluate(of, contexts), evaluate(key, contexts))
        case Not(of):
            return not is_true(evaluate(of, contexts))
        case Call(function, arguments) if function.lower() == "case":
            return _case(arguments, contexts)
        case Call(function, arguments):
            return call(function, [evaluate(argument, contexts) for argument in arguments])
        case Binary("||", left, right):
            return _either(left, right, contexts)
        case Binary("&&", left, right):
            value = evaluate(left, contexts)
            return evaluate(right, contexts) if is_true(value) else value
        case Binary(sign, left, right):
            return _compare(sign, evaluate(left, contexts), evaluate(right, contexts))


def _context(name: str, contexts: Mapping[str, Context]) -> Context:
    for known, context in contexts.items():
        if known == name.lower():
            return context
    raise ExpressionError(f"there is no context named {name!r} (a text stands in single quotes)")


def _either(left: Node, right: Node, contexts: Mapping[str, Context]) -> Value:
    try:
        value = evaluate(left, contexts)
        if is_true(value):
            return value
    except Unknown as unknown:
        # Unset reads as empty on GitHub: whoever writes `||` has said what holds then.
        if not unknown.optional:
            raise
    return evaluate(right, contexts)


def _case(arguments: tuple[Node, ...], contexts: Mapping[str, Context]) -> Value:
    if len(arguments) < SHORTEST_CASE or len(arguments) % 2 == 0:
        raise ExpressionError("case takes pairs of a condition and a value, then a value")
    for condition, value in zip(arguments[:-1:2], arguments[1::2], strict=True):
        if is_true(evaluate(condition, contexts)):
            return evaluate(value, contexts)
    return evaluate(arguments[-1], contexts)


def _compare(sign: str, left: Value, right: Value) -> bool:
    match sign:
        case "==":
            return equal(left, right)
        case "!=":
            return not equal(left, right)
        case "<":
            return less(left, right)
        case ">":
            return less(right, left)
        case "<=":
            return less(left, right) or equal(left, right)
        case _:
            return less(right, left) or equal(left, right)
