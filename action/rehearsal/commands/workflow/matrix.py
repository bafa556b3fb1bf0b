"""The jobs of the matrix: every shard of the suite in every browser.

What crosses from job to job are plain numbers. GitHub drops an output of a job in which a line of a
secret occurs: `{`, if the secret is JSON of several lines, or the name of a browser. So each job
works out from the inputs what it has to do.
"""

import json
from collections.abc import Sequence

from rehearsal.config.inputs import Inputs
from rehearsal.config.workflow_inputs import BROWSER_NAME, BROWSER_VARIABLE, MAX_JOBS
from rehearsal.dataclass import dataclass
from rehearsal.redaction.secret import ANY_NAME, parse_variables
from rehearsal.regex import regex
from rehearsal.results.shard import shard_title
from rehearsal.verdict import MisconfiguredError

# How the matrix of rehearsal.yml names a browser of several lines: by its number.
NUMBERED_BROWSER = regex(r"browser ([1-9][0-9]{0,2})")


@dataclass(frozen=True, kw_only=True)
class MatrixJob:
    """One job of the matrix: it rehearses one shard in one browser.

    `shard` is empty when there is only one, `browser` when the caller names none.
    """

    shard_number: int
    shard_count: int
    browser: str

    @property
    def shard(self) -> str:
        return f"{self.shard_number}/{self.shard_count}" if self.shard_count > 1 else ""

    @property
    def title(self) -> str:
        """How reports name it."""
        return shard_title(self.shard, self.browser) or "all tests"

    def outputs(self, artifact_name: str) -> dict[str, str]:
        """Return what the steps of the job need.

        The input `artifact_name` cannot contain a dot, so `ARTIFACT_NAME.*` matches only the
        artifacts of one call of the workflow.
        """
        part = f"{self.shard_number}-of-{self.shard_count}"
        return {
            "shard": self.shard,
            "test-env": f"{BROWSER_VARIABLE}={self.browser}" if self.browser else "",
            "artifact": ".".join(filter(None, (artifact_name, part, self.browser))),
        }


def read_matrix(inputs: Inputs) -> tuple[MatrixJob, ...]:
    """Return the jobs for the inputs `shards` and `browsers`. Raises `MisconfiguredError`."""
    shard_count = inputs.number("shards")
    browsers = _browsers(inputs) or ("",)
    if shard_count * len(browsers) > MAX_JOBS:
        raise inputs.error_for(
            "shards",
            f"at most {MAX_JOBS // len(browsers)} with {len(browsers)} browsers, since GitHub runs "
            f"no more than {MAX_JOBS} jobs of one matrix",
        )
    return tuple(
        MatrixJob(shard_number=number, shard_count=shard_count, browser=browser)
        for browser in browsers
        for number in range(1, shard_count + 1)
    )


def matrix_outputs(jobs: Sequence[MatrixJob]) -> dict[str, str]:
    """Return the numbers of the shards and of the browsers, from which GitHub makes the matrix."""
    browsers = len({job.browser for job in jobs})
    return {"shards": _numbers(jobs[0].shard_count), "browsers": _numbers(browsers)}


def find_job(jobs: Sequence[MatrixJob], shard: str, browser: str) -> MatrixJob:
    """Return the job for the values of the matrix. Raises `MisconfiguredError`.

    `browser` is a name, or `browser N` for the one in the Nth line; where the caller names no
    browser, it can be any text.
    """
    browser = browser.strip()
    names = tuple(dict.fromkeys(job.browser for job in jobs))
    if numbered := NUMBERED_BROWSER.fullmatch(browser):
        index = int(numbered[1]) - 1
        browser = names[index] if index < len(names) else browser
    for job in jobs:
        if str(job.shard_number) == shard and (job.browser in {browser, ""}):
            return job
    raise MisconfiguredError(
        f"The matrix has no shard {shard!r} in the browser {browser!r}.",
        hint="The inputs shards and browsers changed since the job Build ran. Run all jobs again.",
    )


def _numbers(count: int) -> str:
    return ",".join(map(str, range(1, count + 1)))


def _browsers(inputs: Inputs) -> tuple[str, ...]:
    text = inputs.text("browsers")
    listed: object = inputs.lines("browsers")
    if text.startswith("["):
        try:
            listed = json.loads(text)
        except ValueError:
            listed = None
    browsers = tuple(listed) if isinstance(listed, list | tuple) else ()
    valid = all(isinstance(name, str) and BROWSER_NAME.fullmatch(name) for name in browsers)
    if not valid or len(set(browsers)) < len(browsers) or (text.startswith("[") and not browsers):
        raise inputs.error_for(
            "browsers", 'different names, one a line or as JSON, like ["chrome", "firefox"]'
        )
    text = inputs.block("test-env")
    test_env = parse_variables(text, source="test-env", environ={}, names=ANY_NAME)
    if browsers and BROWSER_VARIABLE in test_env:
        raise MisconfiguredError(
            f"Both the input browsers and {BROWSER_VARIABLE} in test-env name the browser.",
            hint=f"Remove one of them: browsers sets {BROWSER_VARIABLE} in each job.",
        )
    return browsers
