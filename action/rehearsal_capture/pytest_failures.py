"""The moment at which a test of pytest has failed, before its fixtures are torn down."""

from __future__ import annotations

from typing import Any

from rehearsal_capture.dotted_names import dotted_name
from rehearsal_capture.evidence import Browser, keep
from rehearsal_capture.playwright_pages import open_pages
from rehearsal_capture.quiet import Quiet
from rehearsal_capture.selenium_sessions import end_test, open_sessions


def watch(module: Any) -> None:
    """Keep the evidence when pytest reports a phase that raised; `module` is _pytest.reports."""
    report = module.TestReport.from_item_and_call.__func__

    def keep_and_report(cls: Any, item: Any, call: Any) -> Any:
        with Quiet():
            _keep_evidence(item, call)
        return report(cls, item, call)

    module.TestReport.from_item_and_call = classmethod(keep_and_report)


def _keep_evidence(item: Any, call: Any) -> None:
    error = call.excinfo and call.excinfo.value
    if error is not None and not item.get_closest_marker("xfail"):
        keep(lambda: name_of(item), error, lambda: _browsers(item))
    if call.when == "teardown":
        end_test(lambda: name_of(item))


def _browsers(item: Any) -> list[Browser]:
    return [*open_sessions(), *open_pages(getattr(item, "funcargs", None) or {})]


def name_of(item: Any) -> str:
    """Return the dotted name of a test."""
    return dotted_name(item.nodeid)
