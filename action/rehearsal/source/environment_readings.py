"""Where code of Python reads environment variables, and how it converts them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

# A name like this, as the first argument of a function, is that of a variable.
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,99}")
# Functions whose argument may look like a variable's name, and is none.
OTHER_FUNCTIONS = frozenset(
    {"_", "gettext", "gettext_lazy", "print", "getLogger", "format", "join"}
)
READERS = frozenset({"env", "config", "getenv", "os.getenv", "environ.get", "os.environ.get"})
# The methods and casts of environ, decouple and others that read no plain text, and a value that
# each of them takes.
TYPED = {
    "bool": "False", "strtobool": "False", "int": "1", "float": "1", "json": "{}", "dict": "a=b",
    "db": "sqlite:///:memory:", "db_url": "sqlite:///:memory:", "cache": "locmem://",
    "cache_url": "locmem://", "email_url": "consolemail://", "email": "consolemail://",
    "url": "http://localhost",
}  # fmt: skip
ENVIRONMENT = re.compile(r"(?:os\.)?environ")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One place where a module reads an environment variable.

    `kind` is the function that converts it, empty for plain text. A variable without `default` has
    to be set. `condition` is the variable that has to be set so that it is read, empty if there is
    none.
    """

    name: str
    line: int
    kind: str = ""
    default: bool = False
    condition: str = ""

    @property
    def any_value(self) -> str:
        """A value that means nothing, and that the module can read."""
        return TYPED.get(self.kind, "only-for-the-build")


def find_readings(value: ast.AST, condition: str) -> Iterator[Reading]:
    casts = _casts(value)
    for node in ast.walk(value):
        kind, has_default = casts.get(id(node), ""), False
        match node:
            case ast.Subscript(value=mapping, slice=ast.Constant(value=str(name))) if (
                ENVIRONMENT.fullmatch(dotted_name(mapping))
            ):
                pass
            case ast.Compare(
                left=ast.Constant(value=str(name)),
                ops=[ast.In() | ast.NotIn()],
                comparators=[other],
            ) if ENVIRONMENT.fullmatch(dotted_name(other)):
                has_default = True
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *others]) if (
                VARIABLE.fullmatch(name) and _reads(function, name)
            ):
                has_default = _has_default(function, others, node.keywords)
                kind = kind or _kind(function, node.keywords)
            case _:
                continue
        yield Reading(
            name=name, line=node.lineno, kind=kind, default=has_default, condition=condition
        )


def _casts(value: ast.AST) -> dict[int, str]:
    """Return the function around each node that makes a number or the like of it, by its id."""
    casts: dict[int, str] = {}
    waiting: list[tuple[ast.AST, str]] = [(value, "")]
    while waiting:
        node, cast = waiting.pop()
        casts[id(node)] = cast
        match node:
            case ast.Call(func=ast.Name(id="int" | "float" | "strtobool" as function)):
                cast = function
        waiting += [(each, cast) for each in ast.iter_child_nodes(node)]
    return casts


def _reads(function: ast.expr, variable: str) -> bool:
    """Whether a function reads a variable, or may be one of the project that does."""
    name = dotted_name(function)
    if name in READERS or name.startswith("env."):
        return True
    is_other = name.rpartition(".")[2] in OTHER_FUNCTIONS
    return bool(name) and "_" in variable and not is_other


def _has_default(function: ast.expr, others: list[ast.expr], keywords: list[ast.keyword]) -> bool:
    name = dotted_name(function)
    is_get = name.endswith((".get", "getenv"))
    is_reader = name in {"env", "config"} or name.startswith("env.")
    has_keyword = any(each.arg == "default" for each in keywords)
    return is_get or has_keyword or bool(others and (is_reader or "default" in name))


def _kind(function: ast.expr, keywords: list[ast.keyword]) -> str:
    casts = (dotted_name(each.value) for each in keywords if each.arg == "cast")
    cast = next(casts, "")
    name = dotted_name(function)
    return cast or (name.rpartition(".")[2] if name.startswith("env.") else "")


def dotted_name(node: ast.AST) -> str:
    """Return `a.b` of a node that is a name or an attribute, empty for any other."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            before = dotted_name(value)
            return f"{before}.{name}" if before else ""
    return ""
