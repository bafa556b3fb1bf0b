"""Which test cases there are, and which of them this shard runs."""

import os
import sys
import unittest
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal_testing import junit
from rehearsal_testing.durations import read_durations
from rehearsal_testing.junit import Case
from rehearsal_testing.runner import RUNNER
from rehearsal_testing.shard import Shard, partition


@dataclass(kw_only=True)
class Roster:
    """Every test case of this process, entered when it is made; the pytest plugin does without.

    unittest and Django make all before they run any, so that the first one to be asked about
    closes the list, and the shards are cut. One that comes later goes by its name's hash alone:
    it comes later in every shard.
    """

    _entered: dict[str, Case] = field(default_factory=dict)
    _held: dict[str, bool] | None = None
    _left: Counter[str] = field(default_factory=Counter)

    def enter(self, case: Case) -> None:
        """Note that a test exists."""
        self._entered.setdefault(case.id, case)

    def settle(self, case: Case, *, held: bool) -> None:
        """Take over what another process has decided."""
        self._entered.setdefault(case.id, case)
        self._held = (self._held or {}) | {case.id: held}

    def holds(self, case: Case) -> bool:
        """Whether a test is to run here. Raises RehearsalSettingsError."""
        shard = Shard.from_environ(os.environ)
        if shard is None or RUNNER.shards:
            return True
        if self._held is None:
            self._held = {} if _is_pytest() else self._cut(shard)
        held = self._held.get(case.id)
        return shard.holds(case.id) if held is None else held

    def needs(self, classname: str) -> bool:
        """Whether any test of a class may run here."""
        cases = [case for case in self._entered.values() if case.classname == classname]
        return _is_pytest() or not cases or any(self.holds(case) for case in cases)

    def leave(self, case: Case, test: unittest.TestCase, result: Any) -> None:
        """Pass over a test that another shard runs; REHEARSAL_JUNIT has how many there are."""
        self._left[case.classname] += 1
        tell_left({case.classname: self._left[case.classname]}, os.environ)
        if _is_pytest():
            # Or it would count as passed.
            result.addSkip(test, "It belongs to another shard.")

    def _cut(self, shard: Shard) -> dict[str, bool]:
        cases = self._entered.values()
        recorded = read_durations(_warn)
        seconds = {
            case.id: recorded[name] for case in cases for name in _names(case) if name in recorded
        }
        shards = partition(self._entered, seconds, shard.count)
        held = {test: number == shard.number for test, number in shards.items()}
        if all(held.values()):
            # Said, too: whoever reads it would else think that nobody has obeyed.
            tell_left({"unittest": 0}, os.environ)
        return held


ROSTER = Roster()
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


def _warn(problem: str) -> None:
    sys.stderr.write(f"{problem}\n")


def _names(case: Case) -> Iterable[str]:
    """Yield what a test may be called among the durations: by pytest, and by us."""
    _, _, classes = case.classname.rpartition(f"{Path(case.file).stem}.")
    yield "::".join([case.file, *classes.split("."), case.name])
    yield case.id


def _is_pytest() -> bool:
    # It makes a test when it is about to run it, so that nobody knows the others; and its plugin
    # xdist runs other tests first in each process.
    return "PYTEST_CURRENT_TEST" in os.environ
