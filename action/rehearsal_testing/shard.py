"""Assign each test to exactly one of several shards."""

import hashlib
import heapq
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal_testing.errors import RehearsalSettingsError

VARIABLE = "REHEARSAL_SHARD"


@dataclass(frozen=True, kw_only=True)
class Shard:
    """The shard `number` of `count`; the first has number 1."""

    number: int
    count: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Shard | None":
        """Read REHEARSAL_SHARD; return None if it is not set and all tests run.

        Raises RehearsalSettingsError if it is not K/N with K from 1 to N.
        """
        value = environ.get(VARIABLE, "").strip()
        if not value:
            return None
        match = re.fullmatch("([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", value)
        number, count = map(int, match.groups()) if match else (0, 0)
        if not 0 < number <= count:
            raise RehearsalSettingsError(
                f"{VARIABLE} is {value!r}. Allowed: 1/N to N/N, like 1/4 for the first of four "
                "parts. Without it, all tests run."
            )
        return cls(number=number, count=count)


@dataclass(frozen=True, kw_only=True)
class ShardAssignment:
    """The shard of each test. It depends on the test's name and the recorded durations only.

    Which other tests exist plays no role: a test that exists in one shard alone would move other
    tests, so that some run twice and some never.
    """

    count: int
    recorded: Mapping[str, int]
    """The shard number of each test with a recorded duration."""

    @classmethod
    def balance(cls, seconds: Mapping[str, float], count: int) -> "ShardAssignment":
        """Balance `count` shards by recorded `seconds`, also of tests that do not run.

        The longest test comes first; each goes to the shard with the smallest total.
        """
        # The number of tests decides between equal totals.
        shards = [(0.0, 0, number) for number in range(1, count + 1)]
        recorded: dict[str, int] = {}
        for name in sorted(seconds, key=lambda name: (-seconds[name], name)):
            total, tests, number = shards[0]
            recorded[name] = number
            heapq.heapreplace(shards, (total + seconds[name], tests + 1, number))
        return cls(count=count, recorded=recorded)

    def shard_of(self, test: str, *aliases: str) -> int:
        """Return the number of the shard of a test, which may have further names.

        The first recorded name decides. Without one, a hash of the test's name does.
        """
        for name in (test, *aliases):
            if name in self.recorded:
                return self.recorded[name]
        digest = hashlib.sha256(test.encode(errors="backslashreplace")).digest()
        return int.from_bytes(digest[:8]) % self.count + 1
