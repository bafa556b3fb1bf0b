"""Count tests by the last lines that a test runner prints."""

import re
from collections import Counter
from collections.abc import Iterator

from rehearsal.ansi import COLOUR_CODE
from rehearsal.results.tests import Failure, SuiteResults

UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in [\d.]+s$", re.MULTILINE)
UNITTEST_COUNTS = re.compile(r"(failures|errors|skipped)=(\d+)")
UNITTEST_CLOSING = re.compile(r"^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", re.MULTILINE)
PYTEST_SUMMARY = re.compile(
    r"^=* *((?:\d+ [a-z]+(?: [a-z]+)?(?:, )?)+|no tests ran) in [\d.]+s(?: \([^)\n]+\))? *=*$",
    re.MULTILINE,
)
PYTEST_COUNTS = re.compile(r"(\d+) (passed|failed|errors?|xfailed|xpassed|deselected|rerun)")
# How pytest-rerunfailures names the tests that it ran again: with -rR, and with -v.
PYTEST_RERUN = re.compile(
    r"^(?:\[gw\d+\] \[ *\d+%\] )?(?:RERUN (\S+::.+?)(?: - .*)?|(\S+::.+?) RERUN\b.*)$", re.MULTILINE
)
UNNAMED = "(a test that pytest ran again)"
PYTEST_NO_TESTS = 5


def read_output(text: str, exit_code: int) -> SuiteResults:
    """Count tests by the closing lines of unittest or pytest; other runners give no count."""
    text = COLOUR_CODE.sub("", text)
    lines = PYTEST_SUMMARY.findall(text)
    if exit_code == PYTEST_NO_TESTS and not UNITTEST_RAN.search(text):
        return _pytest(lines[-1] if lines else "", text)
    if lines:
        return _pytest(lines[-1], text)
    if runs := UNITTEST_RAN.findall(text):
        closing = UNITTEST_CLOSING.findall(text)
        counts = {
            word: int(number)
            for word, number in UNITTEST_COUNTS.findall(closing[-1] if closing else "")
        }
        return SuiteResults(
            test_count=int(runs[-1]) - counts.get("skipped", 0),
            failure_count=counts.get("failures", 0) + counts.get("errors", 0),
        )
    return SuiteResults()


def _pytest(line: str, text: str) -> SuiteResults:
    counts = {word.rstrip("s"): int(number) for number, word in PYTEST_COUNTS.findall(line)}
    elsewhere, reruns = counts.pop("deselected", None), counts.pop("rerun", 0)
    failures = counts.get("failed", 0) + counts.get("error", 0)
    return SuiteResults(
        test_count=sum(counts.values()),
        failure_count=failures,
        # If tests failed, the tests that ran again may be the same.
        flaky=tuple(_rerun_tests(text)) if reruns and not failures else (),
        in_other_shards=elsewhere,
    )


def _rerun_tests(text: str) -> Iterator[Failure]:
    """Yield the tests that pytest ran again, as far as its output names them."""
    names = Counter(first or second for first, second in PYTEST_RERUN.findall(text))
    if not names:
        yield Failure(name=UNNAMED, message="Run pytest with -rR to see its name.")
    for name, times in names.items():
        yield Failure(name=name, message="", file=name.partition("::")[0], attempts=times)
