"""The moment at which unittest's setUpClass, tearDownClass, setUpModule or tearDownModule fails."""

from __future__ import annotations

from typing import Any

from rehearsal_capture.dotted_names import dotted_name
from rehearsal_capture.evidence import keep
from rehearsal_capture.quiet import Quiet
from rehearsal_capture.selenium_sessions import open_sessions

# unittest then leaves the lines of this module out of tracebacks, as its own.
__unittest = True


def watch(module: Any) -> None:
    """Keep the evidence when a suite is told of such an error; `module` is unittest.suite."""
    suite, skip = module.TestSuite, module.case.SkipTest
    add = suite._addClassOrModuleLevelException  # noqa: SLF001

    def keep_and_add(
        self: Any, result: Any, error: Any, name: Any, *args: Any, **kwargs: Any
    ) -> Any:
        with Quiet():
            if not isinstance(error, skip):
                keep(lambda: dotted_name(name), error, open_sessions)
        return add(self, result, error, name, *args, **kwargs)

    suite._addClassOrModuleLevelException = keep_and_add  # noqa: SLF001
