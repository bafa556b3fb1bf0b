import time
from datetime import UTC, datetime

import pytest

from rehearsal.results.junit.reports import read_reports
from rehearsal.results.junit.time_stamps import Window
from rehearsal.results.tests import Span


def span_of(text: str, window: Window | None = None) -> Span | None:
    """Return when the last failed test of a report ran."""
    read = read_reports([("r.xml", text.encode())], retries=False, window=window)
    return (*read.results.flaky, *read.results.failed)[-1].span


def suite(*cases: str) -> str:
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"


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
        pytest.param({"start": "1e300", "end": "1e300"}, id="after the year 9999"),
        pytest.param({"start": "5", "end": "1700000000"}, id="for years"),
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


@pytest.mark.parametrize(
    "written, seconds",
    [("1.5", 1.5), ("1,234.567", 1234.567), ("0,123", None), ("-1", None), ("nan", None),
     ("inf", None), ("1e300", None), ("1e9", None), ("864000", 864000), ("0", 0), ("", None)],
)  # fmt: skip
def test_span__durations(written: str, seconds: float | None) -> None:
    timed = case(f"time='{written}'")
    text = f"<testsuite {AT}>{timed}</testsuite>"
    assert span_of(text) == Span(start=THEN, end=THEN + (seconds or 0), exact=False)
    read = read_reports([("r.xml", text.encode())], retries=False)
    assert [each.seconds for each in read.results.tests] == [seconds]


@pytest.mark.parametrize("written", ["1e300", "inf", "1e9"])
def test_span__a_suite_that_took_years(written: str) -> None:
    timed = case(f"time='{written}'")
    text = f"<testsuite {AT} time='{written}'>{timed}{case()}</testsuite>"
    assert span_of(text, (THEN, THEN + 9)) == Span(start=THEN, end=THEN, exact=False)


def test_span__a_case_s_own_stamp_is_better() -> None:
    own = case('timestamp="2026-11-22T16:00:09Z" time="1"')
    text = f'<testsuite {AT}><testcase name="g" time="2.5"/>{own}</testsuite>'
    assert span_of(text) == Span(start=THEN + 9, end=THEN + 10, exact=False)


@pytest.mark.parametrize(
    "stamp", ["", "yesterday", "0001-01-01T00:00:00", "9999-12-31T23:59:59"], ids=str
)
def test_span__a_strange_stamp_is_no_error(stamp: str) -> None:
    span = span_of(suite(case(f'timestamp="{stamp}"')))
    assert span is None or span.start >= 0


RUN = (THEN, THEN + 100)


def stamped(stamp: str, seconds: float = 0.0) -> str:
    suite = f'<testsuite timestamp="{stamp}" time="{seconds}">'
    return f'{suite}<testcase name="g" time="2"/>{case(f"""time="{seconds - 2}" """)}</testsuite>'


@pytest.mark.parametrize(
    "stamp, seconds, start",
    [
        pytest.param("2026-11-22T16:00:10Z", 20, 12, id="of the beginning"),
        pytest.param("2026-11-22T16:01:39Z", 20, 81, id="of the end"),
        pytest.param("Sun, 22 Nov 2026 16:01:39 GMT", 20, 81, id="as mocha writes it"),
        # Tests that ran at the same time take longer than the run.
        pytest.param("2026-11-22T16:00:00Z", 150, 2, id="longer than the run"),
        pytest.param("2026-11-22T16:00:10", 20, 12, id="UTC without a zone"),
    ],
)
def test_span__within_the_run(
    stamp: str, seconds: float, start: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        span = span_of(stamped(stamp, seconds), RUN)
    time.tzset()
    assert span
    assert span.start == THEN + start


@pytest.mark.parametrize(
    "stamp", ["2026-11-22T14:00:00Z", "2026-11-22T18:00:00Z"], ids=["before", "after"]
)
def test_span__outside_the_run_is_none(stamp: str) -> None:
    assert span_of(stamped(stamp, 20), RUN) is None
    assert span_of(stamped(stamp, 20)) is not None


def test_span__suites_with_the_time_stamp_of_the_whole_run_follow_each_other() -> None:
    other = f'<testsuite {AT}><testcase name="g" time="3"/></testsuite>'
    text = f"<testsuites>{other}<testsuite {AT}>{case()}</testsuite></testsuites>"
    assert span_of(text) == Span(start=THEN + 3, end=THEN + 3, exact=False)


def test_span__a_flaky_test_ran_when_its_first_attempt_did() -> None:
    attempt = '<flakyFailure timestamp="2026-11-22T16:00:05Z" time="2"/>'
    text = f'<testsuite {AT}><testcase name="a" time="9" timestamp="2026-11-22T16:00:08Z">{attempt}</testcase></testsuite>'  # noqa: E501
    assert span_of(text) == Span(start=THEN + 5, end=THEN + 7, exact=False)


def test_span__of_unittest_xml_reporting_ends_at_its_time_stamp() -> None:
    own = case('timestamp="2026-11-22T16:00:09+00:00" time="3"')
    text = f'<testsuite name="t.T-20261122160009" {AT}>{own}</testsuite>'
    assert span_of(text) == Span(start=THEN + 6, end=THEN + 9, exact=False)
