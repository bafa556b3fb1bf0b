"""Read values in compose files, as far as possible without Docker Compose."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rehearsal.regex import regex
from rehearsal.source.project_files import ProjectFiles

# A default may contain variables. The lengths are limited, so that long lines take no time.
VARIABLE = regex(
    r"\$(?:(?P<escaped>\$)|(?P<name>\w+)|\{(?P<braced>\w+)"
    r"(?::?-(?P<default>(?:\$\{[^{}]{0,200}\}|[^}]){0,1000})|[^}]{0,1000})\})"
)
# Placeholders. `changeme` is none: app and database may both use it as the password.
PLACEHOLDER = regex(r"your[-_ ]|xxx|[<>]|\.\.\.|!!!|placeholder|insert", re.IGNORECASE)
ENV_LINE = regex(r"^(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)=(?P<value>.*)$", re.MULTILINE)


def known_environment(
    project: ProjectFiles, folder: str, service: Mapping[str, Any]
) -> tuple[dict[str, str], list[str]]:
    """Return the variables whose value is known, and the names and files that are missing."""
    missing: list[str] = []
    found: dict[str, str] = {}
    files = service.get("env_file")
    for each in files if isinstance(files, list) else [files] if files else []:
        name = str(each.get("path") if isinstance(each, dict) else each)
        path = posixpath.normpath(posixpath.join(folder, name))
        if text := project.read(path):
            found |= env_file_values(text)
        else:
            missing.append(path)
    return found | known_pairs(pairs(service.get("environment")), missing), missing


def env_file_values(text: str) -> dict[str, str]:
    """Return the variables in lines NAME=value, without those whose value is a placeholder."""
    found = {
        each["name"]: each["value"].split(" #")[0].strip().strip("\"'")
        for each in ENV_LINE.finditer(text)
    }
    return {name: value for name, value in found.items() if not PLACEHOLDER.search(value)}


def pairs(part: object) -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict):
        yield from ((str(name), value) for name, value in part.items() if name != "<<")
        if isinstance(base := part.get("<<"), dict):
            yield from pairs(base)
    elif isinstance(part, list):
        for line in map(str, part):
            name, equals, value = line.partition("=")
            yield name, value if equals else None


def known_pairs(pairs: Iterable[tuple[str, Any]], missing: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if value is None:
            missing.append(name)
            continue
        before = len(missing)
        text = plain_text(value, missing)
        if PLACEHOLDER.search(text):
            missing.append(name)
        elif len(missing) == before:
            found[name] = text
    return found


def plain_text(value: object, missing: list[str]) -> str:
    """Return a value with the defaults of its variables; those without one are missing."""
    if value is None or isinstance(value, list | dict):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)

    def default(found: re.Match[str]) -> str:
        if found["escaped"]:
            return "$"
        if found["default"] is None:
            missing.append(found["braced"] or found["name"])
        return plain_text(found["default"] or "", missing)

    return VARIABLE.sub(default, str(value))
