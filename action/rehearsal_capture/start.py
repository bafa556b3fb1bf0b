"""Wait for the modules that tests of browsers import, and watch them from then on.

Every Python of the tests imports this when it starts. So this imports only what each Python has
already: typing and contextlib alone would double the time that it takes to start.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # As typing's, which is not imported for it.
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# With one of these packages a test may open a browser. Nothing is watched in any other Python.
_BROWSERS = ("selenium", "playwright")
# The modules that are watched then, and what watches them. Selenium imports its own when a test
# starts the first browser; by then the runner has to be watched.
_WATCHED = {
    "selenium.webdriver.remote.remote_connection": "rehearsal_capture.selenium_sessions",
    "unittest.case": "rehearsal_capture.unittest_failures",
    "unittest.suite": "rehearsal_capture.unittest_fixtures",
    "_pytest.reports": "rehearsal_capture.pytest_failures",
    "_pytest.runner": "rehearsal_capture.pytest_starts",
}


def start() -> None:
    """Begin, unless there is no folder for evidence or the capture is switched off."""
    is_wanted = (
        os.environ.get("REHEARSAL_EVIDENCE") and os.environ.get("REHEARSAL_CAPTURE") != "off"
    )
    # A second copy on the path would keep the evidence of each failure twice.
    if is_wanted and not any(
        type(each).__name__ == _BrowserFinder.__name__ for each in sys.meta_path
    ):
        sys.meta_path.insert(0, _BrowserFinder())


class _BrowserFinder:
    """Finds no module itself: it watches which modules are imported."""

    def __init__(self) -> None:
        self._is_watching = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any | None:
        try:
            if name in _BROWSERS and not self._is_watching:
                self._is_watching = True
                for module in _WATCHED.keys() & sys.modules.keys():
                    _watch(sys.modules[module])
            elif name in _WATCHED and self._is_watching:
                return self._find_elsewhere(name, path, target)
        except Exception:  # noqa: BLE001, S110  (it costs the evidence alone)
            pass
        return None

    def _find_elsewhere(self, name: str, path: Any, target: Any) -> Any | None:
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find and finder is not self else None
            if spec is not None:
                _after_import(spec, _watch)
                return spec
        return None


def _watch(module: Any) -> None:
    watcher = _WATCHED[module.__name__]
    __import__(watcher)
    sys.modules[watcher].watch(module)


def _after_import(spec: Any, watch: Callable[[Any], None]) -> None:
    """Have `watch` called with the module as soon as it is imported."""
    load = spec.loader.exec_module

    def exec_module(module: Any) -> None:
        load(module)
        try:  # noqa: SIM105  (contextlib is slow to import)
            watch(module)
        except Exception:  # noqa: BLE001, S110  (it costs the evidence alone)
            pass

    spec.loader.exec_module = exec_module
