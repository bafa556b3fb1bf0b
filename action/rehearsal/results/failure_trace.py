"""What trace.html shows of one attempt of a failed test."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rehearsal.results.browser_steps import END
from rehearsal.results.browser_trace import BrowserTrace
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.timed_log import TimedLog

# The page of the last attempt, in the folder of the test.
TRACE_PAGE = "trace.html"
# As a pattern: also the pages of earlier attempts.
ANY_TRACE_PAGE = r"trace(?:-attempt\d+)?\.html"


@dataclass(frozen=True, kw_only=True)
class SourceExcerpt:
    """Some lines of a file of the project around its line `line`; the first has the number `first`.

    `file` is relative to the checkout.
    """

    file: str
    line: int
    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TraceAttempt:
    """An attempt of a test that has a trace: its number, and the name of its page."""

    number: int
    page: str


@dataclass(frozen=True, kw_only=True)
class FailureTrace:
    """One attempt of a failed test: the trace of its browsers, and the logs of that time.

    `sources` are by the places of the steps. `pictures` are the names of the pictures in the folder
    of the test. `attempts` are all that have a trace, in their order; `page` is the page of this
    one, and it is the last one if `is_last`. `left_out` counts bytes of the trace that were too
    many to be read.
    """

    test: FailedTestEvidence
    trace: BrowserTrace
    logs: tuple[TimedLog, ...] = ()
    sources: Mapping[str, SourceExcerpt] = field(default_factory=dict)
    pictures: frozenset[str] = frozenset()
    attempts: tuple[TraceAttempt, ...] = ()
    page: str = ""
    is_last: bool = True

    @property
    def test_place(self) -> str:
        """The line where the test failed, as `FILE:LINE`; empty if it is not known."""
        file, line = self.test.file, self.test.failure.line
        return f"{file}:{line}" if self.is_last and file and line else ""

    @property
    def failed_step(self) -> int | None:
        """The position of the step at which the test failed.

        It is the last step of the line that the test's traceback names, else the last step with an
        error if nothing but lookups came after it, else the last step.
        """
        steps = self.trace.steps
        positions = [number for number, each in enumerate(steps) if each.text != END]
        if not positions:
            return None
        for number in reversed(positions):
            source = self.sources.get(steps[number].place)
            if source and f"{source.file}:{source.line}" == self.test_place:
                return number
        for number in reversed(positions):
            if steps[number].error:
                return number
            if not steps[number].is_look:
                break
        return positions[-1]
