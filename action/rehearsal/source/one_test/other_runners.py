"""One test of runners in other languages: Playwright, Cypress, jest, Vitest, mocha, go test."""

import re
import shlex
from collections.abc import Sequence

from rehearsal.source.one_test.options import options, read_arguments
from rehearsal.source.one_test.script import Word
from rehearsal.source.one_test.suite_test import SuiteTest

# Between the parts of a name: Playwright's, Vitest's.
PLAYWRIGHT_ARROW = " \u203a "
VITEST_ARROW = " > "
PROJECT = re.compile(r"\[(?P<project>[^\]]+)\]\Z")
SCRIPT_FILE = re.compile(r"[^\s*?\[\]{}()]+\.[cm]?[jt]sx?")
CYPRESS_FILE = re.compile(r"[^\s*?\[\]{}(),]+\.cy\.[jt]sx?")
# A hook is no test: mocha and its relatives report it as one.
HOOK = re.compile(r'"(?:before|after)(?: each| all)" hook')
# Where a report may join the parts of a name by something else.
ANY_CHARACTER = "."
GO_NAME = re.compile(r"(?:.*\.)?(?P<own>(?:Test|Example|Fuzz)\w*(?:/\S+)?)")

PLAYWRIGHT = options(
    kept="--headed --quiet --forbid-only --ignore-snapshots",
    kept_values="-c --config --reporter --browser --timeout --retries --trace --output "
    "--tsconfig --global-timeout",
    dropped="-x --fully-parallel --last-failed --pass-with-no-tests",
    dropped_values="-g --grep --grep-invert --gv -G --project --shard -j --workers --max-failures "
    "--repeat-each",
)
CYPRESS = options(
    kept="--headless --headed --e2e --component --quiet -q",
    kept_values="-b --browser -r --reporter -o --reporter-options -C --config-file -P --project "
    "--config",
    dropped="--parallel",
    dropped_values="-s --spec",
)
JEST = options(
    kept="--ci -i --runInBand --verbose --coverage --forceExit --silent --no-cache --colors",
    kept_values="-c --config --reporters --testEnvironment --rootDir --env",
    dropped="-b --bail --passWithNoTests -o --onlyChanged",
    dropped_values="-t --testNamePattern --shard -w --maxWorkers --testPathPattern "
    "--testPathPatterns",
)
VITEST = options(
    kept="--run --globals --coverage",
    kept_values="--reporter --outputFile --config -c --root -r --environment --project",
    dropped="--passWithNoTests",
    dropped_values="-t --testNamePattern --shard --bail --maxWorkers",
)
MOCHA = options(
    kept="--exit --recursive --check-leaks --colors",
    kept_values="-R --reporter -O --reporter-option --reporter-options --config -r --require "
    "-t --timeout --spec --extension --import --file --ui -u",
    dropped="-b --bail -p --parallel --forbid-only -f",
    dropped_values="-g --grep --fgrep -j --jobs",
)
GO = options(
    kept="-v -race -json -short",
    kept_values="-tags -timeout -count",
    dropped="-failfast",
    dropped_values="-run -parallel -p -shuffle",
)


def playwright(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of `playwright test` for one test in its project."""
    parts = test.name.split(PLAYWRIGHT_ARROW)
    project = PROJECT.match(parts[0])
    file, *titles = parts[1:] if project else parts
    found = read_arguments(words, PLAYWRIGHT)
    if not found or not titles or not SCRIPT_FILE.fullmatch(file):
        return None
    only = [f"--project={shlex.quote(project['project'])}"] if project else []
    title = _pattern(" ".join(titles))
    return [*program, *found.kept, shlex.quote(file), *only, "-g", title]


def cypress(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of `cypress run` for the file of a test: it cannot run less."""
    found = read_arguments(words, CYPRESS)
    is_file = CYPRESS_FILE.fullmatch(test.file) and test.exists(test.file)
    if not found or found.positional or not is_file:
        return None
    return [*program, *found.kept, "--spec", shlex.quote(test.file)]


def jest(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of jest for one test."""
    found = read_arguments(words, JEST)
    if not found or " " not in test.name or HOOK.search(test.name):
        return None
    is_file = SCRIPT_FILE.fullmatch(test.file) and test.exists(test.file)
    file = [shlex.quote(test.file)] if is_file else []
    return [*program, *found.kept, *file, "-t", _pattern(test.name)]


def vitest(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of Vitest for one test."""
    file, *titles = test.name.split(VITEST_ARROW)
    found = read_arguments([word for word in words if word.text != "run"], VITEST)
    if not found or not titles or not test.exists(file) or not SCRIPT_FILE.fullmatch(file):
        return None
    run = [] if "--run" in found.kept else ["run"]
    title = _pattern(" ".join(titles))
    return [*program, *run, *found.kept, shlex.quote(file), "-t", title]


def mocha(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of mocha for one test."""
    found = read_arguments(words, MOCHA)
    if not found or not test.name or HOOK.search(test.name):
        return None
    return [*program, *found.kept, *(each.raw for each in found.positional), "-g",
            _pattern(test.name)]  # fmt: skip


def go(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of `go test` for one test, in the same packages."""
    found, named = read_arguments(words, GO), GO_NAME.fullmatch(test.name)
    if not found or not named:
        return None
    pattern = "/".join(f"^{re.escape(part)}$" for part in named["own"].split("/"))
    packages = (each.raw for each in found.positional)
    return [*program, *found.kept, "-run", shlex.quote(pattern), *packages]


def _pattern(title: str) -> str:
    """Return a quoted regular expression for the title of a test, in JavaScript's words."""
    escaped = re.sub(r"[\\^$*+?()\[\]{}|/]", r"\\\g<0>", title)
    return shlex.quote(re.sub(r"[^\x20-\x7e]", ANY_CHARACTER, escaped))
