import re
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.evidence.budget import choose
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.staged_files import StagedFile
from rehearsal.outside.folder import Folder
from rehearsal.pipeline import trace_pages as pipeline
from rehearsal.pipeline.trace_pages import TracePages
from rehearsal.redaction.redactor import Redactor
from rehearsal.report.page.markup import Markup
from rehearsal.report.trace import trace_page
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence, TraceAttempt
from rehearsal.results.tests import Failure, ListedOutcome, ListedTest
from rehearsal.results.traced_attempt import TracedAttempt
from rehearsal.source.source_tree import SourceTree

from ..report.trace.samples import STARTED, as_text, trace_lines

STEP = TraceStep(start=0, seconds=0, text="click")


class Run:
    """A rehearsal with failed tests that have traces."""

    def __init__(self, top: Path, *names: str) -> None:
        self.notices: list[str] = []
        self.evidence = Evidence(Folder(top), Redactor(), self.notices.append)
        self.source = SourceTree(top=top, directory=top)
        tests = []
        for name in names:
            file = f"tests/{name}/trace.jsonl"
            self.evidence.write(file, as_text(trace_lines()))
            attempt = TraceAttempt(number=1, page="trace.html", file=file)
            tests.append(
                FailedTestEvidence(
                    failure=Failure(name=name, message=""),
                    folder=f"tests/{name}",
                    steps=(STEP,),
                    attempts=(attempt,),
                )
            )
        self.index = EvidenceIndex(failed=tuple(tests))

    def pages(self, limit: int = 10_000_000) -> list[str]:
        return self.added_by(TracePages(self.evidence, self.source, limit=limit))

    def added_by(self, pages: TracePages) -> list[str]:
        return [test.trace_page for test in pages.add_to(self.index).failed]


def test_trace_pages__one_for_each_test(tmp_path: Path) -> None:
    run = Run(tmp_path, "a", "b")
    assert run.pages() == ["tests/a/trace.html", "tests/b/trace.html"]
    assert "POST /lists/new" in (run.evidence.folder.path / "tests/b/trace.html").read_text()
    assert run.notices == []


def test_trace_pages__what_the_app_logged_for_the_next_test_is_of_that_one(tmp_path: Path) -> None:
    run = Run(tmp_path, "a", "b")
    (test, after) = run.index.failed
    # The trace ends after 6.034 s.
    (next_one,) = after.attempts
    after = replace(after, attempts=(replace(next_one, started=STARTED / 1000 + 6.1),))
    run.index = EvidenceIndex(failed=(test, after))
    run.evidence.write("container.log", "its own\nof the next\n")
    times = (STARTED / 1000 + 6.05, STARTED / 1000 + 6.2)
    index = f"{times[0]:.6f} out 0 8\n{times[1]:.6f} out 8 12\n"
    run.evidence.write("container.log.index", index)
    run.pages()
    page = (run.evidence.folder.path / "tests/a/trace.html").read_text()
    assert "its own" in page
    assert "of the next" not in page


def test_trace_pages__as_far_as_evidence_limit_has_room(tmp_path: Path) -> None:
    run = Run(tmp_path, "a", "b")
    size = len(as_text(trace_lines()))
    run.pages()
    page = (run.evidence.folder.path / "tests/a/trace.html").stat().st_size
    for name in "ab":
        run.evidence.folder.unlink(f"tests/{name}/trace.html")
    assert run.pages(limit=2 * size + page + 10) == ["tests/a/trace.html", ""]
    (notice,) = run.notices
    assert notice.startswith("tests/b/trace.html")
    assert "evidence-limit" in notice


def test_trace_pages__link_only_to_attempts_whose_pages_were_kept(tmp_path: Path) -> None:
    run = Run(tmp_path, "a")
    (test,) = run.index.failed
    run.evidence.write("tests/a/trace-retry1.jsonl", as_text(trace_lines()))
    run.evidence.write("tests/a/trace-retry2.jsonl", "")
    attempts = (
        TraceAttempt(number=1, page="trace-attempt1.html", file="tests/a/trace.jsonl"),
        TraceAttempt(number=2, page="trace.html", file="tests/a/trace-retry1.jsonl"),
        TraceAttempt(number=3, page="trace-attempt3.html", file="tests/a/trace-retry2.jsonl"),
    )
    run.index = EvidenceIndex(failed=(replace(test, attempts=attempts),))

    def links(limit: int) -> set[str]:
        pages = TracePages(run.evidence, run.source, limit=limit)
        index = pages.add_to(run.index)
        assert index.failed[0].trace_page == "tests/a/trace.html"
        there = (run.evidence.folder.path / "tests/a").glob("*.html")
        assert index.trace_pages == tuple(sorted(f"tests/a/{each.name}" for each in there))
        page = (run.evidence.folder.path / "tests/a/trace.html").read_text()
        assert "attempt 1 (failed)" in page
        return set(re.findall(r'href="./(trace-attempt\d\.html)"', page))

    # The last attempt took no step.
    assert links(10_000_000) == {"trace-attempt1.html"}
    size = sum(each.stat().st_size for each in (run.evidence.folder.path / "tests/a").iterdir())
    run.evidence.folder.unlink("tests/a/trace.html")
    run.evidence.folder.unlink("tests/a/trace-attempt1.html")
    assert run.notices == []
    assert links(size - 1) == set()
    assert not run.evidence.folder.exists("tests/a/trace-attempt1.html")
    assert run.notices[0].startswith("tests/a/trace-attempt1.html")


def retried(run: Run, count: int, text: str = "") -> list[str]:
    """Let the test of a run have so many attempts; return their pages, that of the last first."""
    (test,) = run.index.failed
    attempts = []
    for number in range(1, count + 1):
        file = f"tests/a/trace-retry{number}.jsonl"
        run.evidence.write(file, text or as_text(trace_lines()))
        page = "trace.html" if number == count else f"trace-attempt{number}.html"
        attempts.append(TraceAttempt(number=number, page=page, file=file))
    run.index = EvidenceIndex(failed=(replace(test, attempts=tuple(attempts)),))
    return [each.page for each in reversed(attempts)]


class FullDisk:
    """Lets some writes of pages fail, by their numbers from 1."""

    def __init__(self, run: Run, *failing: int) -> None:
        self._write = run.evidence.write_parts
        self._failing = failing
        self._count = 0

    def write_parts(self, name: str, parts: Iterable[str]) -> bool:
        self._count += 1
        return self._count not in self._failing and self._write(name, parts)


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_trace_pages__no_link_to_a_page_that_could_not_be_written(
    tmp_path: Path, failing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(tmp_path, "a")
    lost = retried(run, 3)[failing - 1]
    monkeypatch.setattr(run.evidence, "write_parts", FullDisk(run, failing).write_parts)
    assert run.pages() == ["" if lost == "trace.html" else "tests/a/trace.html"]
    pages = list((tmp_path / "evidence/tests/a").glob("*.html"))
    assert len(pages) == 2
    assert not any(f'href="./{lost}"' in page.read_text() for page in pages)


def test_trace_pages__none_rather_than_one_with_a_link_that_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(tmp_path, "a")
    retried(run, 3)
    monkeypatch.setattr(run.evidence, "write_parts", FullDisk(run, 2, 5).write_parts)
    assert run.pages() == [""]
    assert not list((tmp_path / "evidence/tests/a").glob("*.html"))


def test_trace_pages__one_at_a_time_is_in_memory(tmp_path: Path) -> None:
    """More attempts of a test take no more memory."""
    head, *lines = trace_lines()
    page = {"k": "dom", "sha": "form", "html": "<p>x</p>" * 50_000}
    text = as_text(iter([head, page, *lines]))
    peaks = []
    for count in (2, 6):
        (tmp_path / str(count)).mkdir()
        run = Run(tmp_path / str(count), "a")
        retried(run, count, text)
        tracemalloc.start()
        assert run.pages(limit=1 << 30) == ["tests/a/trace.html"]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_trace_pages__not_after_the_time_of_a_cancelled_run(tmp_path: Path) -> None:
    run = Run(tmp_path, "a")
    now = iter((0.0, 5.0))
    pages = TracePages(
        run.evidence, run.source, limit=10_000_000, seconds=2, clock=lambda: next(now)
    )
    assert run.added_by(pages) == [""]
    assert run.notices == ["tests/a/trace.html was left out: the rehearsal was cancelled."]


def test_trace_pages__a_fault_of_ours_costs_one_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(shown: TracedAttempt) -> Markup:
        if shown.test.failure.name == "a":
            raise FileNotFoundError(2, "No such file", "trace.css")
        return trace_page(shown)

    monkeypatch.setattr(pipeline, "trace_page", fail)
    run = Run(tmp_path, "a", "b")
    assert run.pages() == ["", "tests/b/trace.html"]
    (notice,) = run.notices
    assert notice.startswith("tests/a/trace.html could not be made: an error in Dress Rehearsal (")
    assert "FileNotFoundError" in notice
    assert "trace.css" in notice


def test_trace_pages__none_without_steps(tmp_path: Path) -> None:
    run = Run(tmp_path)
    index = EvidenceIndex(failed=(FailedTestEvidence(failure=Failure(name="t", message="")),))
    pages = TracePages(run.evidence, run.source, limit=10)
    assert pages.add_to(index) is index


def test_choose__a_trace_needs_room_for_its_page(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    trace = StagedFile(folder=folder, name="t", target="tests/t/trace.jsonl", size=50_000)
    video = StagedFile(folder=folder, name="v", target="tests/t/video.webm", size=800_000)
    taken, left_out = choose((video, trace), 900_000)
    assert (taken, left_out) == ([trace], [video])
    assert choose((video, trace), 1_100_000) == ([trace, video], [])


def test_trace_pages__of_tests_that_did_not_fail_the_slowest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MAX_PASSED", 2)
    run = Run(tmp_path, "failed", "quick", "slow", "slower", "skipped")
    outcomes = {"failed": ListedOutcome.FAILED, "skipped": ListedOutcome.SKIPPED}
    tests = [
        ListedTest(name=name, outcome=outcomes.get(name, ListedOutcome.PASSED), seconds=seconds)
        for seconds, name in enumerate(("skipped", "quick", "slow", "slower", "failed", "none"))
    ]
    index = EvidenceIndex(failed=run.index.failed[:1])
    pages = TracePages(run.evidence, run.source, limit=10_000_000).add_to(index, tests)
    assert pages.passed_traces == {
        "slower": "tests/slower/trace.html", "slow": "tests/slow/trace.html",
    }  # fmt: skip
    assert pages.failed[0].trace_page == "tests/failed/trace.html"
    assert "This test passed." in (run.evidence.folder.path / "tests/slow/trace.html").read_text()
    assert (
        "This test passed."
        not in (run.evidence.folder.path / "tests/failed/trace.html").read_text()
    )
    assert not run.evidence.folder.exists("tests/quick/trace.html")
    assert run.notices == [
        "4 tests that did not fail left a trace; only the 2 slowest have a trace.html."
    ]


def test_trace_pages__without_reports_the_traces_say_that_their_tests_passed(
    tmp_path: Path,
) -> None:
    run = Run(tmp_path, "a", "b", "c")
    head, *lines = trace_lines()
    head |= {"test": "tests.B.test_b", "passed": True}
    run.evidence.write("tests/b/trace.jsonl", as_text(iter([head, *lines])))
    index = EvidenceIndex(failed=run.index.failed[:1])
    pages = TracePages(run.evidence, run.source, limit=10_000_000).add_to(index)
    assert pages.passed_traces == {"tests.B.test_b": "tests/b/trace.html"}
    assert not run.evidence.folder.exists("tests/c/trace.html")
