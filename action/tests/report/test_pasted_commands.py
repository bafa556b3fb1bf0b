"""A command that a reader copies is the one that was meant, whatever a test is called."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rehearsal.commands.merge.page import page as merged_page
from rehearsal.commands.merge.summary import summary as merged_summary
from rehearsal.evidence.rerun_text import MAX_RERUN, rerun_text
from rehearsal.evidence.verdict_file import parse_verdict
from rehearsal.report.closing import closing
from rehearsal.report.page import page
from rehearsal.report.summary import summary
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.results.verdict_json import write_json
from rehearsal.source.one_test import one_test_command
from rehearsal.verdict import Problem, Verdict

from ..commands.merge.samples import merge_shards, shard

ORIGIN = Origin(repository="owner/app", commit="0123456789abcdef0123456789abcdef01234567")
PIECES = (
    "'", '"', "`", "$(touch pwned)", "`touch pwned`", "; touch pwned; ", "' ; touch pwned #", "\\",
    "\\'", "$'\\''", "${HOME}", "$", "!", "!!", "#", "&&", "|", "<", ">", "(", ")", "[", "]", "{",
    "}", "*", "?", "~", "-", "--", "@", "=", "%", "\n", "\r", "\r\n", "\t", "\x0b", "\x1b[2J",
    "\0", "\x85", "\xa0", "\u2028", "\u2029", "\u202e", "\ud800", "  ", " ", "a", "test", "é",
    "😀", "```", "~~~", "</pre>", "</details>", "&lt;", "&#39;", "<wbr>", "::error::", "/", "..",
    ".", ":", "::",
    " > ", " \u203a ", "long " * 30, "'" * 90, '"' * 90,
)  # fmt: skip
NAMES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)
Meant = Callable[[list[str], str], bool]


def matches(words: list[str], name: str, *, begin: str = r"\^", end: str = r"\$") -> bool:
    """Whether the last word is an expression for this name; it reads as in JavaScript."""
    return bool(re.fullmatch(re.sub(rf"^{begin}|{end}$", "", words[-1]), name, re.DOTALL))


def mocha(words: list[str], name: str) -> bool:
    return words[:-1] == ["npx", "mocha", "-g"] and matches(words, name)


def jest(words: list[str], name: str) -> bool:
    return words[:-1] == ["npx", "jest", "--ci", "-t"] and matches(words, name)


def vitest(words: list[str], name: str) -> bool:
    begin = ["npx", "vitest", "run", "cart.test.ts", "-t"]
    own = name.partition(" > ")[2]
    return words[:-1] == begin and matches(words, own, begin=r"\^ \?")


def playwright(words: list[str], name: str) -> bool:
    begin = ["npx", "playwright", "test", "cart.spec.ts", "-g"]
    spoken = " " + " ".join(name.split(" \u203a "))
    return words[:-1] == begin and matches(words, spoken, end=r"\( @\|\$\)")


def pytest_words(words: list[str], name: str) -> bool:
    # Without the parameters it is the test with each of them.
    is_unknown = "***" in name or not name.isprintable()
    return words in (["pytest", name], ["pytest", name.partition("[")[0]][: 2 * is_unknown])


def pytest_file(words: list[str], name: str) -> bool:
    return pytest_words(words, name) and not name.startswith(("-", "@"))


def go(words: list[str], name: str) -> bool:
    package, _, test = name.partition(".TestShows/")
    pattern = re.sub(r"(?:\A|(?<=/))\^|\$(?=/|\Z)", "", words[3])
    return (
        [*words[:3], words[4]] == ["go", "test", "-run", package]
        and len(words) == 5
        and bool(re.fullmatch(pattern, f"TestShows/{test}"))
    )


def cypress(words: list[str], name: str) -> bool:
    return words == ["npx", "cypress", "run", "--spec", name] and not name.startswith("-")


# The suite's command, the test's name with a hostile part, whether the words mean this test.
RUNNERS: dict[str, tuple[str, str, Meant]] = {
    "mocha": ("npx mocha", "{}", mocha),
    "jest": ("npx jest --ci", "{}", jest),
    "vitest": ("npx vitest run", "cart.test.ts > {}", vitest),
    "playwright": ("npx playwright test", "cart.spec.ts \u203a {}", playwright),
    "pytest": ("pytest", "tests/test_cart.py::test_adds[{}]", pytest_words),
    "pytest's file": ("pytest", "{}.py::test_adds", pytest_file),
    "go": ("go test ./...", "shop.example/cart.TestShows/{}", go),
    "cypress": ("npx cypress run", "{}.cy.js", cypress),
}


class Pastes(HTMLParser):
    """The texts that the page's button copies."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_open = False
        self.feed(text)

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if tag == "pre":
            self._is_open = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_open = self._is_open and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self._is_open:
            self.found[-1] += data


def in_fences(text: str) -> Iterator[str]:
    """Yield the lines in the code blocks of Markdown (CommonMark, 4.5)."""
    fence = ""
    for line in re.split(r"\r\n|\r|\n", text):
        closes = fence and re.fullmatch(r"`+", line.strip()) and len(line.strip()) >= len(fence)
        if not fence and (found := re.fullmatch(r"(`{3,})[^`]*", line)):
            fence = found[1]
        elif closes:
            fence = ""
        elif fence:
            yield line


def result_of(*tests: FailedTestEvidence) -> RehearsalResult:
    return RehearsalResult(
        name="77-1-abc",
        origin=ORIGIN,
        problems=(Problem(Verdict.TESTS_FAILED, "1 failed."),),
        suite_results=SuiteResults(
            test_count=1, failure_count=1, failed=tuple(test.failure for test in tests)
        ),
        index=EvidenceIndex(failed=tests),
    )


def shown_commands(result: RehearsalResult) -> dict[str, list[str]]:
    """Return the lines to paste of each report."""
    read = parse_verdict(write_json(result).encode())
    merged = merge_shards(replace(shard("1/1"), result=read))
    pages = {"page": str(page(result)), "merged page": str(merged_page(merged))}
    return {
        "summary": list(in_fences(summary(result, evidence="x"))),
        "merged summary": list(in_fences(merged_summary(merged, evidence="x"))),
        "terminal": [
            line.removeprefix("rerun:    ")
            for line in closing(result, evidence="").split("\n")
            if line.startswith("rerun:")
        ],
        **{
            name: [line for each in Pastes(text).found for line in each.strip("\n").split("\n")]
            for name, text in pages.items()
        },
    }


def command_for(runner: str, name: str) -> str:
    command, _, _ = RUNNERS[runner]
    return one_test_command(command, name, name, bool)


@pytest.mark.parametrize("runner", RUNNERS)
@settings(max_examples=25)
@given(part=NAMES)
@example(part="adds")
@example(part="it's " * 60)
@example(part="a; touch pwned; '")
@example(part="-x")
def test_shown__is_the_command_that_was_meant(runner: str, part: str) -> None:
    _, form, meant = RUNNERS[runner]
    name = form.format(part)
    command = command_for(runner, name)
    rerun = rerun_text(command) if command else ""
    failure = Failure(name=name, message="m", file=name)
    other = FailedTestEvidence(failure=Failure(name="t", message="m"))
    tests = (FailedTestEvidence(failure=failure, file=name, rerun=rerun), other)
    for where, lines in shown_commands(result_of(*tests)).items():
        shown = [line for line in lines if line.startswith("rehearse --")]
        assert set(shown) == ({rerun} if rerun else set()), where
        for line in shown:
            rehearse, flag, inner = shlex.split(line)
            assert (rehearse, flag, inner) == ("rehearse", "--test-command", command), where
            assert meant(shlex.split(inner), name), where


@pytest.mark.parametrize("runner", RUNNERS)
def test_shown__of_an_ordinary_name(runner: str) -> None:
    """The test above sees commands, not only names without one."""
    assert command_for(runner, RUNNERS[runner][1].format("it's"))


@settings(max_examples=20)
@given(parts=st.lists(NAMES, min_size=20, max_size=20))
def test_shown__bash_runs_nothing_else(
    parts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    forms = [(runner, form) for runner, (_, form, _) in RUNNERS.items()]
    names = [(runner, form.format(part)) for part in parts for runner, form in forms]
    commands = [command for each in names if (command := command_for(*each))]
    lines = {line: command for command in commands if (line := rerun_text(command))}
    folder = tmp_path_factory.mktemp("bash")
    flags = [["rehearse", "--test-command", command] for command in lines.values()]
    assert words_in_bash([*lines], folder) == flags
    assert words_in_bash(commands, folder) == [shlex.split(command) for command in commands]
    assert not list(folder.iterdir())


def words_in_bash(commands: list[str], folder: Path) -> list[list[str]]:
    """Return the words of which each command consists for bash."""
    programs = "".join(
        f"{name}() {{ printf '%s\\0' {name} \"$@\"; }}\n"
        for name in ("rehearse", "npx", "pytest", "go")
    )
    script = f'{programs}for each in "$@"; do eval "$each"; printf \'\\1\\0\'; done'
    done = subprocess.run(
        ["bash", "-euc", script, "bash", *commands],
        cwd=folder,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert not done.stderr
    return [each.split("\0")[:-1] for each in done.stdout.decode().split("\1\0")[:-1]]


def test_shown__at_every_length() -> None:
    lengths = set()
    for count in range(0, 300, 6):
        name = f"it's; touch pwned {count * 'x'}{count // 4 * chr(39)}"
        command = command_for("mocha", name)
        rerun = rerun_text(command)
        if not rerun:
            assert len(shlex.quote(command)) > MAX_RERUN - 30
            continue
        lengths.add(len(rerun))
        failure = Failure(name=name, message="m")
        tests = [FailedTestEvidence(failure=failure, rerun=each) for each in ("rehearse", rerun)]
        for where, lines in shown_commands(result_of(*tests)).items():
            if where != "terminal":
                assert rerun in lines, where
            assert not any("left out" in line for line in lines), where
    assert {True, False} == {length > 600 for length in lengths}


def test_merge__of_a_document_that_was_too_large_shows_no_cut_command() -> None:
    long = "m" * 20_000
    frame = ProjectFrame(file=long, line=1, function=long, error=long, text=long)
    names = [f"it's {number} {'x' * (number % 2 * 600)}" for number in range(1000)]
    tests = tuple(
        FailedTestEvidence(
            failure=Failure(name=name, message=long),
            frame=frame,
            rerun=rerun_text(command_for("mocha", name)),
        )
        for name in names
    )
    text = write_json(result_of(*tests))
    written = [each["rerun"] for each in json.loads(text)["tests"]["failed"]]
    assert written == [test.rerun if len(test.rerun) <= 500 else "" for test in tests]
    read = parse_verdict(text.encode()).index.failed
    assert [test.rerun for test in read] == written
