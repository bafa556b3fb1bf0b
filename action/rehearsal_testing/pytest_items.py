"""What pytest has collected, in the words of an outcome."""

from pathlib import Path

import pytest

from rehearsal_testing.attempt_record import seen_from_here
from rehearsal_testing.dotted_names import dotted
from rehearsal_testing.junit import Case
from rehearsal_testing.testcase import BrowserTestCase


def case_of(item: pytest.Item) -> Case:
    """Name a test as `BrowserTestCase` names its own: by module and class."""
    path, line, _ = item.reportinfo()
    return Case(
        classname=_owner(item),
        name=item.name,
        file=seen_from_here(Path(path)),
        line=0 if line is None else line + 1,
    )


def leaves_its_own_outcome(item: pytest.Item) -> bool:
    """Whether the test records itself when it is called."""
    cls = getattr(item, "cls", None)
    return isinstance(cls, type) and issubclass(cls, BrowserTestCase)


def unreadable(collector: pytest.Collector) -> Case:
    """Name what could not be collected."""
    return Case(
        classname=dotted(collector.nodeid) or "pytest",
        name="collection",
        file=seen_from_here(collector.path),
        line=0,
    )


def _owner(item: pytest.Item) -> str:
    cls, module = getattr(item, "cls", None), getattr(item, "module", None)
    if isinstance(cls, type):
        # A class that was imported for its tests is collected once a module.
        home = cls.__module__ if module is None or leaves_its_own_outcome(item) else module.__name__
        return f"{home}.{cls.__qualname__}"
    if module is not None:
        return str(module.__name__)
    return dotted(item.nodeid.rpartition("::")[0]) or "pytest"
