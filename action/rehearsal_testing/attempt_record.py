"""What is kept of one test while it runs, whoever runs it."""

import contextlib
import re
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from selenium.common.exceptions import WebDriverException

from rehearsal_testing import junit
from rehearsal_testing.browser import Browser
from rehearsal_testing.evidence import EvidenceFolder
from rehearsal_testing.junit import Case, FailedAttempt, Outcome, Problem
from rehearsal_testing.retry_policy import is_final


@dataclass(kw_only=True)
class Recording:
    """One run of a test: since when, with which browsers, and what went wrong so far.

    `earlier` are the runs of the same test that failed before; `final` is a failure that running
    it again cannot mend.
    """

    case: Case
    evidence: EvidenceFolder
    browsers: list[Browser]
    earlier: Sequence[FailedAttempt] = ()
    problems: list[Problem] = field(default_factory=list)
    skipped: str | None = None
    final: bool = False
    started: float = field(default_factory=time.time)
    _clock: float = field(default_factory=time.perf_counter)

    @classmethod
    def begin(
        cls,
        case: Case,
        environ: Mapping[str, str],
        browsers: list[Browser] | None = None,
        earlier: Sequence[FailedAttempt] = (),
    ) -> "Recording":
        """Start the clock, and forget what the same test left, its `earlier` attempts excepted."""
        evidence = EvidenceFolder.for_test(case.id, environ)
        browsers = [] if browsers is None else browsers
        recording = cls(case=case, evidence=evidence, browsers=browsers, earlier=earlier)
        if not earlier:
            evidence.forget()
        return recording

    def keep_evidence(self) -> str | None:
        """Keep what the browsers show right now; return a sentence on where, if there are any."""
        if not self.browsers:
            return None
        self.evidence.keep(self.browsers, failure=len(self.problems) + 1, retry=len(self.earlier))
        return f"What the browser showed is kept in {self.evidence.place}"

    def add(self, error: BaseException, *, failed: bool, text: str | None = None) -> None:
        """Note why the test did not pass; `text` tells it instead of Python's own traceback."""
        self.final = self.final or is_final(error)
        self.problems.append(
            Problem(
                kind="failure" if failed else "error",
                type=_type_name(error),
                message=_message(error),
                traceback="".join(traceback.format_exception(error)) if text is None else text,
            )
        )

    def add_failure(self, kind: str, message: str) -> None:
        """Note a failure that no exception stands for: it is the expectation that is wrong."""
        self.final = True
        self.problems.append(Problem(kind="failure", type=kind, message=message, traceback=message))

    def may_mend(self) -> bool:
        """Whether the test failed in a way that it may not when it is run again."""
        return bool(self.problems) and not self.final

    def given_up(self) -> Sequence[FailedAttempt]:
        """Return all attempts so far, this one, which ends here and now, among them."""
        attempt = FailedAttempt(
            started=self.started, ended=time.time(), problems=tuple(self.problems)
        )
        return (*self.earlier, attempt)

    def write(self, environ: Mapping[str, str]) -> None:
        """Leave the outcome, which ends here and now, in REHEARSAL_JUNIT where that is set."""
        ended, seconds = time.time(), time.perf_counter() - self._clock
        folder = environ.get("REHEARSAL_JUNIT")
        if not folder:
            return
        outcome = Outcome(
            case=self.case,
            started=self.started,
            ended=ended,
            seconds=seconds,
            problems=self.problems,
            skipped=self.skipped,
            evidence=self.evidence.path.name if self.evidence.path.exists() else None,
            earlier=self.earlier,
        )
        try:
            junit.write(outcome, Path(folder))
        except OSError as error:
            # A full disk: the tests go on, and their own outcome still gets through.
            sys.stderr.write(f"The outcome of {self.case.id} is not in {folder}: {error}\n")

    def forget(self, environ: Mapping[str, str]) -> None:
        """Remove the outcome that an earlier run left."""
        if folder := environ.get("REHEARSAL_JUNIT"):
            with contextlib.suppress(OSError):
                junit.file_of(self.case, Path(folder)).unlink()


def without_trimmings(error: BaseException) -> None:
    """Take the driver's own stack out of an error: addresses that tell a web developer nothing."""
    if isinstance(error, WebDriverException):
        error.stacktrace = None


def seen_from_here(file: Path) -> str:
    """Return `file` from the working directory on where it is below, as annotations want it."""
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)


def _message(error: BaseException) -> str:
    """Return what `error` says, without what Selenium adds to each of its messages."""
    return re.split(r"\n +\(Session info|; For documentation on this error", str(error))[0].strip()


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
