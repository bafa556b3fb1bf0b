"""Failed tests of one cause: the app raised the same exception at the same place."""

from collections.abc import Iterable

from rehearsal.results.evidence_index import FailedTestEvidence


def first_of_cause(tests: Iterable[FailedTestEvidence]) -> list[FailedTestEvidence | None]:
    """Return for each test the first one before it with the same cause, `None` if there is none."""
    first: dict[tuple[str, int, str], FailedTestEvidence] = {}
    found: list[FailedTestEvidence | None] = []
    for test in tests:
        if frame := test.frame:
            cause = (frame.file, frame.line, frame.error)
            found.append(first.get(cause))
            first.setdefault(cause, test)
        else:
            found.append(None)
    return found


def one_of_each_cause(tests: Iterable[FailedTestEvidence]) -> list[FailedTestEvidence]:
    """Return the tests without those that failed of the same cause as one before."""
    tests = list(tests)
    return [test for test, first in zip(tests, first_of_cause(tests), strict=True) if not first]
