"""The keys of verdict.json that are no fields of `RehearsalResult`: action/verdict.schema.json."""

from dataclasses import replace
from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.json_fields import Json
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import MAX_TESTS as MAX_LISTED
from rehearsal.results.tests import Failure, ListedTest, Span, SuiteResults
from rehearsal.verdict import Verdict

# Increase it when a key is removed or changes its meaning, not when a key is added.
VERSION = 1
# Nobody reads more, and with ten times as many a file may be too large for its readers.
MAX_TESTS = 1000
# Names as `Evidence` makes them: readers open the folder.
_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
TEST_FOLDER_PATTERN = f"^((shards/{_NAME}/){{0,9}}tests/{_NAME})?$"


@dataclass(frozen=True, kw_only=True)
class FailedTest:
    """A failed test, as verdict.json has it."""

    name: Annotated[str, "The name of the test."]
    message: Annotated[str, "Why it failed, in one line."]
    attempts: Annotated[int, "How often it failed.", Json(minimum=1)] = 1
    file: Annotated[
        str, "Relative to the checkout where it is in there; empty when it is not known."
    ]
    line: Annotated[int, "0 when it is not known."]
    span: Annotated[Span | None, "When it ran; null when that is not known."] = None
    evidence: Annotated[
        str, "Its folder in the evidence, or empty.", Json(pattern=TEST_FOLDER_PATTERN, uncut=True)
    ]
    frame: Annotated[
        ProjectFrame | None,
        "The project's own line in the last traceback that the app wrote while the test ran.",
    ] = None
    rerun: Annotated[
        str,
        "The command that rehearses this test alone on a laptop; only its new flags where no "
        "workflow was read; empty when it is not known.",
        Json(uncut=True),
    ] = ""


@dataclass(frozen=True, kw_only=True)
class Tests:
    """`SuiteResults` with the evidence of the failed tests."""

    ran: Annotated[int | None, "How many tests ran; null when that is not known."] = None
    failures: Annotated[int, "How many tests failed."]
    failed: Annotated[
        tuple[FailedTest, ...], f"The tests that failed, the first {MAX_TESTS} of them at most."
    ] = ()
    failed_left_out: Annotated[int, "How many more failed."] = 0
    flaky: Annotated[
        tuple[FailedTest, ...],
        "The tests that failed and passed when they were run again: how each failed first. They "
        f"are no failures. At most {MAX_TESTS}.",
    ] = ()
    flaky_left_out: Annotated[int, "How many more were flaky."] = 0
    in_other_shards: Annotated[
        int | None,
        "How many tests were left to the other shards; null when that is not known.",
    ] = None
    listed: Annotated[
        tuple[ListedTest, ...],
        "All tests that the reports name, skipped ones too: those that did not pass, then the "
        f"slowest. At most {MAX_LISTED}.",
        Json(maxItems=MAX_LISTED),
    ] = ()


@dataclass(frozen=True, kw_only=True)
class Format:
    """What every version of the document begins with."""

    version: Annotated[int, "The version of this format.", Json(const=VERSION)]


@dataclass(frozen=True, kw_only=True)
class Derived(Format):
    """The keys that are worked out from a result."""

    verdict: Annotated[Verdict, "How it ended."]
    exit_code: Annotated[int, "The exit code that belongs to the verdict.", Json(maximum=255)] = 0
    tests: Annotated[Tests | None, "Null when no tests were asked for, or none were started."] = (
        None
    )
    frame: Annotated[
        ProjectFrame | None,
        "The project's own line in the last traceback of container.log, or the Dockerfile's line "
        "that failed.",
    ] = None


def derive(result: RehearsalResult, max_tests: int = MAX_TESTS) -> Derived:
    """Return the derived part of the document of a result."""
    results, index = result.suite_results, result.index
    return Derived(
        version=VERSION,
        verdict=result.verdict,
        exit_code=result.verdict.exit_code,
        tests=_tests(results, index, max_tests) if results else None,
        frame=index.frame,
    )


def restore(result: RehearsalResult, derived: Derived) -> RehearsalResult:
    """Return a result with the tests and the evidence that the derived part of a document holds."""
    tests = derived.tests or Tests(failures=0)
    index = EvidenceIndex(
        failed=tuple(map(_from_document, tests.failed)),
        flaky=tuple(map(_from_document, tests.flaky)),
        frame=_frame(derived.frame),
    )
    results = SuiteResults(
        test_count=tests.ran,
        failure_count=tests.failures,
        failed=tuple(each.failure for each in index.failed),
        flaky=tuple(each.failure for each in index.flaky),
        in_other_shards=tests.in_other_shards,
        failed_left_out=tests.failed_left_out,
        flaky_left_out=tests.flaky_left_out,
        tests=tests.listed,
    )
    return replace(result, suite_results=results if derived.tests else None, index=index)


def _tests(results: SuiteResults, index: EvidenceIndex, limit: int) -> Tests:
    return Tests(
        ran=results.test_count,
        failures=results.failure_count,
        failed=tuple(map(_to_document, index.failed[:limit])),
        failed_left_out=results.failed_left_out + max(0, len(index.failed) - limit),
        flaky=tuple(map(_to_document, index.flaky[:limit])),
        flaky_left_out=results.flaky_left_out + max(0, len(index.flaky) - limit),
        in_other_shards=results.in_other_shards,
        listed=results.tests,
    )


def _to_document(evidence: FailedTestEvidence) -> FailedTest:
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
        rerun=evidence.rerun,
    )


def _from_document(test: FailedTest) -> FailedTestEvidence:
    failure = Failure(
        name=test.name,
        message=test.message,
        file=test.file,
        line=test.line,
        evidence_name=test.evidence,
        span=test.span,
        attempts=test.attempts,
    )
    return FailedTestEvidence(
        failure=failure,
        file=test.file,
        folder=test.evidence,
        frame=_frame(test.frame),
        rerun=test.rerun,
    )


def _frame(frame: ProjectFrame | None) -> ProjectFrame | None:
    """Return a frame with its error as its traceback, which is not in the document."""
    return frame and replace(frame, text=frame.error)
