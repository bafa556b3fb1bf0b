from pathlib import Path

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log_index import read_index
from rehearsal.evidence.trace_content import failure_traces, find_traces
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.failure_trace import FailureTrace
from rehearsal.results.tests import Failure, Span
from rehearsal.source.source_tree import SourceTree

from ..report.trace.samples import PLACE, STARTED, as_text, trace_lines

SECRET = Secret(name="KEY", value="planted-secret")
TEST = FailedTestEvidence(failure=Failure(name="t", message=""), folder="tests/t")


def shown_of(evidence: Evidence, top: Path, test: FailedTestEvidence = TEST) -> list[FailureTrace]:
    index = read_index(evidence.folder)
    source = SourceTree(top=top, directory=top)
    return [*failure_traces(test, evidence, source, {"container.log": index})]


def test_failure_traces__the_code_around_each_step(tmp_path: Path) -> None:
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


def test_failure_traces__no_code_of_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("no = 1\n")
    (tmp_path / "checkout").mkdir()
    evidence = Evidence(Folder(tmp_path), Redactor())
    lines = [each | {"at": "../secret.py:1"} for each in trace_lines()]
    evidence.write("tests/t/trace.jsonl", as_text(iter(lines)))
    (found,) = shown_of(evidence, tmp_path / "checkout")
    assert found.sources == {}


def test_failure_traces__what_the_app_logged_meanwhile(tmp_path: Path) -> None:
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


def test_failure_traces__until_the_test_ended(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace.jsonl", as_text(trace_lines()))
    evidence.write("container.log", "late\n")
    start = STARTED / 1000
    evidence.write("container.log.index", f"{start + 20:.6f} out 0 5\n")
    span = Span(start=start, end=start + 21, exact=True)
    test = FailedTestEvidence(failure=Failure(name="t", message="", span=span), folder="tests/t")
    (found,) = shown_of(evidence, tmp_path, test)
    assert [each.text for each in found.logs[0].lines] == ["late"]


def test_failure_traces__a_page_for_each_attempt(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    for name in ("", "-retry1", "-retry2"):
        evidence.write(f"tests/t/trace{name}.jsonl", as_text(trace_lines()))
    evidence.write("tests/t/trace-1.jpg", "picture")
    found = shown_of(evidence, tmp_path)
    assert [(each.page, each.is_last) for each in found] == [
        ("trace.html", True), ("trace-attempt2.html", False), ("trace-attempt1.html", False),
    ]  # fmt: skip
    assert [each.number for each in found[0].attempts] == [1, 2, 3]
    assert found[0].pictures == {"trace-1.jpg"}


def test_failure_traces__nothing_without_steps(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace.jsonl", '{"k": "net"}\n')
    assert shown_of(evidence, tmp_path) == []


def test_find_traces__in_the_order_of_the_attempts() -> None:
    names = ["trace-retry10.jsonl", "trace-retry2.jsonl", "trace.jsonl", "trace-1.jpg", "x.jsonl"]
    assert find_traces(names) == ["trace.jsonl", "trace-retry2.jsonl", "trace-retry10.jsonl"]
