"""The tally: what a test runner itself says last of how many tests ran."""

import re
from collections import Counter
from collections.abc import Iterator

from rehearsal.ansi import COLOUR_CODE
from rehearsal.results.tests import Failure, Results

UNITTEST = re.compile(r"^Ran (\d+) tests? in [\d.]+s$", re.MULTILINE)
UNITTEST_PARTS = re.compile(r"(failures|errors|skipped)=(\d+)")
UNITTEST_CLOSING = re.compile(r"^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", re.MULTILINE)
PYTEST = re.compile(
    r"^=* *((?:\d+ [a-z]+(?: [a-z]+)?(?:, )?)+|no tests ran) in [\d.]+s(?: \([^)\n]+\))? *=*$",
    re.MULTILINE,
)
PYTEST_PARTS = re.compile(r"(\d+) (passed|failed|errors?|xfailed|xpassed|deselected|rerun)")
# How pytest-rerunfailures names what it ran again: with -rR, and with -v.
PYTEST_RERUN = re.compile(
    r"^(?:\[gw\d+\] \[ *\d+%\] )?(?:RERUN (\S+::.+?)(?: - .*)?|(\S+::.+?) RERUN\b.*)$", re.MULTILINE
)
UNNAMED = "(a test that pytest ran again)"
PYTEST_NONE_COLLECTED = 5


def read_output(text: str, exit_code: int) -> Results:
    """Count tests by what unittest or pytest said last; unknown runners stay unknown."""
    text = COLOUR_CODE.sub("", text)
    lines = PYTEST.findall(text)
    if exit_code == PYTEST_NONE_COLLECTED and not UNITTEST.search(text):
        return _pytest(lines[-1] if lines else "", text)
    if lines:
        return _pytest(lines[-1], text)
    if runs := UNITTEST.findall(text):
        closing = UNITTEST_CLOSING.findall(text)
        counts = {
            word: int(number)
            for word, number in UNITTEST_PARTS.findall(closing[-1] if closing else "")
        }
        return Results(
            tests=int(runs[-1]) - counts.get("skipped", 0),
            failures=counts.get("failures", 0) + counts.get("errors", 0),
        )
    return Results()


def _pytest(line: str, text: str) -> Results:
    counts = {word.rstrip("s"): int(number) for number, word in PYTEST_PARTS.findall(line)}
    elsewhere, reruns = counts.pop("deselected", None), counts.pop("rerun", 0)
    failures = counts.get("failed", 0) + counts.get("error", 0)
    return Results(
        tests=sum(counts.values()),
        failures=failures,
        # Where others failed, it may have been those that ran again.
        flaky=tuple(_rerun(text)) if reruns and not failures else (),
        in_other_shards=elsewhere,
    )


def _rerun(text: str) -> Iterator[Failure]:
    """Yield what pytest ran again, as far as it says so."""
    names = Counter(first or second for first, second in PYTEST_RERUN.findall(text))
    if not names:
        yield Failure(name=UNNAMED, message="pytest -rR would tell its name.")
    for name, times in names.items():
        yield Failure(name=name, message="", file=name.partition("::")[0], attempts=times)
