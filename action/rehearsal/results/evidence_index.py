"""The index of an evidence folder: what the reports show of it."""

from collections.abc import Mapping
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.browser_trace import TraceRequest
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.picture_before import NO_PICTURE, PictureBefore
from rehearsal.results.tests import Failure


@dataclass(frozen=True, kw_only=True)
class LogExcerpt:
    """A text of the evidence: `name` is its path, `left_out` counts the bytes left out of it.

    `note` says how the text differs from the file, or is empty.
    """

    name: str
    text: str
    left_out: int = 0
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """A line of the app's log, `start` seconds after a test began.

    `is_key` marks the one that says most about the test's failure.
    """

    start: float
    text: str
    is_key: bool = False


@dataclass(frozen=True, kw_only=True)
class EvidenceFile:
    """Another file of the evidence: its path, and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, kw_only=True)
class TraceAttempt:
    """An attempt of a test that left a trace: its number, from 1, and whether it passed.

    `file` is the path of the trace, `page` the name of its page beside it, empty if it has none.
    `started` is when it began, in seconds since 1970.
    """

    number: int
    page: str
    file: str = ""
    passed: bool = False
    started: float = 0.0


@dataclass(frozen=True, kw_only=True)
class FailedTestEvidence:
    """What was kept of a failed test, or of the first failure of a flaky test.

    `file` is relative to the checkout, `folder` to the evidence. `short_trace` is the test's
    traceback without installed code. `slice` is what the app logged while the test ran, and `frame`
    the project's line in the last traceback of that. `addresses` are the URLs of the pages on the
    `pictures`. `before` is the page before the last thing that the test did to it. `files` are
    those that a page cannot show, traces and videos. `attempts` are those that left a trace.
    `steps` are what the browsers did in the attempt of `trace.html`, as the file `steps_file` of
    the evidence says, without the first `steps_left_out`; the page `trace_page` shows it. `request`
    says most about the failure of all requests of the browsers. `app_lines` are what the app logged
    at that moment, without a request at the end of the test, in order. `rerun` is the command line
    that rehearses this test alone; where no workflow was read, only its new flags. What is not
    known is empty.
    """

    failure: Failure
    file: str = ""
    folder: str = ""
    short_trace: str = ""
    pictures: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    before: PictureBefore = NO_PICTURE
    slice: LogExcerpt | None = None
    excerpts: tuple[LogExcerpt, ...] = ()
    files: tuple[EvidenceFile, ...] = ()
    frame: ProjectFrame | None = None
    attempts: tuple[TraceAttempt, ...] = ()
    steps: tuple[TraceStep, ...] = ()
    steps_left_out: int = 0
    steps_file: str = ""
    trace_page: str = ""
    request: TraceRequest | None = None
    app_lines: tuple[LogLine, ...] = ()
    rerun: str = ""

    @property
    def key_line(self) -> str:
        """The line of the app's log that says most about the failure, empty if none does."""
        return next((line.text for line in self.app_lines if line.is_key), "")


@dataclass(frozen=True, kw_only=True)
class EvidenceIndex:
    """The index: `failed` tests, and `flaky` tests, which failed first and passed on a retry.

    `frame` is the project's line in the last traceback of the app's log. `suite_frame` is that of
    what the app said when it was asked again after failed tests, or else logged during all of them
    if of none the time is known. `passed_traces` are the pages of the traces of tests that did not
    fail, by the names of the tests. `trace_pages` are the pages of all traces, which we made;
    `files` were there before them.
    """

    failed: tuple[FailedTestEvidence, ...] = ()
    flaky: tuple[FailedTestEvidence, ...] = ()
    logs: tuple[LogExcerpt, ...] = ()
    files: tuple[str, ...] = ()
    frame: ProjectFrame | None = None
    suite_frame: ProjectFrame | None = None
    passed_traces: Mapping[str, str] = field(default_factory=dict)
    trace_pages: tuple[str, ...] = ()

    @property
    def frames(self) -> list[ProjectFrame]:
        """What the app raised: while the failed tests ran one by one, else at all."""
        own = [test.frame for test in self.failed if test.frame]
        return own or list(filter(None, [self.suite_frame if self.failed else self.frame]))
