"""The closing lines of pytest, and the names of the tests that failed or ran again."""

import re
from collections import Counter

from rehearsal.regex import regex
from rehearsal.results.suite_output.closing import MAX_FAILURES, MAX_RUNS, NUMBER, Closing
from rehearsal.results.suite_output.pytest_failures import FailedTests
from rehearsal.results.tests import Failure

WORD = r"(?:subtests )?(?:passed|failed|skipped|xfailed|xpassed|deselected|errors?|warnings?|rerun)"
# Plugins add words of their own.
ENTRY = rf"{NUMBER} [a-z]+(?: [a-z]+)?"
SUMMARY = regex(
    rf"(?P<counts>(?=\d)(?=.*\b{WORD}\b){ENTRY}(?:, {ENTRY})*"
    r"|no tests ran) in [\d.]+(?:s| seconds)(?: \([^)\n]+\))?"
)
COUNT = regex(rf"({NUMBER}) (passed|failed|error|xfailed|xpassed|deselected|rerun)")
HEADING = regex(r"=+ (.+?) =+")
SECTION = regex(r"_+ (.+) _+")
SHORT_SUMMARY = "short test summary info"
OF_FAILURES = ("ERRORS", "FAILURES")
WITH_SECTIONS = (*OF_FAILURES, "PASSES", "XFAILURES", "XPASSES")
HEADINGS = ("test session starts", "warnings summary", SHORT_SUMMARY, *WITH_SECTIONS)
# How pytest-rerunfailures names the tests that it ran again: with -rR, and with -v.
RERUN = regex(r"(?:\[gw\d+\] \[ *\d+%\] )?(?:RERUN (\S+::.+?)(?: - .*)?|(\S+::.+?) RERUN\b.*)")
UNNAMED = "(a test that pytest ran again)"


class PytestOutput:
    """Reads the output line by line."""

    def __init__(self) -> None:
        self._failed_tests = FailedTests()
        self._closings: list[Closing] = []
        self._reruns: Counter[str] = Counter()
        self._heading = ""
        self._width = 0

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The failed tests so far."""
        return tuple(self._failed_tests.failures)

    @property
    def closings(self) -> tuple[Closing, ...]:
        """The runs so far."""
        return tuple(self._closings)

    @property
    def rerun_tests(self) -> tuple[Failure, ...]:
        """The tests that pytest ran again, as far as its output names them."""
        reruns = self._reruns.copy()
        if not reruns and any(each.rerun for each in self._closings):
            return (Failure(name=UNNAMED, message="Run pytest with -rR to see its name."),)
        return tuple(
            Failure(name=name, message="", file=name.partition("::")[0], attempts=times)
            for name, times in reruns.items()
        )

    def read(self, line: str) -> None:
        """Read the next line."""
        heading = HEADING.fullmatch(line) if line[:1] == "=" else None
        if heading and heading[1] in HEADINGS:
            self._start_part(heading[1], len(line))
        elif closing := self._own_closing(line, heading):
            self._close(closing)
        elif self._heading == SHORT_SUMMARY:
            self._failed_tests.read_summary(line)
        elif heading and len(line) == self._width:
            self._start_part(heading[1], len(line))
        elif self._heading in WITH_SECTIONS:
            self._read_section(line)
        if "RERUN " in line and (found := RERUN.fullmatch(line)):
            self._count_rerun(found[1] or found[2])

    def _start_part(self, heading: str, width: int) -> None:
        self._heading, self._width = heading, width
        self._failed_tests.end_sections()

    def _read_section(self, line: str) -> None:
        title = SECTION.fullmatch(line) if line[:1] == "_" else None
        # A line of such signs alone separates the frames of a traceback.
        if title and title[1].strip("_ "):
            self._failed_tests.start_section(title[1], failed=self._heading in OF_FAILURES)
        else:
            self._failed_tests.read_section(line)

    def _own_closing(self, line: str, heading: re.Match[str] | None) -> re.Match[str] | None:
        """Return the match of a closing line that pytest printed, and not one of its tests.

        pytest's own is as wide as its headings; with -q it has no frame.
        """
        is_own = len(line) >= self._width - 1 if heading else not self._failed_tests.in_output
        if " in " not in line or not is_own:
            return None
        return SUMMARY.fullmatch(heading[1] if heading else line)

    def _close(self, line: re.Match[str]) -> None:
        counts = {word: int(number) for number, word in COUNT.findall(line["counts"])}
        deselected, rerun = counts.pop("deselected", None), counts.pop("rerun", 0)
        if len(self._closings) < MAX_RUNS:
            self._closings.append(
                Closing(
                    text=line["counts"],
                    ran=sum(counts.values()),
                    failed=counts.get("failed", 0) + counts.get("error", 0),
                    deselected=deselected,
                    rerun=rerun,
                )
            )
        self._failed_tests.end_run()
        self._heading, self._width = "", 0

    def _count_rerun(self, name: str) -> None:
        if name in self._reruns or len(self._reruns) < MAX_FAILURES:
            self._reruns[name] += 1
