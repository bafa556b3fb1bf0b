"""Record failures of `setUpClass` and `tearDownClass`, and retry `setUpClass`."""

import inspect
import os
import unittest
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rehearsal_testing.attempt_record import AttemptRecord, relative_path
from rehearsal_testing.junit import Case
from rehearsal_testing.plugin_state import PLUGIN_STATE
from rehearsal_testing.retry_loop import print_message
from rehearsal_testing.retry_policy import retries_allowed, retry_message
from rehearsal_testing.shard_filter import SHARD_FILTER

# Set on a class whose tests all run in other shards.
_DESELECTED = "_rehearsal_deselected"


def record_class_fixtures(cls: type[unittest.TestCase]) -> None:
    """Wrap `setUpClass` and `tearDownClass` so that each writes an outcome if it fails.

    A TestResult hears of them only after they have failed, when no test is running.
    """
    for name in ("setUpClass", "tearDownClass"):
        setattr(cls, name, classmethod(_wrapped(cls, name, cls.__dict__.get(name))))


def _wrapped(
    owner: type[unittest.TestCase], name: str, own: Any
) -> Callable[[type[unittest.TestCase]], None]:
    """Wrap the class fixture that `owner` defines itself, or else inherits."""

    def run(cls: type[unittest.TestCase]) -> None:
        fixture = getattr(super(owner, cls), name) if own is None else own.__get__(None, cls)
        if cls is not owner:
            # Called by a subclass, whose own wrapper records the outcome.
            fixture()
            return
        case = Case(classname=f"{cls.__module__}.{cls.__qualname__}", name=name, file="", line=0)
        if name == "setUpClass":
            setattr(cls, _DESELECTED, not SHARD_FILTER.class_has_tests(case.classname, cls))
        if getattr(cls, _DESELECTED, False):
            return
        # To pytest, tearDownClass is a part of the last test.
        attempt = AttemptRecord.start(case, os.environ, keep_steps=name == "tearDownClass")
        attempt.delete_report()
        allowed = 0
        if name == "setUpClass" and not PLUGIN_STATE.handles_retries:
            allowed = retries_allowed(os.environ)
        while not _succeeds(
            fixture, attempt, cls, may_retry=len(attempt.earlier_attempts) < allowed
        ):
            earlier = attempt.failed_attempts()
            attempt = AttemptRecord.start(case, os.environ, earlier_attempts=earlier)
            print_message(retry_message(case.id, earlier, allowed))
            # As unittest does when setUpClass has failed.
            cls.doClassCleanups()

    return run


def _succeeds(
    fixture: Callable[[], None],
    attempt: AttemptRecord,
    cls: type[unittest.TestCase],
    *,
    may_retry: bool,
) -> bool:
    """Run the fixture; return False if it fails and may be retried, else raise its error."""
    try:
        fixture()
    except BaseException as error:
        # Only now, because it takes long to find a class in its file.
        attempt.case = _with_location(attempt.case, cls)
        attempt.record_exception(error)
        attempt.write_report()
        if may_retry and attempt.is_retryable() and isinstance(error, Exception):
            return False
        raise
    if attempt.earlier_attempts:
        attempt.case = _with_location(attempt.case, cls)
        attempt.write_report()
    return True


def _with_location(case: Case, cls: type) -> Case:
    try:
        file, line = inspect.getsourcefile(cls), inspect.getsourcelines(cls)[1]
    except (OSError, TypeError):
        # A class that was made at run time has no source.
        return case
    return replace(case, file=relative_path(Path(file or "")), line=line)
