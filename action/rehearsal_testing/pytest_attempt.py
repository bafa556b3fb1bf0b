"""One attempt at a test under pytest: set-up, call and tear-down."""

import os
from collections.abc import Sequence

import pytest

from rehearsal_testing.attempt_record import AttemptRecord, is_recorded
from rehearsal_testing.junit import FailedAttempt
from rehearsal_testing.pytest_items import case_of, records_itself

EARLIER_ATTEMPTS = pytest.StashKey[Sequence[FailedAttempt]]()
"""Of an item: its failed attempts before the current one."""


class PytestAttempt:
    """Records one attempt at a test, and writes its outcome at the end.

    A `BrowserTestCase` writes its outcome itself. If a pytest fixture around it fails, the
    outcome is written again and includes that error.
    """

    def __init__(self, item: pytest.Item) -> None:
        earlier = item.stash.get(EARLIER_ATTEMPTS, ())
        self._item = item
        self.record = AttemptRecord.start(case_of(item), os.environ, earlier_attempts=earlier)
        self._records_itself = records_itself(item)
        self._is_written = False
        self._has_unwritten_errors = False

    def record_phase(self, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        """Record the outcome of one phase, while its browsers are still open."""
        if call.when == "call" and self._records_itself:
            self._is_written = True
        expected = hasattr(report, "wasxfail")
        if report.failed:
            self._record_failure(call, report)
        elif call.when != "teardown":
            # A test that fails as expected has run, unless it failed in its set-up.
            skipped = report.skipped and not (expected and call.when == "call")
            reason = str(call.excinfo.value) if call.excinfo else ""
            self.record.skipped = reason if skipped else None

    def record_abort(self, error: BaseException) -> None:
        """Record what ends the whole session while this test runs."""
        if is_recorded(error):
            return
        self.record.save_evidence(error)
        self.record.add_error(error, failed=False)
        self.record.write_report()

    def finish(self) -> None:
        """Write the outcome, unless the test case has written all of it."""
        if self.record.is_retryable():
            # Another plugin may run the item again.
            self._item.stash[EARLIER_ATTEMPTS] = self.record.failed_attempts()
        if self._has_unwritten_errors or not self._is_written:
            self.record.write_report()

    def _record_failure(self, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        if call.excinfo is None:
            # A test that was expected to fail and passed.
            self.record.add_unexpected_success(report.longreprtext)
            self._has_unwritten_errors = True
            return
        error = call.excinfo.value
        text = report.longreprtext
        if is_recorded(error) or self._is_unexpected_success(call, error):
            self._is_written = True
        else:
            self._has_unwritten_errors = True
            if where := self.record.save_evidence(error):
                report.sections.append(("browser", where))
                text += f"\n{where}"
        failure = call.when == "call" and isinstance(error, AssertionError | pytest.fail.Exception)
        self.record.add_error(error, failed=failure, text=text)

    def _is_unexpected_success(self, call: pytest.CallInfo[None], error: BaseException) -> bool:
        # The test case has recorded it. pytest then makes an error of its own from it.
        is_pytest_error = isinstance(error, pytest.fail.Exception)
        return self._records_itself and call.when == "call" and is_pytest_error


CURRENT_ATTEMPT = pytest.StashKey[PytestAttempt]()
"""Of an item: its current attempt."""
