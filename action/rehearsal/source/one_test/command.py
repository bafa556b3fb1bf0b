"""From the command of a suite to that of one of its tests, for the runners that are known."""

import posixpath
from collections.abc import Callable, Sequence

from rehearsal.source.one_test import other_runners, python_runners
from rehearsal.source.one_test.script import PYTHON, Script, Word, read_script
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

    words = _runner_words(script, SuiteTest(name=name, file=file, exists=in_folder))
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
