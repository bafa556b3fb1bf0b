"""What trace.html shows: one attempt of a test."""

from collections.abc import Mapping
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.results.browser_steps import END
from rehearsal.results.browser_trace import BrowserTrace
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin
from rehearsal.results.tests import ListedOutcome
from rehearsal.results.timed_log import TimedLog

# The page of the attempt that failed, in the folder of the test.
TRACE_PAGE = "trace.html"
# As a pattern: also the pages of the other attempts.
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
class TracedAttempt:
    """One attempt of a test: the trace of its browsers, and the logs of that time.

    `sources` are by the places of the steps, the test and the app. `pictures` are the names of the
    pictures in the folder of the test. `page` is the page of this attempt; if `is_reported`, the
    report of the test is of this one. `outcome` is how it ended if it did not fail. `origin` is
    for links to the source.
    """

    test: FailedTestEvidence
    trace: BrowserTrace
    logs: tuple[TimedLog, ...] = ()
    sources: Mapping[str, SourceExcerpt] = field(default_factory=dict)
    pictures: frozenset[str] = frozenset()
    page: str = ""
    is_reported: bool = True
    outcome: ListedOutcome | None = None
    origin: Origin = field(default_factory=Origin)

    @property
    def test_place(self) -> str:
        """The line where the test failed, as `FILE:LINE`; empty if it is not known."""
        file, line = self.test.file, self.test.failure.line
        return f"{file}:{line}" if self.is_reported and file and line else ""

    @property
    def frame(self) -> ProjectFrame | None:
        """What the app raised during this attempt, if it failed and that is known."""
        return self.test.frame if self.is_reported and not self.outcome else None

    @property
    def app_place(self) -> str:
        """The line of the app that raised an error, as `FILE:LINE`; empty if it is not known."""
        return f"{self.frame.file}:{self.frame.line}" if self.frame else ""

    @property
    def failed_step(self) -> int | None:
        """The position of the step at which the test failed.

        It is the last step of the line that the test's traceback names, else the last step with an
        error if nothing but lookups came after it, else the last step. None if it did not fail.
        """
        if self.outcome:
            return None
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
