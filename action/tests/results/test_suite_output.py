import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.results.suite_output import UNNAMED, read_output
from rehearsal.results.tests import Failure, SuiteResults

COUNTS = st.integers(min_value=0, max_value=5000)
# A clock's reading, as both runners print it.
SECONDS = st.floats(min_value=0, max_value=9999).map(lambda seconds: f"{seconds:.3f}")


@pytest.mark.parametrize(
    "text, code, expected",
    [
        pytest.param("", 0, SuiteResults(), id="nothing said"),
        pytest.param("all good\n", 0, SuiteResults(), id="unknown runner"),
        pytest.param("all bad\n", 1, SuiteResults(), id="unknown runner failed"),
        pytest.param("Ran 1 test in 0.1s\n\nOK\n", 0, SuiteResults(test_count=1), id="unittest"),
        pytest.param(
            "Ran 0 tests in 0.000s\n\nOK", 0, SuiteResults(test_count=0), id="unittest, none"
        ),
        pytest.param(
            "Ran 0 tests in 0.000s\n\nNO TESTS RAN",
            5,
            SuiteResults(test_count=0),
            id="unittest 3.12, none",
        ),
        pytest.param(
            "Ran 0 tests in 0.001s\n\nFAILED (errors=1)",
            1,
            SuiteResults(test_count=0, failure_count=1),
            id="unittest, setUpClass failed",
        ),
        pytest.param(
            "Ran 5 tests in 2.1s\n\nFAILED (failures=1, errors=2, skipped=1)",
            1,
            SuiteResults(test_count=4, failure_count=3),
            id="unittest, all kinds",
        ),
        pytest.param(
            "Ran 2 tests in 0.1s\n\nOK (skipped=2)",
            0,
            SuiteResults(test_count=0),
            id="unittest, all skipped",
        ),
        pytest.param(
            "Ran 9 tests in 0.1s\n\nFAILED (failures=9)\nagain\nRan 2 tests in 0.1s\n\nOK\n",
            0,
            SuiteResults(test_count=2),
            id="unittest, the last counts",
        ),
        pytest.param("===== 3 passed in 0.12s =====", 0, SuiteResults(test_count=3), id="pytest"),
        pytest.param("3 passed in 0.12s", 0, SuiteResults(test_count=3), id="pytest -q"),
        pytest.param(
            "== 1 failed, 2 passed, 3 skipped, 1 error, 4 warnings in 61.00s (0:01:01) ==",
            1,
            SuiteResults(test_count=4, failure_count=2),
            id="pytest, all kinds",
        ),
        pytest.param(
            "== 2 errors in 0.1s ==",
            2,
            SuiteResults(test_count=2, failure_count=2),
            id="pytest, errors",
        ),
        pytest.param(
            "== no tests ran in 0.01s ==", 5, SuiteResults(test_count=0), id="pytest, none"
        ),
        pytest.param("", 5, SuiteResults(test_count=0), id="pytest -qq, none"),
        pytest.param(
            "= 2 skipped in 0.1s =", 0, SuiteResults(test_count=0), id="pytest, all skipped"
        ),
        pytest.param(
            "= 3 deselected in 0.1s =",
            5,
            SuiteResults(test_count=0, in_other_shards=3),
            id="pytest, deselected",
        ),
        pytest.param(
            "= 1 passed, 2 subtests passed in 0.1s =",
            0,
            SuiteResults(test_count=1),
            id="pytest, subtests",
        ),
        pytest.param(
            "= 1 passed in 90061.00s (1 day, 1:01:01) =",
            0,
            SuiteResults(test_count=1),
            id="pytest, days",
        ),
        pytest.param(
            "\x1b[32m== \x1b[32m\x1b[1m2 passed\x1b[0m\x1b[32m in 0.10s\x1b[0m\x1b[32m ==\x1b[0m",
            0,
            SuiteResults(test_count=2),
            id="pytest in colour",
        ),
        pytest.param(
            "= 2 passed, 7 deselected in 0.1s =",
            0,
            SuiteResults(test_count=2, in_other_shards=7),
            id="pytest, the others deselected",
        ),
        pytest.param("it had passed in 3s\n", 0, SuiteResults(), id="a sentence"),
    ],
)
def test_read_output__counts(text: str, code: int, expected: SuiteResults) -> None:
    assert read_output(text, code) == expected


@given(ran=COUNTS, failures=COUNTS, errors=COUNTS, seconds=SECONDS, noise=st.text(max_size=30))
def test_read_output__round_trip_of_unittest(
    ran: int, failures: int, errors: int, seconds: str, noise: str
) -> None:
    parts = [f"{word}={n}" for word, n in (("failures", failures), ("errors", errors)) if n]
    closing = f"FAILED ({', '.join(parts)})" if parts else "OK"
    text = f"{noise}\nRan {ran} test{'' if ran == 1 else 's'} in {seconds}s\n\n{closing}\n"
    assert read_output(text, 1) == SuiteResults(test_count=ran, failure_count=failures + errors)


@given(counts=st.dictionaries(
    st.sampled_from(["failed", "passed", "skipped", "xfailed", "xpassed", "warnings", "errors"]),
    COUNTS.filter(bool), min_size=1,
), seconds=SECONDS, bar=st.integers(min_value=0, max_value=30))  # fmt: skip
def test_read_output__round_trip_of_pytest(counts: dict[str, int], seconds: str, bar: int) -> None:
    line = ", ".join(f"{n} {word}" for word, n in counts.items()) + f" in {seconds}s"
    framed = f"{'=' * bar} {line} {'=' * bar}" if bar else line
    failures = counts.get("failed", 0) + counts.get("errors", 0)
    ran = failures + sum(counts.get(word, 0) for word in ("passed", "xfailed", "xpassed"))
    assert read_output(f"noise\n{framed}\n", 1) == SuiteResults(
        test_count=ran, failure_count=failures
    )


@given(text=st.text(), code=st.integers(min_value=-15, max_value=255))
def test_read_output__any_text_is_read(text: str, code: int) -> None:
    results = read_output(text, code)
    assert results.failed == ()
    assert results.failure_count >= 0


@pytest.mark.parametrize(
    "flood", ["=" * 60_000, "1 a" * 20_000, "\n" * 60_000, "1 passed, " * 6_000],
    ids=["bars", "words", "blank lines", "counts"],
)  # fmt: skip
def test_read_output__a_flood_is_read_in_no_time(flood: str) -> None:
    assert read_output(flood + "!", 0) == SuiteResults()


@pytest.mark.parametrize(
    "line, name",
    [
        ("RERUN functional_tests/test_a.py::T::test_x", "functional_tests/test_a.py::T::test_x"),
        ("RERUN test_a.py::test_x[a b - c] - AssertionError: no", "test_a.py::test_x[a b"),
        ("test_a.py::test_x RERUN                       [ 50%]", "test_a.py::test_x"),
        ("[gw0] [ 50%] RERUN test_a.py::test_x", "test_a.py::test_x"),
    ],
    ids=["-rR", "-rR with its error", "-v", "side by side"],
)
def test_read_output__names_what_pytest_ran_again(line: str, name: str) -> None:
    text = f"{line}\n{line}\n=== 1 passed, 2 rerun in 0.02s ==="
    flaky = Failure(name=name, message="", file=name.partition("::")[0], attempts=2)
    assert read_output(text, 0) == SuiteResults(test_count=1, flaky=(flaky,))


def test_read_output__what_pytest_ran_again_without_its_name() -> None:
    (flaky,) = read_output("= 3 passed, 1 rerun in 0.1s =", 0).flaky
    assert flaky.name == UNNAMED
    assert "-rR" in flaky.message


def test_read_output__where_tests_failed_it_may_be_they_that_ran_again() -> None:
    text = "RERUN t.py::test_x\n= 1 failed, 1 passed, 1 rerun in 0.1s ="
    assert read_output(text, 1) == SuiteResults(test_count=2, failure_count=1)
