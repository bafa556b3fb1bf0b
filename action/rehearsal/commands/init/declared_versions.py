"""Versions of packages in the dependency groups of pyproject.toml."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from rehearsal.regex import regex
from rehearsal.source.package_names import normal_name
from rehearsal.source.project_files import ProjectFiles, join, upwards

NAME = regex(r"[A-Za-z0-9][\w.-]*")
# Poetry's own operators, which pip does not know.
CARET = regex(r"[\^~](?P<version>\d+(?:\.\d+)*)")


def with_version(project: ProjectFiles, folder: str, package: str) -> str:
    """Return a package as the nearest pyproject.toml lists it, or its name alone."""
    for above in upwards(folder):
        if project.has(above, "pyproject.toml"):
            for requirement in _requirements(project.read(join(above, "pyproject.toml"))):
                found = NAME.match(requirement)
                if found and normal_name(found[0]) == normal_name(package):
                    return requirement
    return package


def _requirements(text: str) -> Iterator[str]:
    """Yield what the groups and the extras list, and what Poetry's own tables do."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    groups = _table(document, "dependency-groups")
    extras = _table(_table(document, "project"), "optional-dependencies")
    for listed in (*groups.values(), *extras.values()):
        yield from (each for each in (listed if isinstance(listed, list) else [])
                    if isinstance(each, str))  # fmt: skip
    poetry = _table(_table(document, "tool"), "poetry")
    tables = [_table(poetry, "dev-dependencies"), *_table(poetry, "group").values()]
    for table in tables:
        inner = _table(table, "dependencies") or table
        for name, version in (inner if isinstance(inner, dict) else {}).items():
            yield _of_poetry(str(name), version)


def _of_poetry(name: str, version: object) -> str:
    found = CARET.fullmatch(version) if isinstance(version, str) else None
    if found:
        return f"{name}>={found['version']}"
    is_plain = isinstance(version, str) and re.fullmatch(r"(?:[<>=!~]=?[\w.*,<>=! ]+)", version)
    return f"{name}{version}" if is_plain else name


def _table(document: Any, name: str) -> dict[str, Any]:
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}
