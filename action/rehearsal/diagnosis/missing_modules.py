"""Which module an app does not find at its start, in the words of Python, Node and servers."""

import re

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import START_LOGS, Facts
from rehearsal.regex import regex
from rehearsal.source.tracebacks import SERVER_NOISE

# The frames of Python's own import, which have no line of a project.
IMPORTING = r'(?:  File "(?:<frozen importlib|[^"\n]*/importlib/).*\n(?:    .*\n)*)*'
NAMED = r"^ModuleNotFoundError: No module named '(?P<module>[^'\n]+)'"
SERVERS = r'(?:gunicorn/util|uvicorn/importer|hypercorn/utils|daphne/utils|flask/cli)\.py"'
# The server does not find the app that it should serve; the traceback has no line of the app.
APP_NOT_FOUND = (
    rf"{SERVERS}, line \d+, in \w+\n(?:    .*\n)*{IMPORTING}{NAMED[1:]}",
    r"Failed to find attribute '(?P<attribute>[^'\n]+)' in '(?P<module>[^'\n]+)'",
    r'Error loading ASGI app\. Could not import module "(?P<module>[^"\n]+)"',
    r'Error loading ASGI app\. Attribute "[^"\n]+" not found in module "(?P<module>[^"\n]+)"',
    r'Error loading ASGI app\. Import string "(?P<module>[^"\n]+)" must be in format',
    r"NoAppError: Cannot load application from '(?P<module>[^'\n]+)', \w+ not found",
    (
        rf"{SERVERS}, line \d+, in import_by_path\n(?:    .*\n)*"
        r"AttributeError: module '(?P<module>[^'\n]+)' has no attribute"
    ),
    r"WSGI application '(?P<module>[^'\n]+)' could not be loaded",
    r"^Error: Could not import '(?P<module>[^'\n]+)'\.$",
)
PYTHON = (
    NAMED,
    r"^\S*python[\d.]*: No module named (?P<module>[\w.]+)$",
    r'Error loading ASGI app\. Could not import module "(?P<module>[\w.]+)"',
    r"NoAppError: Cannot load application from '(?P<module>[\w.]+):[^'\n]*', module not found",
    r"^Error: Could not import '(?P<module>[\w.]+)'\.$",
)
# With the file that asks for it, if a line says so.
NODE = (
    r"Error(?: \[\w+\])?: Cannot find (?:module|package) '(?P<module>[^'\n]+)'"
    r"(?: imported from (?P<by>\S+)|\nRequire stack:\n- (?P<stack>\S+))?"
)


TRACEBACK = regex(
    r"(?P<from_it>The above exception was the direct cause .*\n\s*)?"
    # A line of code may be blank, if Python points at the end of a function's head.
    r"Traceback \(most recent call last\):\n(?:(?:[ \t].*)?\n)*(?P<error>.*)"
)


@dataclass(frozen=True, kw_only=True)
class MissingModule:
    """A module by its name; for Node, also the file that asks for it, empty if that is unknown."""

    name: str
    is_node: bool = False
    by: str = ""


def is_last_error(facts: Facts, missing: MissingModule) -> bool:
    """Whether the app ended with this error: one that was handled is followed by another one.

    An error may be raised from it, and is the same one then; the server's own say that it stops.
    """
    for log in START_LOGS:
        text = facts.text(log)
        _before, found, after = text.rpartition(f"No module named '{missing.name}'")
        if found:
            return all(
                each["from_it"] or SERVER_NOISE.search(each["error"])
                for each in TRACEBACK.finditer(after)
            )
    return True


def find_missing_module(facts: Facts) -> MissingModule | None:
    """Return the module that is named last in the first log that names one."""
    for log in START_LOGS:
        text = facts.text(log)
        for pattern in PYTHON:
            if found := list(re.finditer(pattern, text, re.MULTILINE)):
                return MissingModule(name=found[-1]["module"])
        if found := list(re.finditer(NODE, text)):
            by = found[-1]["by"] or found[-1]["stack"] or ""
            return MissingModule(name=found[-1]["module"], is_node=True, by=by)
    return None
