"""One test of runners in other languages: Playwright, Cypress, jest, Vitest, mocha, Go."""

import re
import shlex
from collections.abc import Iterable, Sequence

from rehearsal.regex import regex
from rehearsal.source.one_test.options import options, read_arguments
from rehearsal.source.one_test.script import Word
from rehearsal.source.one_test.suite_test import SuiteTest

# Between the parts of a name: Playwright's, Vitest's.
PLAYWRIGHT_ARROW = " \u203a "
VITEST_ARROW = " > "
PROJECT = regex(r"\[(?P<project>[^\]]+)\]\Z")
# A name that begins otherwise may be an option for the runner, or a pattern.
PATH_BEGIN = r"(?=[\w./@])"
SCRIPT_FILE = regex(rf"{PATH_BEGIN}[^\s*?\[\]{{}}()]+\.[cm]?[jt]sx?")
CYPRESS_FILE = regex(rf"{PATH_BEGIN}[^\s*?\[\]{{}}(),]+\.cy\.[jt]sx?")
# A hook is no test, nor a file that could not be loaded, but their reports have them as tests.
NO_TEST = regex(r'"(?:before|after)(?: each| all)" hook|\bTest suite failed to run\b')
# What JavaScript's regular expressions do not take literally. A dot stays as it is: a report may
# have one in place of a space.
JS_SPECIAL = regex(r"[\\^$*+?()\[\]{}|/]")
# Any character, since a report may have another one. Above U+FFFF it is two for JavaScript.
NOT_ASCII = regex(r"[^\x20-\x7e]")
FILE_ARROW = regex(rf"{SCRIPT_FILE.pattern}{VITEST_ARROW}")
# The import path of a package, and the test with its parts.
GO_NAME = regex(r"(?:(?P<package>\w\S*?)\.)?(?P<own>(?:Test|Example|Fuzz)(?![a-z])\w*(?:/\S+)?)")

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
    kept_values="--reporter --outputFile --config -c --root -r --dir --environment --project",
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
    kept="-v -race -json -short -cover",
    # Not -mod: with it Go may fetch the package that a test's name begins with.
    kept_values="-tags -timeout -count -vet -covermode -coverprofile -coverpkg",
    dropped="-failfast",
    dropped_values="-run -skip -parallel -p -shuffle",
)
GOTESTSUM = options(
    kept="--debug --no-color",
    kept_values="-f --format --junitfile --jsonfile --rerun-fails-report",
    dropped="--rerun-fails --hide-summary",
    dropped_values="--packages --rerun-fails-max-failures",
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
    # It searches in the project, the file, the titles and the tags, joined by spaces.
    title = f" {_escaped(file)} {_escaped(' '.join(titles))}( @|$)"
    return [*program, *found.kept, shlex.quote(file), *only, "-g", shlex.quote(title)]


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
    # A report that names the file may leave out the groups around the test.
    if not found or not test.name or NO_TEST.search(test.name) or FILE_ARROW.match(test.name):
        return None
    is_file = SCRIPT_FILE.fullmatch(test.file) and test.exists(test.file)
    file = [shlex.quote(test.file)] if is_file else []
    return [*program, *found.kept, *file, "-t", _whole(test.name)]


def vitest(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of Vitest for one test."""
    file, *titles = test.name.split(VITEST_ARROW)
    found = read_arguments([word for word in words if word.text != "run"], VITEST)
    if not found or not titles or not test.exists(file) or not SCRIPT_FILE.fullmatch(file):
        return None
    run = [] if "--run" in found.kept else ["run"]
    # A title may hold an arrow itself.
    title = "( >)? ".join(map(_escaped, titles))
    return [*program, *run, *found.kept, shlex.quote(file), "-t", shlex.quote(f"^ ?{title}$")]


def mocha(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of mocha for one test."""
    found = read_arguments(words, MOCHA)
    if not found or not test.name or NO_TEST.search(test.name):
        return None
    files = (each.raw for each in found.positional)
    return [*program, *found.kept, *files, "-g", _whole(test.name)]


def go(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of `go test` for one test in its package."""
    found, named = read_arguments(words, GO), GO_NAME.fullmatch(test.name)
    if not found or not named:
        return None
    return [*program, *found.kept, *_go_test(named, found.positional)]


def gotestsum(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of gotestsum, which hands what is behind `--` to `go test`."""
    texts = [word.text for word in words]
    end = texts.index("--") if "--" in texts else len(words)
    own, found = read_arguments(words[:end], GOTESTSUM), read_arguments(words[end + 1 :], GO)
    named = GO_NAME.fullmatch(test.name)
    if not own or not found or not named:
        return None
    packages = (*own.positional, *found.positional)
    return [*program, *own.kept, "--", *found.kept, *_go_test(named, packages)]


def _go_test(named: re.Match[str], packages: Iterable[Word]) -> list[str]:
    pattern = "/".join(f"^{re.escape(part)}$" for part in named["own"].split("/"))
    # Another package may have a test of this name. A path without a dot may be a short one.
    first = (named["package"] or "").split("/")[0]
    where = [shlex.quote(named["package"])] if "." in first else [each.raw for each in packages]
    return ["-run", shlex.quote(pattern), *where]


def _whole(title: str) -> str:
    return shlex.quote(f"^{_escaped(title)}$")


def _escaped(title: str) -> str:
    """Return a regular expression in JavaScript's words that matches a title."""
    return NOT_ASCII.sub(
        lambda found: "." if found[0] < "\U00010000" else "..?", JS_SPECIAL.sub(r"\\\g<0>", title)
    )
