from datetime import UTC, datetime
from pathlib import Path

import pytest

from rehearsal.results.junit.reports import read_reports
from rehearsal.results.tests import Failure, Span, SuiteResults


def read(*reports: str | bytes, retries: bool = False) -> SuiteResults:
    contents = [each.encode() if isinstance(each, str) else each for each in reports]
    named = [(f"{number}.xml", each) for number, each in enumerate(contents)]
    return read_reports(named, retries=retries).results


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
def test_read_reports__counts(text: str, tests: int, failures: int) -> None:
    results = read(text)
    assert (results.test_count, results.failure_count) == (tests, failures)


def test_read_reports__adds_files_up() -> None:
    results = read(suite(GOOD, FAILED), suite(GOOD, FAILED))
    assert (results.test_count, results.failure_count, len(results.failed)) == (4, 2, 2)


def test_read_reports__says_what_failed_where_and_why() -> None:
    results = read(suite(FAILED, ERROR))
    assert results.failed == (
        # XML turns a newline there into a space.
        Failure(name="t.T.bad", message="1 != 2 more", trace="trace", report="0.xml"),
        Failure(
            name="worse",
            message="Boom",
            file="t.py",
            line=7,
            trace="Boom\nat t.py",
            report="0.xml",
        ),
    )


def test_read_reports__a_failure_without_words_or_names() -> None:
    results = read(suite("<testcase><failure/></testcase>"))
    assert results.failed == (Failure(name="(unnamed test)", message="", report="0.xml"),)


@pytest.mark.parametrize(
    "words, told",
    [
        pytest.param("Message: no such element", "no such element", id="selenium"),
        pytest.param("a.b.NoElement: Message: none", "a.b.NoElement: none", id="with its class"),
        pytest.param("Message: ", "TimeoutException", id="nothing to say"),
        pytest.param("Message: &#10;Stacktrace: #0", "TimeoutException", id="nothing but a stack"),
        pytest.param("a.b.Timeout: Message: ", "a.b.Timeout", id="nothing to say with its class"),
        pytest.param("The Message: hello", "The Message: hello", id="of the project's own"),
        pytest.param(
            "no such element: {&quot;method&quot;:&quot;css selector&quot;,"
            "&quot;selector&quot;:&quot;[id=&quot;table&quot;]&quot;}",
            'no such element: [id="table"] (css selector)',
            id="a locator",
        ),
    ],
)
def test_read_reports__without_selenium_s_prefix(words: str, told: str) -> None:
    bad = f'<error type="TimeoutException" message="{words}">Traceback ...</error>'
    results = read(suite(f'<testcase name="t">{bad}</testcase>'))
    assert [failure.message for failure in results.failed] == [told]


@pytest.mark.parametrize(
    "message, told",
    [
        ("no such element", "Waited 10 s for a row: no such element"),
        ("Waited 10 s for a row., and last found 0.", "Waited 10 s for a row., and last found 0."),
    ],
    ids=["noted", "said"],
)
def test_read_reports__says_first_what_was_waited_for(message: str, told: str) -> None:
    bad = f'<error message="{message}">Traceback\nNoElement: no\nWaited 10 s for a row.\n</error>'
    results = read(suite(f'<testcase name="t">{bad}</testcase>'))
    assert [failure.message for failure in results.failed] == [told]


@pytest.mark.parametrize("line", ["", "-1", "x", "²", "9" * 5000, "1.5"], ids=lambda v: v[:5])
def test_read_reports__a_strange_line_number_is_none(line: str) -> None:
    case = f'<testcase name="bad" line="{line}"><failure message="no"/></testcase>'
    assert read(suite(case)).failed[0].line == 0


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
def test_read_reports__one_that_cannot_be_read_counts_for_nothing(broken: bytes) -> None:
    assert read(broken) == SuiteResults()
    (unread,) = read_reports([("r.xml", broken)], retries=False).unread
    assert (unread.name, unread.is_report) == ("r.xml", True)
    assert read(broken, suite(GOOD)).test_count == 1


def test_read_reports__entities_do_not_explode() -> None:
    laughs = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    bomb = f"<!DOCTYPE x [{laughs}]><testsuite><testcase name='&a9;'/></testsuite>"
    assert read(bomb) == SuiteResults()


def test_read_reports__external_entities_are_not_read(tmp_path: Path) -> None:
    private = tmp_path / "private.txt"
    private.write_text("hush")
    outside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{private}">]>'
    case = "<testcase name='bad'><failure>&e;</failure></testcase>"
    results = read(outside + suite(case))
    assert "hush" not in repr(results)


def span_of(text: str) -> Span | None:
    """Return when the last failed test of a report ran."""
    return read(text).failed[-1].span


def case(attributes: str = "", **properties: str) -> str:
    named = "".join(f'<property name="{n}" value="{v}"/>' for n, v in properties.items())
    return f'<testcase name="a" {attributes}><properties>{named}</properties><failure/></testcase>'


AT = 'timestamp="2026-11-22T16:00:00+00:00"'
THEN = datetime(2026, 11, 22, 16, tzinfo=UTC).timestamp()


def test_span__is_exact_where_the_test_took_the_times() -> None:
    text = suite(case(AT, start="1700000000.250000", end="1700000001.5"))
    assert span_of(text) == Span(start=1700000000.25, end=1700000001.5, exact=True)


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
def test_span__strange_times_are_none(properties: dict[str, str]) -> None:
    assert span_of(suite(case(**properties))) is None


def test_span__is_worked_out_from_the_suite_s_stamp_and_durations() -> None:
    second = case('time="1.5"')
    text = f'<testsuite {AT}><testcase name="g" time="2.5"/>{second}</testsuite>'
    expected = Span(start=THEN + 2.5, end=THEN + 4.0, exact=False)
    assert span_of(text) == expected
    assert span_of(f"<testsuites><testsuite {AT}/>{text}</testsuites>") == expected


def test_span__a_case_s_own_stamp_is_better() -> None:
    own = case('timestamp="2026-11-22T16:00:09Z" time="1"')
    text = f'<testsuite {AT}><testcase name="g" time="2.5"/>{own}</testsuite>'
    assert span_of(text) == Span(start=THEN + 9, end=THEN + 10, exact=False)


@pytest.mark.parametrize(
    "stamp", ["", "yesterday", "0001-01-01T00:00:00", "9999-12-31T23:59:59"], ids=str
)
def test_span__a_strange_stamp_is_no_error(stamp: str) -> None:
    read(suite(case(f'timestamp="{stamp}"')))


def test_read_reports__names_the_folder_of_evidence() -> None:
    results = read(suite(case(evidence="t.T.bad-1234")))
    assert results.failed[0].evidence_name == "t.T.bad-1234"


def attempt(tag: str, message: str = "1 != 2") -> str:
    return f'<{tag} message="{message}" type="E">trace of {message}</{tag}>'


def tried(*attempts: str, name: str = "bad") -> str:
    return f'<testcase classname="t.T" name="{name}">{"".join(attempts)}</testcase>'


@pytest.mark.parametrize("tag", ["flakyFailure", "flakyError", "rerunFailure"])
def test_flaky__passed_when_it_was_run_again(tag: str) -> None:
    text = suite(GOOD, tried(attempt(tag, "one"), attempt("flakyError", "two")))
    first = Failure(name="t.T.bad", message="one", trace="trace of one", attempts=2, report="0.xml")
    assert read(text) == SuiteResults(test_count=2, flaky=(first,))


def test_flaky__surefire_s_stack_trace_is_an_element_of_its_own() -> None:
    inner = "<flakyFailure type='E'>\n  <stackTrace>E: boom\n at t</stackTrace>\n</flakyFailure>"
    (flaky,) = read(suite(tried(inner))).flaky
    assert (flaky.message, flaky.trace) == ("E: boom", "E: boom\n at t")


@pytest.mark.parametrize("tag", ["rerunFailure", "rerunError", "flakyFailure"])
def test_flaky__one_that_fails_each_time_is_none(tag: str) -> None:
    """The failure that counts is told, whatever the others are called."""
    text = suite(tried(attempt(tag, "one"), attempt(tag, "two"), attempt("failure", "three")))
    results = read(text)
    assert (results.test_count, results.failure_count, results.flaky) == (1, 1, ())
    assert (results.failed[0].message, results.failed[0].attempts) == ("three", 3)


def test_flaky__files_add_up_in_their_order() -> None:
    texts = [suite(*(tried(attempt("flakyError"), name=name) for name in names))
             for names in ("ab", "c")]  # fmt: skip
    assert [each.name for each in read(*texts).flaky] == ["t.T.a", "t.T.b", "t.T.c"]


AGAIN = tried(name="bad")
NAMELESS = "<testcase><failure/></testcase>"


@pytest.mark.parametrize(
    "cases, recovered",
    [
        pytest.param([FAILED, AGAIN], [True], id="passes later"),
        pytest.param([FAILED, FAILED, AGAIN], [True, True], id="at last"),
        pytest.param([AGAIN, FAILED], [False], id="passed before"),
        pytest.param([FAILED, GOOD], [False], id="another passes"),
        pytest.param([FAILED, '<testcase classname="t.T" name="bad"><skipped/></testcase>'],
                     [False], id="is skipped later"),
        pytest.param([NAMELESS, "<testcase/>"], [False], id="without a name"),
    ],
)  # fmt: skip
def test_flaky__each_attempt_a_case_of_its_own(cases: list[str], recovered: list[bool]) -> None:
    results = read(suite(*cases), retries=True)
    assert [each.recovered for each in results.failed] == recovered
    assert results.failure_count == len(recovered)


def test_flaky__without_retries_two_cases_of_one_name_are_two_tests() -> None:
    results = read(suite(FAILED, AGAIN))
    assert [each.recovered for each in results.failed] == [False]


def left(number: str, *cases: str) -> str:
    said = f'<properties><property name="left-to-other-shards" value="{number}"/></properties>'
    return f'<testsuites><testsuite tests="0">{said}{"".join(cases)}</testsuite></testsuites>'


@pytest.mark.parametrize(
    "texts, expected",
    [
        pytest.param([left("12")], SuiteResults(in_other_shards=12), id="told alone"),
        pytest.param([left("0")], SuiteResults(in_other_shards=0), id="none"),
        pytest.param(
            [left("12"), suite(GOOD)],
            SuiteResults(test_count=1, in_other_shards=12),
            id="and a report",
        ),
        pytest.param(
            [left("3", GOOD)], SuiteResults(test_count=1, in_other_shards=3), id="in a report"
        ),
        pytest.param([left("3"), left("4")], SuiteResults(in_other_shards=7), id="twice"),
        pytest.param([left("many")], SuiteResults(test_count=0), id="no number"),
        pytest.param([suite(GOOD)], SuiteResults(test_count=1), id="untold"),
    ],
)
def test_elsewhere__is_what_was_left_to_other_shards(
    texts: list[str], expected: SuiteResults
) -> None:
    assert read(*texts) == expected
