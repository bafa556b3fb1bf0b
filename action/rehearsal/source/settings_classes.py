"""Find the environment variables that classes of pydantic-settings read."""

import ast
import re
from collections.abc import Iterator, Mapping

from rehearsal.regex import regex
from rehearsal.source.environment_readers import dotted_name
from rehearsal.source.environment_readings import Reading

BASE = "BaseSettings"
# pydantic 1 has BaseSettings itself, and None as the default of an optional field.
VERSION_1 = regex(r"^from pydantic import [^#\n]*\bBaseSettings\b", re.MULTILINE)
KINDS = frozenset({"bool", "int", "float"})


def class_readings(text: str) -> Iterator[Reading]:
    """Yield the variables of all fields, with the prefix and the aliases of their class.

    A field whose type is a class of the same module is not certain: its own fields have variables.
    """
    if BASE not in text:
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    chains = {name: list(_chain(node, classes)) for name, node in classes.items()}
    inherited = {base.name for chain in chains.values() for base in chain[1:]}
    is_version_1 = bool(VERSION_1.search(text))
    for name, chain in chains.items():
        # Their fields get the prefix of the class that is used.
        if name in inherited or not any(BASE in _bases(each) for each in chain):
            continue
        prefix = next(filter(None, (_option(each, "env_prefix") for each in chain)), "")
        others = set(classes) - {each.name for each in chain}
        for node in chain:
            for field in node.body:
                yield from _field(field, prefix, others, is_version_1)


def _bases(node: ast.ClassDef) -> list[str]:
    return [dotted_name(base).rpartition(".")[2] for base in node.bases]


def _chain(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> Iterator[ast.ClassDef]:
    """Yield a class of the module, then those that it inherits from."""
    waiting, seen = [node], set[str]()
    while waiting:
        current = waiting.pop(0)
        if current.name not in seen:
            seen.add(current.name)
            yield current
            waiting += [classes[name] for name in _bases(current) if name in classes]


def _field(node: ast.stmt, prefix: str, classes: set[str], is_version_1: bool) -> Iterator[Reading]:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            pass
        case _:
            return
    kind, is_optional = ast.unparse(annotation), False
    if name.startswith("_") or name == "model_config" or "ClassVar" in kind:
        return
    call = next(
        (
            each
            for part in (value, annotation)
            for each in ast.walk(part or ast.Constant(value=None))
            if isinstance(each, ast.Call) and dotted_name(each.func).rpartition(".")[2] == "Field"
        ),
        None,
    )
    if is_version_1 and value is None:
        is_optional = "Optional" in kind or "None" in kind
    default = is_optional or _has_default(value, call)
    names = _aliases(call) or [f"{prefix}{name}".upper()]
    # Any one of several aliases is enough.
    for alias in names:
        yield Reading(
            name=alias,
            line=node.lineno,
            kind=kind if kind in KINDS else "",
            default=default or len(names) > 1,
            is_certain=not any(re.search(rf"\b{each}\b", kind) for each in classes),
        )


def _has_default(value: ast.expr | None, call: ast.Call | None) -> bool:
    if value is not None and value is not call:
        return not (isinstance(value, ast.Constant) and value.value is ...)
    if call is None:
        return False
    given = {each.arg: each.value for each in call.keywords}
    first = call.args[0] if call.args else given.get("default")
    is_missing = first is None or (isinstance(first, ast.Constant) and first.value is ...)
    return "default_factory" in given or not is_missing


def _aliases(call: ast.Call | None) -> list[str]:
    given = {each.arg: each.value for each in call.keywords} if call else {}
    for name in ("validation_alias", "env", "alias"):
        if name in given:
            texts = (each.value for each in ast.walk(given[name]) if isinstance(each, ast.Constant))
            return [each for each in texts if isinstance(each, str)]
    return []


def _option(node: ast.ClassDef, name: str) -> str:
    """Return an option of a class from `model_config` or the class `Config`; empty if not set."""
    for each in ast.walk(node):
        match each:
            case ast.keyword(arg=found, value=ast.Constant(value=str(value))) if found == name:
                return value
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Constant(value=str(value))) if (
                found == name
            ):
                return value
            case ast.Dict(keys=keys, values=values):
                for key, text in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == name:
                        return str(text.value) if isinstance(text, ast.Constant) else ""
    return ""
