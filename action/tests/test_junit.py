import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.junit import Failure, Results, Span, read_output, read_reports

COUNTS = st.integers(min_value=0, max_value=5000)
# A clock's reading, as both runners print it.
SECONDS = st.floats(min_value=0, max_value=9999).map(lambda seconds: f"{seconds:.3f}")


def report(folder: Path, text: str | bytes, name: str = "a.xml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def suite(*cases: str) -> str:
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"


GOOD = '<testcase classname="t.T" name="good"/>'
SKIPPED = '<testcase classname="t.T" name="later"><skipped/></testcase>'
FAILED = '<testcase classname="t.T" name="bad"><failure message="1 != 2\nmore">trace</failure></testcase>'  # noqa: E501
ERROR = '<testcase name="worse" file="t.py" line="7"><error>Boom\nat t.py</error></testcase>'


@pytest.mark.parametrize(
    "text, tests, failures",
    [
        pytest.param(suite(), 0, 0, id="empty"),
        pytest.param(suite(GOOD, GOOD), 2, 0, id="good"),
        pytest.param(suite(GOOD, SKIPPED), 1, 0, id="skipped is not run"),
        pytest.param(suite(GOOD, FAILED, ERROR), 3, 2, id="failure and error"),
        pytest.param(f"<testsuite>{GOOD}</testsuite>", 1, 0, id="one suite at the top"),
    ],
)
def test_read_reports__counts(tmp_path: Path, text: str, tests: int, failures: int) -> None:
    results = read_reports([report(tmp_path, text)])
    assert (results.tests, results.failures) == (tests, failures)


def test_read_reports__adds_files_up(tmp_path: Path) -> None:
    paths = [report(tmp_path, suite(GOOD, FAILED), name) for name in ("a.xml", "b.xml")]
    results = read_reports(paths)
    assert (results.tests, results.failures, len(results.failed)) == (4, 2, 2)


def test_read_reports__says_what_failed_where_and_why(tmp_path: Path) -> None:
    results = read_reports([report(tmp_path, suite(FAILED, ERROR))])
    assert results.failed == (
        # XML turns a newline there into a space.
        Failure(name="t.T.bad", message="1 != 2 more", trace="trace"),
        Failure(name="worse", message="Boom", file="t.py", line=7, trace="Boom\nat t.py"),
    )


def test_read_reports__a_failure_without_words_or_names(tmp_path: Path) -> None:
    results = read_reports([report(tmp_path, suite("<testcase><failure/></testcase>"))])
    assert results.failed == (Failure(name="(unnamed test)", message=""),)


@pytest.mark.parametrize(
    "words, told",
    [
        pytest.param("Message: no such element", "no such element", id="selenium"),
        pytest.param("a.b.NoElement: Message: none", "a.b.NoElement: none", id="with its class"),
        pytest.param("Message: ", "TimeoutException", id="nothing to say"),
        pytest.param("Message: &#10;Stacktrace: #0", "TimeoutException", id="nothing but a stack"),
        pytest.param("a.b.Timeout: Message: ", "a.b.Timeout", id="nothing to say with its class"),
        pytest.param("The Message: hello", "The Message: hello", id="of the project's own"),
    ],
)
def test_read_reports__without_selenium_s_prefix(tmp_path: Path, words: str, told: str) -> None:
    bad = f'<error type="TimeoutException" message="{words}">Traceback ...</error>'
    results = read_reports([report(tmp_path, suite(f'<testcase name="t">{bad}</testcase>'))])
    assert [failure.message for failure in results.failed] == [told]


@pytest.mark.parametrize("line", ["", "-1", "x", "²", "9" * 5000, "1.5"], ids=lambda v: v[:5])
def test_read_reports__a_strange_line_number_is_none(tmp_path: Path, line: str) -> None:
    case = f'<testcase name="bad" line="{line}"><failure message="no"/></testcase>'
    assert read_reports([report(tmp_path, suite(case))]).failed[0].line == 0


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<testsuite><testcase", id="cut off"),
        pytest.param(b"\xff\xfe\x00binary", id="binary"),
        pytest.param(
            b"<?xml version='1.0' encoding='no-such'?><testsuite/>", id="unknown encoding"
        ),
        pytest.param(b"<?xml version='1.0' encoding='shift_jis'?><testsuite/>", id="multi-byte"),
    ],
)
def test_read_reports__one_that_cannot_be_read_counts_for_nothing(
    tmp_path: Path, broken: bytes
) -> None:
    bad = report(tmp_path, broken)
    assert read_reports([bad]) == Results()
    assert read_reports([bad, report(tmp_path, suite(GOOD), "b.xml")]).tests == 1


def test_read_reports__what_is_no_file_counts_for_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    (tmp_path / "link.xml").symlink_to(report(tmp_path, suite(GOOD)))
    assert read_reports([tmp_path / "pipe.xml", tmp_path / "link.xml"]) == Results()


def test_read_reports__a_file_that_went_away_counts_for_nothing(tmp_path: Path) -> None:
    assert read_reports([tmp_path / "gone.xml", tmp_path]) == Results()


def test_read_reports__entities_do_not_explode(tmp_path: Path) -> None:
    laughs = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    bomb = f"<!DOCTYPE x [{laughs}]><testsuite><testcase name='&a9;'/></testsuite>"
    assert read_reports([report(tmp_path, bomb)]) == Results()


def test_read_reports__external_entities_are_not_read(tmp_path: Path) -> None:
    private = report(tmp_path, "hush", "private.txt")
    outside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{private}">]>'
    case = "<testcase name='bad'><failure>&e;</failure></testcase>"
    results = read_reports([report(tmp_path, outside + suite(case))])
    assert "hush" not in repr(results)


@pytest.mark.parametrize(
    "text, code, expected",
    [
        pytest.param("", 0, Results(), id="nothing said"),
        pytest.param("all good\n", 0, Results(), id="unknown runner"),
        pytest.param("all bad\n", 1, Results(), id="unknown runner failed"),
        pytest.param("Ran 1 test in 0.1s\n\nOK\n", 0, Results(tests=1), id="unittest"),
        pytest.param("Ran 0 tests in 0.000s\n\nOK", 0, Results(tests=0), id="unittest, none"),
        pytest.param(
            "Ran 0 tests in 0.000s\n\nNO TESTS RAN", 5, Results(tests=0), id="unittest 3.12, none"
        ),
        pytest.param(
            "Ran 0 tests in 0.001s\n\nFAILED (errors=1)",
            1,
            Results(tests=0, failures=1),
            id="unittest, setUpClass failed",
        ),
        pytest.param(
            "Ran 5 tests in 2.1s\n\nFAILED (failures=1, errors=2, skipped=1)",
            1,
            Results(tests=4, failures=3),
            id="unittest, all kinds",
        ),
        pytest.param(
            "Ran 2 tests in 0.1s\n\nOK (skipped=2)", 0, Results(tests=0), id="unittest, all skipped"
        ),
        pytest.param(
            "Ran 9 tests in 0.1s\n\nFAILED (failures=9)\nagain\nRan 2 tests in 0.1s\n\nOK\n",
            0,
            Results(tests=2),
            id="unittest, the last counts",
        ),
        pytest.param("===== 3 passed in 0.12s =====", 0, Results(tests=3), id="pytest"),
        pytest.param("3 passed in 0.12s", 0, Results(tests=3), id="pytest -q"),
        pytest.param(
            "== 1 failed, 2 passed, 3 skipped, 1 error, 4 warnings in 61.00s (0:01:01) ==",
            1,
            Results(tests=4, failures=2),
            id="pytest, all kinds",
        ),
        pytest.param(
            "== 2 errors in 0.1s ==", 2, Results(tests=2, failures=2), id="pytest, errors"
        ),
        pytest.param("== no tests ran in 0.01s ==", 5, Results(tests=0), id="pytest, none"),
        pytest.param("", 5, Results(tests=0), id="pytest -qq, none"),
        pytest.param("= 2 skipped in 0.1s =", 0, Results(tests=0), id="pytest, all skipped"),
        pytest.param("= 3 deselected in 0.1s =", 5, Results(tests=0), id="pytest, deselected"),
        pytest.param(
            "= 1 passed, 2 subtests passed in 0.1s =", 0, Results(tests=1), id="pytest, subtests"
        ),
        pytest.param(
            "= 1 passed in 90061.00s (1 day, 1:01:01) =", 0, Results(tests=1), id="pytest, days"
        ),
        pytest.param(
            "\x1b[32m== \x1b[32m\x1b[1m2 passed\x1b[0m\x1b[32m in 0.10s\x1b[0m\x1b[32m ==\x1b[0m",
            0,
            Results(tests=2),
            id="pytest in colour",
        ),
        pytest.param("it had passed in 3s\n", 0, Results(), id="a sentence"),
    ],
)
def test_read_output__counts(text: str, code: int, expected: Results) -> None:
    assert read_output(text, code) == expected


@given(ran=COUNTS, failures=COUNTS, errors=COUNTS, seconds=SECONDS, noise=st.text(max_size=30))
def test_read_output__round_trip_of_unittest(
    ran: int, failures: int, errors: int, seconds: str, noise: str
) -> None:
    parts = [f"{word}={n}" for word, n in (("failures", failures), ("errors", errors)) if n]
    closing = f"FAILED ({', '.join(parts)})" if parts else "OK"
    text = f"{noise}\nRan {ran} test{'' if ran == 1 else 's'} in {seconds}s\n\n{closing}\n"
    assert read_output(text, 1) == Results(tests=ran, failures=failures + errors)


@given(counts=st.dictionaries(
    st.sampled_from(["failed", "passed", "skipped", "xfailed", "xpassed", "warnings", "errors"]),
    COUNTS.filter(bool), min_size=1,
), seconds=SECONDS, bar=st.integers(min_value=0, max_value=30))  # fmt: skip
def test_read_output__round_trip_of_pytest(counts: dict[str, int], seconds: str, bar: int) -> None:
    line = ", ".join(f"{n} {word}" for word, n in counts.items()) + f" in {seconds}s"
    framed = f"{'=' * bar} {line} {'=' * bar}" if bar else line
    failures = counts.get("failed", 0) + counts.get("errors", 0)
    ran = failures + sum(counts.get(word, 0) for word in ("passed", "xfailed", "xpassed"))
    assert read_output(f"noise\n{framed}\n", 1) == Results(tests=ran, failures=failures)


@given(text=st.text(), code=st.integers(min_value=-15, max_value=255))
def test_read_output__any_text_is_read(text: str, code: int) -> None:
    results = read_output(text, code)
    assert results.failed == ()
    assert results.failures >= 0


@pytest.mark.parametrize(
    "flood", ["=" * 60_000, "1 a" * 20_000, "\n" * 60_000, "1 passed, " * 6_000],
    ids=["bars", "words", "blank lines", "counts"],
)  # fmt: skip
def test_read_output__a_flood_is_read_in_no_time(flood: str) -> None:
    assert read_output(flood + "!", 0) == Results()


def span_of(folder: Path, text: str) -> Span | None:
    """Return when the last failed test of a report ran."""
    return read_reports([report(folder, text)]).failed[-1].span


def case(attributes: str = "", **properties: str) -> str:
    named = "".join(f'<property name="{n}" value="{v}"/>' for n, v in properties.items())
    return f'<testcase name="a" {attributes}><properties>{named}</properties><failure/></testcase>'


AT = 'timestamp="2026-11-22T16:00:00+00:00"'
THEN = datetime(2026, 11, 22, 16, tzinfo=UTC).timestamp()


def test_span__is_exact_where_the_test_took_the_times(tmp_path: Path) -> None:
    text = suite(case(AT, start="1700000000.250000", end="1700000001.5"))
    assert span_of(tmp_path, text) == Span(start=1700000000.25, end=1700000001.5, exact=True)


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({}, id="none"),
        pytest.param({"start": "1"}, id="one"),
        pytest.param({"start": "2", "end": "1"}, id="backwards"),
        pytest.param({"start": "nan", "end": "inf"}, id="no numbers"),
        pytest.param({"start": "-5", "end": "x"}, id="nonsense"),
    ],
)
def test_span__strange_times_are_none(tmp_path: Path, properties: dict[str, str]) -> None:
    assert span_of(tmp_path, suite(case(**properties))) is None


def test_span__is_worked_out_from_the_suite_s_stamp_and_durations(tmp_path: Path) -> None:
    second = case('time="1.5"')
    text = f'<testsuite {AT}><testcase name="g" time="2.5"/>{second}</testsuite>'
    expected = Span(start=THEN + 2.5, end=THEN + 4.0, exact=False)
    assert span_of(tmp_path, text) == expected
    assert span_of(tmp_path, f"<testsuites><testsuite {AT}/>{text}</testsuites>") == expected


def test_span__a_case_s_own_stamp_is_better(tmp_path: Path) -> None:
    own = case('timestamp="2026-11-22T16:00:09Z" time="1"')
    text = f'<testsuite {AT}><testcase name="g" time="2.5"/>{own}</testsuite>'
    assert span_of(tmp_path, text) == Span(start=THEN + 9, end=THEN + 10, exact=False)


@pytest.mark.parametrize(
    "stamp", ["", "yesterday", "0001-01-01T00:00:00", "9999-12-31T23:59:59"], ids=str
)
def test_span__a_strange_stamp_is_no_error(tmp_path: Path, stamp: str) -> None:
    read_reports([report(tmp_path, suite(case(f'timestamp="{stamp}"')))])


def test_read_reports__names_the_folder_of_evidence(tmp_path: Path) -> None:
    results = read_reports([report(tmp_path, suite(case(evidence="t.T.bad-1234")))])
    assert results.failed[0].evidence == "t.T.bad-1234"
