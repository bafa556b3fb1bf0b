"""Count the tests by what test runners print: their closing lines, and the failures they name."""

from rehearsal.ansi import CONTROL_SEQUENCE
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.results.suite_output.closing import MAX_TEXT
from rehearsal.results.suite_output.other_runners import OtherRunners
from rehearsal.results.suite_output.pytest_output import PytestOutput
from rehearsal.results.suite_output.unittest_output import UnittestOutput
from rehearsal.results.tests import SuiteResults

# Most lines have none of these words.
ERROR_WORD = regex(r"[Ee]rror|ERROR|xception")
# Why a runner could not begin: the last such line counts.
REASON = regex(
    r"(?P<pytest>ERROR: (?:file or directory )?not found: .+)"
    r"|(?P<arguments>\S.*: error: .+)"  # argparse, in Python.
    r"|(?: ?Exception during run: |E +)?"  # Mocha, pytest.
    r"(?P<exception>(?:[A-Za-z_]\w*\.)*(?:[A-Z]\w*(?:Error|Exception)(?:: .+)?"
    r"|Error: (?!No tests? (?:files )?found).+))"
)
# Jest writes why a file could not be loaded below this line.
UNLOADED = "● Test suite failed to run"
GAP = b" ... "


@dataclass(frozen=True, kw_only=True)
class SuiteOutput:
    """What the runners said: the sum of all runs, `closings` for each in words.

    `reason` is the last line that may say why a runner could not begin.
    """

    results: SuiteResults
    closings: tuple[str, ...] = ()
    reason: str = ""


class OutputReader:
    """Reads the output as it arrives, and keeps what counts: its memory is bounded."""

    def __init__(self) -> None:
        self._unittest, self._pytest, self._others = (
            UnittestOutput(),
            PytestOutput(),
            OtherRunners(),
        )
        self._rest = b""
        self._reason = ""
        self._expects_reason = False

    def feed(self, piece: bytes) -> None:
        """Read a piece of the output."""
        *lines, rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._read(line)
        self._rest = _shortened(rest)

    def end(self) -> SuiteOutput:
        """Read the last line, and return what all lines said."""
        if self._rest:
            self._read(self._rest)
            self._rest = b""
        closings = (*self._unittest.closings, *self._pytest.closings, *self._others.closings)
        failures = (*self._unittest.failures, *self._pytest.failures)
        if not closings and not self._pytest.failures:
            closings = self._unittest.doubtful_closings
        failure_count = sum(each.failed for each in closings)
        deselected = [each.deselected for each in closings if each.deselected is not None]
        return SuiteOutput(
            results=SuiteResults(
                test_count=sum(each.ran for each in closings) if closings else None,
                # With -qq, pytest prints no closing line.
                failure_count=failure_count if closings else len(failures),
                failed=failures,
                # If tests failed, the tests that ran again may be the same.
                flaky=() if failure_count else self._pytest.rerun_tests,
                in_other_shards=sum(deselected) if deselected else None,
            ),
            closings=tuple(each.text for each in closings),
            reason=self._reason,
        )

    def _read(self, content: bytes) -> None:
        text = _shortened(content).decode(errors="replace")
        if "\x1b" in text:
            text = CONTROL_SEQUENCE.sub("", text)
        # A progress bar writes one line again and again.
        for part in text.split("\r"):
            line = part.rstrip()
            self._unittest.read(line)
            self._pytest.read(line)
            self._others.read(line)
            self._read_reason(line)

    def _read_reason(self, line: str) -> None:
        if self._expects_reason and line:
            self._reason, self._expects_reason = line.strip(), False
        elif line.strip() == UNLOADED:
            self._expects_reason = True
        elif ERROR_WORD.search(line) and (found := REASON.fullmatch(line)):
            self._reason = next(filter(None, found.groups()))


def _shortened(line: bytes) -> bytes:
    """Leave out the middle of a line that is too long."""
    if len(line) <= MAX_TEXT:
        return line
    half = MAX_TEXT // 2 - len(GAP)
    return line[:half] + GAP + line[-half:]
