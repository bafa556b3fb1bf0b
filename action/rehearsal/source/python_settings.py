"""What a Python module assigns to its settings, and which environment variables it reads."""

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
# A value reads few variables by other names.
MAX_INHERITED = 10
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


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """The assignment to a name that counts: its lines, its value, and the variables that it reads.

    That is the last one, but not one for development that is in a block and reads no variable.

    `condition` is the variable on which its block depends, empty if there is none.
    """

    name: str
    line: int
    last_line: int
    value: ast.expr
    readings: tuple[Reading, ...] = ()
    condition: str = ""

    @property
    def variable(self) -> str:
        """The first environment variable that the value reads, empty if it reads none."""
        return self.readings[0].name if self.readings else ""


@dataclass(frozen=True, kw_only=True)
class PythonModule:
    """The assignments and readings of a module, in the order of its lines.

    `imported` are the names that it imports at its top, `starred` the modules from which it imports
    everything, with their leading dots. `first_import` is the line of its first import, 0 without.
    """

    path: str
    text: str
    assignments: tuple[Assignment, ...] = ()
    readings: tuple[Reading, ...] = ()
    imported: frozenset[str] = frozenset()
    starred: tuple[str, ...] = ()
    first_import: int = 0

    def assignment(self, name: str) -> Assignment | None:
        """Return the last assignment to a name; it is the one that counts."""
        return next((each for each in self.assignments if each.name == name), None)

    def code(self, assignment: Assignment) -> str:
        """Return the text of the value of an assignment."""
        return ast.get_source_segment(self.text, assignment.value) or ""

    def line_of(self, text: str) -> int:
        """Return the number of the first line of code with this text, or 0."""
        for number, line in enumerate(self.text.splitlines(), 1):
            if text in line and not line.lstrip().startswith("#"):
                return number
        return 0


def parse_module(path: str, text: str) -> PythonModule:
    """Return what a module assigns and reads; nothing of a module that is no valid Python."""
    try:
        return _parse(path, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return PythonModule(path=path, text=text)


def _parse(path: str, text: str) -> PythonModule:
    tree = ast.parse(text)
    assignments: dict[str, Assignment] = {}
    readings: list[Reading] = []
    for node, condition, is_nested in _statements(tree.body):
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                readings += _readings(part, condition)
        for name, value in _targets(node):
            names = {each.id for each in ast.walk(value) if isinstance(each, ast.Name)} - {"DEBUG"}
            known = (assignments[each] for each in sorted(names) if each in assignments)
            inherited = [reading for each in known for reading in each.readings]
            read = (*_readings(value, condition), *inherited[:MAX_INHERITED])
            before = assignments.get(name)
            if (
                is_nested
                and before
                and (before.readings or before.condition)
                and not read
                and not condition
            ):
                continue
            assignments[name] = Assignment(
                name=name,
                line=node.lineno,
                last_line=node.end_lineno or node.lineno,
                value=value,
                readings=read,
                condition=condition,
            )
    imports = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    return PythonModule(
        path=path,
        text=text,
        assignments=tuple(assignments.values()),
        readings=tuple(readings),
        imported=frozenset(alias.asname or alias.name for each in imports for alias in each.names),
        starred=tuple(_starred(imports)),
        first_import=next((each.lineno for each in imports if not _is_future(each)), 0),
    )


def _is_future(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


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
    function = _name(value.func).lower() if isinstance(value, ast.Call) else ""
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


def _statements(
    body: list[ast.stmt], condition: str = "", *, is_nested: bool = False
) -> Iterator[tuple[ast.stmt, str, bool]]:
    """Yield the statements of a module and of its blocks, but not those of functions.

    With each come the variable on which its block depends, and whether it is in a block.
    """
    for node in body:
        yield node, condition, is_nested
        match node:
            case ast.If(test=test, body=inner, orelse=others):
                found = next((each.name for each in _readings(test, "")), "")
                yield from _statements(inner, found or condition, is_nested=True)
                yield from _statements(others, condition, is_nested=True)
            case ast.Try(body=inner) | ast.With(body=inner):
                yield from _statements(inner, condition, is_nested=True)


def _targets(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            yield name, value


def _readings(value: ast.AST, condition: str) -> Iterator[Reading]:
    casts = _casts(value)
    for node in ast.walk(value):
        kind, has_default = casts.get(id(node), ""), False
        match node:
            case ast.Subscript(value=mapping, slice=ast.Constant(value=str(name))) if (
                ENVIRONMENT.fullmatch(_name(mapping))
            ):
                pass
            case ast.Compare(
                left=ast.Constant(value=str(name)),
                ops=[ast.In() | ast.NotIn()],
                comparators=[other],
            ) if ENVIRONMENT.fullmatch(_name(other)):
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
    name = _name(function)
    if name in READERS or name.startswith("env."):
        return True
    is_other = name.rpartition(".")[2] in OTHER_FUNCTIONS
    return bool(name) and "_" in variable and not is_other


def _has_default(function: ast.expr, others: list[ast.expr], keywords: list[ast.keyword]) -> bool:
    name = _name(function)
    is_get = name.endswith((".get", "getenv"))
    is_reader = name in {"env", "config"} or name.startswith("env.")
    has_keyword = any(each.arg == "default" for each in keywords)
    return is_get or has_keyword or bool(others and (is_reader or "default" in name))


def _kind(function: ast.expr, keywords: list[ast.keyword]) -> str:
    casts = (_name(each.value) for each in keywords if each.arg == "cast")
    cast = next(casts, "")
    name = _name(function)
    return cast or (name.rpartition(".")[2] if name.startswith("env.") else "")


def _name(node: ast.AST) -> str:
    """Return `a.b` of a node that is a name or an attribute, empty for any other."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            before = _name(value)
            return f"{before}.{name}" if before else ""
    return ""


def _starred(imports: list[ast.Import | ast.ImportFrom]) -> Iterator[str]:
    for each in imports:
        if isinstance(each, ast.ImportFrom) and any(alias.name == "*" for alias in each.names):
            yield "." * each.level + (each.module or "")
