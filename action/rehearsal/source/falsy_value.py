"""The value of an environment variable that makes a setting false."""

import ast

from rehearsal.source.environment_readers import dotted_name
from rehearsal.source.environment_readings import Reading
from rehearsal.source.python_settings import Assignment


def falsy_value(assignment: Assignment) -> str | None:
    """Return the value of its variable that makes an assignment false, None if none is known."""
    if not assignment.readings:
        return None
    return _deciding_value(assignment.value, assignment.readings[0], wanted=False)


def _deciding_value(value: ast.expr, reading: Reading, *, wanted: bool) -> str | None:
    """Return the value of a variable for which an expression is true (`wanted`) or false."""
    match value:
        case ast.BoolOp(op=ast.Or()) | ast.IfExp():
            # Something else decides, too.
            return None
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _deciding_value(operand, reading, wanted=not wanted)
        case ast.Compare(left=ast.Constant(), ops=[ast.In() | ast.NotIn() as operator]):
            # Of the environment: the variable has to be there, or must not be there.
            return "1" if isinstance(operator, ast.In) is wanted else None
        case ast.Compare(ops=[operator], comparators=[other]):
            is_positive = isinstance(operator, ast.Eq | ast.In)
            return _one_of(other) if is_positive is wanted else _none_of(other)
    # The builtin `bool` takes any text but the empty one for true.
    function = dotted_name(value.func).lower() if isinstance(value, ast.Call) else ""
    if "bool" in reading.kind or ("bool" in function and function != "bool"):
        return ("False", "True")[wanted]
    return ("0" if reading.kind == "int" else "", "1")[wanted]


def _words(node: ast.expr) -> list[str]:
    items = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return [each.value for each in items if isinstance(each, ast.Constant)
            and isinstance(each.value, str)]  # fmt: skip


def _one_of(node: ast.expr) -> str | None:
    return next(iter(_words(node)), None)


def _none_of(node: ast.expr) -> str | None:
    words = {each.lower() for each in _words(node)}
    return next(each for each in ("False", "True", "-") if each.lower() not in words)
