"""What is recorded of one attempt at a test, under every runner."""

import contextlib
import re
import sys
import time
import traceback
import unittest
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from selenium.common.exceptions import WebDriverException

from rehearsal_capture.trace.recorder import RECORDER
from rehearsal_testing import junit
from rehearsal_testing.browser import Browser
from rehearsal_testing.evidence import EvidenceFolder
from rehearsal_testing.junit import Case, ErrorDetails, FailedAttempt, Outcome
from rehearsal_testing.retry_policy import is_permanent

# Set on an error that is already recorded: the pytest plugin sees it a second time.
_RECORDED = "_rehearsal_recorded"


@dataclass(kw_only=True)
class AttemptRecord:
    """One attempt at a test: its start, its browsers, and the errors so far.

    `earlier_attempts` of the same test have failed. After a `permanent` failure no retry helps.
    """

    case: Case
    evidence: EvidenceFolder
    browsers: list[Browser]
    report_folder: str | None = None
    earlier_attempts: Sequence[FailedAttempt] = ()
    errors: list[ErrorDetails] = field(default_factory=list)
    skipped: str | None = None
    permanent: bool = False
    started: float = field(default_factory=time.time)
    _clock: float = field(default_factory=time.perf_counter)

    @classmethod
    def start(
        cls,
        case: Case,
        environ: Mapping[str, str],
        browsers: list[Browser] | None = None,
        earlier_attempts: Sequence[FailedAttempt] = (),
        *,
        keep_steps: bool = False,
    ) -> "AttemptRecord":
        """Start the clock; before the first attempt, delete evidence of an earlier test run.

        With `keep_steps`, what was recorded so far belongs to a test that has not ended.
        """
        evidence = EvidenceFolder.for_test(case.id, environ)
        if not keep_steps:
            RECORDER.start_attempt(len(earlier_attempts) + 1)
        if not earlier_attempts:
            evidence.delete()
        return cls(
            case=case,
            evidence=evidence,
            browsers=[] if browsers is None else browsers,
            report_folder=environ.get("REHEARSAL_JUNIT"),
            earlier_attempts=earlier_attempts,
        )

    def save_evidence(self, error: BaseException) -> str | None:
        """Save what the browsers show now; return a sentence that says where, if there are any."""
        if not self.browsers:
            return None
        failure, retry = len(self.errors) + 1, len(self.earlier_attempts)
        self.evidence.save(self.browsers, failure=failure, retry=retry, error=error)
        return f"What the browser showed is kept in {self.evidence.location}"

    def record_exception(
        self, error: BaseException, failure_type: type[BaseException] = AssertionError
    ) -> None:
        """Record an exception that ended the test: a skip, or an error with its evidence."""
        if _is_skip(error):
            self.skipped = str(error)
            return
        drop_driver_stack(error)
        if where := self.save_evidence(error):
            error.add_note(where)
        self.add_error(error, failed=isinstance(error, failure_type))
        setattr(error, _RECORDED, True)

    def add_error(self, error: BaseException, *, failed: bool, text: str | None = None) -> None:
        """Add an error, with `text` instead of Python's traceback if it is given."""
        self.permanent = self.permanent or is_permanent(error)
        self.errors.append(
            ErrorDetails(
                kind="failure" if failed else "error",
                type=_type_name(error),
                message=_message(error),
                traceback="".join(traceback.format_exception(error)) if text is None else text,
            )
        )

    def add_unexpected_success(self, message: str) -> None:
        """Add the failure of a test that passed and was marked as an expected failure."""
        self.permanent = True
        self.errors.append(
            ErrorDetails(
                kind="failure", type="UnexpectedSuccess", message=message, traceback=message
            )
        )

    def is_retryable(self) -> bool:
        """Whether the attempt failed, and another one may pass."""
        return bool(self.errors) and not self.permanent

    def failed_attempts(self) -> Sequence[FailedAttempt]:
        """Return the earlier attempts and this one, which ends now."""
        attempt = FailedAttempt(started=self.started, ended=time.time(), errors=tuple(self.errors))
        return (*self.earlier_attempts, attempt)

    def write_report(self) -> None:
        """Write the outcome, which ends now, into REHEARSAL_JUNIT, if that is set."""
        ended, seconds = time.time(), time.perf_counter() - self._clock
        if not self.report_folder:
            return
        outcome = Outcome(
            case=self.case,
            started=self.started,
            ended=ended,
            seconds=seconds,
            errors=self.errors,
            skipped=self.skipped,
            evidence=self.evidence.path.name if self.evidence.path.exists() else None,
            earlier_attempts=self.earlier_attempts,
        )
        try:
            junit.write(outcome, Path(self.report_folder))
        except OSError as error:
            # The disk is full, say: the tests go on, and the runner still reports this one.
            sys.stderr.write(
                f"The outcome of {self.case.id} is not in {self.report_folder}: {error}\n"
            )

    def delete_report(self) -> None:
        """Delete the report of an earlier test run."""
        if self.report_folder:
            with contextlib.suppress(OSError):
                junit.report_file(self.case, Path(self.report_folder)).unlink()


def is_recorded(error: BaseException) -> bool:
    """Whether `record_exception` has already recorded this very error."""
    return getattr(error, _RECORDED, False)


def drop_driver_stack(error: BaseException) -> None:
    """Remove the driver's own stack from an error: it holds addresses in the driver's memory."""
    if isinstance(error, WebDriverException):
        error.stacktrace = None


def relative_path(file: Path) -> str:
    """Return `file` relative to the working directory, as annotations need it, if it is below."""
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)


def _is_skip(error: BaseException) -> bool:
    # pytest.skip() inside a unittest test case arrives as an error.
    pytest = sys.modules.get("pytest")
    return isinstance(error, unittest.SkipTest) or (
        pytest is not None and isinstance(error, pytest.skip.Exception)
    )


def _message(error: BaseException) -> str:
    """Return the message of `error` without the text that Selenium adds to every message."""
    return re.split(r"\n +\(Session info|; For documentation on this error", str(error))[0].strip()


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
