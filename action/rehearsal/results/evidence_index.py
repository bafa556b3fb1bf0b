"""Exhibits: what of the evidence the reports show."""

from dataclasses import dataclass

from rehearsal.results.frame import ProjectFrame
from rehearsal.results.tests import Failure


@dataclass(frozen=True, kw_only=True)
class LogExcerpt:
    """A text of the evidence: `name` is its path there, `left_out` the bytes not shown of it."""

    name: str
    text: str
    left_out: int = 0


@dataclass(frozen=True, kw_only=True)
class FailedTestEvidence:
    """A failed test, or a flaky one's first failure, and what was kept of it.

    `file` is relative to the checkout, or empty; `folder` is its folder in the evidence, or empty;
    `trace` is its own traceback without installed code, `slice` what the app said meanwhile,
    `frame` the project's own line in that. `addresses` are those of the pages on the `pictures`,
    each empty where it is not known.
    """

    failure: Failure
    file: str = ""
    folder: str = ""
    trace: str = ""
    pictures: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    slice: LogExcerpt | None = None
    excerpts: tuple[LogExcerpt, ...] = ()
    frame: ProjectFrame | None = None


@dataclass(frozen=True, kw_only=True)
class EvidenceIndex:
    """All of it: `tests` failed, and `flaky` ones passed when they were run again.

    `frame` is the project's own line in the last traceback of the app's log.
    """

    tests: tuple[FailedTestEvidence, ...] = ()
    flaky: tuple[FailedTestEvidence, ...] = ()
    logs: tuple[LogExcerpt, ...] = ()
    files: tuple[str, ...] = ()
    frame: ProjectFrame | None = None
