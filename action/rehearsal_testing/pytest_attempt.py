"""One run of one test, as pytest goes through it."""

import os
from collections.abc import Sequence

import pytest

from rehearsal_testing.attempt_record import Recording
from rehearsal_testing.junit import FailedAttempt
from rehearsal_testing.pytest_items import case_of, leaves_its_own_outcome
from rehearsal_testing.recording_result import is_recorded

EARLIER = pytest.StashKey[Sequence[FailedAttempt]]()
"""Of an item: the attempts at it that failed before this one."""


class Attempt:
    """One run of one test as pytest goes through it: set-up, call, tear-down."""

    def __init__(self, item: pytest.Item) -> None:
        earlier = item.stash.get(EARLIER, ())
        self.recording = Recording.begin(case_of(item), os.environ, earlier=earlier)
        self._by_itself = leaves_its_own_outcome(item)
        self._told = False
        self._news = False

    def take_in(self, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        """Note how one phase went, while its browsers are still there."""
        if call.when == "call" and self._by_itself:
            self._told = True
        expected = hasattr(report, "wasxfail")
        if report.failed:
            self._failed(call, report)
        elif call.when != "teardown":
            # What fails as expected has run, unless it failed before it came to run.
            skipped = report.skipped and not (expected and call.when == "call")
            reason = str(call.excinfo.value) if call.excinfo else ""
            self.recording.skipped = reason if skipped else None

    def broke_off(self, error: BaseException) -> None:
        """Note what ends the whole session: it was this test that ran."""
        if is_recorded(error):
            return
        self.recording.keep_evidence()
        self.recording.add(error, failed=False)
        self.recording.write(os.environ)

    def end(self) -> None:
        """Leave the outcome, unless a test case has left it already and nothing came after."""
        if self._news or not self._told:
            self.recording.write(os.environ)

    def _failed(self, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        recording = self.recording
        if call.excinfo is None:
            # A test that was expected to fail and passed.
            recording.add_failure("UnexpectedSuccess", report.longreprtext)
            self._news = True
            return
        error = call.excinfo.value
        text = report.longreprtext
        if is_recorded(error) or self._is_unexpected_success(call, error):
            self._told = True
        else:
            self._news = True
            if kept := recording.keep_evidence():
                report.sections.append(("browser", kept))
                text += f"\n{kept}"
        failure = call.when == "call" and isinstance(error, AssertionError | pytest.fail.Exception)
        recording.add(error, failed=failure, text=text)

    def _is_unexpected_success(self, call: pytest.CallInfo[None], error: BaseException) -> bool:
        # The test case was told of it; then pytest made up an error that stands for it.
        return self._by_itself and call.when == "call" and isinstance(error, pytest.fail.Exception)


ATTEMPT = pytest.StashKey[Attempt]()
"""Of an item: the attempt that is under way."""
