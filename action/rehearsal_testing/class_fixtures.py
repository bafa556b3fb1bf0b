"""What a test case class does once for all of its tests, recorded when it fails."""

import inspect
import os
import unittest
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rehearsal_testing.attempt_record import Recording, seen_from_here
from rehearsal_testing.junit import Case
from rehearsal_testing.plugin_state import RUNNER
from rehearsal_testing.recording_result import record
from rehearsal_testing.retry_loop import say
from rehearsal_testing.retry_policy import announcement, retries_allowed
from rehearsal_testing.shard_filter import PART

# Of a class all of whose tests run in other shards.
_LEFT_OUT = "_rehearsal_left_out"


def record_class_steps(cls: type[unittest.TestCase]) -> None:
    """Let `setUpClass` and `tearDownClass` leave an outcome of their own when they fail.

    No result knows of them before they have failed, and no test runs then that could tell.
    """
    for name in ("setUpClass", "tearDownClass"):
        setattr(cls, name, classmethod(_recorded(cls, name, cls.__dict__.get(name))))


def _recorded(
    owner: type[unittest.TestCase], name: str, own: Any
) -> Callable[[type[unittest.TestCase]], None]:
    """Return the step that `owner` defines itself, or else inherits, as one that is recorded."""

    def run(cls: type[unittest.TestCase]) -> None:
        step = getattr(super(owner, cls), name) if own is None else own.__get__(None, cls)
        if cls is not owner:
            # A subclass called its parent's: it is the subclass that records.
            step()
            return
        case = Case(classname=f"{cls.__module__}.{cls.__qualname__}", name=name, file="", line=0)
        if name == "setUpClass":
            setattr(cls, _LEFT_OUT, not PART.needs(case.classname, cls))
        if getattr(cls, _LEFT_OUT, False):
            return
        recording = Recording.begin(case, os.environ)
        recording.forget(os.environ)
        allowed = 0
        if name == "setUpClass" and not RUNNER.retries:
            allowed = retries_allowed(os.environ)
        while not _done(step, recording, cls, may_fail=len(recording.earlier) < allowed):
            recording = Recording.begin(case, os.environ, earlier=recording.given_up())
            say(announcement(case.id, recording.earlier, allowed))
            # As unittest does after a set-up that failed.
            cls.doClassCleanups()

    return run


def _done(
    step: Callable[[], None], recording: Recording, cls: type[unittest.TestCase], *, may_fail: bool
) -> bool:
    """Take a step, and return whether it is done; one that may fail, and does, is not."""
    try:
        step()
    except BaseException as error:
        # Only now: to find a class in its file takes a while.
        recording.case = _placed(recording.case, cls)
        record(recording, error)
        recording.write(os.environ)
        if may_fail and recording.may_mend() and isinstance(error, Exception):
            return False
        raise
    if recording.earlier:
        recording.case = _placed(recording.case, cls)
        recording.write(os.environ)
    return True


def _placed(case: Case, cls: type) -> Case:
    try:
        file, line = inspect.getsourcefile(cls), inspect.getsourcelines(cls)[1]
    except (OSError, TypeError):
        # A class that was made at run time stands nowhere.
        return case
    return replace(case, file=seen_from_here(Path(file or "")), line=line)
