"""Run a test case again after a failure, under any runner that uses a TestResult."""

import os
import sys
import unittest
from collections.abc import Callable, Sequence
from typing import Any

from rehearsal_testing.attempt_record import AttemptRecord
from rehearsal_testing.deferred_result import DeferredResult
from rehearsal_testing.junit import Case, FailedAttempt
from rehearsal_testing.plugin_state import PLUGIN_STATE
from rehearsal_testing.recording_result import RecordingResult
from rehearsal_testing.retry_policy import retries_allowed, retry_message

EARLIER_ATTEMPTS = "_rehearsal_earlier_attempts"
"""Attribute of a test case: the failed attempts before this one, also those of the plugin."""


def run_with_retries(
    test: unittest.TestCase,
    case: Case,
    run: Callable[[Any], Any],
    result: Any,
    browsers: Callable[[], list[Any]],
) -> None:
    """Run a test until it passes or may not be retried, and write its outcome.

    Only the last attempt reaches `result`. Each attempt starts with the original attributes of
    the test case.
    """
    allowed = 0 if PLUGIN_STATE.handles_retries else retries_allowed(os.environ)
    earlier: Sequence[FailedAttempt] = test.__dict__.get(EARLIER_ATTEMPTS, ())
    deferred = DeferredResult(result)
    attributes = dict(test.__dict__)
    for retries_left in reversed(range(allowed + 1)):
        test.__dict__.clear()
        test.__dict__.update(attributes)
        test.__dict__[EARLIER_ATTEMPTS] = earlier
        attempt = AttemptRecord.start(case, os.environ, browsers(), earlier)
        deferred.start_attempt(attempt, last=not retries_left)
        try:
            run(RecordingResult(deferred, test, attempt))
        except BaseException as error:
            # KeyboardInterrupt, or pytest's request to exit: this test was running.
            attempt.record_exception(error, test.failureException)
            deferred.flush()
            raise
        finally:
            attempt.write_report()
        stopped = getattr(result, "shouldStop", False)
        if not retries_left or not attempt.is_retryable() or stopped:
            break
        earlier = attempt.failed_attempts()
        print_message(retry_message(case.id, earlier, allowed))
    deferred.flush()


def print_message(line: str) -> None:
    """Print a line that no runner captures, below the dots of the tests before."""
    stream = sys.__stderr__ or sys.stderr
    stream.write(f"\n{line}\n")
    stream.flush()
