import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rehearsal.pipeline.stages.count_results import (
    count_notices,
    count_tests,
    is_empty_shard,
    is_one_shard,
)
from rehearsal.results.tests import Failure, Span, SuiteResults

from ...fakes import suite_plan

GOOD = "<testcase name='good'/>"
BAD = "<testcase name='bad'><failure message='m'/></testcase>"
WORSE = "<testcase name='worse'><failure/></testcase>"
RECOVERED = "<testcase name='bad'/>"
SHAKY = "<testcase name='shaky'><flakyFailure message='m'/></testcase>"
LEFT = "<properties><property name='left-to-other-shards' value='{}'/></properties>"


def counted(
    folder: Path, *reports: str, text: str = "", code: int = 0, **plan: Any
) -> SuiteResults:
    paths = [folder / f"{number}.xml" for number in range(len(reports))]
    for path, report in zip(paths, reports, strict=True):
        path.write_text(f"<testsuite>{report}</testsuite>")
    return count_tests(suite_plan(**plan), paths, text, code)


def test_count_tests__recovered_failures_are_flaky(tmp_path: Path) -> None:
    results = counted(tmp_path, GOOD + BAD + BAD + RECOVERED + SHAKY, retries=1)
    assert (results.test_count, results.failure_count, results.failed) == (3, 0, ())
    assert [(each.name, each.attempts) for each in results.flaky] == [("bad", 2), ("shaky", 1)]


def test_count_tests__ignores_links_pipes_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(f"<testsuite>{GOOD}</testsuite>")
    (tmp_path / "link.xml").symlink_to("report.xml")
    os.mkfifo(tmp_path / "pipe.xml")
    paths = [tmp_path / name for name in ("link.xml", "pipe.xml", "gone.xml", ".")]
    assert count_tests(suite_plan(), paths, "", 0).test_count is None
    assert count_tests(suite_plan(), [*paths, tmp_path / "report.xml"], "", 0).test_count == 1


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


@pytest.mark.parametrize(
    "shard, other", [("", False), ("1/1", False), ("1/2", True), ("10/10", True)]
)
def test_is_one_shard__of_several(shard: str, other: bool) -> None:
    assert is_one_shard(shard) is other


@pytest.mark.parametrize(
    "results, code, empty",
    [
        (SuiteResults(test_count=0, in_other_shards=5), 0, True),
        (SuiteResults(test_count=0, in_other_shards=5), 5, True),
        (SuiteResults(test_count=0, in_other_shards=5), 1, False),
        (SuiteResults(test_count=0, in_other_shards=0), 0, False),
        (SuiteResults(test_count=0), 0, False),
        (SuiteResults(test_count=0, failure_count=1, in_other_shards=5), 0, False),
        (SuiteResults(test_count=1, in_other_shards=5), 0, False),
        (SuiteResults(in_other_shards=5), 0, False),
    ],
    ids=["empty", "none ran", "an error", "all empty", "untold", "set-up", "some", "unknown"],
)
def test_is_empty_shard__if_others_have_tests(
    results: SuiteResults, code: int, *, empty: bool
) -> None:
    assert is_empty_shard(results, code) is empty


def said(results: SuiteResults, **plan: object) -> str:
    return " ".join(count_notices(suite_plan(**plan), results))


FAILED = Failure(name="t", message="m")
EXACT = Failure(name="t", message="m", span=Span(start=1, end=2, exact=True))
ABOUT = Failure(name="t", message="m", span=Span(start=1, end=2, exact=False))
TWICE = Failure(name="t", message="m", attempts=2)


def test_count_notices__empty_shard() -> None:
    assert said(SuiteResults(test_count=0, in_other_shards=5), shard="3/4") == (
        "Shard 3/4 holds no test; the other shards have 5."
    )


PASSED = SuiteResults(test_count=3)


def failing(**fields: Any) -> SuiteResults:
    return SuiteResults(test_count=3, failure_count=1, **fields)


@pytest.mark.parametrize(
    "results, plan, word",
    [
        (SuiteResults(test_count=3), {}, ""),
        (PASSED, {"shard": "1/4"}, "shard is 1/4"),
        (PASSED, {"shard": "1/1"}, ""),
        (PASSED, {"shard": "1/4", "command": "jest --shard=$REHEARSAL_SHARD"}, ""),
        (SuiteResults(test_count=3, in_other_shards=9), {"shard": "1/4"}, ""),
        (PASSED, {"retries": 2}, ""),
        (failing(), {}, ""),
        (failing(), {"retries": 2}, "test-retries is 2"),
        (failing(), {"retries": 2, "command": "x $REHEARSAL_RETRIES"}, ""),
        (failing(failed=(FAILED,)), {"retries": 2}, "test-retries is 2"),
        (failing(failed=(ABOUT,)), {"retries": 2}, "test-retries is 2"),
        (failing(failed=(EXACT,)), {"retries": 2}, ""),
        (failing(failed=(TWICE,)), {"retries": 2}, ""),
        (failing(failed=(FAILED,), flaky=(FAILED,)), {"retries": 2}, ""),
    ],
    ids=["nothing asked", "shard untold", "one part", "shard handed on", "shard told",
         "nothing to run again", "no retries", "retries in vain", "retries handed on", "by name",
         "plain times", "ours", "it ran again", "another ran again"],
)  # fmt: skip
def test_count_notices__ignored_shard_or_retries(
    results: SuiteResults, plan: dict[str, object], word: str
) -> None:
    text = said(results, **plan)
    assert text.startswith(word)
    assert bool(text) is bool(word)
