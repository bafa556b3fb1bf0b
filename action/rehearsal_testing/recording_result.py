"""Stand between a test and its result, and see each failure at the moment it happens."""

import sys
import unittest
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeAlias

from rehearsal_testing.attempt_record import Recording, without_trimmings

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
# On an error that stands in a recording already, for the pytest plugin, which sees it too.
_RECORDED = "_rehearsal_recorded"


class Recorder:
    """A result that hands everything on to the real one, after having looked at it.

    unittest, Django and pytest each bring a result class of their own, and all are told of an
    error at once, while the browsers still show what went wrong. Anything not named here,
    `addSubTest` of a result that has none included, is the real result's own affair.
    """

    def __init__(self, result: Any, test: unittest.TestCase, recording: Recording) -> None:
        self._result = result
        self._test = test
        self._recording = recording

    def __getattr__(self, name: str) -> Any:
        handed_on = getattr(self._result, name)
        look = _LOOKS.get(name)
        if look is None:
            return handed_on

        def first_look(*args: Any, **kwargs: Any) -> Any:
            look(self, *args, **kwargs)
            return handed_on(*args, **kwargs)

        return first_look

    def saw_error(self, error: BaseException) -> None:
        """Take in what ended the test."""
        record(self._recording, error, failure=self._test.failureException)

    def _add_error(self, _test: object, err: ExcInfo) -> None:
        if err[1] is not None:
            self.saw_error(err[1])

    def _add_sub_test(self, _test: object, _subtest: object, err: ExcInfo | None) -> None:
        if err is not None:
            self._add_error(_test, err)

    def _add_skip(self, test: object, reason: str) -> None:
        # A sub-test may be skipped too: the test around it goes on.
        if test is self._test:
            self._recording.skipped = reason

    def _add_unexpected_success(self, _test: object) -> None:
        self._recording.add_failure(
            "UnexpectedSuccess", "It passed, and was marked as an expected failure."
        )


def record(
    recording: Recording, error: BaseException, *, failure: type[BaseException] = AssertionError
) -> None:
    """Take in an error, or a skip, which arrives as one; the error says then where evidence is."""
    if _is_skip(error):
        recording.skipped = str(error)
        return
    without_trimmings(error)
    if told := recording.keep_evidence():
        error.add_note(told)
    recording.add(error, failed=isinstance(error, failure))
    setattr(error, _RECORDED, True)


def is_recorded(error: BaseException) -> bool:
    """Whether a test case has taken this very error in."""
    return getattr(error, _RECORDED, False)


_LOOKS: dict[str, Callable[..., None]] = {
    "addError": Recorder._add_error,  # noqa: SLF001
    "addFailure": Recorder._add_error,  # noqa: SLF001
    "addSubTest": Recorder._add_sub_test,  # noqa: SLF001
    "addSkip": Recorder._add_skip,  # noqa: SLF001
    "addUnexpectedSuccess": Recorder._add_unexpected_success,  # noqa: SLF001
}


def _is_skip(error: BaseException) -> bool:
    # pytest.skip() inside a unittest test case arrives as an error.
    pytest = sys.modules.get("pytest")
    return isinstance(error, unittest.SkipTest) or (
        pytest is not None and isinstance(error, pytest.skip.Exception)
    )
