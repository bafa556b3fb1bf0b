"""The results of the functional tests."""

from enum import StrEnum
from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.results.json_fields import Json

# Of one rehearsal that are listed with their times.
MAX_TESTS = 10_000


@dataclass(frozen=True, kw_only=True)
class Span:
    """When a test ran, in seconds since 1970.

    It is `exact` if the test took the times itself. Otherwise it is worked out from the time stamp
    of its suite, as if the tests of the suite ran one after the other.
    """

    start: Annotated[float, "Seconds since 1970."]
    end: Annotated[float, "Seconds since 1970."]
    exact: Annotated[bool, "False: worked out from the report's time stamp and durations."]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A test that failed: `message` says why in one line, `trace` is all that its report says.

    `evidence_name` is the name of its evidence folder. `attempts` counts how often it failed.
    `report` is the path of its report. `attachments` are the paths of files as this report names
    them: depending on the tool, they are relative to the report's folder or to the working
    directory. `output` is what the test printed.
    """

    name: str
    message: str
    file: Annotated[str, Json(verbatim=True)] = ""
    line: int = 0
    trace: str = ""
    evidence_name: Annotated[str, Json(verbatim=True)] = ""
    span: Span | None = None
    attempts: int = 1
    report: Annotated[str, Json(verbatim=True)] = ""
    attachments: Annotated[tuple[str, ...], Json(verbatim=True)] = ()
    output: str = ""


class ListedOutcome(StrEnum):
    """How a test ended; a flaky one failed first and passed when it ran again."""

    PASSED = "passed"
    FAILED = "failed"
    FLAKY = "flaky"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTest:
    """A test, how it ended and how long it took; `seconds` is None where that is not known."""

    name: Annotated[str, "The name of the test."]
    outcome: Annotated[ListedOutcome, "How it ended.", Json(verbatim=True)]
    seconds: Annotated[
        float | None, "How long it took; null when that is not known.", Json(digits=3)
    ] = None


def listed_order(test: ListedTest) -> tuple[bool, float]:
    """Return what sorts tests: those that did not pass first, then the slowest."""
    return test.outcome is ListedOutcome.PASSED, -(test.seconds or 0.0)


@dataclass(frozen=True, kw_only=True)
class SuiteResults:
    """How many tests ran, without skipped tests, and which of them failed.

    `tests` are all tests that the reports name, skipped ones too, at most `MAX_TESTS`: those that
    did not pass, then the slowest. `flaky` are the first failures of tests that passed when they
    ran again. `in_other_shards` counts the tests that were left to other shards. None means that a
    count is not known. `failed_left_out` and `flaky_left_out` count the tests that
    verdict.json did not list.
    """

    test_count: int | None = None
    failure_count: int = 0
    failed: tuple[Failure, ...] = ()
    flaky: tuple[Failure, ...] = ()
    in_other_shards: int | None = None
    failed_left_out: int = 0
    flaky_left_out: int = 0
    tests: tuple[ListedTest, ...] = ()

    @property
    def flaky_count(self) -> int:
        """How many tests passed only when they ran again."""
        return len(self.flaky) + self.flaky_left_out
