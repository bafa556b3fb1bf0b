"""Attempts of one test that are test cases of their own."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rehearsal.results.junit.cases import Case, Outcome
from rehearsal.results.tests import Failure


def fold_attempts(cases: Sequence[Case]) -> list[Case]:
    """Make one case of a failed one and those of its name that follow.

    If the last one passed, the test is flaky. Its failure is the first one.
    """
    return _fold(cases, _folded)


def fold_reruns_of_pytest(cases: Sequence[Case]) -> list[Case]:
    """Make one case of each test that pytest-rerunfailures ran again.

    It writes each attempt that failed as a case that passed. Without it, pytest writes one case
    for each test.
    """
    return _fold(cases, _without_reruns)


def _fold(cases: Sequence[Case], fold: Callable[[list[Case]], list[Case]]) -> list[Case]:
    keys = [each.key for each in cases if each.key]
    if len(set(keys)) == len(keys):
        # Most reports name each test once.
        return list(cases)
    groups: dict[object, list[Case]] = {}
    for number, case in enumerate(cases):
        groups.setdefault(case.key or number, []).append(case)
    return [each for group in groups.values() for each in fold(group)]


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
