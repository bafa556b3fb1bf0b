import dataclasses
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from rehearsal_testing.junit import Case, ErrorDetails, FailedAttempt, Outcome, to_xml, write

from .junit_reports import properties

PASSED = Outcome(
    case=Case(classname="a.B", name="test_c", file="a.py", line=12),
    started=1795339801.25,
    ended=1795339802.484561,
    seconds=1.23456,
)
FAILURE = ErrorDetails(
    kind="failure", type="AssertionError", message="1 != 2", traceback="Traceback\n1 != 2"
)
ERROR = ErrorDetails(kind="error", type="x.Broken", message="broken", traceback="Traceback\nbroken")


def case_of(outcome: Outcome) -> tuple[ET.Element, ET.Element]:
    root = ET.fromstring(to_xml(outcome))  # noqa: S314
    suites = list(root)
    assert [suite.tag for suite in suites] == ["testsuite"]
    cases = suites[0].findall("testcase")
    assert len(cases) == 1
    return suites[0], cases[0]


def named(name: str, errors: Sequence[ErrorDetails] = ()) -> Outcome:
    case = dataclasses.replace(PASSED.case, name=name)
    return dataclasses.replace(PASSED, case=case, errors=errors)


def test_junit__passed() -> None:
    suite, case = case_of(PASSED)
    assert case.attrib == {
        "classname": "a.B",
        "name": "test_c",
        "file": "a.py",
        "line": "12",
        "time": "1.235",
        "timestamp": "2026-11-22T09:30:01.250000+00:00",
    }
    assert properties(case) == {"start": "1795339801.250000", "end": "1795339802.484561"}
    assert [element.tag for element in case] == ["properties"]
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "1", "failures": "0", "errors": "0", "skipped": "0"}
    assert suite.get("timestamp") == case.get("timestamp")


@pytest.mark.parametrize(
    "errors,tag,message,counted",
    [
        ([FAILURE], "failure", "1 != 2", ("1", "0")),
        ([ERROR], "error", "broken", ("0", "1")),
        ([FAILURE, ERROR], "error", "1 != 2 (and 1 more)", ("0", "1")),
        ([FAILURE, FAILURE, FAILURE], "failure", "1 != 2 (and 2 more)", ("1", "0")),
    ],
    ids=["failure", "error", "both", "three sub-tests"],
)
def test_junit__several_errors_count_as_one_test(
    errors: list[ErrorDetails], tag: str, message: str, counted: tuple[str, str]
) -> None:
    suite, case = case_of(dataclasses.replace(PASSED, errors=errors))
    assert [(element.tag, element.get("message")) for element in case[1:]] == [(tag, message)]
    assert (suite.get("failures"), suite.get("errors")) == counted
    assert case[1].get("type") == errors[0].type
    assert case[1].text == "\n".join(each.traceback for each in errors)


EARLIER = (
    FailedAttempt(started=1795339701.0, ended=1795339702.0, errors=[FAILURE]),
    FailedAttempt(started=1795339711.0, ended=1795339712.0, errors=[FAILURE, ERROR]),
)


@pytest.mark.parametrize("skipped", [None, "gone"], ids=["passed", "skipped"])
def test_junit__flaky_has_an_element_for_each_failed_attempt(skipped: str | None) -> None:
    suite, case = case_of(dataclasses.replace(PASSED, earlier_attempts=EARLIER, skipped=skipped))
    assert [(each.tag, each.get("type"), each.get("message")) for each in case[1:]] == [
        ("flakyFailure", "AssertionError", "1 != 2"),
        ("flakyError", "AssertionError", "1 != 2 (and 1 more)"),
    ]
    assert case[2].text == f"{FAILURE.traceback}\n{ERROR.traceback}"
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "1", "failures": "0", "errors": "0", "skipped": "0"}
    assert properties(case) == {"start": "1795339701.000000", "end": "1795339702.000000"}
    assert case.get("time") == "1.235"


def test_junit__failed_each_time_has_times_of_the_last_attempt() -> None:
    suite, case = case_of(dataclasses.replace(PASSED, earlier_attempts=EARLIER, errors=[ERROR]))
    assert [each.tag for each in case[1:]] == ["error", "rerunFailure", "rerunError"]
    assert (suite.get("failures"), suite.get("errors")) == ("0", "1")
    assert properties(case) == {"start": "1795339801.250000", "end": "1795339802.484561"}


def test_junit__skipped() -> None:
    suite, case = case_of(dataclasses.replace(PASSED, skipped="no network"))
    assert [(element.tag, element.get("message")) for element in case[1:]] == [
        ("skipped", "no network")
    ]
    assert suite.get("skipped") == "1"


def test_junit__names_the_evidence_folder() -> None:
    _, case = case_of(dataclasses.replace(PASSED, evidence="a.B.test_c", errors=[FAILURE]))
    assert properties(case)["evidence"] == "a.B.test_c"


def test_junit__drops_only_characters_that_xml_forbids() -> None:
    nasty = 'a<b>&"c" ]]> é 🎉 \x00\x08\x1b[31m\ud800\uffff\tend'
    error = dataclasses.replace(FAILURE, message=nasty, traceback=nasty)
    _, case = case_of(named(nasty, errors=[error]))
    expected = 'a<b>&"c" ]]> é 🎉 [31m\tend'
    assert case.get("name") == expected
    assert case[1].get("message") == expected
    assert case[1].text == expected


def test_write__leaves_one_file_for_each_test(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    first = write(PASSED, folder)
    second = write(named("test_d[/../x]"), folder)
    again = write(dataclasses.replace(PASSED, errors=[FAILURE]), folder)
    assert sorted(folder.iterdir()) == sorted([first, second])
    assert again == first
    assert first.suffix == second.suffix == ".xml"
    assert b"1 != 2" in first.read_bytes()
