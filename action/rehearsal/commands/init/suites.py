"""The inputs that run a project's functional tests."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from rehearsal.commands.init.browser_tests import mixed_tests
from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.new_requirements import find_requirements, new_requirements
from rehearsal.commands.init.pytest_options import pytest_options
from rehearsal.commands.init.rerooted import rerooted
from rehearsal.commands.init.survey import Survey
from rehearsal.commands.init.tests_address import TestsAddress, find_address
from rehearsal.commands.init.variable_values import is_secret, plain_value
from rehearsal.regex import regex
from rehearsal.source.django_project import find_django
from rehearsal.source.project_files import ProjectFiles, join
from rehearsal.source.settings_variables import settings_variables
from rehearsal.source.suite_command import SuiteCommand, guess_command

DEFAULT_FOLDER = "functional_tests"
IMPORTS_DJANGO = regex(r"^[ \t]*(?:from|import) django\b", re.MULTILINE)
# Before the last of several commands, which runs the tests.
RUNS_TESTS = regex(r"(?<=&& )(?=[^&]*$)")
NO_TESTS = (
    "No browser tests were found. Write some, and write the command that runs them under "
    "test-command. $REHEARSAL_URL is the app's address."
)
MIXED_TESTS = (
    "{} is a browser test in a folder with other tests. Under test-command, write a command that "
    "runs only browser tests. $REHEARSAL_URL is the app's address."
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
    address = find_address(project, folder)
    is_default = is_default and uses_django
    if command.text and not (is_default and not address.before and not address.after):
        options = pytest_options(survey.project, survey.suite, find_requirements(survey))
        text = _with_browsers(command.text, address)
        if options.text:
            text = text.replace(" -m pytest ", f" -m pytest {options.text} ")
        why = f"The tests in {survey.suite} run with {_tool(command.text)}."
        yield InputLine(
            name="test-command",
            text=f"{address.before}{text}{address.after}",
            why=" ".join(filter(None, [why, options.why])),
        )
    yield from _requirements(survey, command)
    if is_default:
        yield from _test_env(survey)
    if address.fixed_port:
        where = posixpath.normpath(join(survey.directory, address.where))
        why = f"{where}: the tests open the app on this port."
        yield InputLine(name="host-port", text=address.fixed_port, why=why)


def suite_notes(survey: Survey) -> Iterator[str]:
    """Yield what the project has to change so that its tests can run."""
    if not survey.suite:
        path = mixed_tests(survey.project)
        yield MIXED_TESTS.format(path) if path else NO_TESTS
        return
    project = rerooted(survey.project, survey.directory)
    folder = survey.from_directory(survey.suite)
    command = guess_command(project, folder)
    if note := find_address(project, folder).note:
        yield note
    if command.packages and not find_requirements(survey) and not new_requirements(survey):
        yield (
            f"{survey.suite}/requirements.txt does not list all packages that the tests "
            f"import ({', '.join(command.packages)}). Add the missing ones."
        )
    elif not command.text:
        yield f"Write the command that runs the tests in {survey.suite} under test-command."


def _tool(command: str) -> str:
    for name in ("unittest", "pytest", "manage.py test", "playwright", "cypress"):
        if name in command:
            return {"manage.py test": "Django"}.get(name, name)
    return "a script of package.json"


def _texts(project: ProjectFiles, folder: str) -> Iterator[str]:
    yield from (project.read(path) for path in project.below(folder))


def _with_browsers(command: str, address: TestsAddress) -> str:
    """Return a command that installs the browsers of Playwright before it runs its tests."""
    if not address.is_playwright:
        return command
    found = re.search(r"(?P<run>\S+(?: exec)?) playwright test", command)
    run = found["run"] if found else "npx"
    return RUNS_TESTS.sub(f"{run} playwright install chromium && ", command)


def _requirements(survey: Survey, command: SuiteCommand) -> Iterator[InputLine]:
    """Yield the input `test-requirements` if it is not the default."""
    if new := new_requirements(survey):
        path, why = new.path, f"rehearse init writes {new.path}, too."
    else:
        path = find_requirements(survey)
        why = f"{path} lists what the tests import: {', '.join(command.packages)}."
    if path and path != join(survey.directory, f"{DEFAULT_FOLDER}/requirements.txt"):
        yield InputLine(name="test-requirements", text=survey.from_directory(path), why=why)


def _test_env(survey: Survey) -> Iterator[InputLine]:
    """Yield the variables that Django's settings need on the runner, where the tests run."""
    project = rerooted(survey.project, survey.directory)
    django = find_django(replace(project, folders=_without_servers(project)), "", "")
    for each in settings_variables(project, django) if django else ():
        if not each.is_needed or each.condition:
            continue
        name = each.name
        value = "only-for-the-tests" if is_secret(name) else plain_value(name, each.kind)
        where = posixpath.normpath(f"{survey.directory}/{each.path}")
        why = f"{place(where, each.line)} needs {name}: manage.py test reads these settings."
        yield InputLine(name="test-env", text=f"{name}={value}", why=why)


def _without_servers(project: ProjectFiles) -> dict[str, tuple[str, ...]]:
    """Return the files without those that only servers read: manage.py names its own settings."""
    servers = {"wsgi.py", "asgi.py"}
    return {
        folder: tuple(name for name in names if name not in servers)
        for folder, names in project.folders.items()
    }
