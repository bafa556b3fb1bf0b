"""What tests attach to the report of pytest-html, as pytest-selenium does with what it captures."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rehearsal_capture.attachments import attach
from rehearsal_capture.dotted_names import dotted_name
from rehearsal_capture.evidence import folder_of
from rehearsal_capture.quiet import Quiet

_PLUGIN = "rehearsal_capture"


def listen(item: Any) -> None:
    """Get each report when all plugins and conftest files have made it what it is.

    So this plugin comes last: what is registered last is around all others.
    """
    with Quiet():
        plugins = item.config.pluginmanager
        if not plugins.has_plugin(_PLUGIN):
            plugins.register(_Plugin(), _PLUGIN)


def _around_all_others(hook: Any) -> Any:
    mark = sys.modules["pluggy"].HookimplMarker("pytest")
    return mark(hookwrapper=True, tryfirst=True)(hook)


class _Plugin:
    @_around_all_others
    def pytest_runtest_makereport(self, item: Any) -> Iterator[None]:
        outcome: Any = yield
        with Quiet():
            _keep(item, outcome.get_result())


def _keep(item: Any, report: Any) -> None:
    if not report.failed:
        return
    # The second name is that of pytest-html 3 and older. Of some versions both have the same.
    found = [*(getattr(report, "extras", None) or ()), *(getattr(report, "extra", None) or ())]
    extras = {id(each): each for each in found if isinstance(each, dict)}
    if extras:
        page = item.config.getoption("htmlpath", None) or ""
        base = Path(os.path.expandvars(page)).expanduser().parent
        attach(folder_of(dotted_name(item.nodeid)), list(extras.values()), base)
