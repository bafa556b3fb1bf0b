from collections.abc import Collection
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log_index import read_index
from rehearsal.evidence.trace_content import find_attempts, traced_attempts
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.results.evidence_index import FailedTestEvidence, TraceAttempt
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.tests import Failure, ListedOutcome, Span
from rehearsal.results.traced_attempt import TracedAttempt
from rehearsal.source.source_tree import SourceTree

from ..report.trace.samples import PLACE, STARTED, as_text, trace_lines

SECRET = Secret(name="KEY", value="planted-secret")
TEST = FailedTestEvidence(
    failure=Failure(name="t", message=""),
    folder="tests/t",
    attempts=(TraceAttempt(number=1, page="trace.html", file="tests/t/trace.jsonl"),),
)


def shown_of(
    evidence: Evidence,
    top: Path,
    test: FailedTestEvidence = TEST,
    outcome: ListedOutcome | None = None,
) -> list[TracedAttempt]:
    index = read_index(evidence.folder)
    source = SourceTree(top=top, directory=top)
    indexes = {"container.log": index}
    return [*traced_attempts(test, evidence, source, indexes, outcome=outcome)]


def test_traced_attempts__the_code_around_each_step(tmp_path: Path) -> None:
    file = tmp_path / PLACE
    file.parent.mkdir()
    file.write_text("\n".join(f"line {number} planted-secret" for number in range(1, 39)))
    evidence = Evidence(Folder(tmp_path), Redactor([SECRET]))
    evidence.write("tests/t/trace.jsonl", as_text(trace_lines()))
    (found,) = shown_of(evidence, tmp_path)
    last = found.sources[f"{PLACE}:38"]
    assert (last.file, last.line, last.first) == (PLACE, 38, 34)
    assert last.lines[-1] == "line 38 ***"
    assert found.sources[f"{PLACE}:25"].lines[4] == "line 25 ***"


def test_traced_attempts__no_code_of_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("no = 1\n")
    (tmp_path / "checkout").mkdir()
    evidence = Evidence(Folder(tmp_path), Redactor())
    lines = [each | {"at": "../secret.py:1"} for each in trace_lines()]
    evidence.write("tests/t/trace.jsonl", as_text(iter(lines)))
    (found,) = shown_of(evidence, tmp_path / "checkout")
    assert found.sources == {}


def place_shown(top: Path, file: str, *, outcome: ListedOutcome | None = None) -> list[str]:
    """Return the lines shown of a file at whose first line the app raised an error."""
    top.joinpath("checkout").mkdir(exist_ok=True)
    evidence = Evidence(Folder(top), Redactor([SECRET]))
    evidence.write("tests/t/trace.jsonl", as_text(trace_lines()))
    frame = ProjectFrame(file=file, line=1, function="f", error="Error: x")
    test = replace(TEST, frame=frame)
    (found,) = shown_of(evidence, top / "checkout", test, outcome)
    source = found.sources.get(f"{file}:1")
    return [*source.lines] if source else []


def test_traced_attempts__the_code_around_the_line_that_raised(tmp_path: Path) -> None:
    file = tmp_path / "checkout/views.py"
    file.parent.mkdir()
    file.write_text("one planted-secret\n" + "TOKEN = (\n'unknown')\n" + "more\n" * 9)
    shown = ["one ***", "TOKEN = (", "'***')", "more", "more"]
    assert place_shown(tmp_path, "views.py") == shown
    assert place_shown(tmp_path, "views.py", outcome=ListedOutcome.SKIPPED) == []


@pytest.mark.parametrize(
    "name", ["../outside.py", "/etc/hosts.py", "link.py", ".env", "secrets.py", "data.json"]
)
def test_traced_attempts__no_file_outside_or_with_secrets(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.py").write_text("no")
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "link.py").symlink_to("../outside.py")
    for each in (".env", "secrets.py", "data.json"):
        (checkout / each).write_text("no")
    assert place_shown(tmp_path, name) == []


def test_traced_attempts__what_the_app_logged_meanwhile(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace.jsonl", as_text(trace_lines()))
    evidence.write("container.log", "early\nduring\nlate\n")
    start = STARTED / 1000
    evidence.write(
        "container.log.index",
        f"{start - 5:.6f} out 0 6\n{start + 1:.6f} err 6 7\n{start + 99:.6f} out 13 5\n",
    )
    (found,) = shown_of(evidence, tmp_path)
    (log,) = found.logs
    assert [(each.text, each.is_error) for each in log.lines] == [("during", True)]


def test_traced_attempts__until_the_test_ended(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace.jsonl", as_text(trace_lines()))
    evidence.write("container.log", "late\n")
    start = STARTED / 1000
    evidence.write("container.log.index", f"{start + 20:.6f} out 0 5\n")
    span = Span(start=start, end=start + 21, exact=True)
    test = replace(TEST, failure=replace(TEST.failure, span=span))
    (found,) = shown_of(evidence, tmp_path, test)
    assert [each.text for each in found.logs[0].lines] == ["late"]


def logged(
    top: Path,
    *times: float,
    test: FailedTestEvidence = TEST,
    starts: Collection[float] = (),
) -> list[list[str]]:
    """Return, by attempt, which of the lines at these times since the start a trace has.

    The first step is at 0.012 s, the last one ends at 6.034 s.
    """
    evidence = Evidence(Folder(top), Redactor())
    if not evidence.folder.exists("tests/t"):
        evidence.write("tests/t/trace.jsonl", as_text(trace_lines()))
    lines = [f"{each}\n" for each in times]
    evidence.write("container.log", "".join(lines))
    ends = [*accumulate(map(len, lines))]
    entries = (
        f"{STARTED / 1000 + time:.6f} out {end - len(line)} {len(line)}\n"
        for time, line, end in zip(times, lines, ends, strict=True)
    )
    evidence.write("container.log.index", "".join(entries))
    source = SourceTree(top=top, directory=top)
    indexes = {"container.log": read_index(evidence.folder)}
    since = [STARTED / 1000 + each for each in starts]
    found = traced_attempts(test, evidence, source, indexes, starts=since)
    return [[line.text for line in each.logs[0].lines] for each in found]


def with_span(start: float, end: float, *, exact: bool = True) -> FailedTestEvidence:
    """Return the test with its times since the start of its trace."""
    span = Span(start=STARTED / 1000 + start, end=STARTED / 1000 + end, exact=exact)
    return replace(TEST, failure=replace(TEST.failure, span=span))


def test_traced_attempts__what_the_app_logged_for_the_next_test_is_of_that_one(
    tmp_path: Path,
) -> None:
    # The one before logged at -0.01; this one logs a little late.
    found = logged(tmp_path, -0.01, 0.5, 6.13, 6.3, test=with_span(0, 6.1))
    assert found == [["0.5", "6.13"]]


def test_traced_attempts__without_exact_times_the_next_start_counts(tmp_path: Path) -> None:
    # One began at the same time, in another process, and one before this one had ended.
    assert logged(tmp_path, 1.0, 6.2, 6.4, starts=(0, 3, 6.3, 9)) == [["1.0", "6.2"]]
    assert logged(tmp_path, 1.0, 6.2, 6.4, 6.6) == [["1.0", "6.2", "6.4"]]


def test_traced_attempts__a_test_of_another_process_takes_no_line(tmp_path: Path) -> None:
    assert logged(tmp_path, 8.0, test=with_span(0, 9), starts=(0, 7)) == [["8.0"]]


def test_traced_attempts__what_the_app_logged_for_the_next_attempt_is_of_that_one(
    tmp_path: Path,
) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace.jsonl", trace(1))
    evidence.write("tests/t/trace-retry1.jsonl", trace(2, later=7))
    test = replace(with_span(0, 14), attempts=found_attempts(evidence, flaky=False))
    found = logged(tmp_path, 6.9, 7.1, 13.2, test=test)
    assert found == [["7.1", "13.2"], ["6.9"]]


def trace(number: int, *, passed: bool = False, later: int = 0) -> str:
    """Return the trace of an attempt, all of it so many seconds `later`."""
    lines = [
        {name: value + 1000 * later if name in ("t", "until", "start") else value
         for name, value in each.items()}
        | ({"attempt": number, "passed": passed} if "v" in each else {})
        for each in trace_lines()
    ]  # fmt: skip
    return as_text(iter(lines))


def found_attempts(evidence: Evidence, *, flaky: bool) -> tuple[TraceAttempt, ...]:
    names = [f"tests/t/{each.name}" for each in evidence.folder.folder("tests/t").entries()]
    return find_attempts(evidence.folder, names, flaky=flaky)


def test_traced_attempts__a_page_for_each_attempt(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    for number, name in enumerate(("", "-retry1", "-retry2"), start=1):
        evidence.write(f"tests/t/trace{name}.jsonl", trace(number))
    evidence.write("tests/t/trace-1.jpg", "picture")
    test = replace(TEST, attempts=found_attempts(evidence, flaky=False))
    found = shown_of(evidence, tmp_path, test)
    assert [(each.page, each.is_reported, each.trace.attempt) for each in found] == [
        ("trace.html", True, 3), ("trace-attempt2.html", False, 2),
        ("trace-attempt1.html", False, 1),
    ]  # fmt: skip
    assert [each.number for each in test.attempts] == [1, 2, 3]
    assert found[0].pictures == {"trace-1.jpg"}


def test_find_attempts__of_a_test_that_failed_a_run_that_passed_is_not_the_failure(
    tmp_path: Path,
) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace.jsonl", trace(1))
    evidence.write("tests/t/trace-retry1.jsonl", trace(2, passed=True))
    found = found_attempts(evidence, flaky=False)
    assert [(each.page, each.passed) for each in found] == [
        ("trace.html", False), ("trace-attempt2.html", True),
    ]  # fmt: skip


def test_traced_attempts__of_a_flaky_test_the_failure_comes_first(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace.jsonl", trace(1))
    evidence.write("tests/t/trace-retry1.jsonl", trace(2, passed=True))
    test = replace(TEST, attempts=found_attempts(evidence, flaky=True))
    found = shown_of(evidence, tmp_path, test, ListedOutcome.FLAKY)
    assert [(each.page, each.trace.attempt, each.outcome) for each in found] == [
        ("trace.html", 1, None), ("trace-attempt2.html", 2, ListedOutcome.PASSED),
    ]  # fmt: skip
    assert [each.is_reported for each in found] == [True, False]


def test_traced_attempts__the_first_failure_left_no_trace(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace-retry1.jsonl", trace(2))
    test = replace(TEST, attempts=found_attempts(evidence, flaky=True))
    (found,) = shown_of(evidence, tmp_path, test, ListedOutcome.FLAKY)
    assert (found.page, found.is_reported, found.outcome) == ("trace.html", False, None)


def test_traced_attempts__nothing_without_steps(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace.jsonl", '{"k": "net"}\n')
    assert shown_of(evidence, tmp_path) == []


def test_traced_attempts__only_a_line_feed_ends_a_line_of_code(tmp_path: Path) -> None:
    file = tmp_path / PLACE
    file.parent.mkdir()
    file.write_text("\n".join(f"line {number} \u2028\f more" for number in range(1, 39)))
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace.jsonl", as_text(trace_lines()))
    (found,) = shown_of(evidence, tmp_path)
    assert found.sources[f"{PLACE}:38"].lines[-1].startswith("line 38 ")


def test_find_attempts__in_their_order(tmp_path: Path) -> None:
    names = ["trace-retry10.jsonl", "trace-retry2.jsonl", "trace.jsonl", "trace-1.jpg", "x.jsonl"]
    found = find_attempts(Folder(tmp_path), names, flaky=False)
    assert [each.file for each in found] == [
        "trace.jsonl", "trace-retry2.jsonl", "trace-retry10.jsonl",
    ]  # fmt: skip
