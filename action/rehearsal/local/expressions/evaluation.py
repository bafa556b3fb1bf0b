"""Evaluate the syntax tree of an expression."""

from collections.abc import Callable, Mapping

from rehearsal.local.expressions.functions import call_function
from rehearsal.local.expressions.syntax import Binary, Call, Index, Literal, Name, Node, Not
from rehearsal.local.expressions.values import (
    Contexts,
    ExpressionContext,
    ExpressionError,
    UnknownValueError,
    Value,
    get_all_items,
    get_item,
    is_equal,
    is_less,
    is_truthy,
)

# A condition, its value, and the value if no condition holds.
MIN_CASE_ARGUMENTS = 3

COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "==": is_equal,
    "!=": lambda left, right: not is_equal(left, right),
    "<": is_less,
    ">": lambda left, right: is_less(right, left),
    "<=": lambda left, right: is_less(left, right) or is_equal(left, right),
    ">=": lambda left, right: is_less(right, left) or is_equal(left, right),
}


def evaluate(node: Node, contexts: Contexts) -> Value:
    """Return the value of a node.

    Raises `ExpressionError`, which is `UnknownValueError` where a value is not known here.
    """
    match node:
        case Literal():
            return node.value
        case Name():
            return _find_context(node.name, contexts)
        case Index():
            return _index(node, contexts)
        case Call():
            return _call(node, contexts)
        case Not():
            return not is_truthy(evaluate(node.operand, contexts))
        case Binary():
            return _binary(node, contexts)


def _find_context(name: str, contexts: Contexts) -> ExpressionContext:
    if name.lower() not in contexts:
        raise ExpressionError(
            f"there is no context named {name!r} (a text needs single quotes around it)"
        )
    return contexts[name.lower()]


def _index(node: Index, contexts: Contexts) -> Value:
    value = evaluate(node.value, contexts)
    if node.key is None:
        return get_all_items(value)
    return get_item(value, evaluate(node.key, contexts))


def _call(node: Call, contexts: Contexts) -> Value:
    if node.function.lower() == "case":
        return _case(node.arguments, contexts)
    return call_function(
        node.function, [evaluate(argument, contexts) for argument in node.arguments]
    )


def _case(arguments: tuple[Node, ...], contexts: Contexts) -> Value:
    """Evaluate only the value whose condition holds: the others may be unknown."""
    if len(arguments) < MIN_CASE_ARGUMENTS or len(arguments) % 2 == 0:
        raise ExpressionError("case takes pairs of a condition and a value, then a default value")
    for condition, value in zip(arguments[:-1:2], arguments[1::2], strict=True):
        if is_truthy(evaluate(condition, contexts)):
            return evaluate(value, contexts)
    return evaluate(arguments[-1], contexts)


def _binary(node: Binary, contexts: Contexts) -> Value:
    if node.operator == "||":
        return _or(node.left, node.right, contexts)
    left = evaluate(node.left, contexts)
    if node.operator == "&&":
        return evaluate(node.right, contexts) if is_truthy(left) else left
    return COMPARISONS[node.operator](left, evaluate(node.right, contexts))


def _or(left: Node, right: Node, contexts: Contexts) -> Value:
    try:
        value = evaluate(left, contexts)
        if is_truthy(value):
            return value
    except UnknownValueError as error:
        # On GitHub an unset secret or variable is empty, so `||` gives its right side.
        if not error.optional:
            raise
    return evaluate(right, contexts)
