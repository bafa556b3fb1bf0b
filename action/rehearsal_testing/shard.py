"""One part of a suite among several that hold each test once between them."""

import hashlib
import heapq
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from rehearsal_testing.errors import RehearsalSettingsError

VARIABLE = "REHEARSAL_SHARD"


@dataclass(frozen=True, kw_only=True)
class Shard:
    """The shard `number` of `count`, from 1 on."""

    number: int
    count: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Shard | None":
        """Read REHEARSAL_SHARD; None where it is not set, and all tests are to run.

        Raises RehearsalSettingsError where it is not K/N with K from 1 to N.
        """
        asked = environ.get(VARIABLE, "").strip()
        if not asked:
            return None
        found = re.fullmatch("([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", asked)
        number, count = map(int, found.groups()) if found else (0, 0)
        if not 0 < number <= count:
            raise RehearsalSettingsError(
                f"{VARIABLE} is {asked!r}. Allowed: 1/N to N/N, like 1/4 for the first of four "
                "parts. Without it, all tests run."
            )
        return cls(number=number, count=count)

    def holds(self, test: str) -> bool:
        """Whether a test belongs here, known by nothing but its name."""
        digest = hashlib.sha256(test.encode(errors="backslashreplace")).digest()
        return int.from_bytes(digest[:8]) % self.count == self.number - 1


def partition(tests: Iterable[str], seconds: Mapping[str, float], count: int) -> dict[str, int]:
    """Give each test the number of its shard, from 1 to `count`.

    The longest goes first, each to where the least is; one that nobody has timed counts as the
    median of those that somebody has. In whatever order they come, the shards are the same.
    """
    names = set(tests)
    known = [seconds[name] for name in names if name in seconds]
    usual = median(known) if known else 1.0
    loads = [(0.0, 0, number) for number in range(1, count + 1)]
    shards: dict[str, int] = {}
    for name in sorted(names, key=lambda name: (-seconds.get(name, usual), name)):
        load, held, number = loads[0]
        shards[name] = number
        heapq.heapreplace(loads, (load + seconds.get(name, usual), held + 1, number))
    return shards
