import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.outside.folder import Folder
from rehearsal.outside.process import Process
from rehearsal.pipeline.stages import suite
from rehearsal.pipeline.stages.count_results import SuiteCount
from rehearsal.pipeline.stages.suite import run_tests
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.bounded_text import MAX_NAME
from rehearsal.verdict import Problem, RehearsalError, Verdict

from ...fakes import secret, suite_plan

ENV = {"PATH": os.environ["PATH"]}
GOOD = "<testsuite><testcase name='a'/><testcase name='b'/></testsuite>"
BAD = (
    "<testsuite><testcase name='a'/>"
    + "".join(f"<testcase name='t{n}'><failure message='m'/></testcase>" for n in range(5))
    + "</testsuite>"
)
EMPTY = "<testsuite/>"


def rehearse(
    log: Log,
    folder: Path,
    command: str,
    *,
    gone: bool = False,
    reports: Sequence[str] = (),
    **plan: Any,
) -> tuple[SuiteCount, list[Problem]]:
    paths = []
    for number, text in enumerate(reports):
        paths.append(folder / f"{number}.xml")
        paths[-1].write_text(text)
    return run_tests(
        suite_plan(command=command, **plan),
        lambda: gone,
        env=ENV,
        directory=folder,
        log=log,
        reports=lambda: paths,
    )


def test_run_tests__that_ignore_sigterm_when_cancelled(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever cancelled waits for the verdict."""

    def cancel(*_: object) -> None:
        while not (tmp_path / "begun").exists():
            time.sleep(0.01)
        raise RehearsalError(Verdict.CANCELLED, "It was cancelled.")

    monkeypatch.setattr(suite, "_wait", cancel)
    graces: list[float] = []
    end = Process.end

    def end_in(process: Process, grace: float) -> None:
        graces.append(grace)
        end(process, grace)

    monkeypatch.setattr(Process, "end", end_in)
    with pytest.raises(RehearsalError, match="It was cancelled"):
        rehearse(log, tmp_path, f"trap '' TERM; touch {tmp_path}/begun; sleep 60 & wait; wait")
    assert graces == [suite.CANCELLED_GRACE]


def print_lines(*lines: str, code: int = 0) -> str:
    return "\n".join([*(f"echo '{line}'" for line in lines), f"exit {code}"])


GOOD_END = "(though the test command ended with exit code 0)"
RAN = "Ran 3 tests in 0.1s"


@pytest.mark.parametrize(
    "command, reports, counted, verdict",
    [
        pytest.param("true", [], (None, 0), None, id="unknown runner, good"),
        pytest.param("false", [], (None, 0), "tests-failed", id="unknown runner, bad"),
        pytest.param("true", [BAD], (6, 5), "tests-failed", id="failures behind an exit code of 0"),
        pytest.param(print_lines(RAN, "OK"), [], (3, 0), None, id="unittest, good"),
        pytest.param(
            print_lines(RAN, "FAILED (errors=1)", code=1), [], (3, 1), "tests-failed", id="bad"
        ),
        pytest.param("true", [GOOD], (2, 0), None, id="report, good"),
        pytest.param("false", [GOOD, BAD], (8, 5), "tests-failed", id="reports, bad"),
        pytest.param("true", [EMPTY], (0, 0), "no-tests", id="empty report"),
        pytest.param("exit 5", [], (0, 0), "no-tests", id="pytest without tests"),
        pytest.param(
            print_lines("Ran 0 tests in 0.0s", "OK"), [], (0, 0), "no-tests", id="unittest, none"
        ),
        pytest.param(
            print_lines("Ran 0 tests in 0.0s", "FAILED (errors=1)", code=1),
            [],
            (0, 1),
            "tests-failed",
            id="setUpClass failed",
        ),
        pytest.param(
            print_lines("Ran 2 tests in 0.0s", "FAILED (errors=1)", code=1),
            [GOOD],
            (2, 1),
            "tests-failed",
            id="the runner knows of more than its report",
        ),
        pytest.param("false", [GOOD], (2, 0), "tests-failed", id="good report, bad end"),
        pytest.param("false | true", [], (None, 0), "tests-failed", id="pipefail"),
        pytest.param("false\ntrue", [], (None, 0), "tests-failed", id="the first line fails"),
    ],
)
def test_run_tests__counts_and_verdict(
    log: Log,
    tmp_path: Path,
    *,
    command: str,
    reports: list[str],
    counted: tuple[int | None, int],
    verdict: str | None,
) -> None:
    count, problems = rehearse(log, tmp_path, command, reports=reports)
    assert (count.results.test_count, count.results.failure_count) == counted
    assert [str(problem.verdict) for problem in problems] == ([verdict] if verdict else [])


LEFT = "<testsuite><properties><property name='left-to-other-shards' value='{}'/></properties>{}</testsuite>"  # noqa: E501


@pytest.mark.parametrize(
    "command, left, verdict",
    [
        pytest.param("true", 5, None, id="an empty shard"),
        pytest.param("exit 5", 5, None, id="as pytest ends where nothing ran"),
        pytest.param("exit 2", 5, "no-tests", id="a bad end"),
        pytest.param(
            print_lines("Ran 0 tests in 0.0s", "OK"), 0, "no-tests", id="no test anywhere"
        ),
        pytest.param("exit 5", None, "no-tests", id="nobody says that there are others"),
    ],
)
def test_run_tests__empty_shard(
    log: Log, tmp_path: Path, command: str, left: int | None, verdict: str | None
) -> None:
    reports = [] if left is None else [LEFT.format(left, "")]
    command = command if left is None else f"echo Ran 0 tests in 0.0s; {command}"
    count, problems = rehearse(log, tmp_path, command, reports=reports, shard="2/4")
    assert (count.results.test_count, count.results.failure_count) == (0, 0)
    assert [str(problem.verdict) for problem in problems] == ([verdict] if verdict else [])
    assert all("left-to-other-shards" in problem.hint for problem in problems)


def test_run_tests__a_long_name_is_short_in_the_sentence_only(log: Log, tmp_path: Path) -> None:
    name = "n" * 3000
    report = f"<testsuite><testcase name='{name}'><failure message='m'/></testcase></testsuite>"
    count, (problem,) = rehearse(log, tmp_path, "exit 1", reports=[report])
    assert problem.message.startswith("1 of 1 tests failed: nnn")
    assert len(problem.message) < MAX_NAME + 50
    assert [each.name for each in count.results.failed] == [name]


@pytest.mark.parametrize(
    "command, reports, line",
    [
        ("exit 3", [], "The test command ended with exit code 3."),
        ("exit 1", [BAD], "5 of 6 tests failed: t0, t1, t2 and 2 more."),
        (print_lines(RAN, "FAILED (failures=2)", code=1), [], "2 of 3 tests failed."),
        (
            print_lines("Ran 0 tests in 0.0s", "FAILED (errors=2)", code=1),
            [],
            "No test ran, since 2 set-ups failed.",
        ),
        (
            print_lines("Ran 1 test in 0.0s", "FAILED (failures=2)", code=1),
            [],
            "2 failures in 1 test.",
        ),
        (
            print_lines("=== short test summary info ===", "FAILED t.py::test_x - no", code=1),
            [],
            "1 test failed: t.py::test_x.",
        ),
        (
            print_lines("ValueError: no basket", code=3),
            [],
            "The test command ended with exit code 3. It printed: ValueError: no basket",
        ),
        ("exit 1", ["<testsuites tests='0'/>"], "The test command ended with exit code 1."),
        (
            "exit 0",
            [BAD],
            f"5 of 6 tests failed {GOOD_END}: t0, t1, t2 and 2 more.",
        ),
    ],
    ids=[
        "unknown",
        "named",
        "counted",
        "set-ups",
        "sub-tests",
        "uncounted",
        "reason",
        "empty report",
        "good end",
    ],
)
def test_run_tests__message(
    log: Log, tmp_path: Path, command: str, reports: list[str], line: str
) -> None:
    (problem,) = rehearse(log, tmp_path, command, reports=reports)[1]
    assert problem.message == line
    assert "container.log" in problem.hint


@pytest.mark.parametrize(
    "reports, line",
    [
        ([], "No file that this run has written matches test-reports (*.xml)."),
        (["<"], "None of the test-reports could be read."),
    ],
    ids=["none", "unreadable"],
)
def test_run_tests__nothing_shows_that_a_test_ran(
    log: Log, tmp_path: Path, reports: list[str], line: str
) -> None:
    _, (problem,) = rehearse(log, tmp_path, "true", reports=reports, reports_glob="*.xml")
    assert problem.verdict is Verdict.NO_TESTS
    assert problem.message.startswith(f"Nothing shows that a test ran. {line} The test command")
    assert "test-reports" in problem.hint


def test_run_tests__counts_runs_far_above_the_end(log: Log, tmp_path: Path) -> None:
    command = "echo Ran 3 tests in 0.1s; echo OK; seq 100000; echo Ran 4 tests in 0.1s; printf OK"
    count, problems = rehearse(log, tmp_path, command)
    assert (count.results.test_count, problems) == (7, [])


def test_run_tests__reads_what_may_begin_a_secret(tmp_path: Path) -> None:
    """The redactor holds it back until the stream ends."""
    redactor = Redactor([secret(value="3 passed in 0.1s, said the secret")])
    log = Evidence(Folder(tmp_path), redactor).log("output.log")
    count, _ = rehearse(log, tmp_path, "printf '3 passed in 0.1s'")
    log.close()
    assert count.results.test_count == 3


def test_run_tests__timeout_ends_all_processes(log: Log, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    started = time.monotonic()
    command = f"sleep 60 & echo $! > {pid_file}; echo browsing; wait"
    # The command has to come that far, on a busy machine, too.
    (problem,) = rehearse(log, tmp_path, command, timeout=3)[1]
    assert time.monotonic() - started < 30
    assert problem.verdict is Verdict.TIMED_OUT
    assert "test-timeout" in problem.hint
    assert problem.excerpt == ("browsing",)
    stat = Path(f"/proc/{pid_file.read_text().strip()}/stat")
    assert not stat.exists() or " Z " in stat.read_text()


def test_run_tests__may_fail_after_a_crash(log: Log, tmp_path: Path) -> None:
    command = print_lines(RAN, "FAILED (errors=3)", code=1)
    count, problems = rehearse(log, tmp_path, command, gone=True)
    assert (count.results.test_count, count.results.failure_count) == (3, 3)
    assert [problem.verdict for problem in problems] == [Verdict.TESTS_FAILED]


def test_run_tests__ends_soon_after_a_crash(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no time-out either: the caller reports the crash."""
    monkeypatch.setattr(suite, "CRASH_GRACE", 0.2)
    started = time.monotonic()
    _, problems = rehearse(log, tmp_path, "sleep 60", gone=True)
    assert time.monotonic() - started < 30
    assert problems == []


def test_run_tests__ends_processes_in_the_background(log: Log, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    rehearse(log, tmp_path, f"sleep 60 >/dev/null 2>&1 & echo $! > {pid_file}")
    stat = Path(f"/proc/{pid_file.read_text().strip()}/stat")
    assert not stat.exists() or " Z " in stat.read_text()


def test_run_tests__working_directory(log: Log, tmp_path: Path) -> None:
    rehearse(log, tmp_path, "pwd -P")
    assert log.tail(1) == (str(tmp_path.resolve()),)
