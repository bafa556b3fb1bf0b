"""What stands in verdict.json beside the fields of `RehearsalResult` itself."""

from dataclasses import dataclass, replace
from typing import Annotated

from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.json_fields import Json
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure, Results, Span
from rehearsal.verdict import Verdict

# It counts up when a key goes or changes its meaning, and not when one is added.
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class FailedTest:
    """A `Failure` with what of its evidence stands in the document."""

    name: Annotated[str, "The name of the test."]
    message: Annotated[str, "Why it failed, in one line."]
    attempts: Annotated[int, "How often it failed.", Json(minimum=1)] = 1
    file: Annotated[
        str, "Relative to the checkout where it is in there; empty when it is not known."
    ]
    line: Annotated[int, "0 when it is not known."]
    span: Annotated[Span | None, "When it ran; null when that is not known."] = None
    evidence: Annotated[str, "Its folder in the evidence, or empty."]
    frame: Annotated[
        ProjectFrame | None,
        "The project's own line in the last traceback that the app wrote while the test ran.",
    ] = None


@dataclass(frozen=True, kw_only=True)
class Tests:
    """`Results` with the evidence of the failed tests."""

    ran: Annotated[int | None, "How many tests ran; null when that is not known."] = None
    failures: Annotated[int, "How many tests failed."]
    failed: Annotated[tuple[FailedTest, ...], "The tests that failed."] = ()
    flaky: Annotated[
        tuple[FailedTest, ...],
        "The tests that failed and passed when they were run again: how each failed first. They "
        "are no failures.",
    ] = ()
    in_other_shards: Annotated[
        int | None,
        "How many tests were left to the other shards; null when that is not known.",
    ] = None


@dataclass(frozen=True, kw_only=True)
class Format:
    """What every version of the document begins with."""

    version: Annotated[int, "The version of this format.", Json(const=VERSION)]


@dataclass(frozen=True, kw_only=True)
class Derived(Format):
    """What follows from a result, or stands in its parts in another shape."""

    verdict: Annotated[Verdict, "How it ended."]
    exit_code: Annotated[int, "The exit code that belongs to the verdict.", Json(maximum=255)] = 0
    tests: Annotated[Tests | None, "Null when no tests were asked for, or none were started."] = (
        None
    )
    frame: Annotated[
        ProjectFrame | None, "The project's own line in the last traceback of container.log."
    ] = None


def derive(result: RehearsalResult) -> Derived:
    """Return the derived part of the document of a result."""
    results, index = result.results, result.index
    return Derived(
        version=VERSION,
        verdict=result.verdict,
        exit_code=result.verdict.exit_code,
        tests=_tests(results, index) if results else None,
        frame=index.frame,
    )


def restore(result: RehearsalResult, derived: Derived) -> RehearsalResult:
    """Return a result with the tests and the evidence that the derived part of a document holds."""
    tests = derived.tests or Tests(failures=0)
    index = EvidenceIndex(
        tests=tuple(map(_evidence, tests.failed)),
        flaky=tuple(map(_evidence, tests.flaky)),
        frame=_frame(derived.frame),
    )
    results = Results(
        tests=tests.ran,
        failures=tests.failures,
        failed=tuple(each.failure for each in index.tests),
        flaky=tuple(each.failure for each in index.flaky),
        in_other_shards=tests.in_other_shards,
    )
    return replace(result, results=results if derived.tests else None, index=index)


def _tests(results: Results, index: EvidenceIndex) -> Tests:
    return Tests(
        ran=results.tests,
        failures=results.failures,
        failed=tuple(map(_failed_test, index.tests)),
        flaky=tuple(map(_failed_test, index.flaky)),
        in_other_shards=results.in_other_shards,
    )


def _failed_test(evidence: FailedTestEvidence) -> FailedTest:
    failure = evidence.failure
    return FailedTest(
        name=failure.name,
        message=failure.message,
        attempts=failure.attempts,
        file=evidence.file or failure.file,
        line=failure.line,
        span=failure.span,
        evidence=evidence.folder,
        frame=evidence.frame,
    )


def _evidence(test: FailedTest) -> FailedTestEvidence:
    failure = Failure(
        name=test.name,
        message=test.message,
        file=test.file,
        line=test.line,
        evidence=test.evidence,
        span=test.span,
        attempts=test.attempts,
    )
    frame = _frame(test.frame)
    return FailedTestEvidence(failure=failure, file=test.file, folder=test.evidence, frame=frame)


def _frame(frame: ProjectFrame | None) -> ProjectFrame | None:
    """Return a frame with its error as its traceback, which is not in the document."""
    return frame and replace(frame, text=frame.error)
