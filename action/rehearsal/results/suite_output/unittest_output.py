"""The closing lines of unittest, and of the runners that print the same ones."""

from rehearsal.regex import regex
from rehearsal.results.suite_output.closing import MAX_RUNS, NUMBER, Closing
from rehearsal.results.suite_output.unittest_failures import FailedTests
from rehearsal.results.tests import Failure

# Django, nose2, testtools, Twisted's trial and green print this, too. A test that prints without a
# line end leaves its dots before it.
RAN = regex(rf"[.sxuFE]*Ran ({NUMBER}) tests? in [\d.]+s(?: using \d+ process(?:es)?)?")
CLOSING_WORDS = ("OK", "PASSED", "FAILED", "NO TESTS RAN")
CLOSING = regex(rf"(?:{'|'.join(CLOSING_WORDS)})(?: \((.*)\))?")
COUNT = regex(rf"([a-z_ ]+)=({NUMBER})(?![0-9])")
FAILED_WORDS = ("failures", "errors", "unexpected successes")
SKIPPED_WORDS = ("skipped", "skips")
RULE = regex(r"-{70,}")
# One letter for each test, or one line with -v.
MARKS = regex(r"[.sxuFE]+")
VERBOSE_PASSES = (" ... ok", " ... expected failure", " ... unexpected success")


class _Run:
    """One run: its line `Ran …`, and what follows it."""

    def __init__(self, line: str, ran: int, *, has_rule: bool, passes: int) -> None:
        self.has_rule = has_rule
        self.is_open = True
        self._text = line
        self._ran, self._passes = ran, passes
        self._counts: dict[str, int] = {}

    def close(self, line: str, counts: str) -> None:
        self.is_open = False
        self._text += f", {line}"
        self._counts = {
            word.strip().replace("_", " "): int(number) for word, number in COUNT.findall(counts)
        }

    @property
    def closing(self) -> Closing:
        skipped = sum(self._counts.get(word, 0) for word in SKIPPED_WORDS)
        failed = sum(self._counts.get(word, 0) for word in FAILED_WORDS)
        # Skipped classes and sub-tests are no part of `Ran`; in 3.11.7 and 3.12.1 no skipped test
        # is. So what is seen to have run counts.
        ran = max(self._ran - skipped, min(self._passes, self._ran))
        return Closing(text=self._text, ran=ran, failed=failed)


class UnittestOutput:
    """Reads the output line by line."""

    def __init__(self) -> None:
        self._failed_tests = FailedTests()
        self._runs: list[_Run] = []
        self._last = self._marks = ""
        self._passes = 0

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The failed tests so far."""
        return self._failed_tests.failures

    @property
    def closings(self) -> tuple[Closing, ...]:
        """The runs so far: their line `Ran …` follows a rule, as unittest prints it."""
        return tuple(run.closing for run in self._runs if run.has_rule)

    @property
    def doubtful_closings(self) -> tuple[Closing, ...]:
        """Runs without a rule: another runner's, or something that a test printed."""
        return tuple(run.closing for run in self._runs if not run.has_rule)

    def read(self, line: str) -> None:
        """Read the next line."""
        if "Ran " in line and (ran := RAN.fullmatch(line)):
            self._start_run(line, int(ran[1]))
        elif line.startswith(CLOSING_WORDS) and (closing := CLOSING.fullmatch(line)):
            self._close_run(line, closing[1] or "")
        elif line.startswith("-") and RULE.fullmatch(line):
            # In a run without failures, the marks stand right before it.
            self._marks = self._last if MARKS.fullmatch(self._last) else self._marks
        elif line.endswith(VERBOSE_PASSES):
            self._passes += 1
        self._failed_tests.read(line)
        self._last = line or self._last

    def _close_run(self, line: str, counts: str) -> None:
        if run := next((run for run in reversed(self._runs) if run.is_open), None):
            run.close(line, counts)

    def _start_run(self, line: str, ran: int) -> None:
        if len(self._runs) >= MAX_RUNS:
            return
        marks = sum(map(self._marks.count, ".xu"))
        has_rule = bool(RULE.fullmatch(self._last))
        self._runs.append(_Run(line, ran, has_rule=has_rule, passes=self._passes + marks))
        if has_rule:
            self._failed_tests.end_run()
        self._marks, self._passes = "", 0
