"""Stand between a test and its result, and see each failure at the moment it happens."""

import re
import sys
import traceback
import unittest
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeAlias

from selenium.common.exceptions import WebDriverException

from rehearsal_testing.junit import Problem

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
_Here: TypeAlias = Callable[[int, BaseException], None]


class Recorder:
    """A result that hands everything on to the real one, after having looked at it.

    unittest, Django and pytest each bring a result class of their own, and all are told of an
    error at once, while the browsers still show what went wrong. Anything not named here,
    `addSubTest` of a result that has none included, is the real result's own affair.
    """

    def __init__(self, result: Any, test: unittest.TestCase, on_problem: _Here) -> None:
        """`on_problem` is called with the number of the failure in this test, and the error."""
        self._result = result
        self._test = test
        self._on_problem = on_problem
        self.problems: list[Problem] = []
        self.skipped: str | None = None

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
        if _is_skip(error):
            self.skipped = str(error)
            return
        if isinstance(error, WebDriverException):
            # The driver's own stack: addresses inside Chrome, which tell a web developer nothing.
            error.stacktrace = None
        self._on_problem(len(self.problems) + 1, error)
        failed = isinstance(error, self._test.failureException)
        self.problems.append(
            Problem(
                kind="failure" if failed else "error",
                type=_type_name(error),
                message=_message(error),
                traceback="".join(traceback.format_exception(error)),
            )
        )

    def _add_error(self, _test: object, err: ExcInfo) -> None:
        if err[1] is not None:
            self.saw_error(err[1])

    def _add_sub_test(self, _test: object, _subtest: object, err: ExcInfo | None) -> None:
        if err is not None:
            self._add_error(_test, err)

    def _add_skip(self, test: object, reason: str) -> None:
        # A sub-test may be skipped too: the test around it goes on.
        if test is self._test:
            self.skipped = reason

    def _add_unexpected_success(self, _test: object) -> None:
        message = "It passed, and was marked as an expected failure."
        self.problems.append(
            Problem(kind="failure", type="UnexpectedSuccess", message=message, traceback=message)
        )


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


def _message(error: BaseException) -> str:
    """Return what `error` says, without what Selenium adds to each of its messages."""
    return re.split(r"\n +\(Session info|; For documentation on this error", str(error))[0].strip()


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
