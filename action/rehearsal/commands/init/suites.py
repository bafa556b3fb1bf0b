"""The inputs that run a project's functional tests."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.new_requirements import find_requirements, new_requirements
from rehearsal.commands.init.pytest_options import pytest_options
from rehearsal.commands.init.rerooted import rerooted
from rehearsal.commands.init.survey import Survey
from rehearsal.commands.init.variable_values import is_secret, plain_value
from rehearsal.source.django_project import find_django
from rehearsal.source.project_files import ProjectFiles, join
from rehearsal.source.settings_variables import settings_variables
from rehearsal.source.suite_command import SuiteCommand, guess_command

DEFAULT_FOLDER = "functional_tests"
IMPORTS_DJANGO = re.compile(r"^[ \t]*(?:from|import) django\b", re.MULTILINE)
# An address that tests open if nothing gives them another one.
FIXED_ADDRESS = re.compile(r"https?://(?:localhost|127\.0\.0\.1):(?P<port>\d{2,5})")
OUR_ADDRESS = re.compile(r"\b(?:REHEARSAL_URL|TEST_SERVER)\b|rehearsal_testing|\blive_url\b")
# A variable with the address of the app, as tests read it.
ADDRESS_VARIABLE = re.compile(
    r"""(?:process\.env\.|(?:environ(?:\.get)?|getenv|env)[\[(]\s*["'])"""
    r"(?P<name>[A-Z][A-Z0-9_]*(?:URL|URI|ADDRESS|ORIGIN))\b"
)
NO_TESTS = (
    "No browser tests were found. Write some, and name the command that runs them in test-command: "
    "they find the app at $REHEARSAL_URL."
)


def suite_lines(survey: Survey) -> Iterator[InputLine]:
    """Yield the inputs that run the tests."""
    if not survey.suite:
        return
    project = rerooted(survey.project, survey.directory)
    folder = survey.from_directory(survey.suite)
    command = guess_command(project, folder)
    is_default = folder == DEFAULT_FOLDER and project.has(".", "manage.py")
    uses_django = any(IMPORTS_DJANGO.search(text) for text in _texts(project, folder))
    if not (is_default and uses_django) and command.text:
        options = pytest_options(survey.project, survey.suite, find_requirements(survey))
        why = f"The tests in {survey.suite} are for {_tool(command.text)}."
        text = command.text
        if options.text:
            text = text.replace(" -m pytest ", f" -m pytest {options.text} ")
        yield InputLine(
            name="test-command",
            text=f"{_address(project, folder)}{text}",
            why=" ".join(filter(None, [why, options.why])),
        )
    yield from _requirements(survey, command)
    if is_default and uses_django:
        yield from _test_env(survey)
    if port := _fixed_port(project, folder):
        where, number = port
        why = f"{survey.directory}/{where}: the tests open this port.".removeprefix("./")
        yield InputLine(name="host-port", text=number, why=why)


def suite_notes(survey: Survey) -> Iterator[str]:
    """Yield what the tests lack that no input can give them."""
    if not survey.suite:
        yield NO_TESTS
        return
    project = rerooted(survey.project, survey.directory)
    folder = survey.from_directory(survey.suite)
    command = guess_command(project, folder)
    if command.packages and not find_requirements(survey) and not new_requirements(survey):
        yield (
            f"{survey.suite}/requirements.txt does not list all that the tests import "
            f"({', '.join(command.packages)}). Add what is missing."
        )
    elif not command.text:
        yield f"It is not known how to run the tests in {survey.suite}: say it in test-command."


def _tool(command: str) -> str:
    for name in ("unittest", "pytest", "manage.py test", "playwright", "cypress"):
        if name in command:
            return {"manage.py test": "Django"}.get(name, name)
    return "the command of their package.json"


def _texts(project: ProjectFiles, folder: str) -> Iterator[str]:
    yield from (project.read(path) for path in project.below(folder))


def _address(project: ProjectFiles, folder: str) -> str:
    """Return the line that gives the tests the app's address by the name that they read."""
    texts = list(_texts(project, folder))
    if any(OUR_ADDRESS.search(text) for text in texts):
        return ""
    names = {found["name"] for text in texts for found in ADDRESS_VARIABLE.finditer(text)}
    return f'export {names.pop()}="$REHEARSAL_URL"\n' if len(names) == 1 else ""


def _fixed_port(project: ProjectFiles, folder: str) -> tuple[str, str] | None:
    """Return the one port that the tests open whatever they are told: its place and number."""
    found: dict[str, str] = {}
    for path in project.below(folder):
        text = project.read(path)
        if OUR_ADDRESS.search(text) or ADDRESS_VARIABLE.search(text):
            return None
        for match in FIXED_ADDRESS.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.setdefault(match["port"], place(path, line))
    if len(found) != 1:
        return None
    number, where = found.popitem()
    return where, number


def _requirements(survey: Survey, command: SuiteCommand) -> Iterator[InputLine]:
    """Yield the file that lists the tests' packages, where it is not the one by default."""
    if new := new_requirements(survey):
        path, why = new.path, f"{new.path} is written by rehearse init, too."
    else:
        path = find_requirements(survey)
        why = f"{path} lists what the tests import: {', '.join(command.packages)}."
    if path and path != join(survey.directory, f"{DEFAULT_FOLDER}/requirements.txt"):
        yield InputLine(name="test-requirements", text=survey.from_directory(path), why=why)


def _test_env(survey: Survey) -> Iterator[InputLine]:
    """Yield the variables that the settings need where the tests run, outside of the image."""
    project = rerooted(survey.project, survey.directory)
    django = find_django(replace(project, folders=_without_servers(project)), "", "")
    for each in settings_variables(project, django) if django else ():
        if not each.is_needed or each.condition:
            continue
        name = each.name
        value = "only-for-the-tests" if is_secret(name) else plain_value(name, each.kind)
        where = posixpath.normpath(f"{survey.directory}/{each.path}")
        why = f"{place(where, each.line)} needs it, and manage.py test reads the settings."
        yield InputLine(name="test-env", text=f"{name}={value}", why=why)


def _without_servers(project: ProjectFiles) -> dict[str, tuple[str, ...]]:
    """Return the files without those that only servers read: manage.py names its own settings."""
    servers = {"wsgi.py", "asgi.py"}
    return {
        folder: tuple(name for name in names if name not in servers)
        for folder, names in project.folders.items()
    }
