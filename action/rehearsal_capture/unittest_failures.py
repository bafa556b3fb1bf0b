"""The moment at which a test of unittest fails, while its browsers are still open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rehearsal_capture.dotted_names import dotted_name
from rehearsal_capture.evidence import keep
from rehearsal_capture.quiet import Quiet
from rehearsal_capture.selenium_sessions import (
    end_test,
    has_left_trace,
    open_sessions,
    start_test,
)

# unittest then leaves the lines of this module out of tracebacks, as its own.
__unittest = True


def watch(module: Any) -> None:
    """Keep the evidence of each part of a test that raises; `module` is unittest.case."""
    outcome, sub_test = module._Outcome, module._SubTest  # noqa: SLF001
    not_failures = (module.SkipTest, module._ShouldStop, KeyboardInterrupt)  # noqa: SLF001
    run_part = outcome.testPartExecutor

    @contextmanager
    def run_part_and_keep(self: Any, test: Any, *args: Any, **kwargs: Any) -> Iterator[None]:
        with run_part(self, test, *args, **kwargs):
            try:
                yield
            except not_failures:
                raise
            except BaseException as error:
                with Quiet():
                    if not self.expecting_failure:
                        whole = test.test_case if isinstance(test, sub_test) else test
                        keep(lambda: _name(whole), error, open_sessions)
                raise

    run = module.TestCase.run

    def run_and_keep(self: Any, *args: Any, **kwargs: Any) -> Any:
        with Quiet():
            # pytest has started its test already. But a class may run its test again itself.
            if not _pytest_name() or has_left_trace():
                start_test(lambda: _name(self))
        try:
            return run(self, *args, **kwargs)
        finally:
            with Quiet():
                if not _pytest_name():
                    end_test(lambda: _name(self))

    module.TestCase.run = run_and_keep
    outcome.testPartExecutor = run_part_and_keep


def _pytest_name() -> str:
    """Return the name of the test that pytest runs: "tests/test_a.py::ATest::test_b"; else ""."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]


def _name(test: Any) -> str:
    """Return the name under which the test is reported."""
    if node := _pytest_name():
        return dotted_name(node)
    kind = type(test)
    return f"{kind.__module__}.{kind.__qualname__}.{test._testMethodName}"  # noqa: SLF001
