"""Attempts of one test that are test cases of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rehearsal.results.junit.cases import Case, Outcome
from rehearsal.results.tests import Failure


def fold_attempts(cases: Sequence[Case]) -> list[Case]:
    """Make one case of a failed one and those of its name that follow.

    If the last one passed, the test is flaky. Its failure is the first one.
    """
    return [each for group in _groups(cases) for each in _folded(group)]


def fold_reruns_of_pytest(cases: Sequence[Case]) -> list[Case]:
    """Make one case of each test that pytest-rerunfailures ran again.

    It writes each attempt that failed as a case that passed. Without it, pytest writes one case
    for each test.
    """
    return [each for group in _groups(cases) for each in _without_reruns(group)]


def _groups(cases: Iterable[Case]) -> Iterable[list[Case]]:
    groups: dict[object, list[Case]] = {}
    for number, case in enumerate(cases):
        groups.setdefault(case.key or number, []).append(case)
    return groups.values()


def _folded(group: list[Case]) -> list[Case]:
    first = next((n for n, each in enumerate(group) if each.outcome is Outcome.FAILED), None)
    if first is None:
        return group
    attempts = [each for each in group[first:] if each.outcome is not Outcome.SKIPPED]
    failures = [
        each.failure for each in attempts if each.outcome is Outcome.FAILED and each.failure
    ]
    failure = replace(failures[0], attempts=sum(each.attempts for each in failures))
    return [*group[:first], replace(attempts[-1], failure=failure)]


def _without_reruns(group: list[Case]) -> list[Case]:
    *attempts, last = group
    if not attempts or not last.is_of_pytest or any(each.failure for each in attempts):
        return group
    failure = last.failure
    if failure:
        failure = replace(failure, attempts=failure.attempts + len(attempts))
    elif last.outcome is Outcome.PASSED:
        failure = Failure(name=last.key[-1], message="", attempts=len(attempts))
    return [replace(last, failure=failure)]
