from pathlib import Path

from rehearsal.diagnosis.facts import LOG_BEFORE_TESTS, LOG_OF_FAILED_TESTS, WORKER_LOG
from rehearsal.diagnosis.gather_facts import MAX_LINE, TAIL_BYTES, gather_facts, read_log_lines
from rehearsal.outside.folder import Folder
from rehearsal.results.tests import Failure
from rehearsal.verdict import Problem, Verdict


def test_read_log_lines__without_colours_and_prefixes(tmp_path: Path) -> None:
    text = '#8 0.345   File "x", line 1\n#8 ERROR: no\n\x1b[31mred\x1b[0m \n> plain\n'
    for name in ("build.log", "container.log"):
        (tmp_path / name).write_text(text)
    assert read_log_lines(Folder(tmp_path), "build.log") == (
        '  File "x", line 1',
        "ERROR: no",
        "red",
        "> plain",
    )
    assert read_log_lines(Folder(tmp_path), "container.log")[0].startswith("#8 0.345")


def test_read_log_lines__beginning_and_end_of_a_long_log(tmp_path: Path) -> None:
    (tmp_path / "container.log").write_text("first\n" + "x\n" * TAIL_BYTES + "last\n")
    lines = read_log_lines(Folder(tmp_path), "container.log")
    assert (lines[0], lines[-1]) == ("first", "last")
    assert len(lines) < TAIL_BYTES


def test_read_log_lines__missing_log(tmp_path: Path) -> None:
    assert read_log_lines(Folder(tmp_path), "none.log") == ()


def test_gather_facts__splits_the_container_log_if_tests_failed(tmp_path: Path) -> None:
    (tmp_path / "container.log").write_text("ready\n\x1b[31mbroken\x1b[0m\n")
    (tmp_path / "container.log.index").write_text("100.0 out 0 6\n200.0 out 6 16\n")

    def container_lines(verdict: Verdict, tested: float) -> dict[str, tuple[str, ...]]:
        found = gather_facts(Problem(verdict, "x"), {}, [], Folder(tmp_path), tests_started=tested)
        return {name: lines for name, lines in found.lines.items() if name.startswith("con")}

    whole = {"container.log": ("ready", "broken")}
    split = {
        "container.log": ("broken",),
        LOG_BEFORE_TESTS: ("ready",),
        # No test has a part of its own.
        LOG_OF_FAILED_TESTS: ("broken",),
    }
    assert container_lines(Verdict.TESTS_FAILED, 150) == split
    assert container_lines(Verdict.TESTS_FAILED, 0) == whole
    assert container_lines(Verdict.CRASHED, 150) == whole
    (tmp_path / "container.log.index").unlink()
    assert container_lines(Verdict.TESTS_FAILED, 150) == whole


def test_gather_facts__sources(tmp_path: Path) -> None:
    (tmp_path / "container.log").write_text("hello\n")
    failed = [Failure(name="t", message="no list")]
    problem = Problem(Verdict.TESTS_FAILED, "1 of 1 tests failed.")
    found = gather_facts(problem, {"request": ("port 1",)}, failed, Folder(tmp_path))
    assert found.verdict is Verdict.TESTS_FAILED
    assert {source: lines for source, lines in found.lines.items() if lines} == {
        "problem": ("1 of 1 tests failed.",),
        "request": ("port 1",),
        "container.log": ("hello",),
        "failures": ("t: no list",),
    }


def test_gather_facts__cuts_long_lines_in_their_middle(tmp_path: Path) -> None:
    """A log in JSON has the exception at the end of a long line; pages need not be searched."""
    half = MAX_LINE // 2
    (tmp_path / "container.log").write_text("a" * half + "x" * 9 + "b" * half + "\nshort\n")
    failure = Failure(name="t", message="c" * 9 * MAX_LINE + "\nlast")
    problem = Problem(Verdict.TESTS_FAILED, "x")
    lines = gather_facts(problem, {}, [failure], Folder(tmp_path)).lines
    cut = "a" * half + "\N{HORIZONTAL ELLIPSIS}" + "b" * half
    assert lines["container.log"] == (cut, "short")
    (told,) = lines["failures"]
    assert len(told) == MAX_LINE + len("\N{HORIZONTAL ELLIPSIS}\nlast")
    assert told.endswith("c\nlast")


def test_gather_facts__logs_of_workers(tmp_path: Path) -> None:
    """The one that the problem is about, or else all of them."""
    (tmp_path / "workers").mkdir()
    for name in ("one", "two"):
        (tmp_path / f"workers/{name}.log").write_text(f"{name} works\n")
        (tmp_path / f"workers/{name}.json").write_text("{}")

    def worker_lines(source: str) -> tuple[str, ...]:
        problem = Problem(Verdict.CRASHED, "It ended.", source=source)
        return gather_facts(problem, {}, [], Folder(tmp_path)).lines[WORKER_LOG]

    assert worker_lines("workers/two.log") == ("two works",)
    assert worker_lines("container.log") == ("one works", "two works")
