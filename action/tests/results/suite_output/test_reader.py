import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.results.suite_output.closing import MAX_FAILURES, MAX_TEXT
from rehearsal.results.suite_output.pytest_output import UNNAMED
from rehearsal.results.suite_output.reader import OutputReader
from rehearsal.results.tests import Failure, SuiteResults

from .read_output import read_output

COUNTS = st.integers(min_value=0, max_value=5000)
# A clock's reading, as both runners print it.
SECONDS = st.floats(min_value=0, max_value=9999).map(lambda seconds: f"{seconds:.3f}")
RULE = "-" * 70
BAR = "=" * 70


@pytest.mark.parametrize(
    "text, expected",
    [
        pytest.param("", (None, 0), id="nothing said"),
        pytest.param("all good\n", (None, 0), id="unknown runner"),
        pytest.param("Ran 1 test in 0.1s\n\nOK\n", (1, 0), id="unittest"),
        pytest.param("Ran 1 test in 0.1s\r\n\r\nOK\r\n", (1, 0), id="line ends of Windows"),
        pytest.param("50%\r100%\rRan 1 test in 0.1s\n\nOK", (1, 0), id="after a progress bar"),
        pytest.param("..FRan 3 tests in 0.1s\n\nFAILED (failures=1)", (3, 1), id="after its dots"),
        pytest.param("Ran 0 tests in 0.000s\n\nOK", (0, 0), id="unittest, none"),
        pytest.param("Ran 0 tests in 0.000s\n\nNO TESTS RAN", (0, 0), id="unittest 3.12, none"),
        pytest.param(
            "Ran 0 tests in 0.001s\n\nNO TESTS RAN (skipped=1)",
            (0, 0),
            id="unittest, a skipped class",
        ),
        pytest.param(
            "Ran 0 tests in 0.001s\n\nFAILED (errors=1)", (0, 1), id="unittest, setUpClass failed"
        ),
        pytest.param(
            "Ran 5 tests in 2.1s\n\nFAILED (failures=1, errors=2, skipped=1)",
            (4, 3),
            id="unittest, failed",
        ),
        pytest.param(
            "Ran 5 tests in 0.001s\n\nFAILED (failures=1, expected failures=2)",
            (5, 1),
            id="unittest, expected failures",
        ),
        pytest.param(
            "Ran 5 tests in 0.001s\n\nOK (skipped=1, expected failures=2)",
            (4, 0),
            id="unittest, good with expected failures",
        ),
        pytest.param(
            "Ran 9 tests in 0.1s\n\nFAILED (failures=1, errors=2, expected failures=1, "
            "unexpected successes=1)",
            (9, 4),
            id="unittest, all words",
        ),
        pytest.param("Ran 2 tests in 0.1s\n\nOK (skipped=2)", (0, 0), id="unittest, all skipped"),
        pytest.param(
            f".s\n{RULE}\nRan 1 test in 0.1s\n\nOK (skipped=1)", (1, 0), id="a class was skipped"
        ),
        pytest.param(
            f"test_a (t.T.test_a) ... ok\n{RULE}\nRan 1 test in 0.1s\n\nOK (skipped=1)",
            (1, 0),
            id="a class was skipped, -v",
        ),
        pytest.param(
            "Ran 9 tests in 0.1s\n\nFAILED (failures=9)\nagain\nRan 2 tests in 0.1s\n\nOK\n",
            (11, 9),
            id="unittest, twice",
        ),
        pytest.param(
            "Ran 9 tests in 0.1s\nRan 2 tests in 0.1s\n\nOK\n\nFAILED (failures=9)",
            (11, 9),
            id="side by side",
        ),
        pytest.param(
            f"{RULE}\nRan 2 tests in 0.1s\n[12/Nov] GET / 200\n\nOK\nRan 7 tests in 1s\n",
            (2, 0),
            id="a test that prints the same words",
        ),
        pytest.param("===== 3 passed in 0.12s =====", (3, 0), id="pytest"),
        pytest.param("3 passed in 0.12s", (3, 0), id="pytest -q"),
        pytest.param("= 3 passed in 0.12 seconds =", (3, 0), id="pytest 4"),
        pytest.param(
            "== 1 failed, 2 passed, 3 skipped, 1 error, 4 warnings in 61.00s (0:01:01) ==",
            (4, 2),
            id="pytest, all kinds",
        ),
        pytest.param("= 1 xfailed, 2 xpassed in 0.1s =", (3, 0), id="pytest, expected to fail"),
        pytest.param("== 2 errors in 0.1s ==", (2, 2), id="pytest, errors"),
        pytest.param("== no tests ran in 0.01s ==", (0, 0), id="pytest, none"),
        pytest.param("= 2 skipped in 0.1s =", (0, 0), id="pytest, all skipped"),
        pytest.param("= 1 passed, 2 subtests passed in 0.1s =", (1, 0), id="pytest, subtests"),
        pytest.param("= 1 passed, 1 retried in 0.1s =", (1, 0), id="pytest, the word of a plugin"),
        pytest.param("= 1 passed in 90061.00s (1 day, 1:01:01) =", (1, 0), id="pytest, days"),
        pytest.param(
            "\x1b[32m== \x1b[32m\x1b[1m2 passed\x1b[0m\x1b[32m in 0.10s\x1b[0m\x1b[32m ==\x1b[0m",
            (2, 0),
            id="pytest in colour",
        ),
        pytest.param("\x1b[1A\x1b[2K3 passed in 0.12s", (3, 0), id="after moves of the cursor"),
        pytest.param("= 2 passed in 1s =\n= 1 failed in 1s =\n", (3, 1), id="pytest, twice"),
        pytest.param(
            "Ran 2 tests in 0.1s\n\nOK\n= 1 failed, 3 passed in 1s =",
            (4, 1),
            id="pytest wins over a run without its rule",
        ),
        pytest.param(
            f"{RULE}\nRan 2 tests in 0.1s\n\nOK\n= 1 failed, 3 passed in 1s =",
            (6, 1),
            id="unittest and pytest",
        ),
        # From the snapshots in Cypress's own repository.
        pytest.param("  2 passing (1s)\n  3 failing\n", (5, 3), id="Cypress"),
        pytest.param("Can't run because no spec files were found.", (0, 0), id="Cypress, none"),
        pytest.param("it had passed in 3s\n", (None, 0), id="a sentence"),
        pytest.param("91 packages in 14s\n", (None, 0), id="an installation"),
    ],
)
def test_read_output__counts(text: str, expected: tuple[int | None, int]) -> None:
    results = read_output(text).results
    assert (results.test_count, results.failure_count) == expected


@pytest.mark.parametrize(
    "text, left",
    [("= 3 deselected in 0.1s =", 3), ("= 2 passed, 7 deselected in 0.1s =", 7),
     ("= 2 passed in 0.1s =", None), ("1 passed, 1 deselected in 1s\n2 deselected in 1s", 3)],
    ids=["all", "some", "none", "twice"],
)  # fmt: skip
def test_read_output__deselected(text: str, left: int | None) -> None:
    assert read_output(text).results.in_other_shards == left


@given(ran=COUNTS, failures=COUNTS, errors=COUNTS, seconds=SECONDS, noise=st.text(max_size=30))
def test_read_output__round_trip_of_unittest(
    ran: int, failures: int, errors: int, seconds: str, noise: str
) -> None:
    parts = [f"{word}={n}" for word, n in (("failures", failures), ("errors", errors)) if n]
    closing = f"FAILED ({', '.join(parts)})" if parts else "OK"
    text = f"{noise}\nRan {ran} test{'' if ran == 1 else 's'} in {seconds}s\n\n{closing}\n"
    results = read_output(text).results
    assert results == SuiteResults(test_count=ran, failure_count=failures + errors)


@given(counts=st.dictionaries(
    st.sampled_from(["failed", "passed", "skipped", "xfailed", "xpassed", "warnings", "errors"]),
    COUNTS.filter(bool), min_size=1,
), seconds=SECONDS, bar=st.integers(min_value=0, max_value=30))  # fmt: skip
def test_read_output__round_trip_of_pytest(counts: dict[str, int], seconds: str, bar: int) -> None:
    line = ", ".join(f"{n} {word}" for word, n in counts.items()) + f" in {seconds}s"
    framed = f"{'=' * bar} {line} {'=' * bar}" if bar else line
    failures = counts.get("failed", 0) + counts.get("errors", 0)
    ran = failures + sum(counts.get(word, 0) for word in ("passed", "xfailed", "xpassed"))
    assert read_output(f"noise\n{framed}\n").results == SuiteResults(
        test_count=ran, failure_count=failures
    )


# Lines that mean something, and others, in any order.
LINES = st.one_of(
    st.text(),
    st.sampled_from(
        [BAR, RULE, "FAIL: test_x (t.T.test_x)", "ERROR: x", "Ran 3 tests in 0.1s", "OK", "Stdout:",
         "FAILED (failures=1, skipped=9)", "UNEXPECTED SUCCESS: y", "= ERRORS =", "= FAILURES =",
         "_ T.test_x _", "_ _ _", "- Captured stdout call -", "E   KeyError", "E",
         "t.py:3: KeyError", "= short test summary info =", "FAILED t.py::T::test_x - ...",
         "ERROR t.py", "SUBFAILED(i=1) t.py::x", "= 1 failed in 1s =", "1 passed in 1s",
         "RERUN t.py::x",
         "Traceback (most recent call last):", '  File "t.py", line 1', "Tests: 1 failed, 2 total",
         "● Test suite failed to run", "No tests found, exiting with code 1", "Error: x", "\x1b[1m"]
    ),
)  # fmt: skip


@given(lines=st.lists(LINES), piece=st.integers(min_value=1, max_value=9))
def test_output_reader__any_output_in_any_pieces(lines: list[str], piece: int) -> None:
    text = "\n".join(lines)
    content = text.encode(errors="surrogateescape")
    reader = OutputReader()
    for start in range(0, len(content), piece):
        reader.feed(content[start : start + piece])
    output = reader.end()
    assert output == read_output(text)
    assert output.results.failure_count >= 0


@pytest.mark.parametrize(
    "header, name",
    [
        ("FAIL: test_x (shop.T.test_x)", "shop.T.test_x"),
        ("ERROR: test_x (shop.T)", "shop.T.test_x"),
        ("ERROR: test_x (shop.T.test_x) [a.b] (n=1.5)", "shop.T.test_x [a.b] (n=1.5)"),
        ("ERROR: shop.tests (unittest.loader._FailedTest.shop.tests)", "shop.tests"),
        ("ERROR: setUpClass (shop.T)", "shop.T.setUpClass"),
        ("FAIL: shop.T.test_x [rows] (number=0)", "shop.T.test_x [rows] (number=0)"),
        ("FAIL: something else", "something else"),
    ],
    ids=["3.11", "3.10", "a sub-test", "not loaded", "a class", "testtools", "another"],
)
def test_read_output__names_of_unittest(header: str, name: str) -> None:
    (failure,) = read_output(f"{BAR}\n{header}\n{RULE}\nE: no\n\n{RULE}\n").results.failed
    assert (failure.name, failure.message, failure.trace) == (name, "E: no", "E: no")


MISSING = "selenium.common.exceptions.NoSuchElementException: "
LOCATOR = '{"method":"css selector","selector":"#id_text"}'


@pytest.mark.parametrize(
    "printed, message",
    [
        (f"{MISSING}Message: no such element: {LOCATOR}",
         f"{MISSING}no such element: #id_text (css selector)"),
        (f"{MISSING}Message: ", MISSING.removesuffix(": ")),
    ],
    ids=["words", "no words"],
)  # fmt: skip
def test_read_output__plain_messages_of_selenium(printed: str, message: str) -> None:
    trace = f'Traceback (most recent call last):\n  File "t.py", line 1, in test_x\n{printed}\n'
    of_unittest = f"{BAR}\nERROR: test_x (t.T)\n{RULE}\n{trace}\n"
    of_pytest = f"=== short test summary info ===\nFAILED t.py::test_x - {printed}\n"
    for text in (of_unittest, of_pytest):
        (failure,) = read_output(text).results.failed
        assert failure.message == message


# What pytest prints with -q, its width 40.
SECTIONS = """\
================ FAILURES ================
_________________ test_x _________________
t.py:3: KeyError
----------- Captured stdout call ---------
9 failed in 0.10s
"""


def test_read_output__what_a_test_printed_does_not_count() -> None:
    text = f"{SECTIONS}=== short test summary info ====\nFAILED t.py::test_x - no\n1 failed in 1s\n"
    results = read_output(text).results
    assert (results.test_count, results.failure_count) == (1, 1)


@pytest.mark.parametrize(
    "heading",
    ["================= PASSES =================", "=========== slowest durations ============"],
    ids=["passes", "another part"],
)
def test_read_output__sections_of_failures_end(heading: str) -> None:
    """Without a summary, the sections name the tests: those of the failures alone."""
    more = f"{heading}\n________________ test_ok _________________\n1.00s call t.py\n"
    text = f"{SECTIONS}{more}================ 1 failed in 0.10s ================\n"
    (failure,) = read_output(text).results.failed
    assert failure.name == "t.py::test_x"
    assert failure.output.endswith("9 failed in 0.10s")


# Python refuses to make numbers of so many digits.
HUGE = ("Ran {} tests in 1s\n", "{} passed in 1s\n", "  {} passing\n", "# pass {}\n")


def test_read_output__a_count_of_too_many_digits_is_none() -> None:
    text = f"Ran 2 tests in 1s\n\nFAILED (failures={'9' * 5000}, errors=1)"
    results = read_output(text).results
    assert (results.test_count, results.failure_count) == (2, 1)


@pytest.mark.parametrize(
    "flood",
    ["=" * 60_000, "1 a" * 20_000, "\n" * 60_000, "1 passed, " * 6_000, "= a " * 15_000,
     "_ a" * 20_000, "a." * 30_000, "E" * 60_000, "." * 200_000, "Error: " * 9_000,
     *(line.format("9" * 5000) for line in HUGE)],
    ids=["bars", "words", "blank lines", "counts", "headings", "sections", "names", "letters",
         "marks", "errors", *HUGE],
)  # fmt: skip
def test_read_output__a_flood_is_read_in_no_time(flood: str) -> None:
    output = read_output(flood + "!")
    assert (output.results, output.closings) == (SuiteResults(), ())


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
    assert read_output(text).results == SuiteResults(test_count=1, flaky=(flaky,))


def test_read_output__what_pytest_ran_again_without_its_name() -> None:
    (flaky,) = read_output("= 3 passed, 1 rerun in 0.1s =").results.flaky
    assert flaky.name == UNNAMED
    assert "-rR" in flaky.message


def test_read_output__where_tests_failed_it_may_be_they_that_ran_again() -> None:
    text = "RERUN t.py::test_x\n= 1 failed, 1 passed, 1 rerun in 0.1s ="
    assert read_output(text).results == SuiteResults(test_count=2, failure_count=1)


def test_output_reader__runs_far_above_the_end_count() -> None:
    reader = OutputReader()
    reader.feed(b"= 1 failed, 2 passed in 0.1s =\n")
    for _ in range(500):
        reader.feed(b"GET /static/x.css 200\n" * 500)
    reader.feed(b"= 4 passed in 0.1s =")
    assert reader.end().results == SuiteResults(test_count=7, failure_count=1)


def test_output_reader__memory_is_bounded() -> None:
    """Neither a long line, nor a long traceback, nor many failures are kept whole."""
    reader = OutputReader()
    reader.feed(b"<p>" * MAX_TEXT)
    reader.feed(b"</p>\n")
    for number in range(MAX_FAILURES + 9):
        reader.feed(f"{BAR}\nFAIL: test_{number} (t.T)\n{RULE}\nTraceback\n".encode())
    reader.feed(b"  frame\n" * MAX_TEXT)
    reader.feed(f"\n{RULE}\nRan 999 tests in 1s\n\nFAILED (failures=900)\n".encode())
    results = reader.end().results
    assert (results.test_count, results.failure_count) == (999, 900)
    assert len(results.failed) == MAX_FAILURES
    assert sum(len(each.trace) for each in results.failed) < 2 * MAX_TEXT


def test_read_output__long_line_keeps_its_ends() -> None:
    text = f"{BAR}\nFAIL: test_x (t.T)\n{RULE}\nAssertionError: {'<p>' * MAX_TEXT} is no title\n"
    (failure,) = read_output(text).results.failed
    assert failure.message.startswith("AssertionError: <p>")
    assert failure.message.endswith("<p> is no title")
    assert " ... " in failure.message
    assert len(failure.message) <= MAX_TEXT
