"""A shard: one part of a suite, and how its rehearsal ended."""

from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.results.json_fields import Json
from rehearsal.verdict import Verdict

SHARD_PATTERN = regex("^([1-9][0-9]{0,3})/([1-9][0-9]{0,3})$")
WHOLE_SUITE = (1, 1)


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One rehearsal among those that were merged."""

    name: Annotated[str, "The name of its artifact.", Json(verbatim=True)]
    verdict: Annotated[Verdict, "How it ended."]
    shard: Annotated[
        str,
        "Its part of the tests, like 1/4; null when it was all of them.",
        Json(null_if_empty=True, pattern=SHARD_PATTERN.pattern, verbatim=True),
    ] = ""
    browser: Annotated[str, "The BROWSER of its test-env, or empty.", Json(verbatim=True)] = ""
    tests: Annotated[int | None, "How many tests ran; null when that is not known."] = None
    failures: Annotated[int, "How many tests failed."] = 0
    flaky: Annotated[int, "How many tests passed only when they were run again."] = 0
    seconds: Annotated[float, "How long all its stages took.", Json(digits=3)] = 0.0
    page: Annotated[
        str, "The path of its own index.html beside this file, or empty.", Json(verbatim=True)
    ] = ""

    @property
    def title(self) -> str:
        """How reports name it."""
        return shard_title(self.shard, self.browser) or self.name


def shard_title(shard: str, browser: str) -> str:
    """Return how reports name a shard; empty when it has neither a number nor a browser."""
    return " on ".join(filter(None, (shard and f"shard {shard}", browser)))


def parse_shard(shard: str) -> tuple[int, int] | None:
    """Return K and N of `K/N`, (1, 1) for the whole suite, None for anything else."""
    if not shard:
        return WHOLE_SUITE
    match = SHARD_PATTERN.fullmatch(shard)
    if not match or int(match[1]) > int(match[2]):
        return None
    return int(match[1]), int(match[2])
