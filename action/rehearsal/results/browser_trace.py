"""The trace of a failed test: its steps, and what its browsers did and showed meanwhile."""

from collections.abc import Mapping
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.results.browser_steps import TraceStep


@dataclass(frozen=True, kw_only=True)
class TraceRequest:
    """A request of a browser; times as in `TraceStep`.

    `kind` is what it was for: document, frame (a document in a frame of the page), script and so
    on. `status` is 0 without an answer, and `error` then what the browser says about it.
    """

    start: float
    seconds: float
    method: str
    address: str
    status: int = 0
    kind: str = ""
    error: str = ""
    from_cache: bool = False
    browser: int = 1

    @property
    def failed(self) -> bool:
        """Whether it had no answer, or an error as an answer."""
        return bool(self.error) or self.status >= 400  # noqa: PLR2004  (HTTP)


@dataclass(frozen=True, kw_only=True)
class ConsoleLine:
    """A line of a browser's console, a dialog or a new window, at `start` as in `TraceStep`.

    `level` is debug, info, warning, error, dialog or window.
    """

    start: float
    level: str
    text: str
    browser: int = 1


@dataclass(frozen=True, kw_only=True)
class PageSnapshot:
    """A page as it was: its HTML, and the keys of its style sheets in their order."""

    html: str
    styles: tuple[str, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, kw_only=True)
class FinalPage:
    """What a browser showed when the test failed; `start` as in `TraceStep`.

    `page` is the key of its snapshot.
    """

    start: float
    address: str
    page: str


@dataclass(frozen=True, kw_only=True)
class BrowserTrace:
    """The trace of one attempt of a test, of all its browsers, each part in the order of time.

    `started` is when the test began, in seconds since 1970. `browsers` are their names by their
    numbers, `final_pages` what they showed when it failed. `left_out` counts what was not kept, by
    its kind. `test` is the name of the test, `reason` why this attempt failed, and `passed` says
    that it did not; the tests' process wrote all three.
    """

    started: float = 0.0
    attempt: int = 1
    browsers: Mapping[int, str] = field(default_factory=dict)
    steps: tuple[TraceStep, ...] = ()
    requests: tuple[TraceRequest, ...] = ()
    console: tuple[ConsoleLine, ...] = ()
    pages: Mapping[str, PageSnapshot] = field(default_factory=dict)
    final_pages: Mapping[int, FinalPage] = field(default_factory=dict)
    styles: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    test: str = ""
    reason: str = ""
    passed: bool = False

    @property
    def seconds(self) -> float:
        """When the last part of it ended, in seconds since the test began."""
        ends = (
            *(each.start + each.seconds for each in self.steps),
            *(each.start + each.seconds for each in self.requests),
            *(each.start for each in self.console),
        )
        return max(ends, default=0.0)
