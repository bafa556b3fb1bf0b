"""Find the environment variables that an app's settings read, in its source code."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.code_search import MAX_FILES, TEST_PATH
from rehearsal.source.django_project import DjangoProject, imported_modules
from rehearsal.source.node_environment import node_readings
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.python_settings import PythonModule, parse_module
from rehearsal.source.settings_classes import class_readings

# A file without any of these words reads no variable.
READS_ENVIRONMENT = regex(r"environ|getenv|decouple|\bEnv\b|\bConfig\(|BaseSettings")
# Code that reads a file .env: django-environ, environs, python-dotenv, decouple, pydantic.
READS_FILE = regex(r"read_env\(|load_dotenv|find_dotenv|\bdecouple\b|env_file\b|dotenv/config")
ENV_LINE = regex(r"^(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*=", re.MULTILINE)
# Python files that tools run, and not the app.
OTHER_PYTHON = regex(r"(?:^|/)(?:setup|noxfile|tasks|fabfile|conftest|manage)\.py$")
# Every container has these.
ALWAYS_SET = frozenset({"HOME", "HOSTNAME", "PATH"})
# Django itself does not start if these are empty.
DJANGO_NEEDS = frozenset({"SECRET_KEY"})


@dataclass(frozen=True, kw_only=True)
class SettingsVariable:
    """An environment variable that a line of the app's settings reads.

    `path` is relative to the working directory. `kind` is the function that converts the value
    (`bool`, `db`, `int`), empty for plain text. `has_default` says that the app starts without the
    variable. `setting` is the setting that gets the value, empty if there is none. `condition` is
    another variable that has to be set so that this one is read. `is_certain` is false if other
    conditions decide whether it is read, or if it is not certain that the code reads a variable.
    """

    name: str
    path: str
    line: int
    kind: str = ""
    has_default: bool = False
    setting: str = ""
    condition: str = ""
    is_certain: bool = True

    @property
    def is_needed(self) -> bool:
        """Whether the app certainly fails without it, if its condition holds."""
        return self.is_certain and not self.has_default


def settings_variables(
    project: ProjectFiles, django: DjangoProject | None
) -> tuple[SettingsVariable, ...]:
    """Return every variable that the settings read, each place once, by file and line.

    In a Django project, the settings and the modules that they import are searched; in other apps,
    all Python modules outside tests, and the files that Node runs. A variable has a default if a
    file `.env` of the project sets it and the project reads that file.
    """
    found = list(_django(project, django) if django else (*_python(project), *_node(project)))
    given = {*ALWAYS_SET, *_names_in_files(project, {each.path for each in found})}
    asked = {(each.path, each.line, each.name) for each in found if each.has_default}
    places = {
        place: replace(each, has_default=place in asked or each.name in {*given, each.condition})
        for each in found
        for place in [(each.path, each.line, each.name)]
    }
    return tuple(places[place] for place in sorted(places))


def _django(project: ProjectFiles, django: DjangoProject) -> Iterator[SettingsVariable]:
    known = dict.fromkeys(each.path for each in django.modules)
    others = (
        path for each in django.modules for path in imported_modules(project, each, django.base)
    )
    modules = [parse_module(path, project.read(path)) for path in others if path not in known]
    for module in (*django.modules, *modules):
        yield from _module(module)


def _python(project: ProjectFiles) -> Iterator[SettingsVariable]:
    for path in _code(project, (".py",)):
        text = project.read(path)
        if not OTHER_PYTHON.search(path) and READS_ENVIRONMENT.search(text):
            yield from _module(parse_module(path, text))


def _module(module: PythonModule) -> Iterator[SettingsVariable]:
    settings = {
        reading.line: each.name
        for each in module.assignments
        for reading in each.readings
        if each.line <= reading.line <= each.last_line
    }
    for each in module.readings:
        setting = settings.get(each.line, "")
        yield SettingsVariable(
            name=each.name,
            path=module.path,
            line=each.line,
            kind=each.kind,
            has_default=each.default and not (each.is_optional and setting in DJANGO_NEEDS),
            setting=setting,
            condition=each.condition,
            is_certain=each.is_certain,
        )
    yield from (
        SettingsVariable(
            name=each.name,
            path=module.path,
            line=each.line,
            kind=each.kind,
            has_default=each.default,
            is_certain=each.is_certain,
        )
        for each in class_readings(module.text)
    )


def _node(project: ProjectFiles) -> Iterator[SettingsVariable]:
    if not project.has(".", "package.json"):
        return
    for path in _code(project, (".js", ".mjs", ".cjs", ".ts", ".mts")):
        for name, line, has_default in node_readings(path, project.read(path)):
            yield SettingsVariable(name=name, path=path, line=line, has_default=has_default)


def _code(project: ProjectFiles, suffixes: tuple[str, ...]) -> Iterable[str]:
    paths = sorted(path for path in project.below(".") if path.endswith(suffixes))
    return islice((path for path in paths if not TEST_PATH.search(path)), MAX_FILES)


def _names_in_files(project: ProjectFiles, paths: Iterable[str]) -> set[str]:
    """Return the names in files `.env`, if one of the modules reads such a file."""
    if not any(READS_FILE.search(project.read(path)) for path in paths):
        return set()
    files = (path for path in project.below(".") if PurePosixPath(path).name == ".env")
    return {each["name"] for path in files for each in ENV_LINE.finditer(project.read(path))}
