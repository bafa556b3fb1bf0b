import pytest

from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

# The contract's table: programs rely on these numbers.
EXIT_CODES = {
    "passed": 0,
    "misconfigured": 2,
    "build-failed": 10,
    "crashed": 11,
    "not-ready": 12,
    "tests-failed": 13,
    "no-tests": 14,
    "audit-failed": 15,
    "publish-failed": 16,
    "timed-out": 17,
    "cancelled": 18,
    "setup-failed": 19,
    "engine-failed": 20,
    "error": 70,
}


def test_verdict__has_the_contracts_words_and_exit_codes() -> None:
    assert {str(verdict): verdict.exit_code for verdict in Verdict} == EXIT_CODES


@pytest.mark.parametrize("verdict", Verdict, ids=str)
def test_verdict__only_passed_is_success(verdict: Verdict) -> None:
    assert (verdict.exit_code == 0) is (verdict is Verdict.PASSED)


def test_problem__holds_what_was_found_and_what_to_do() -> None:
    error = RehearsalError(Verdict.CRASHED, "It ended.", hint="Look.", excerpt=("a", "b"))
    assert (error.problem.verdict, error.problem.message, error.problem.hint) == (
        Verdict.CRASHED,
        "It ended.",
        "Look.",
    )
    assert error.problem.excerpt == ("a", "b")
    assert str(error) == "It ended."


def test_misconfigured__is_a_problem_with_that_verdict() -> None:
    error = MisconfiguredError("The input port is wrong.", hint="Correct it.")
    assert error.problem.verdict is Verdict.MISCONFIGURED
    assert error.problem.hint == "Correct it."
