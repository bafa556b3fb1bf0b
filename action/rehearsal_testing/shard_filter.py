"""The part of a suite that this shard runs, where the test cases have to see to it themselves."""

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
from rehearsal_testing.plugin_state import RUNNER
from rehearsal_testing.shard import Division, Shard


@dataclass(kw_only=True)
class Part:
    """What of the tests under unittest, Django, and pytest without the plugin is to run here.

    Each process finds the same: it asks for the name of a test, and for what git has committed.
    """

    _division: Division | None = None
    _here: set[str] = field(default_factory=set)
    _left: Counter[str] = field(default_factory=Counter)

    def enter(self, case: Case) -> None:
        """Note that a test exists. Raises RehearsalSettingsError."""
        if _shard() is None:
            return
        if self.holds(case.id):
            self._here.add(case.classname)
        if case.classname not in self._left:
            # None is told, too: whoever reads it would else think that nobody has obeyed.
            self._leave(case.classname, 0)

    def holds(self, test: str) -> bool:
        """Whether the test of this name is to run here. Raises RehearsalSettingsError."""
        shard = _shard()
        if shard is None:
            return True
        if self._division is None or self._division.count != shard.count:
            self._division = Division.of(read_durations(_warn), shard.count)
        return self._division.number_of(test) == shard.number

    def needs(self, classname: str, cls: type[unittest.TestCase]) -> bool:
        """Whether any test of a class may run here, pytest's that it has not made yet as well."""
        if _shard() is None or classname in self._here:
            return True
        names = unittest.defaultTestLoader.getTestCaseNames(cls)
        return any(self.holds(f"{classname}.{name}") for name in names)

    def leave(self, case: Case, test: unittest.TestCase, result: Any) -> None:
        """Pass over a test that another shard runs; REHEARSAL_JUNIT has how many there are."""
        self._leave(case.classname, 1)
        if "PYTEST_CURRENT_TEST" in os.environ:
            # Or it would count as passed.
            result.addSkip(test, "It belongs to another shard.")

    def _leave(self, classname: str, number: int) -> None:
        self._left[classname] += number
        # The tests of one class are shared out among the workers of xdist.
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        whose = f"{classname}.{worker}" if worker else classname
        tell_left({whose: self._left[classname]}, os.environ)


PART = Part()
"""That of this process; what is forked from it goes by the same one."""


def tell_left(numbers: Mapping[str, int], environ: Mapping[str, str]) -> None:
    """Leave word in REHEARSAL_JUNIT of how many tests of each class other shards run."""
    folder = environ.get("REHEARSAL_JUNIT")
    if not folder:
        return
    try:
        for classname, number in numbers.items():
            junit.write_left(classname, number, Path(folder))
    except OSError as error:
        sys.stderr.write(f"What is left to other shards is not in {folder}: {error}\n")


def _shard() -> Shard | None:
    shard = Shard.from_environ(os.environ)
    return None if RUNNER.shards else shard


def _warn(problem: str) -> None:
    sys.stderr.write(f"{problem}\n")
