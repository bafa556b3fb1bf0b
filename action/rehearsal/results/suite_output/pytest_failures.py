"""The failed tests that pytest names in its short summary, with what it prints about each."""

import re

from rehearsal.regex import regex
from rehearsal.results.selenium_message import plain_message
from rehearsal.results.suite_output.closing import MAX_FAILURES, TextBlock, join_lines
from rehearsal.results.tests import Failure

# pytest cuts a message to the width of the terminal.
CUT = "..."
SUMMARY_LINE = regex(
    r"(?:FAILED|ERROR) (?P<test>.+)"
    # A sub-test, as pytest 9 and the plugin pytest-subtests write it.
    r"|(?:SUBFAILED ?(?P<after>[\[(].*?[\])])|(?P<before>[\[(].*[\])]) SUBFAIL) "
    r"(?P<sub_test>[^\s\[(]\S*::.*)"
)
ERROR_LINE = regex(r"E( +)(\S.*)")
CAPTURED = regex(r"-+ Captured .+ -+")
# In front of a test's name, in the headings of the errors.
PHASES = ("", "ERROR at setup of ", "ERROR at teardown of ")
COLLECTING = "ERROR collecting "
PLACE = regex(r"(?P<file>\S+\.py):\d+:(?: |$)")


class _Section:
    """What pytest prints about one failure: `output` was printed by the test."""

    def __init__(self) -> None:
        self.trace, self.output = TextBlock(), TextBlock()
        self.block = self.trace


class FailedTests:
    """Reads the sections of the failures and the short summary, and keeps the failed tests."""

    def __init__(self) -> None:
        self.failures: list[Failure] = []
        self._sections: dict[str, list[_Section]] = {}
        self._section: _Section | None = None
        self._count = 0
        self._has_summary = False

    @property
    def in_output(self) -> bool:
        """Whether the lines are what a test has printed."""
        return self._section is not None and self._section.block is self._section.output

    def start_section(self, title: str, *, failed: bool) -> None:
        """Read the heading of what follows about a test."""
        self._section = _Section()
        self._count += failed
        if failed and self._count <= MAX_FAILURES:
            self._sections.setdefault(title, []).append(self._section)

    def read_section(self, line: str) -> None:
        """Read a line about the failure whose heading came last."""
        if not self._section:
            return
        if CAPTURED.fullmatch(line):
            self._section.block = self._section.output
        self._section.block.append(line)

    def end_sections(self) -> None:
        """Take the last section as complete."""
        self._section = None

    def read_summary(self, line: str) -> None:
        """Read a line of the short summary."""
        found = SUMMARY_LINE.fullmatch(line)
        if not found or len(self.failures) >= MAX_FAILURES:
            return
        test, message = _split(found["test"] or found["sub_test"])
        sub_test = found["after"] or found["before"]
        name = f"{test} {sub_test}" if sub_test else test
        section = self._take_section(name) or _Section()
        self._add(name, message, test.partition("::")[0], section)
        self._has_summary = True

    def end_run(self) -> None:
        """Take all sections as complete; without a summary (-rN, -rR) they name the tests."""
        if not self._has_summary:
            for title, sections in self._sections.items():
                for section in sections:
                    self._add_without_summary(title, section)
        self._sections.clear()
        self._section, self._count, self._has_summary = None, 0, False

    def _add(self, name: str, message: str, file: str, section: _Section) -> None:
        lines = section.trace.lines
        self.failures.append(
            Failure(
                name=name,
                message=plain_message(_whole_message(message, lines)),
                file=file,
                trace=join_lines(lines),
                output=join_lines(section.output.lines),
            )
        )

    def _add_without_summary(self, title: str, section: _Section) -> None:
        test = title
        for phase in (*PHASES, COLLECTING):
            test = test.removeprefix(phase)
        method = re.split(r"[\s\[]", test)[0]
        places = map(PLACE.match, section.trace.lines)
        file = next((found["file"] for found in places if found), "")
        name = "::".join(filter(None, (file, method.replace(".", "::"))))
        self._add(f"{name}{test[len(method) :]}", "", file, section)

    def _take_section(self, name: str) -> _Section | None:
        """Return the section of a test; tests of two files may have the same heading."""
        path, _, rest = name.partition("::")
        method, bracket, parameters = rest.partition("[")
        heading = f"{method.replace('::', '.')}{bracket}{parameters}"
        titles = [f"{phase}{heading}" for phase in PHASES]
        if not rest:
            # The heading's path starts at pytest's root, the summary's where pytest was started.
            titles = [
                each
                for each in self._sections
                if each.startswith(COLLECTING)
                and f"/{each[len(COLLECTING) :]}".endswith(f"/{path}")
            ]
        found = next(filter(None, map(self._sections.get, titles)), None)
        return found.pop(0) if found else None


def _split(text: str) -> tuple[str, str]:
    """Return the name of a test and its message; the name's parameters may hold a dash, too."""
    at = text.find(" - ")
    while at >= 0 and text.count("[", 0, at) > text.count("]", 0, at):
        at = text.find(" - ", at + 1)
    return (text, "") if at < 0 else (text[:at], text[at + 3 :].strip())


def _whole_message(message: str, trace: list[str]) -> str:
    """Return a message that is cut or missing as the trace has it."""
    if not message:
        return _headline(trace)
    if message.endswith(CUT):
        beginning = message.removesuffix(CUT)
        lines = (re.sub(r"^E +", "", line) for line in trace)
        return next((line for line in lines if line.startswith(beginning)), message)
    return message


def _headline(trace: list[str]) -> str:
    """Return the line that says what was raised last: the one with the least indent."""
    last: list[tuple[int, str]] = []
    for before, line in zip(["", *trace], trace, strict=False):
        if found := ERROR_LINE.fullmatch(line):
            last = last if f"{before} ".startswith("E ") else []
            last.append((len(found[1]), found[2]))
    if last:
        return min(last, key=lambda each: each[0])[1]
    return next((line.strip() for line in reversed(trace) if line), "")
