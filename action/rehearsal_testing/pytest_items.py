"""Name pytest's tests as those of `BrowserTestCase`, and read what they ask for."""

from contextlib import suppress
from pathlib import Path

import pytest

from rehearsal_capture.dotted_names import dotted_name
from rehearsal_testing.attempt_record import relative_path
from rehearsal_testing.junit import Case
from rehearsal_testing.testcase import BrowserTestCase

SHARED_BROWSER = "shared_browser"
"""The name of the mark, the option and the setting."""


def case_of(item: pytest.Item) -> Case:
    """Return name and location of a test, by module and class as in `BrowserTestCase`."""
    path, line, _ = item.reportinfo()
    return Case(
        classname=_class_or_module(item),
        name=item.name,
        file=relative_path(Path(path)),
        line=0 if line is None else line + 1,
    )


def case_of_collector(collector: pytest.Collector) -> Case:
    """Return name and location of a file, say, whose tests could not be collected."""
    return Case(
        classname=dotted_name(collector.nodeid) or "pytest",
        name="collection",
        file=relative_path(collector.path),
        line=0,
    )


def records_itself(item: pytest.Item) -> bool:
    """Whether the test is a `BrowserTestCase`, which writes its own outcome."""
    cls = getattr(item, "cls", None)
    return isinstance(cls, type) and issubclass(cls, BrowserTestCase)


def _class_or_module(item: pytest.Item) -> str:
    cls, module = getattr(item, "cls", None), getattr(item, "module", None)
    if isinstance(cls, type):
        # pytest collects a class once in each module that imports it.
        home = cls.__module__ if module is None or records_itself(item) else module.__name__
        return f"{home}.{cls.__qualname__}"
    if module is not None:
        return str(module.__name__)
    # Not up to the last "::": a parameter may hold this, too.
    return dotted_name(item.nodeid.removesuffix(f"::{item.name}")) or "pytest"


def shares_browser(item: pytest.Item) -> bool:
    """Whether a test asks for it: the closest mark counts, else the option or the setting."""
    if mark := item.get_closest_marker(SHARED_BROWSER):
        return bool(mark.args[0] if mark.args else mark.kwargs.get("shared", True))
    if item.config.getoption(SHARED_BROWSER, default=False):
        return True
    # A plugin that a conftest.py loads late cannot add settings.
    with suppress(KeyError, ValueError):
        return bool(item.config.getini(SHARED_BROWSER))
    return False
