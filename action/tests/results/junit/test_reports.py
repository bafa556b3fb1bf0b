import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.results.junit import counts, reports
from rehearsal.results.junit.reports import read_reports
from rehearsal.results.tests import Failure, SuiteResults


def read(*reports: str | bytes, retries: bool = False) -> SuiteResults:
    contents = [each.encode() if isinstance(each, str) else each for each in reports]
    named = [(f"{number}.xml", each) for number, each in enumerate(contents)]
    return replace(read_reports(named, retries=retries).results, tests=())


def listed(*texts: str, retries: bool = False) -> list[tuple[str, str, float | None]]:
    named = [(f"{number}.xml", text.encode()) for number, text in enumerate(texts)]
    tests = read_reports(named, retries=retries).results.tests
    return [(each.name, str(each.outcome), each.seconds) for each in tests]


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


def unread(content: str | bytes) -> list[tuple[str, bool]]:
    """Return the reasons why a file was not read, and whether it is a report all the same."""
    data = content.encode() if isinstance(content, str) else content
    found = read_reports([("r.xml", data)], retries=False).unread
    assert {each.name for each in found} <= {"r.xml"}
    return [(each.reason, each.is_report) for each in found]


@pytest.mark.parametrize(
    "broken, reason",
    [
        pytest.param(b"", "it is empty", id="empty"),
        pytest.param(b" \n", "it is empty", id="blank"),
        pytest.param(b"<testsuite><testcase", "it ends early", id="cut off"),
        pytest.param(b"\xff\xfe\x00binary", "it is not", id="binary"),
        pytest.param(b"Ran 2 tests\n\nOK\n", "it is not", id="text"),
        pytest.param(b"<testsuite><testcase name='a'", "it ends early", id="cut off in a case"),
    ],
)
def test_unread__says_why_and_counts_for_nothing(broken: bytes, reason: str) -> None:
    assert read(broken) == SuiteResults()
    assert read(broken, suite(GOOD)).test_count == 1
    ((told, is_report),) = unread(broken)
    assert told.startswith(reason)
    assert is_report


@pytest.mark.parametrize(
    "text, reason",
    [
        pytest.param(
            f"<testsuite>{GOOD}{FAILED}<testcase name='x'><fail", "it ends early", id="cut"
        ),
        pytest.param(
            f"<testsuites><testsuite>{GOOD}{FAILED}</testsuite>", "it ends early", id="open"
        ),
        pytest.param(
            f"<testsuite>{GOOD}{FAILED}<testcase name='a & b'/></testsuite>",
            "it is not well-formed XML (not well-formed (invalid token): line 2",
            id="broken",
        ),
    ],
)
def test_unread__what_came_before_is_counted(text: str, reason: str) -> None:
    results = read(text)
    assert (results.test_count, results.failure_count) == (2, 1)
    ((told, is_report),) = unread(text)
    assert told.startswith(reason)
    assert is_report


@pytest.mark.parametrize(
    "text, root",
    [
        pytest.param('<coverage line-rate="1"/>', "coverage", id="coverage"),
        pytest.param(
            '<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://c.net/4.dtd"><coverage/>',
            "coverage",
            id="with a DTD",
        ),
        pytest.param('<checkstyle version="4.3"><file/></checkstyle>', "checkstyle", id="lint"),
        pytest.param("<testng-results><suite/></testng-results>", "testng-results", id="TestNG"),
        pytest.param(
            '<test-run total="2"><test-suite><test-case/></test-suite></test-run>',
            "test-run",
            id="NUnit",
        ),
        pytest.param('<a xmlns="urn:x"/>', "a", id="with a namespace"),
    ],
)
def test_unread__other_xml_is_no_report(text: str, root: str) -> None:
    assert unread(text) == [(f"it is no JUnit XML: its root is <{root}>", False)]
    found = read_reports([("a.xml", text.encode()), ("b.xml", suite(GOOD).encode())], retries=False)
    assert (found.found, found.results.test_count) == (1, 1)


def test_found__counts_the_reports_that_were_read() -> None:
    empty = '<testsuites name="jest tests" tests="0" failures="0" errors="0" time="1.5"/>'
    contents = [suite(GOOD), empty, "<coverage/>", "", "<testsuite><testcase"]
    read = read_reports([("r.xml", each.encode()) for each in contents], retries=False)
    assert (read.found, len(read.unread), read.results.test_count) == (2, 3, 1)


def test_limits__a_larger_file_is_read_up_to_there(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"<testsuite>{GOOD * 10}{FAILED}</testsuite>"
    monkeypatch.setattr(reports, "MAX_SIZE", 2 << 20)
    padded = text.replace("</testsuite>", " " * (2 << 20) + GOOD + "</testsuite>")
    results = read(padded)
    assert (results.test_count, results.failure_count) == (11, 1)
    assert unread(padded) == [("it is larger than 2 MiB: the rest was not read", True)]
    assert len(padded) > reports.MAX_SIZE
    assert unread(text) == []


def test_limits__more_test_cases_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MAX_CASES", 3)
    text = suite(GOOD, FAILED, GOOD, FAILED)
    assert (read(text).test_count, read(text).failure_count) == (3, 1)
    assert unread(text) == [("it has more than 3 test cases: the rest was not read", True)]
    assert unread(suite(GOOD, GOOD, GOOD)) == []


def test_read_reports__keeps_no_case_of_a_long_report_in_memory() -> None:
    noisy = f"<testcase name='a'><system-out>{'x' * 1000}</system-out></testcase>"
    content = suite(noisy * 2_000).encode()
    tracemalloc.start()
    assert read_reports([("r.xml", content)], retries=False).results.test_count == 2_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(content) / 2


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


FRAGMENTS = [
    b"<?xml version='1.0' encoding='utf-16'?>", b"<?xml version='1.0' encoding='hz'?>",
    b"<testsuites", b"<testsuite", b" tests='9' failures='2' errors='x'",
    b" timestamp='Sun, 29 Nov 2026 00:03:38 GMT'", b" timestamp='-1-01-01T00:00:00'",
    b" time='1e400'", b" name='pytest tests'", b" id=''", b">", b"/>", b"</testsuite>",
    b"</testsuites>", b"<testcase name='a' classname='b.ts' line='7'", b"</testcase>",
    b"<failure message='m' type='t'>", b"</failure>", b"<error/>", b"<skipped type='todo'/>",
    b"&#27;", b"<flakyFailure>", b"</flakyFailure>", b"<system-out>[[ATTACHMENT|x]]\n",
    b"</system-out>", b"<![CDATA[", b"]]>", b"\x1b[31m", b"\0", b"\xff\xfe", b"\xe9", b"&", b"<",
    b"\n", b"<!DOCTYPE a [<!ENTITY e 'x'>]>", b"&e;",
    b"<properties><property name='left-to-other-shards' value='3'/></properties>", b"<!--", b"-->",
]  # fmt: skip


@given(
    contents=st.lists(
        st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=4), max_size=30).map(b"".join),
        max_size=3,
    ),
    retries=st.booleans(),
    exit_code=st.integers(0, 1),
)
def test_read_reports__whatever_a_file_holds(
    contents: list[bytes], *, retries: bool, exit_code: int
) -> None:
    read = read_reports(
        [("r.xml", each) for each in contents],
        retries=retries,
        exit_code=exit_code,
        window=(1.7e9, 1.8e9),
    )
    assert read.found + len(read.unread) >= len(contents)
    assert read.results.failure_count >= len(read.results.failed)
    assert (read.results.test_count or 0) >= len(read.results.failed)


def test_read_reports__names_the_folder_of_evidence() -> None:
    results = read(
        suite(
            '<testcase name="a"><properties><property name="evidence" value="t.T.bad-1234"/>'
            "</properties><failure/></testcase>"
        )
    )
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
LATER = '<testcase classname="t.T" name="bad"><skipped/></testcase>'


@pytest.mark.parametrize(
    "cases, counts, attempts",
    [
        pytest.param([FAILED, AGAIN], (1, 0, 1), 1, id="passes later"),
        pytest.param([GOOD, FAILED, GOOD, FAILED, AGAIN], (3, 0, 1), 2, id="at last"),
        pytest.param([FAILED, FAILED, FAILED], (1, 1, 0), 3, id="never"),
        pytest.param([FAILED, AGAIN, FAILED], (1, 1, 0), 2, id="but the last fails"),
        pytest.param([AGAIN, FAILED], (2, 1, 0), 1, id="passed before"),
        pytest.param([AGAIN, AGAIN], (2, 0, 0), 0, id="all pass"),
        pytest.param([FAILED, GOOD], (2, 1, 0), 1, id="another passes"),
        pytest.param([FAILED, LATER], (1, 1, 0), 1, id="is skipped later"),
        pytest.param([NAMELESS, "<testcase/>"], (2, 1, 0), 1, id="without a name"),
    ],
)
def test_retries__each_attempt_a_case_of_its_own(
    cases: list[str], counts: tuple[int, int, int], attempts: int
) -> None:
    results = read(suite(*cases), retries=True)
    assert (results.test_count, results.failure_count, len(results.flaky)) == counts
    assert [each.attempts for each in (*results.failed, *results.flaky)] == [attempts] * sum(
        counts[1:]
    )


def test_retries__a_flaky_test_has_its_first_failure() -> None:
    first = FAILED.replace("1 != 2", "first")
    assert read(suite(first, FAILED, AGAIN), retries=True).flaky[0].message == "first more"


def test_retries__not_asked_for_two_cases_of_one_name_are_two_tests() -> None:
    results = read(suite(FAILED, AGAIN))
    assert (results.test_count, results.failure_count, results.flaky) == (2, 1, ())


def test_retries__an_exit_code_says_that_they_are_two_tests() -> None:
    report = [("r.xml", suite(FAILED, AGAIN).encode())]
    results = read_reports(report, retries=True, exit_code=1).results
    assert (results.test_count, results.failure_count, results.flaky) == (2, 1, ())
    report = [("r.xml", suite(FAILED, AGAIN, ERROR).encode())]
    results = read_reports(report, retries=True, exit_code=1).results
    assert (results.test_count, results.failure_count, len(results.flaky)) == (2, 1, 1)


@pytest.mark.parametrize(
    "first, second",
    [
        pytest.param('name="a"', 'name="b"', id="suites"),
        pytest.param('name="a" hostname="chromium"', 'name="a" hostname="firefox"', id="projects"),
    ],
)
def test_retries__tests_of_two_suites_are_two_tests(first: str, second: str) -> None:
    text = (
        f"<testsuites><testsuite {first}>{FAILED}</testsuite>"
        f"<testsuite {second}>{AGAIN}</testsuite></testsuites>"
    )
    results = read(text, retries=True)
    assert (results.test_count, results.failure_count, results.flaky) == (2, 1, ())


def of_pytest(*cases: str) -> str:
    return f'<testsuites><testsuite name="pytest">{"".join(cases)}</testsuite></testsuites>'


@pytest.mark.parametrize(
    "cases, counts",
    [
        pytest.param([AGAIN, AGAIN, FAILED], (1, 1, 0), id="failed each time"),
        pytest.param([AGAIN, AGAIN], (1, 0, 1), id="flaky"),
        pytest.param([LATER, LATER], (0, 0, 0), id="skipped"),
        # Where something else repeats tests, no failure may be lost.
        pytest.param([FAILED, AGAIN], (2, 1, 0), id="not as the plugin writes it"),
    ],
)
def test_pytest__attempts_of_its_plugin_are_one_test(
    cases: list[str], counts: tuple[int, int, int]
) -> None:
    results = read(of_pytest(*cases))
    assert (results.test_count, results.failure_count, len(results.flaky)) == counts


@pytest.mark.parametrize(
    "case, counts",
    [
        pytest.param("<skipped/><error message='e'/>", (1, 1), id="skipped and error"),
        pytest.param("<skipped/><failure message='e'/>", (1, 1), id="skipped and failure"),
        pytest.param("<skipped type='todo'/><failure message='e'/>", (0, 0), id="node's todo"),
        pytest.param("<skipped type='pytest.xfail'/>", (1, 0), id="pytest's xfail"),
        pytest.param("<skipped type='XFAIL'/>", (1, 0), id="unittest's expected failure"),
        pytest.param("<failure message='e'/><error message='f'/>", (1, 1), id="two failures"),
        pytest.param(
            "<error type='PHPUnit\\Framework\\RiskyTestError'/>", (1, 0), id="PHPUnit's risky test"
        ),
    ],
)
def test_read_reports__how_a_case_ended(case: str, counts: tuple[int, int]) -> None:
    results = read(suite(f"<testcase name='a'>{case}</testcase>"))
    assert (results.test_count, results.failure_count, len(results.failed)) == (*counts, counts[1])


@pytest.mark.parametrize("status", ["notrun", "Skipped", "Inconclusive"])
def test_read_reports__a_status_may_say_that_it_was_not_run(status: str) -> None:
    results = read(suite(f"<testcase name='a' status='{status}'/>"))
    assert results.test_count == 0


def test_read_reports__all_failures_of_a_case_are_shown() -> None:
    case = "<testcase name='a'><failure message='one'>at 1</failure><error>at 2</error></testcase>"
    (failed,) = read(suite(case)).failed
    assert (failed.message, failed.trace) == ("one", "at 1\n\nat 2")


@pytest.mark.parametrize(
    "text, counts",
    [
        pytest.param(
            '<testsuite tests="5" failures="1" errors="1" skipped="2"/>', (3, 2), id="one"
        ),
        pytest.param(
            '<testsuites><testsuite tests="5" failures="1"/><testsuite tests="2"/></testsuites>',
            (7, 1),
            id="two",
        ),
        pytest.param(
            '<testsuites tests="15" skipped="2"><testsuite tests="15"/></testsuites>',
            (13, 0),
            id="the sum knows more",
        ),
        pytest.param(
            '<testsuites tests="0" failures="0"><testsuite tests="4" failures="1"/></testsuites>',
            (4, 1),
            id="zeros as the sum",
        ),
        pytest.param(
            '<testsuites failures="1"><testsuite tests="4"/></testsuites>',
            (4, 1),
            id="failures as the sum alone",
        ),
        # gotestsum, when a package cannot be built.
        pytest.param(
            '<testsuites tests="0" failures="0" errors="1"/>', (0, 1), id="an error alone"
        ),
        # mocha-junit-reporter writes no case for a pending test, and counts it.
        pytest.param(
            f'<testsuites tests="3"><testsuite tests="1">{GOOD}</testsuite><testsuite tests="2"/>'
            "</testsuites>",
            (1, 0),
            id="pending beside others",
        ),
        pytest.param(
            f'<testsuites><testsuite>{GOOD}</testsuite><testsuite errors="1"/></testsuites>',
            (2, 1),
            id="an error beside others",
        ),
        pytest.param(
            f'<testsuite tests="9" failures="9">{GOOD}</testsuite>', (1, 0), id="with cases"
        ),
        pytest.param('<testsuite tests="many" failures="-1"/>', (0, 0), id="no numbers"),
        pytest.param("<testsuites/>", (0, 0), id="nothing"),
    ],
)
def test_read_reports__counts_of_suites_without_cases(text: str, counts: tuple[int, int]) -> None:
    results = read(text)
    assert (results.test_count, results.failure_count) == counts


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('<testsuites xmlns="urn:junit">{}</testsuites>', id="a namespace"),
        pytest.param(
            '<j:testsuites xmlns:j="urn:junit">{}</j:testsuites>', id="a namespace with a prefix"
        ),
        pytest.param(
            "<testsuites><testsuite><testsuite>{}</testsuite></testsuite></testsuites>", id="nested"
        ),
        pytest.param("\n\n<?xml version='1.0'?>\n<testsuites>{}</testsuites>", id="blank lines"),
        pytest.param("\ufeff<?xml version='1.0'?><testsuites>{}</testsuites>", id="a BOM"),
        pytest.param("<testsuites>{}</testsuites>\nDone in 3 s & bye <3", id="lines after it"),
        pytest.param(
            "> shop@1 test\n> mocha <all>\n\n<?xml version='1.0'?>\n<testsuites>{}</testsuites>",
            id="lines before it",
        ),
        pytest.param("<!-- made by hand --><testsuites>{}</testsuites>", id="a comment"),
    ],
)
def test_read_reports__is_read_all_the_same(text: str) -> None:
    content = text.format(f"<testsuite>{GOOD}{FAILED}</testsuite>")
    results = read(content)
    assert (results.test_count, results.failure_count) == (2, 1)
    assert results.failed[0].name == "t.T.bad"
    assert unread(content) == []


def test_read_reports__several_documents_in_one_file() -> None:
    one = f"<?xml version='1.0'?>\n<!DOCTYPE testsuite>\n<testsuite>{GOOD}{FAILED}</testsuite>\n"
    bare = '<testsuite tests="2" failures="1"/>'
    results = read(f"{one}and again\n{one}{bare}\nbye")
    assert (results.test_count, results.failure_count) == (6, 3)
    assert unread(one + one) == []


@pytest.mark.parametrize(
    "between", ["<coverage/>", f"<testsuite>{GOOD}"], ids=["other XML", "one that is cut"]
)
def test_read_reports__a_second_document_that_is_no_report(between: str) -> None:
    text = f"<testsuite>{GOOD}</testsuite>\n<?xml version='1.0'?>{between}"
    ((_, is_report),) = unread(text)
    assert is_report
    assert read(text).test_count


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


def timed(name: str, seconds: str, inner: str = "") -> str:
    return f'<testcase classname="t.T" name="{name}" time="{seconds}">{inner}</testcase>'


def test_read_reports__lists_all_tests_those_first_that_did_not_pass() -> None:
    assert listed(
        suite(timed("quick", "0.1"), timed("slow", "3.5")),
        suite(timed("bad", "0.2", "<failure/>"), timed("later", "", "<skipped/>")),
        suite(timed("shaky", "0.3", '<flakyFailure message="m"/>'), timed("slower", "1,003.5")),
    ) == [
        ("t.T.shaky", "flaky", 0.3),
        ("t.T.bad", "failed", 0.2),
        ("t.T.later", "skipped", None),
        ("t.T.slower", "passed", 1003.5),
        ("t.T.slow", "passed", 3.5),
        ("t.T.quick", "passed", 0.1),
    ]


def test_read_reports__lists_a_test_that_ran_again_once() -> None:
    text = suite(timed("a", "2", "<failure/>"), timed("a", "1"))
    assert listed(text, retries=True) == [("t.T.a", "flaky", 1.0)]


def test_read_reports__lists_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MAX_TESTS", 2)
    text = suite(timed("quick", "1"), timed("slow", "2"), timed("bad", "0", "<error/>"))
    assert [name for name, *_ in listed(text)] == ["t.T.bad", "t.T.slow"]
