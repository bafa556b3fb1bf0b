"""Options in pytest's configuration with which the browser tests cannot run."""

import configparser
import re
import tomllib

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.project_files import ProjectFiles, join, upwards
from rehearsal.source.suite_command import lists_all

# Where pytest looks for its configuration, in its order, and the section of each file.
SECTIONS = {"pytest.ini": "pytest", "tox.ini": "pytest", "setup.cfg": "tool:pytest"}
PYPROJECT = "pyproject.toml"
DJANGO = regex(r"(?<!\S)--(?:ds|reuse-db|create-db|no-?migrations|dc)\b|DJANGO_SETTINGS_MODULE")
# Options of other plugins, which fail where the plugin is not installed.
PLUGINS = {"--cov": "pytest-cov", "--numprocesses": "pytest-xdist", "--timeout": "pytest-timeout"}
SHORT = {"-n": "--numprocesses"}
# What tests with Django's settings use.
NEEDS_DJANGO = regex(
    r"^[ \t]*(?:from|import) django\b|\b(?:django_db|live_server|django_user_model|admin_client)\b",
    re.MULTILINE,
)
WITHOUT_DJANGO, WITHOUT_OPTIONS = "-p no:django", "-o addopts="


@dataclass(frozen=True, kw_only=True)
class PytestOptions:
    """Options for `python -m pytest`, and their reason; both are empty if none is needed."""

    text: str = ""
    why: str = ""


def pytest_options(project: ProjectFiles, folder: str, requirements: str) -> PytestOptions:
    """Return the options for the tests in `folder`; `requirements` is their requirements file."""
    path, settings = _settings(project, folder)
    texts = [project.read(each) for each in project.below(folder) if each.endswith(".py")]
    addopts = settings.get("addopts", "")
    if DJANGO.search("\n".join((addopts, *settings))) and not any(
        NEEDS_DJANGO.search(text) for text in texts
    ):
        words = [WITHOUT_DJANGO] + [WITHOUT_OPTIONS] * bool(addopts)
        why = f"{path} has options for tests inside Django; these tests run outside it."
        return PytestOptions(text=" ".join(words), why=why)
    for word in addopts.split():
        option = word.partition("=")[0]
        package = PLUGINS.get(SHORT.get(option, option), "")
        if package and not (requirements and lists_all(project, requirements, [package])):
            why = f"{path} has {option}, but {package} is not installed for these tests."
            return PytestOptions(text=WITHOUT_OPTIONS, why=why)
    return PytestOptions()


def _settings(project: ProjectFiles, folder: str) -> tuple[str, dict[str, str]]:
    """Return the path and the settings of the file that configures pytest for a folder."""
    for above in upwards(folder):
        for name in ("pytest.ini", PYPROJECT, "tox.ini", "setup.cfg"):
            if project.has(above, name):
                path = join(above, name)
                settings = _read(name, project.read(path))
                if settings is not None:
                    return path, settings
    return "", {}


def _read(name: str, text: str) -> dict[str, str] | None:
    """Return the settings in a file, None if it does not configure pytest."""
    try:
        if name == PYPROJECT:
            tool = tomllib.loads(text).get("tool", {}).get("pytest")
            if not isinstance(tool, dict):
                return None
            table = tool.get("ini_options", tool)
            return {key: _words(value) for key, value in table.items()}
        parser = configparser.RawConfigParser(strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(text)
    except (tomllib.TOMLDecodeError, configparser.Error, AttributeError, RecursionError):
        return None
    section = SECTIONS[name]
    return dict(parser[section]) if parser.has_section(section) else None


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
