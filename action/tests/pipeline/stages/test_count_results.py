from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rehearsal.pipeline.stages.count_results import NOTHING_COUNTED, SuiteCount, count_tests
from rehearsal.pipeline.stages.report_files import read_report_files
from rehearsal.results.tests import SuiteResults

from ...fakes import suite_plan
from ...results.suite_output.read_output import read_output

GOOD = "<testcase name='good'/>"
BAD = "<testcase name='bad'><failure message='m'/></testcase>"
WORSE = "<testcase name='worse'><failure/></testcase>"
RECOVERED = "<testcase name='bad'/>"
SHAKY = "<testcase name='shaky'><flakyFailure message='m'/></testcase>"
LEFT = "<properties><property name='left-to-other-shards' value='{}'/></properties>"


def count(
    folder: Path, *reports: str, text: str = "", code: int | None = 0, **plan: Any
) -> SuiteCount:
    names = [f"{number}.xml" for number in range(len(reports))]
    for name, report in zip(names, reports, strict=True):
        (folder / name).write_text(f"<testsuite>{report}</testsuite>")
    suite = suite_plan(**plan)
    read = read_report_files(
        [folder / name for name in names],
        folder,
        retries=bool(suite.retries),
        exit_code=code or 0,
        window=(0, 0),
    )
    return count_tests(suite, read, read_output(text), code)


def counted(folder: Path, *reports: str, **arguments: Any) -> SuiteResults:
    return count(folder, *reports, **arguments).results


def test_count_tests__recovered_failures_are_flaky(tmp_path: Path) -> None:
    results = counted(tmp_path, GOOD + BAD + BAD + RECOVERED + SHAKY, retries=1)
    assert (results.test_count, results.failure_count, results.failed) == (3, 0, ())
    assert [(each.name, each.attempts) for each in results.flaky] == [("bad", 2), ("shaky", 1)]


def test_count_tests__no_test_is_flaky_where_nothing_else_explains_the_exit_code(
    tmp_path: Path,
) -> None:
    results = counted(tmp_path, BAD + RECOVERED, code=1, retries=1)
    assert (results.test_count, results.failure_count, results.flaky) == (2, 1, ())
    results = counted(tmp_path, BAD + RECOVERED + WORSE, code=1, retries=1)
    assert (results.test_count, results.failure_count, len(results.flaky)) == (2, 1, 1)


def test_count_tests__without_retries_no_test_ran_again(tmp_path: Path) -> None:
    results = counted(tmp_path, BAD + RECOVERED)
    assert (results.test_count, results.failure_count, results.flaky) == (2, 1, ())


def test_count_tests__reruns_from_the_output_of_pytest(tmp_path: Path) -> None:
    text = "RERUN t.py::test_x\n= 1 passed, 1 rerun in 0.1s ="
    assert [each.name for each in counted(tmp_path, GOOD, text=text).flaky] == ["t.py::test_x"]
    assert [each.name for each in counted(tmp_path, SHAKY, text=text).flaky] == ["shaky"]


UNITTEST = "Ran 2 tests in 0.1s\n\nOK"
PYTEST = "= 2 passed, 5 deselected in 0.1s ="
SHARDED = "pytest --shard $REHEARSAL_SHARD"


@pytest.mark.parametrize(
    "reports, text, plan, expected",
    [
        pytest.param([LEFT.format(5), GOOD], "", {"shard": "1/2"}, (1, 5), id="both told"),
        pytest.param([LEFT.format(5)], UNITTEST, {"shard": "1/2"}, (2, 5), id="no report"),
        pytest.param([LEFT.format(5)], "", {"shard": "1/2"}, (None, 5), id="nobody counts"),
        pytest.param(
            [LEFT.format(0)],
            "= 9 deselected in 1s =",
            {"shard": "1/2", "command": SHARDED},
            (0, 0),
            id="the report wins",
        ),
        pytest.param([], PYTEST, {"shard": "1/2", "command": SHARDED}, (2, 5), id="pytest"),
        pytest.param([], PYTEST, {"shard": "1/2"}, (2, None), id="deselected for other reasons"),
        pytest.param([], PYTEST, {"command": SHARDED}, (2, None), id="without a shard"),
        pytest.param([], PYTEST, {"shard": "1/1", "command": SHARDED}, (2, None), id="one part"),
        pytest.param([GOOD], UNITTEST, {"shard": "1/2"}, (1, None), id="untold"),
    ],
)
def test_count_tests__tests_in_other_shards(
    tmp_path: Path, reports: Sequence[str], text: str, plan: dict[str, Any], expected: object
) -> None:
    results = counted(tmp_path, *reports, text=text, **plan)
    assert (results.test_count, results.in_other_shards) == expected


TWO_FAILED = "= 2 failed, 3 passed in 0.1s ="
NAMED = """=========== FAILURES ===========
____________ test_x ____________
E   AssertionError: no basket

t.py:3: AssertionError
=== short test summary info ====
FAILED t.py::test_x - Asserti...
===== 1 failed in 0.01s ========
"""
UNCOUNTED = (None, 0)


@pytest.mark.parametrize(
    "reports, text, code, expected",
    [
        pytest.param([], TWO_FAILED, 1, (5, 2), id="words alone"),
        pytest.param([], TWO_FAILED, None, (5, 2), id="words of a command that was ended"),
        pytest.param([], TWO_FAILED, 0, (3, 0), id="words, and a good end"),
        pytest.param([], "= 2 failed in 0.1s =", 0, (2, 0), id="words of no pass, good end"),
        pytest.param([], f"{TWO_FAILED}\n= 2 passed in 1s =", 0, (5, 0), id="it ran again"),
        pytest.param([BAD], TWO_FAILED, 0, (1, 1), id="a report, and a good end"),
        pytest.param([GOOD], TWO_FAILED, 1, (5, 2), id="the runner knows of more failures"),
        pytest.param([GOOD], TWO_FAILED, 0, (1, 0), id="the report knows that it passed"),
        pytest.param([""], UNITTEST, 0, (2, 0), id="an empty report beside another runner"),
        pytest.param([""], "", 1, (0, 0), id="an empty report alone"),
        pytest.param([], "", 0, UNCOUNTED, id="nothing"),
        pytest.param([], "", 1, UNCOUNTED, id="nothing, and a bad end"),
        pytest.param([], "", 5, (0, 0), id="as pytest ends where no test ran"),
        pytest.param([], "= 3 passed in 1s =", 5, (3, 0), id="another run had tests"),
    ],
)
def test_count_tests__reports_words_and_exit_code(
    tmp_path: Path, reports: list[str], text: str, code: int | None, expected: object
) -> None:
    results = counted(tmp_path, *reports, text=text, code=code)
    assert (results.test_count, results.failure_count) == expected


def test_count_tests__names_failures_that_only_the_words_tell(tmp_path: Path) -> None:
    for reports in ([], [GOOD]):
        (failure,) = counted(tmp_path, *reports, text=NAMED, code=1).failed
        assert (failure.name, failure.file) == ("t.py::test_x", "t.py")
        assert failure.message == "AssertionError: no basket"
    assert counted(tmp_path, BAD, text=NAMED, code=1).failed[0].name == "bad"


def printed_failures(*names: str) -> str:
    """What unittest prints of failed tests, and of one test that passed."""
    bar, rule = "=" * 70, "-" * 70
    blocks = (f"{bar}\nFAIL: {name} (t.T.{name})\n{rule}\nAssertionError: no\n" for name in names)
    total, failures = len(names) + 1, len(names)
    return f"{''.join(blocks)}\n{rule}\nRan {total} tests in 1s\n\nFAILED (failures={failures})"


def test_count_tests__of_a_suite_of_which_only_a_part_writes_reports(tmp_path: Path) -> None:
    report = "<testcase classname='t.T' name='test_b'><failure message='m'/></testcase>"
    text = printed_failures("test_a", "test_b")
    results = counted(tmp_path, report, text=text, code=1)
    assert (results.test_count, results.failure_count) == (3, 2)
    assert [each.name for each in results.failed] == ["t.T.test_b", "t.T.test_a"]
    assert results.failed[0].message == "m"


@pytest.mark.parametrize(
    "report, text, code, expected",
    [
        pytest.param(GOOD, "Ran 3 tests in 1s\n\nOK", 0, (3, 0), id="passed"),
        pytest.param(
            "<testcase classname='t.T' name='test_a'><failure message='m'/></testcase>",
            printed_failures("test_a"),
            1,
            (2, 1),
            id="failed",
        ),
        pytest.param(GOOD, f"{UNITTEST}\n{UNITTEST}", 0, (1, 0), id="two runs"),
    ],
)
def test_count_tests__that_one_run_counted(
    tmp_path: Path, report: str, text: str, code: int, expected: object
) -> None:
    """Beside tests of BrowserTestCase, which write reports, there are others."""
    results = counted(tmp_path, report, text=text, code=code)
    assert (results.test_count, results.failure_count) == expected


def test_count_tests__where_a_report_names_tests_differently(tmp_path: Path) -> None:
    results = counted(tmp_path, BAD, text=printed_failures("test_a", "test_b"), code=1)
    assert (results.test_count, results.failure_count) == (1, 1)


def test_count_tests__a_failure_that_a_test_printed_is_none(tmp_path: Path) -> None:
    bar, rule = "=" * 70, "-" * 70
    printed = f"{bar}\nFAIL: test_x (t.T.test_x)\n{rule}\nAssertionError: printed\n"
    found = count(tmp_path, text=f"{printed}..\n{rule}\nRan 2 tests in 0.001s\n\nOK\n")
    assert (found.results.test_count, found.results.failure_count) == (2, 0)
    assert (found.results.failed, found.notices) == ((), ())


def test_count_tests__a_good_end_is_believed_with_a_notice(tmp_path: Path) -> None:
    found = count(tmp_path, text=f"{NAMED}= 1 passed, 4 deselected in 1s =")
    assert (found.results.test_count, found.results.failed) == (1, ())
    (notice,) = found.notices
    assert "(1 failed; 1 passed, 4 deselected)" in notice
    assert "exit code 0" in notice
    assert found.warnings == ()
    assert count(tmp_path, text=NAMED, code=1).notices == ()


@pytest.mark.parametrize(
    "reports, text, code, ran_none",
    [
        pytest.param([""], "", 0, True, id="an empty report"),
        pytest.param([""], "", 1, False, id="an empty report, and a bad end"),
        pytest.param([""], "", 5, True, id="pytest"),
        pytest.param([], "", 5, True, id="pytest -qq"),
        pytest.param([], "", 1, False, id="nothing said"),
        pytest.param([], "= no tests ran in 0.01s =", 5, True, id="pytest says so"),
        pytest.param([], "= no tests ran in 0.01s =\nmake: *** Error 5", 2, True, id="in make"),
        pytest.param([], "= no tests ran in 0.01s =\nERROR: file or directory not found: x", 4,
                     False, id="pytest found no file"),
        pytest.param([], "Ran 0 tests in 0.0s\n\nNO TESTS RAN", 5, True, id="unittest"),
        pytest.param([], "Ran 0 tests in 0.0s\n\nOK", 0, True, id="unittest 3.11"),
        pytest.param([], "Ran 0 tests in 0.0s\n\nFAILED (errors=1)", 5, False,
                     id="setUpModule in 3.13"),
        pytest.param([], "= 2 errors in 0.1s =", 2, False, id="pytest collected nothing"),
        pytest.param([], "No tests found, exiting with code 1", 1, True, id="Jest"),
        pytest.param([], "Tests: 0 total", 1, True, id="Jest, none left"),
        pytest.param([], "  ● Test suite failed to run\n\n    Cannot find x\nTests:  0 total", 1,
                     False, id="Jest could not load"),
        pytest.param([GOOD], "= no tests ran in 0.01s =", 5, False, id="a report has one"),
        pytest.param([], "= no tests ran in 0.01s =\n= 1 passed in 1s =", 5, False, id="some run"),
    ],
)  # fmt: skip
def test_count_tests__no_test_ran(
    tmp_path: Path, reports: list[str], text: str, code: int, *, ran_none: bool
) -> None:
    found = count(tmp_path, *reports, text=text, code=code)
    assert found.ran_none is ran_none
    assert not found.nothing_shown


def test_count_tests__the_reason_is_told_only_without_failures(tmp_path: Path) -> None:
    text = "= no tests ran in 0.01s =\nERROR: file or directory not found: x"
    assert count(tmp_path, text=text, code=4).reason == "ERROR: file or directory not found: x"
    assert count(tmp_path, text=text, code=0).reason == ""
    assert count(tmp_path, BAD, text=text, code=4).reason == ""


@pytest.mark.parametrize(
    "reports, text, code, glob, nothing_shown, warned",
    [
        pytest.param([], "", 0, "", False, True, id="no report asked for"),
        pytest.param([], "", 1, "", False, False, id="the exit code says enough"),
        pytest.param([], "", None, "", False, False, id="ended by us"),
        pytest.param([], UNITTEST, 0, "", False, False, id="counted"),
        pytest.param([], "", 0, "*.xml", True, False, id="no report found"),
        pytest.param(["<"], "", 0, "*.xml", True, True, id="no report readable"),
        pytest.param(["<"], UNITTEST, 0, "*.xml", False, True, id="the words count"),
        pytest.param([], UNITTEST, 0, "*.xml", False, False, id="the words count, no report found"),
        pytest.param([GOOD], "", 0, "*.xml", False, False, id="the report counts"),
        pytest.param([LEFT.format(5)], "", 0, "*.xml", False, True, id="of other shards alone"),
    ],
)
def test_count_tests__a_pass_that_nothing_shows(
    tmp_path: Path,
    reports: list[str],
    text: str,
    code: int | None,
    glob: str,
    *,
    nothing_shown: bool,
    warned: bool,
) -> None:
    found = count(tmp_path, *reports, text=text, code=code, reports_glob=glob)
    assert found.nothing_shown is nothing_shown
    assert bool(found.warnings) is warned
    assert (NOTHING_COUNTED in found.warnings) is (warned and "<" not in reports)


def test_count_tests__a_pattern_that_matches_nothing_gets_a_notice(tmp_path: Path) -> None:
    (notice,) = count(tmp_path, text=UNITTEST, reports_glob="r/*.xml").notices
    assert notice.startswith("No file that this run has written matches test-reports (r/*.xml).")
    assert count(tmp_path, GOOD, text=UNITTEST, reports_glob="*.xml").notices == ()


def test_count_tests__other_xml_is_no_report(tmp_path: Path) -> None:
    """The words of unittest count, and a notice names the file."""
    path = tmp_path / "coverage.xml"
    path.write_text('<coverage line-rate="1"/>')
    read = read_report_files([path], tmp_path, retries=False, exit_code=0, window=(0, 0))
    found = count_tests(suite_plan(reports_glob="*.xml"), read, read_output(UNITTEST), 0)
    assert (found.results.test_count, found.results.failure_count) == (2, 0)
    (notice,) = found.notices
    assert notice.startswith("coverage.xml is not counted: ")
    assert (found.warnings, found.ran_none, found.nothing_shown) == ((), False, False)
    found = count_tests(suite_plan(reports_glob="*.xml"), read, read_output(""), 0)
    assert found.nothing_shown
