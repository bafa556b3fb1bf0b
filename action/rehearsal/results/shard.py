"""A shard of a suite: which part of it, and how its rehearsal ended."""

import re
from dataclasses import dataclass

from rehearsal.verdict import Verdict

NUMBERS = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})\Z")
WHOLE = (1, 1)


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One rehearsal among those that were merged.

    `name` is its artifact's, `shard` its part of the suite (empty: all of it), `browser` what its
    tests were told to take, `tests` how many ran (None: unknown), `seconds` what its stages took,
    `page` where its own report lies in the merged evidence; what is not known is empty.
    """

    name: str
    verdict: Verdict
    shard: str = ""
    browser: str = ""
    tests: int | None = None
    failures: int = 0
    flaky: int = 0
    seconds: float = 0.0
    page: str = ""

    @property
    def title(self) -> str:
        """What people call it."""
        return titled(self.shard, self.browser) or self.name


def titled(shard: str, browser: str) -> str:
    """Return what people call a shard, empty where there is nothing to tell it by."""
    return " on ".join(filter(None, (shard and f"shard {shard}", browser)))


def numbers(shard: str) -> tuple[int, int] | None:
    """Return K and N of `K/N`, 1 and 1 of the whole, None of what is neither."""
    if not shard:
        return WHOLE
    match = NUMBERS.match(shard)
    if not match or int(match[1]) > int(match[2]):
        return None
    return int(match[1]), int(match[2])
