"""Where code of Python reads environment variables, and how it converts them."""

import ast
from collections.abc import Iterator
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.environment_readers import (
    DEFAULT_NAMES,
    ENVIRONMENT,
    GETTERS,
    Readers,
    dotted_name,
)
from rehearsal.source.expression_places import walk_expression

# A name like this, as the first argument of a function, is that of a variable.
VARIABLE = regex(r"[A-Z][A-Z0-9_]{2,99}")
# Functions whose argument may look like the name of a variable, but is another text.
OTHER_FUNCTIONS = frozenset(
    {"_", "gettext", "gettext_lazy", "print", "getLogger", "format", "join"}
)
# They give a variable its value, or a default.
WRITERS = regex(r"(?:os\.)?environ\.(?:setdefault|pop)|(?:os\.)?(?:putenv|unsetenv)")
# dj-database-url reads this variable, or the one that it is given, and needs none of them.
DATABASE_URL = regex(r"(?:dj_database_url\.)config")
# A second argument of django-environ that is a type, and no default.
TYPES = frozenset({"bool", "int", "float", "str", "list", "dict", "tuple"})
# The methods and casts of environ, decouple and others that read no plain text, and a value that
# each of them takes.
TYPED = {
    "bool": "False", "strtobool": "False", "int": "1", "float": "1", "json": "{}", "dict": "a=b",
    "db": "sqlite:///:memory:", "db_url": "sqlite:///:memory:", "dj_db_url": "sqlite:///:memory:",
    "cache": "locmem://", "cache_url": "locmem://", "dj_cache_url": "locmem://",
    "email_url": "consolemail://", "email": "consolemail://", "dj_email_url": "consolemail://",
    "url": "http://localhost",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One place where a module reads an environment variable.

    `kind` is the function that converts it, empty for plain text. A variable without `default` has
    to be set. `condition` is the variable that has to be set so that it is read, empty if there is
    none. `is_certain` is false where other conditions decide, and for a function that may be no
    reader at all. `is_optional` says that None takes the place of a value that is not set.
    """

    name: str
    line: int
    kind: str = ""
    default: bool = False
    condition: str = ""
    is_certain: bool = field(default=True, compare=False)
    is_optional: bool = field(default=False, compare=False)

    @property
    def any_value(self) -> str:
        """A value that means nothing, and that the module can read."""
        return TYPED.get(self.kind, "only-for-the-build")


def find_readings(
    value: ast.AST,
    condition: str,
    readers: Readers | None = None,
    *,
    prefix: str = "",
    is_certain: bool = True,
    has_fallback: bool = False,
) -> Iterator[Reading]:
    """Yield the places where an expression reads variables.

    `condition` is the variable on which its block depends. `prefix` stands before all names that a
    reader gets. `is_certain` says that the block surely runs, `has_fallback` that it is one of
    `try`, whose handler takes the place of a variable that is not set.
    """
    readers = readers or Readers()
    for node, place in walk_expression(value):
        if found := _reading(node, readers, prefix):
            fails = found.is_optional and place.needs_value
            yield Reading(
                name=found.name,
                line=found.line,
                kind=place.cast or found.kind,
                default=(found.default and not fails) or has_fallback,
                condition=condition,
                is_certain=found.is_certain and is_certain and place.is_certain,
                is_optional=found.is_optional,
            )


def _reading(node: ast.AST, readers: Readers, prefix: str) -> Reading | None:
    match node:
        case ast.Subscript(value=mapping, slice=ast.Constant(value=str(name)), ctx=ast.Load()) if (
            ENVIRONMENT.fullmatch(dotted_name(mapping))
        ):
            return Reading(name=name, line=node.lineno)
        case ast.Compare(
            left=ast.Constant(value=str(name)),
            ops=[ast.In() | ast.NotIn()],
            comparators=[other],
        ) if ENVIRONMENT.fullmatch(dotted_name(other)):
            return Reading(name=name, line=node.lineno, default=True)
        case ast.Call(func=function):
            return _call(node, dotted_name(function), readers, prefix)
    return None


def _call(node: ast.Call, function: str, readers: Readers, prefix: str) -> Reading | None:
    match node.args:
        case [ast.Constant(value=str(name)), *others]:
            pass
        case []:
            name, others = _named(node, function, readers), []
        case _:
            return None
    method = readers.method(function)
    if not VARIABLE.fullmatch(name) or not _reads(function, name, readers):
        return None
    is_get = function in GETTERS or method == "get"
    given = {each.arg for each in node.keywords}
    if DATABASE_URL.fullmatch(function):
        return Reading(name=name, line=node.lineno, kind="db_url", default=True)
    is_own = method is None and not is_get
    if method is not None and others and dotted_name(others[0]) in TYPES:
        others = others[1:]
    has_default = "default" in given or bool(others and (not is_own or "default" in function))
    return Reading(
        name=prefix + name if method is not None else name,
        line=node.lineno,
        kind=_kind(method, node.keywords) or (readers.kinds.get(name, "") if not is_own else ""),
        default=is_get or has_default or (method is not None and name in readers.defaults),
        is_certain=not is_own or function in readers.required,
        is_optional=is_get and not others and "default" not in given,
    )


def _named(node: ast.Call, function: str, readers: Readers) -> str:
    """Return the variable of a call without arguments, or with keywords alone; empty if none."""
    for each in node.keywords:
        if each.arg in {"var", "name", "env"} and isinstance(each.value, ast.Constant):
            return str(each.value.value)
    if DATABASE_URL.fullmatch(function):
        return "DATABASE_URL"
    return DEFAULT_NAMES.get(readers.method(function) or "", "")


def _reads(function: str, variable: str, readers: Readers) -> bool:
    """Whether a function reads a variable, or may be one of the project that does."""
    if function in GETTERS or readers.method(function) is not None:
        return True
    if WRITERS.fullmatch(function):
        return False
    is_other = function.rpartition(".")[2] in OTHER_FUNCTIONS
    is_known = bool(DATABASE_URL.fullmatch(function))
    return is_known or (bool(function) and "_" in variable and not is_other)


def _kind(method: str | None, keywords: list[ast.keyword]) -> str:
    casts = (dotted_name(each.value) for each in keywords if each.arg == "cast")
    return next(casts, "") or method or ""
