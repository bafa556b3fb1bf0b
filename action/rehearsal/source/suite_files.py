"""Find the Python files that a test command runs."""

import shlex
from pathlib import PurePosixPath

from rehearsal.regex import regex
from rehearsal.source.project_files import ProjectFiles, join
from rehearsal.source.suite_finder import find_suite

# Larger suites are read only in part.
MAX_FILES = 100
PYTHON = regex(r"(?:.*/)?python[\d.]*")
# Tools that install packages themselves, or run the tests in an environment of their own.
INSTALLERS = regex(
    r"\b(?:pip3?|uv|uvx|poetry|pdm|pipenv|pipx|hatch|tox|nox|conda|npm|npx|yarn|pnpm|docker|make"
    r"|venv|activate)\b|\bPATH="
)
# They import no conftest.py, which is pytest's.
OTHER_RUNNERS = regex(r"\bunittest\b|\bmanage\.py\b|\bdjango-admin\b")
MODULE = regex(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def suite_files(project: ProjectFiles, command: str) -> list[str]:
    """Return the files that a command names or, if it names none, those of the suite's folder.

    conftest.py is left out if certainly another runner than pytest runs the tests.
    """
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        words = command.split()
    named = [path for word in words for path in _paths(project, word)]
    if not named and (folder := find_suite(project)):
        named = list(project.below(folder))
    files = {path for path in named if path.endswith(".py")}
    if OTHER_RUNNERS.search(command) and "pytest" not in command:
        files = {path for path in files if PurePosixPath(path).name != "conftest.py"}
    return sorted(files)[:MAX_FILES]


def suite_python(command: str) -> str:
    """Return the name of the Python that a command runs, empty if it installs packages itself."""
    words = command.split()
    if not words or INSTALLERS.search(command):
        return ""
    found = next((word for word in words if PYTHON.fullmatch(word)), "")
    return found or "python"


def _paths(project: ProjectFiles, word: str) -> list[str]:
    """Return the files that a word means: a file, a folder, or a module of Python."""
    word = word.rstrip("/").partition("::")[0]
    path = PurePosixPath(word)
    if project.has(str(path.parent), path.name):
        return [str(path)]
    if word in project.folders and word != ".":
        return list(project.below(word))
    parts = word.split(".") if MODULE.fullmatch(word) else []
    for count in range(len(parts), 0, -1):
        stem = "/".join(parts[:count])
        if stem in project.folders:
            return list(project.below(stem))
        parent = str(PurePosixPath(stem).parent)
        if project.has(parent, f"{parts[count - 1]}.py"):
            # Also the modules beside a file that it imports, like page objects.
            return [join(parent, name) for name in (f"{parts[count - 1]}.py", "__init__.py")]
    return []
