"""The closing lines of test runners that are not Python's, and of Cucumber's kin."""

from collections import Counter

from rehearsal.regex import regex
from rehearsal.results.suite_output.closing import MAX_RUNS, NUMBER, Closing

# Each pattern matches a whole line; its groups hold the counts.
CLOSINGS = tuple(
    map(
        regex,
        (
            r"Tests: +(\d.* total)",  # Jest
            r" *Tests  (\d.*|no tests)(?: \(\d+\))?",  # Vitest
            # Mocha and Cypress, Playwright.
            r"  (\d+) (passing|failing|passed|failed|flaky)(?: \([\d.]+ ?\w+\))?",
            r"[#\u2139] (pass|fail|cancelled) +(\d+)",  # node:test, tape, Mocha's TAP
            # RSpec, Jasmine, Bats.
            r"(\d+ (?:examples?|specs?|tests?), \d+ failures?(?:, \d+ .*)?)",
            r"(\d+ runs, \d+ assertions, .*)",  # minitest
            r"OK \((\d+ tests?), \d+ assertions?\)",  # PHPUnit
            r"(Tests: \d+), Assertions: \d+, (.*)\.",
            r"test result: \w+\. (\d+ passed; \d+ failed;).*",  # cargo
            # zope.testrunner.
            r" *(?:Total: |Ran )(\d+ tests)(?: with|,) (\d+ failures.*) in [\d.]+ seconds\.",
            r"(\d+) scenarios? (passed, \d+ failed.*)",  # behave
            r"\d+ scenarios? \((.*)\)",  # Cucumber
            # A runner's own word that it found no test.
            r"(No tests) found, exiting with code \d+",  # Jest
            r"(?:Error: )?(No test)s? files found\b.*",  # Vitest, Mocha
            r"Error: (No tests) found\.?",  # Playwright
            r"(No tests) executed!",  # PHPUnit
            r" *Can't run because (no spec files) were found\.",  # Cypress
        ),
    )
)
# Most lines begin with another sign, or have none of these words.
FIRST = tuple("0123456789TtOERNC#\u2139")
WORDS = regex(r"pass|fail|flaky|cancelled|[Tt]est|runs, |example|spec|scenario")
COUNT = regex(rf"({NUMBER}) +([a-z]+)|([A-Za-z]+):? +({NUMBER})")
NO_COUNT = regex(r"\d{10}")
PASSED = ("passed", "passing", "pass", "flaky")
FAILED = ("failed", "failing", "fail", "failures", "failure", "errors", "error", "cancelled")
SKIPPED = ("skipped", "skips", "skip", "pending", "todo", "ignored", "incomplete")
TOTAL = ("total", "tests", "test", "runs", "examples", "example", "specs", "spec")


class OtherRunners:
    """Reads the output line by line."""

    def __init__(self) -> None:
        self._closings: list[Closing] = []

    @property
    def closings(self) -> tuple[Closing, ...]:
        """What was counted so far; several lines may belong to one run."""
        return tuple(self._closings)

    def read(self, line: str) -> None:
        """Read the next line."""
        if not line.lstrip().startswith(FIRST) or not WORDS.search(line):
            return
        matches = (pattern.fullmatch(line) for pattern in CLOSINGS)
        found = next(filter(None, matches), None)
        if found and not NO_COUNT.search(line) and len(self._closings) < MAX_RUNS:
            self._closings.append(_closing(" ".join(found.groups())))


def _closing(text: str) -> Closing:
    counts: Counter[str] = Counter()
    for number, word, first_word, last_number in COUNT.findall(text):
        counts[(word or first_word).lower()] += int(number or last_number)
    passed, failed, skipped, total = (
        sum(map(counts.__getitem__, words)) for words in (PASSED, FAILED, SKIPPED, TOTAL)
    )
    return Closing(text=text, ran=max(total - skipped, passed + failed), failed=failed)
