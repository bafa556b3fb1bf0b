"""The command that runs a functional test suite, guessed from what its files import."""

import json
import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.project_files import ProjectFiles, join, upwards
from rehearsal.source.requirements import read_requirements
from rehearsal.source.suite_finder import find_tests

IMPORT = regex(r"^[ \t]*(?:from (\w+)|import ([\w., ]+))", re.MULTILINE)
# Packages that tests need, by the module that they import.
PACKAGES = {
    "selenium": "selenium",
    "rehearsal_testing": "selenium",
    "playwright": "playwright",
    "splinter": "splinter",
    "requests": "requests",
    "httpx": "httpx",
}
REQUIREMENTS = regex(r"requirements/[^/]+\.txt|([^/]+[-_])?requirements([-_][^/]+)?\.txt")
# For unittest and Django, which look for test*.py by themselves.
SUFFIX_PATTERN = "'*_test.py'"
# For each lock file: how its package manager installs, runs a script, and runs a program.
PACKAGE_MANAGERS = {
    "pnpm-lock.yaml": ("pnpm install --frozen-lockfile", "pnpm run", "pnpm exec"),
    "yarn.lock": ("yarn install --frozen-lockfile", "yarn run", "yarn run"),
    "package-lock.json": ("npm ci", "npm run", "npx"),
    "": ("npm install", "npm run", "npx"),
}
NODE_SCRIPTS = ("test:e2e", "e2e", "test:functional", "cypress:run", "test:ui")
# A script that waits for somebody at the screen.
OPENS_WINDOW = regex(r"playwright\b.*\s--(?:ui|debug)\b|cypress open")
NODE_PROGRAMS = {"@playwright/test": "playwright test", "cypress": "cypress run"}


@dataclass(frozen=True, kw_only=True)
class SuiteCommand:
    """How to run a suite.

    `text` is empty if that is unknown. `requirements` is the file that lists the `packages`, or
    empty if there is none.
    """

    text: str = ""
    packages: tuple[str, ...] = ()
    requirements: str = ""


def guess_command(project: ProjectFiles, folder: str) -> SuiteCommand:
    """Return how to run the tests of a folder, from the working directory."""
    tests = find_tests(project, folder)
    if any(path.endswith(".py") for path in tests):
        return _python_command(project, folder, tests)
    return SuiteCommand(text=_node_command(project, folder))


def _python_command(project: ProjectFiles, folder: str, tests: list[str]) -> SuiteCommand:
    files = (path for path in project.below(folder) if path.endswith(".py"))
    imported = {module for path in files for module in _imported(project.read(path))}
    packages = {package for module, package in PACKAGES.items() if module in imported}
    has_suffixes = not any(PurePosixPath(path).name.startswith("test") for path in tests)
    base = next((each for each in upwards(folder) if project.has(each, "manage.py")), "")
    if base and "django" in imported:
        packages.add("django")
        text = f"{_cd(base)}python manage.py test {_quoted(folder, base)}"
        text += f" --pattern {SUFFIX_PATTERN}" if has_suffixes else ""
    elif imported & {"unittest", "rehearsal_testing"} and "pytest" not in imported:
        # Modules of a package import each other by its name, from the folder above it.
        top = next((each for each in upwards(folder) if not project.has(each, "__init__.py")), ".")
        text = f"python -m unittest discover -s {_quoted(folder)}"
        text += f" -t {_quoted(top)}" if top != folder else ""
        text += f" -p {SUFFIX_PATTERN}" if has_suffixes else ""
    else:
        packages.add("pytest")
        text = f"python -m pytest {_quoted(folder)}"
    needed = tuple(sorted(packages))
    requirements = _find_requirements(project, folder, needed)
    return SuiteCommand(text=text, packages=needed, requirements=requirements)


def _imported(text: str) -> Iterator[str]:
    """Yield the first parts of the names of the modules that a file imports."""
    for module, modules in IMPORT.findall(text):
        for name in (module, *modules.split(",")):
            yield name.split(".")[0].split(" as ")[0].strip()


def _find_requirements(project: ProjectFiles, folder: str, packages: tuple[str, ...]) -> str:
    """Return the nearest file of requirements that lists all packages."""
    for above in upwards(folder) if packages else ():
        for path in project.below(above):
            relative = str(PurePosixPath(path).relative_to(above))
            if REQUIREMENTS.fullmatch(relative) and lists_all(project, path, packages):
                return path
    return ""


def lists_all(project: ProjectFiles, path: str, packages: Iterable[str]) -> bool:
    """Whether a file of requirements, with what it includes, names all packages."""
    read = read_requirements(Path(path), lambda file: project.read(posixpath.normpath(file)))
    text = "\n".join(read.texts).lower()
    return all(package in text for package in packages)


def _node_command(project: ProjectFiles, folder: str) -> str:
    base = next((each for each in upwards(folder) if project.has(each, "package.json")), "")
    try:
        package = json.loads(project.read(join(base, "package.json")) if base else "{}")
        scripts, dependencies = package.get("scripts") or {}, str(package.get("devDependencies"))
    except (ValueError, AttributeError, RecursionError):
        return ""
    lock = next((name for name in PACKAGE_MANAGERS if project.has(base, name)), "")
    install, run, execute = PACKAGE_MANAGERS[lock]
    commands = [
        f"{run} {name}"
        for name in NODE_SCRIPTS
        if name in scripts and not OPENS_WINDOW.search(str(scripts[name]))
    ]
    commands += [
        f"{execute} {program}" for name, program in NODE_PROGRAMS.items() if name in dependencies
    ]
    return f"{_cd(base)}{install} && {commands[0]}" if commands else ""


def _quoted(path: str, base: str = ".") -> str:
    return shlex.quote(str(PurePosixPath(path).relative_to(base)))


def _cd(base: str) -> str:
    return "" if base == "." else f"cd {_quoted(base)} && "
