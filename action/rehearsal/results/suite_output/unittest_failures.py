"""The failed tests that unittest prints before its closing lines, with their tracebacks."""

import re

from rehearsal.regex import regex
from rehearsal.results.selenium_message import plain_message
from rehearsal.results.suite_output.closing import MAX_FAILURES, TextBlock, join_lines
from rehearsal.results.suite_output.exception_line import exception_line
from rehearsal.results.tests import Failure

# Source: TextTestResult.separator1 and separator2 in CPython's unittest/runner.py.
BAR = "=" * 70
RULE = "-" * 70
HEADER = regex(r"(?:FAIL|ERROR|(?P<unexpected>UNEXPECTED SUCCESS)): (?P<test>.+)")
UNEXPECTED = "The test is marked as an expected failure, but it passed."
# test_x (shop.tests.Basket.test_x) [message] (number=1); until Python 3.10 without the last test_x.
TEST = regex(r"(?P<method>.+?) \((?P<path>[^()\s=]+)\)(?P<sub_test>.*)")
# What stands for a test module that could not be imported.
FAILED_IMPORT = "unittest.loader."
# Django's parallel runner prints this for a sub-test without a message.
NO_MESSAGE = regex(r" \[<object object at 0x[0-9a-f]+>\]")
# What follows was printed by the test: unittest's option --buffer.
OUTPUT = regex(r"(?:Stdout|Stderr):")


class FailedTests:
    """Reads the output line by line, and keeps the failed tests."""

    def __init__(self) -> None:
        self._failures: list[Failure] = []
        self._header: re.Match[str] | None = None
        self._block = TextBlock()
        self._last = ""

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The failed tests so far."""
        last = self._current()
        return (*self._failures, last) if last else tuple(self._failures)

    def read(self, line: str) -> None:
        """Read the next line."""
        # An assertion may show such a bar, too, but not with a header behind it.
        header = HEADER.fullmatch(line) if self._last == BAR else None
        if header:
            self.end_run()
            if len(self._failures) < MAX_FAILURES:
                self._header = header
        elif self._header:
            self._block.append(line)
        self._last = line

    def end_run(self) -> None:
        """Take the last failure as complete."""
        if failure := self._current():
            self._failures.append(failure)
        self._header, self._block = None, TextBlock()

    def _current(self) -> Failure | None:
        if not self._header:
            return None
        lines = self._block.lines
        if lines and lines[-1] in (BAR, RULE):
            lines = lines[:-1]
        # Between header and rule stands the first line of the docstring.
        body = lines[lines.index(RULE) + 1 :] if RULE in lines else []
        end = next((n for n, line in enumerate(body) if OUTPUT.fullmatch(line)), len(body))
        trace = body[:end]
        return Failure(
            name=_name(self._header["test"]),
            message=UNEXPECTED
            if self._header["unexpected"]
            else plain_message(exception_line(trace)),
            trace=join_lines(trace),
            output=join_lines(body[end:]),
        )


def _name(test: str) -> str:
    """Return the dotted name of a test, and what tells its sub-tests apart."""
    found = TEST.fullmatch(NO_MESSAGE.sub("", test))
    if not found:
        return test
    method, path, sub_test = found.groups()
    if path.startswith(FAILED_IMPORT):
        return method
    return f"{path if path.endswith(f'.{method}') else f'{path}.{method}'}{sub_test}"
