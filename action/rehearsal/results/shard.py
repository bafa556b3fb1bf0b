"""A shard of a suite: which part of it, and how its rehearsal ended."""

import re
from dataclasses import dataclass
from typing import Annotated

from rehearsal.results.json_fields import Json
from rehearsal.verdict import Verdict

NUMBERS = re.compile("^([1-9][0-9]{0,3})/([1-9][0-9]{0,3})$")
WHOLE = (1, 1)


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One rehearsal among those that were merged."""

    name: Annotated[str, "The name of its artifact."]
    verdict: Annotated[Verdict, "How it ended."]
    shard: Annotated[
        str,
        "Its part of the tests, like 1/4; null when it was all of them.",
        Json(null_if_empty=True, pattern=NUMBERS.pattern),
    ] = ""
    browser: Annotated[str, "The BROWSER of its test-env, or empty."] = ""
    tests: Annotated[int | None, "How many tests ran; null when that is not known."] = None
    failures: Annotated[int, "How many tests failed."] = 0
    flaky: Annotated[int, "How many tests passed only when they were run again."] = 0
    seconds: Annotated[float, "How long all its stages took.", Json(digits=3)] = 0.0
    page: Annotated[str, "The path of its own index.html beside this file, or empty."] = ""

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
    match = NUMBERS.fullmatch(shard)
    if not match or int(match[1]) > int(match[2]):
        return None
    return int(match[1]), int(match[2])
