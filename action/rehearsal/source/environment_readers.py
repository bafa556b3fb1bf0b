"""Find the objects with which a Python module reads environment variables (`env`, `config`)."""

import ast
from collections.abc import Mapping
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

# Usual names of readers of environs, django-environ and decouple.
ENV, CONFIG = "env", "config"
# Classes whose instances read variables: django-environ, environs, decouple, starlette.
CLASSES = frozenset({"Env", "FileAwareEnv", "Config", "AutoConfig"})
ENVIRONMENT = regex(r"(?:os\.)?environ")
GETTERS = frozenset({"getenv", "os.getenv", "environ.get", "os.environ.get"})
# Methods that read this variable if they get no name. Source: django-environ, `Env`.
DEFAULT_NAMES = {
    "db": "DATABASE_URL", "db_url": "DATABASE_URL", "dj_db_url": "DATABASE_URL",
    "cache": "CACHE_URL", "cache_url": "CACHE_URL", "email": "EMAIL_URL", "email_url": "EMAIL_URL",
    "search_url": "SEARCH_URL", "channels": "CHANNELS_URL", "channels_url": "CHANNELS_URL",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Readers:
    """The readers of environment variables in a module, by their names.

    `names` are objects with methods (`env.bool`), `functions` have none. `kinds` are the types and
    `defaults` the defaults that a reader was created with (`Env(DEBUG=(bool, False))`), both by the
    names of the variables. `required` are functions of the project that take the name of a variable
    and fail without it.
    """

    names: frozenset[str] = frozenset({ENV})
    functions: frozenset[str] = frozenset({CONFIG})
    kinds: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, ast.expr] = field(default_factory=dict)
    required: frozenset[str] = frozenset()

    def method(self, function: str) -> str | None:
        """Return the method of a reader that a dotted name means: `bool` of `env.bool`.

        It is empty for the reader itself, None if the name is not that of a reader.
        """
        name, _, method = function.rpartition(".")
        if function in self.names | self.functions:
            return ""
        return method if name in self.names else None

    def joined(self, other: "Readers") -> "Readers":
        """Return the readers of two modules, of which one imports the other one."""
        return Readers(
            names=self.names | other.names,
            functions=self.functions | other.functions,
            kinds={**self.kinds, **other.kinds},
            defaults={**self.defaults, **other.defaults},
            required=self.required | other.required,
        )


def find_readers(tree: ast.Module) -> Readers:
    """Return the readers of a module: those with usual names, and those that it creates."""
    names, kinds, defaults = {ENV}, dict[str, str](), dict[str, ast.expr]()
    required = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) if _needs_variable(node):
                required.add(name)
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call):
                pass
            case _:
                continue
        if dotted_name(call.func).rpartition(".")[2] not in CLASSES:
            continue
        names.add(name)
        for each in call.keywords:
            if each.arg is None:
                continue
            match each.value:
                case ast.Tuple(elts=[kind, default]):
                    kinds[each.arg] = dotted_name(kind)
                    defaults[each.arg] = default
                case ast.Name(id=kind):
                    kinds[each.arg] = kind
    return Readers(
        names=frozenset(names),
        kinds=kinds,
        defaults=defaults,
        required=frozenset(required),
    )


def _needs_variable(function: ast.FunctionDef) -> bool:
    """Whether a function reads the variable named by its first argument, and fails without it."""
    arguments = function.args.args
    if not arguments or any("default" in each.arg for each in arguments):
        return False
    reads = fails = False
    for node in ast.walk(function):
        match node:
            case ast.Subscript(value=mapping, slice=ast.Name(id=name)) if (
                ENVIRONMENT.fullmatch(dotted_name(mapping)) and name == arguments[0].arg
            ):
                return True
            case ast.Call(func=called, args=[ast.Name(id=name), *_]) if name == arguments[0].arg:
                reads = reads or dotted_name(called) in GETTERS
            case ast.Raise():
                fails = True
    return reads and fails


def dotted_name(node: ast.AST) -> str:
    """Return `a.b` of a node that is a name or an attribute, empty for any other."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            before = dotted_name(value)
            return f"{before}.{name}" if before else ""
    return ""
