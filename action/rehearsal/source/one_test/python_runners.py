"""One test of Python's runners: pytest, unittest, and Django's `manage.py test`."""

import posixpath
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence

from rehearsal.regex import regex
from rehearsal.source.one_test.options import Arguments, options, read_arguments
from rehearsal.source.one_test.script import Word
from rehearsal.source.one_test.suite_test import SuiteTest

DOTTED = regex(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
# What failed before or after the tests of a class: as unittest writes it, and as reports do.
OWNER = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
FIXTURE = regex(
    rf"(?:setUp|tearDown)(?:Class|Module) \((?P<shown>{OWNER})\)"
    rf"|(?P<dotted>{OWNER})\.(?:setUp|tearDown)(?:Class|Module)"
)
# A sub-test: its parameters stand behind the name.
SUB_TEST = regex(r" [(\[].*", re.DOTALL)
# unittest's own classes stand for a module that could not be imported.
NOT_A_TEST = "unittest."
NODE_ID = regex(r"(?P<file>[^:]+\.py)::(?P<own>[^\[]+)(?P<parameters>\[.*\])?", re.DOTALL)
DOTTED_NODE = regex(r"(?P<own>[\w.]+)(?P<parameters>\[.*\])?", re.DOTALL)
# What pytest reads as an option, or as the name of a file that holds its arguments.
NO_PATH = ("-", "@")
# How pytest and its reader show what XML cannot hold: the real name is not known.
UNKNOWN_CHARACTER = regex(r"#x[0-9A-F]|\*\*\*|\ufffd")

PATTERN = ("-p", "--pattern")
DJANGO = options(
    kept="--noinput --no-input --keepdb --debug-mode --buffer -b --timing --traceback "
    "--force-color --no-color --pdb --debug-sql --no-faulthandler",
    kept_values="--settings --pythonpath --testrunner -v --verbosity -t --top-level-directory "
    "-p --pattern",
    dropped="--failfast -r --reverse",
    dropped_values="-k --tag --exclude-tag",
    numbered="--parallel --durations --shuffle",
)
UNITTEST = options(
    kept="-v --verbose -q --quiet -b --buffer -c --catch --locals",
    kept_values="-s --start-directory -t --top-level-directory -p --pattern",
    dropped="-f --failfast",
    dropped_values="-k --durations",
)
PYTEST = options(
    kept="-q --quiet -v --verbose -s --no-header --no-summary --strict-markers --headed -l "
    "--showlocals --strict-config --shared-browser -ra -rA -rf -rR --reuse-db --create-db "
    "--no-migrations --nomigrations",
    kept_values="-p -c --config-file --ds --rootdir -o --override-ini --junitxml --junit-xml --tb "
    "--browser --driver -r --confcutdir --import-mode --capture --timeout --color --screenshot "
    "--tracing --video --output --browser-channel --reruns --reruns-delay --html "
    "--base-url",
    dropped="-x --exitfirst --lf --last-failed --ff --failed-first --sw --stepwise --nf "
    "--cov --no-cov --cov-branch --cov-append",
    dropped_values="-k -m --maxfail -n --numprocesses --dist --splits --group "
    "--splitting-algorithm --durations --deselect --ignore --shard-id --num-shards "
    "--cov-report --cov-config --cov-fail-under",
)


def django(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of `manage.py test` for one test."""
    found = read_arguments(words, DJANGO)
    return _named(program, found, test) if found else None


def unittest(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of `python -m unittest` for one test."""
    found = read_arguments(words, UNITTEST)
    return _named(program, found, test) if found else None


def _named(program: Sequence[str], found: Arguments, test: SuiteTest) -> list[str] | None:
    """Return the command with the test's name, or with a pattern where the name is no label.

    A name is a label if the command named the test's package, module or class in the same way.
    """
    label = _label(test.name)
    if not label:
        return None
    discovers = program[-1] == "discover"  # Its arguments are folders.
    if not discovers and any(f"{label}.".startswith(f"{word.text}.") for word in found.positional):
        return [*program, *_without_pattern(found.kept), label]
    # Without a star, the pattern would fit anywhere in a name.
    owner, _, own = label.rpartition(".")
    pattern = f"{label}.*" if FIXTURE.fullmatch(test.name) else f"{owner}.*{own}"
    positional = (word.raw for word in found.positional)
    return [*program, *positional, *found.kept, "-k", shlex.quote(pattern)]


def _label(name: str) -> str:
    if fixture := FIXTURE.fullmatch(name):
        return fixture["shown"] or fixture["dotted"]
    label = SUB_TEST.sub("", name)
    return "" if label.startswith(NOT_A_TEST) or not DOTTED.fullmatch(label) else label


def _without_pattern(kept: Iterable[str]) -> list[str]:
    """Leave out the pattern of files: it has no effect on a name."""
    left: list[str] = []
    skip = False
    for each in kept:
        name, has_value, _ = each.partition("=")
        if skip:
            skip = False
        elif name in PATTERN:
            skip = not has_value
        else:
            left.append(each)
    return left


def pytest(program: Sequence[str], words: Sequence[Word], test: SuiteTest) -> list[str] | None:
    """Return the words of pytest for one test, None if its file is not where its name says."""
    found = read_arguments(words, PYTEST)
    if not found:
        return None
    chosen = [posixpath.normpath(word.text.split("::")[0]) for word in found.positional]
    # Names begin in the folder of the configuration, which may be above what was chosen.
    folders = dict.fromkeys(("", *(above for path in chosen for above in _upwards(path))))
    nodes = (_node_id(test, folder) for folder in folders)
    node = next((each for each in nodes if each and _is_below(each, chosen)), "")
    return [*program, *found.kept, shlex.quote(node)] if node else None


def _upwards(path: str) -> Iterator[str]:
    while path not in {"", ".", ".."}:
        yield path
        path = posixpath.dirname(path)


def _is_below(node: str, paths: Sequence[str]) -> bool:
    file, _, _ = node.partition("::")
    return not paths or any(path in {".", file} or file.startswith(f"{path}/") for path in paths)


def _node_id(test: SuiteTest, folder: str) -> str:
    """Return pytest's name of a test, whose own name begins in a folder; empty if unknown."""

    def exists(file: str) -> bool:
        return test.exists(posixpath.join(folder, file))

    if node := NODE_ID.fullmatch(test.name):
        file, own = node["file"], SUB_TEST.sub("", node["own"]).replace(".", "::")
    elif node := DOTTED_NODE.fullmatch(test.name):
        file, own = _split(node["own"], exists)
    else:
        return ""
    path = posixpath.join(folder, file)
    if not own or not exists(file) or path.startswith(NO_PATH):
        return ""
    # Without its parameters the name means the test with each of them.
    parameters = node["parameters"] or ""
    unknown = UNKNOWN_CHARACTER.search(parameters) or not parameters.isprintable()
    return f"{path}::{own}" + ("" if unknown else parameters)


def _split(name: str, exists: Callable[[str], bool]) -> tuple[str, str]:
    """Return the file of the module in a dotted name, and the rest: classes and the function."""
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        file = f"{'/'.join(parts[:end])}.py"
        if exists(file):
            return file, "::".join(parts[end:])
    return "", ""
