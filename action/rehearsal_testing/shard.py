"""One part of a suite among several that hold each test once between them."""

import hashlib
import heapq
import re
from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, kw_only=True)
class Division:
    """Where each test belongs: a matter of its own name, and of what is recorded for all shards.

    Which other tests there are is not asked, since one that exists in a single shard would move
    others: some would run twice, some nowhere.
    """

    count: int
    recorded: Mapping[str, int]

    @classmethod
    def of(cls, seconds: Mapping[str, float], count: int) -> "Division":
        """Balance `count` shards by the recorded `seconds` of tests, run or not.

        The longest goes first, each to where the least is.
        """
        loads = [(0.0, 0, number) for number in range(1, count + 1)]
        recorded: dict[str, int] = {}
        for name in sorted(seconds, key=lambda name: (-seconds[name], name)):
            load, held, number = loads[0]
            recorded[name] = number
            heapq.heapreplace(loads, (load + seconds[name], held + 1, number))
        return cls(count=count, recorded=recorded)

    def number_of(self, test: str, *aliases: str) -> int:
        """Return the shard, from 1 on, of a test by its name, and by others that it may go by.

        The first that is recorded counts; without any the test goes by a hash of its name.
        """
        for name in (test, *aliases):
            if name in self.recorded:
                return self.recorded[name]
        digest = hashlib.sha256(test.encode(errors="backslashreplace")).digest()
        return int.from_bytes(digest[:8]) % self.count + 1
