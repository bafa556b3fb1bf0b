"""From the command of a suite to that of one of its tests, for the runners that are known."""

import posixpath
import shlex
from collections.abc import Callable, Sequence

from rehearsal.regex import regex
from rehearsal.source.one_test import other_runners, python_runners
from rehearsal.source.one_test.script import INSTALLS, PYTHON, Script, Word, read_script
from rehearsal.source.one_test.suite_test import SuiteTest

Runner = Callable[[Sequence[str], Sequence[Word], SuiteTest], list[str] | None]
# Commands that start the program named after them: in the project's environment, or with a virtual
# display.
LAUNCHERS = (
    ("uv", "run"), ("poetry", "run"), ("pipenv", "run"), ("pdm", "run"), ("hatch", "run"),
    ("xvfb-run", "-a"), ("xvfb-run",), ("npx", "--no-install"), ("npx",),
    ("pnpm", "exec"), ("pnpm",), ("yarn", "run"), ("yarn",), ("bunx",),
)  # fmt: skip
COVERAGE = ("coverage", "run")
MANAGE = "manage.py"
PYTHON_WORD = "python"
# By the words that start it. Where several fit, the first counts.
PYTHON_SCRIPTS: tuple[tuple[tuple[str, ...], Runner], ...] = (
    ((MANAGE, "test"), python_runners.django),
    (("-m", "pytest"), python_runners.pytest),
    (("-m", "unittest", "discover"), python_runners.unittest),
    (("-m", "unittest"), python_runners.unittest),
)
PYTHONS = ((), (PYTHON_WORD,), COVERAGE, (PYTHON_WORD, "-m", *COVERAGE))
RUNNERS: tuple[tuple[tuple[str, ...], Runner], ...] = (
    *(((*python, *script), runner) for python in PYTHONS for script, runner in PYTHON_SCRIPTS),
    (("pytest",), python_runners.pytest),
    (("py.test",), python_runners.pytest),
    (("playwright", "test"), other_runners.playwright),
    (("cypress", "run"), other_runners.cypress),
    (("jest",), other_runners.jest),
    (("vitest",), other_runners.vitest),
    (("mocha",), other_runners.mocha),
    (("go", "test"), other_runners.go),
    (("gotestsum",), other_runners.gotestsum),
)

# What installs something and takes no names of packages.
NAMELESS = frozenset({"set", "uv", "poetry", "playwright"})
# Arguments of the others that name no package either.
NO_PACKAGES = regex(r"(?:(?:-[er] [\w./-]+|--[a-z-]+|\.)(?: |\Z))*")
# What stands before a value.
OPTION = regex(r"\A(?:[\w-]*=|-[\w-]*)")


def one_test_command(command: str, name: str, file: str, exists: Callable[[str], bool]) -> str:
    """Return the test command for one test alone, empty where that is not certain.

    `name` and `file` are those in the test's report. `exists` tells whether a path is there, from
    the working directory.
    """
    script = read_script(command)
    if not script:
        return ""

    def in_folder(path: str) -> bool:
        return exists(posixpath.normpath(posixpath.join(script.folder, path)))

    return _one_test(script, SuiteTest(name=name, file=file, exists=in_folder))


def is_one_test_command(command: str, name: str, file: str) -> bool:
    """Return whether a command, which anybody may have written, runs one test and does no more.

    It runs a known program with known options, and is what `one_test_command` makes of it for
    that test. It may install what the project lists, and it names no path outside the project.
    """
    script = read_script(command)
    if not script or not all(map(_names_no_package, script.before)):
        return False
    if any(map(_leaves_project, shlex.split(command))):
        return False
    paths = [word.text.partition("::")[0] for word in script.runner]
    # The test's report may have had another part of the file's path.
    base = posixpath.basename(file)
    files = dict.fromkeys((file, *(path for path in paths if posixpath.basename(path) == base)))
    exists = frozenset(paths).__contains__
    tests = (SuiteTest(name=name, file=each, exists=exists) for each in files)
    return any(_one_test(script, test) == command for test in tests)


def _names_no_package(part: str) -> bool:
    words = [PYTHON_WORD if PYTHON.fullmatch(word) else word for word in part.split(" ")]
    known = max((each for each in INSTALLS if _begins(words, each)), key=len, default=())
    rest = " ".join(words[len(known) :])
    return not known or bool(NAMELESS & set(known) or NO_PACKAGES.fullmatch(rest))


def _leaves_project(word: str) -> bool:
    path = OPTION.sub("", word)
    return path.startswith(("/", "~")) or ".." in path.split("/")


def _one_test(script: Script, test: SuiteTest) -> str:
    words = _runner_words(script, test)
    if not words:
        return ""
    text = " && ".join((*script.before, " ".join((*script.variables, *words))))
    # A report may name a test or a file so that a terminal shows something else.
    return text if text.isprintable() else ""


def _runner_words(script: Script, test: SuiteTest) -> list[str] | None:
    texts = [_plain(word.text) for word in script.runner]
    start = 0
    while launcher := next((each for each in LAUNCHERS if _begins(texts[start:], each)), ()):
        start += len(launcher)
    for program, runner in RUNNERS:
        end = start + len(program)
        if _begins(texts[start:], program):
            begin = [word.raw for word in script.runner[:end]]
            return runner(begin, script.runner[end:], test)
    return None


def _begins(texts: Sequence[str], words: tuple[str, ...]) -> bool:
    return tuple(texts[: len(words)]) == words


def _plain(text: str) -> str:
    """Return `python` for each name of Python, and the name of Django's script without folders."""
    if PYTHON.fullmatch(text):
        return PYTHON_WORD
    return MANAGE if text.removeprefix("./") == MANAGE else text
