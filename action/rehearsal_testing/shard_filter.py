"""Select the tests of this shard under unittest, Django, and pytest without the plugin."""

import os
import sys
import unittest
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal_testing import junit
from rehearsal_testing.durations import read_durations
from rehearsal_testing.junit import Case
from rehearsal_testing.plugin_state import PLUGIN_STATE
from rehearsal_testing.shard import Shard, ShardAssignment


@dataclass(kw_only=True)
class ShardFilter:
    """Decides for each test case whether it runs in this shard.

    Every process decides in the same way: by the test's name and `.test_durations`. All methods
    but `skip` raise RehearsalSettingsError if REHEARSAL_SHARD is invalid.
    """

    _assignment: ShardAssignment | None = None
    _classes_here: set[str] = field(default_factory=set)
    _deselected: Counter[str] = field(default_factory=Counter)

    def register(self, case: Case) -> None:
        """Note that a test exists."""
        if _shard() is None:
            return
        if self.selects(case.id):
            self._classes_here.add(case.classname)
        if case.classname not in self._deselected:
            # Also write a count of 0: it shows that the suite uses REHEARSAL_SHARD.
            self._count_deselected(case.classname, 0)

    def selects(self, test: str) -> bool:
        """Whether the test with this name runs in this shard."""
        shard = _shard()
        if shard is None:
            return True
        if self._assignment is None or self._assignment.count != shard.count:
            self._assignment = ShardAssignment.balance(read_durations(_warn), shard.count)
        return self._assignment.shard_of(test) == shard.number

    def class_has_tests(self, classname: str, cls: type[unittest.TestCase]) -> bool:
        """Whether a test of this class runs here; pytest may not have created it yet."""
        if _shard() is None or classname in self._classes_here:
            return True
        names = unittest.defaultTestLoader.getTestCaseNames(cls)
        return any(self.selects(f"{classname}.{name}") for name in names)

    def skip(self, case: Case, test: unittest.TestCase, result: Any) -> None:
        """Leave out a test that runs in another shard, and count it in REHEARSAL_JUNIT."""
        self._count_deselected(case.classname, 1)
        if "PYTEST_CURRENT_TEST" in os.environ:
            # pytest would count it as passed.
            result.addSkip(test, "It belongs to another shard.")

    def _count_deselected(self, classname: str, number: int) -> None:
        self._deselected[classname] += number
        # Several workers of xdist may run the tests of one class.
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        name = f"{classname}.{worker}" if worker else classname
        write_deselected_counts({name: self._deselected[classname]}, os.environ)


SHARD_FILTER = ShardFilter()
"""The one of this process; a forked process inherits it."""


def write_deselected_counts(counts: Mapping[str, int], environ: Mapping[str, str]) -> None:
    """Write into REHEARSAL_JUNIT how many tests of each class run in other shards."""
    folder = environ.get("REHEARSAL_JUNIT")
    if not folder:
        return
    try:
        for name, count in counts.items():
            junit.write_deselected(name, count, Path(folder))
    except OSError as error:
        sys.stderr.write(f"The number of tests in other shards is not in {folder}: {error}\n")


def _shard() -> Shard | None:
    shard = Shard.from_environ(os.environ)
    return None if PLUGIN_STATE.handles_shards else shard


def _warn(problem: str) -> None:
    sys.stderr.write(f"{problem}\n")
