"""The attempts at one test case, under any runner that brings a result."""

import os
import sys
import unittest
from collections.abc import Callable, Sequence
from typing import Any

from rehearsal_testing.attempt_record import Recording
from rehearsal_testing.deferred_result import Held
from rehearsal_testing.junit import Case, FailedAttempt
from rehearsal_testing.plugin_state import RUNNER
from rehearsal_testing.recording_result import Recorder
from rehearsal_testing.retry_policy import announcement, retries_allowed

EARLIER = "_rehearsal_earlier"
"""Where a test case finds the attempts that its runner made before this one."""


def attempt(
    test: unittest.TestCase,
    case: Case,
    run: Callable[[Any], Any],
    result: Any,
    browsers: Callable[[], list[Any]],
) -> None:
    """Run a test until it passes or may not run again, and leave its outcome.

    The result hears of the last attempt alone. Each one begins with the test case as it was.
    """
    allowed = 0 if RUNNER.retries else retries_allowed(os.environ)
    earlier: Sequence[FailedAttempt] = test.__dict__.get(EARLIER, ())
    held = Held(result)
    before = dict(test.__dict__)
    for left in reversed(range(allowed + 1)):
        test.__dict__.clear()
        test.__dict__.update(before)
        recording = Recording.begin(case, os.environ, browsers(), earlier)
        held.begin(recording, last=not left)
        recorder = Recorder(held, test, recording)
        try:
            run(recorder)
        except BaseException as error:
            # Ctrl-C, or pytest's way out: it was this test that ran.
            recorder.saw_error(error)
            held.release()
            raise
        finally:
            recording.write(os.environ)
        if not left or not recording.may_mend() or getattr(result, "shouldStop", False):
            break
        earlier = recording.given_up()
        say(announcement(case.id, earlier, allowed))
    held.release()


def say(line: str) -> None:
    """Print a line past whatever keeps what tests print, below the dots of those before."""
    stream = sys.__stderr__ or sys.stderr
    stream.write(f"\n{line}\n")
    stream.flush()
