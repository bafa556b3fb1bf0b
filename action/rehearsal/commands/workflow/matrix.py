"""The legs of the matrix: every shard of the suite, in every browser."""

import json
import re
from dataclasses import dataclass

from rehearsal.config.inputs import Inputs
from rehearsal.redaction.secret import parse_variables
from rehearsal.results.shard import titled
from rehearsal.verdict import Misconfigured

# A matrix of GitHub's makes at most so many jobs in a run.
MOST = 256
# They become part of an artifact's name.
BROWSER = re.compile(r"[A-Za-z0-9_-]{1,40}")
# What the tests are told the browser by.
VARIABLE = "BROWSER"


@dataclass(frozen=True, kw_only=True)
class MatrixJob:
    """One rehearsal of several; `shard` and `browser` may be empty."""

    number: int
    count: int
    browser: str

    @property
    def shard(self) -> str:
        return f"{self.number}/{self.count}" if self.count > 1 else ""

    def entry(self, artifact: str) -> dict[str, str]:
        """Return the leg as an entry of the matrix; `artifact` is what all their names begin with.

        A dot stands in no such beginning: `artifact.*` are the legs of one call and of no other.
        """
        place = f"{self.number}-of-{self.count}"
        return {
            "title": titled(self.shard, self.browser) or "all tests",
            "shard": self.shard,
            "test-env": f"{VARIABLE}={self.browser}" if self.browser else "",
            "artifact": ".".join(filter(None, (artifact, place, self.browser))),
        }


def read_matrix(inputs: Inputs) -> tuple[MatrixJob, ...]:
    """Return the legs that `shards` and `browsers` ask for. Raises `Misconfigured`."""
    count = inputs.number("shards", 1, MOST)
    browsers = _browsers(inputs) or ("",)
    if count * len(browsers) > MOST:
        raise inputs.wrong(
            "shards",
            f"at most {MOST // len(browsers)} with {len(browsers)} browsers, since GitHub runs no "
            f"more than {MOST} jobs of one matrix",
        )
    return tuple(
        MatrixJob(number=number, count=count, browser=browser)
        for browser in browsers
        for number in range(1, count + 1)
    )


def _browsers(inputs: Inputs) -> tuple[str, ...]:
    text = inputs.text("browsers")
    listed: object = inputs.lines("browsers")
    if text.startswith("["):
        try:
            listed = json.loads(text)
        except ValueError:
            listed = None
    browsers = tuple(listed) if isinstance(listed, list | tuple) else ()
    valid = all(isinstance(each, str) and BROWSER.fullmatch(each) for each in browsers)
    if not valid or len(set(browsers)) < len(browsers) or (text.startswith("[") and not browsers):
        raise inputs.wrong(
            "browsers", 'different names, one a line or as JSON, like ["chrome", "firefox"]'
        )
    given = parse_variables(inputs.block("test-env"), source="test-env", environ={})
    if browsers and VARIABLE in given:
        raise Misconfigured(
            f"The input browsers and {VARIABLE} in test-env say the same thing twice.",
            hint=f"Keep browsers, which sets {VARIABLE} in each leg, or {VARIABLE} alone.",
        )
    return browsers
