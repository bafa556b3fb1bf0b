"""From the tree of an expression to its value."""

from collections.abc import Callable, Mapping

from rehearsal.local.expressions.functions import call
from rehearsal.local.expressions.syntax import Binary, Call, Literal, Name, Node, Not, Part
from rehearsal.local.expressions.values import (
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

COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": less,
    ">": lambda left, right: less(right, left),
    "<=": lambda left, right: less(left, right) or equal(left, right),
    ">=": lambda left, right: less(right, left) or equal(left, right),
}


def evaluate(node: Node, contexts: Mapping[str, Context]) -> Value:
    """Return the value. Raises `ExpressionError`, and `Unknown` where one is not known here."""
    match node:
        case Literal():
            return node.value
        case Name():
            return _context(node.name, contexts)
        case Part():
            return _part(node, contexts)
        case Call():
            return _call(node, contexts)
        case Not():
            return not is_true(evaluate(node.of, contexts))
        case Binary():
            return _operate(node, contexts)


def _part(node: Part, contexts: Mapping[str, Context]) -> Value:
    value = evaluate(node.of, contexts)
    return parts_of(value) if node.key is None else part_of(value, evaluate(node.key, contexts))


def _call(node: Call, contexts: Mapping[str, Context]) -> Value:
    if node.function.lower() == "case":
        return _case(node.arguments, contexts)
    return call(node.function, [evaluate(argument, contexts) for argument in node.arguments])


def _operate(node: Binary, contexts: Mapping[str, Context]) -> Value:
    if node.sign == "||":
        return _either(node.left, node.right, contexts)
    left = evaluate(node.left, contexts)
    if node.sign == "&&":
        return evaluate(node.right, contexts) if is_true(left) else left
    return COMPARISONS[node.sign](left, evaluate(node.right, contexts))


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
