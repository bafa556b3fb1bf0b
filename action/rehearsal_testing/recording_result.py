"""A TestResult proxy that records each failure at the moment it happens."""

import unittest
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeAlias

from rehearsal_testing.attempt_record import AttemptRecord

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class RecordingResult:
    """TestResult proxy that records an event, then passes it on to the real result.

    unittest, Django and pytest each have their own result class. Each hears of an error at once,
    while the browsers still show it. Everything else comes from the real result: if that one has
    no `addSubTest`, this one has none either.
    """

    def __init__(self, result: Any, test: unittest.TestCase, attempt: AttemptRecord) -> None:
        self._result = result
        self._test = test
        self._attempt = attempt

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._result, name)
        observe = _OBSERVERS.get(name)
        if observe is None:
            return real

        def observe_and_pass_on(*args: Any, **kwargs: Any) -> Any:
            observe(self, *args, **kwargs)
            return real(*args, **kwargs)

        return observe_and_pass_on

    def _add_error(self, _test: object, err: ExcInfo) -> None:
        if err[1] is not None:
            self._attempt.record_exception(err[1], self._test.failureException)

    def _add_sub_test(self, _test: object, _subtest: object, err: ExcInfo | None) -> None:
        if err is not None:
            self._add_error(_test, err)

    def _add_skip(self, test: object, reason: str) -> None:
        # A skipped sub-test arrives here too, and the test around it goes on.
        if test is self._test:
            self._attempt.skipped = reason

    def _add_unexpected_success(self, _test: object) -> None:
        self._attempt.add_unexpected_success("It passed, and was marked as an expected failure.")


_OBSERVERS: dict[str, Callable[..., None]] = {
    "addError": RecordingResult._add_error,  # noqa: SLF001
    "addFailure": RecordingResult._add_error,  # noqa: SLF001
    "addSubTest": RecordingResult._add_sub_test,  # noqa: SLF001
    "addSkip": RecordingResult._add_skip,  # noqa: SLF001
    "addUnexpectedSuccess": RecordingResult._add_unexpected_success,  # noqa: SLF001
}
