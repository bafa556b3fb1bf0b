"""The reports are written before anything large is copied, and once more after that."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.commands import finish as finishing
from rehearsal.commands.finish import CANCELLED_COPY_TIMEOUT, LOCAL_COPY_TIMEOUT, finish
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.left_out import LeftOut
from rehearsal.evidence.staged_files import StagedFile, StagedFiles
from rehearsal.outside.folder import Folder
from rehearsal.outside.github import Console
from rehearsal.pipeline.result_builder import RunDescription
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.trace_pages import TracePages
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.digest_format import digest_of
from rehearsal.results.origin import Origin
from rehearsal.results.rehearsal import Stage
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.verdict import Problem, Verdict

from ..pipeline.test_run_state import RecordingObserver

FAILED = Problem(Verdict.TESTS_FAILED, "1 of 1 tests failed: t.")
CANCELLED = Problem(Verdict.CANCELLED, "The rehearsal was cancelled (SIGINT).")
BEFORE = "This was written before the files of the tests were copied."
REPORTS = ("verdict.json", "summary.md", "index.html")


class Run:
    """A rehearsal that has ended, whose tests have left a picture."""

    def __init__(self, top: Path) -> None:
        self.top = top
        files = {name: str(top / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        self.out = io.BytesIO()
        self.console = Console({"GITHUB_ACTIONS": "true", **files}, self.out)
        self.state = RunState(observer=RecordingObserver())
        self.state.suite_results = SuiteResults(
            test_count=1,
            failure_count=1,
            failed=(Failure(name="t", message="no", evidence_name="t"),),
        )
        root = Folder(top).folder("run", make=True)
        self.evidence = Evidence(root, Redactor(), self.state.notices.append)
        path = self.evidence.staging_folder("traces") / "shot.png"
        path.write_bytes(b"png")
        file = StagedFile(
            folder=Folder(path.parent), name=path.name, target="tests/t/shot.png", size=3
        )
        self.state.staged = StagedFiles(attachments=(file,), left_out=LeftOut(), limit=100)

    def finish(
        self,
        problem: Problem,
        *,
        on_github: bool = True,
        policy: str = "always",
        limit_older: Callable[[], str] = str,
    ) -> None:
        self.state.problems.append(problem)
        self.console.on_github = on_github
        description = RunDescription(
            name="r", evidence_folder="/e", artifact_name="a", origin=Origin()
        )
        self.ending = finish(
            self.state,
            description,
            self.evidence,
            self.console,
            policy=policy,
            local=not on_github,
            limit_older=limit_older,
        )
        assert self.ending.result.verdict is problem.verdict

    @property
    def reports(self) -> dict[str, str]:
        folder = self.evidence.folder.path
        found = {name: (folder / name).read_text() for name in REPORTS}
        return found | {"job summary": (self.top / "GITHUB_STEP_SUMMARY").read_text()}

    @property
    def digests(self) -> list[str]:
        """The values of the output verdict-digest in their order; the runner takes the last."""
        lines = (self.top / "GITHUB_OUTPUT").read_text().splitlines()
        names = (line.partition("<<")[0] for line in lines)
        return [lines[at + 1] for at, name in enumerate(names) if name == "verdict-digest"]

    @property
    def notices(self) -> list[str]:
        found = json.loads(self.reports["verdict.json"])["notices"]
        assert isinstance(found, list)
        return found


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


@pytest.mark.parametrize("on_github", [True, False])
def test_finish__says_what_becomes_of_earlier_evidence(run: Run, *, on_github: bool) -> None:
    with run.state.stage("test"):
        pass
    run.finish(FAILED, on_github=on_github, limit_older=lambda: "Two are removed.")
    lines = run.out.getvalue().decode().splitlines()
    assert ("Two are removed." in lines) is not on_github
    assert lines[-1] != "Two are removed."


def test_finish__all_reports_are_there_before_anything_is_copied(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []

    def look(staged: StagedFiles, evidence: Evidence, *, seconds: float) -> None:
        assert staged.attachments
        assert not evidence.folder.exists("tests/t/shot.png")
        assert run.notices == [BEFORE]
        assert all(BEFORE in text for text in run.reports.values())
        assert "verdict<<" in (run.top / "GITHUB_OUTPUT").read_text()
        assert "::error" in run.out.getvalue().decode()
        seen.append(seconds)

    monkeypatch.setattr(finishing, "copy_files", look)
    run.finish(FAILED)
    assert run.ending.keeps_evidence
    assert seen == [0], "without a cancellation there is time"


def test_finish__the_reports_are_replaced_after_the_copying(run: Run) -> None:
    run.finish(FAILED)
    assert run.notices == []
    assert not any(BEFORE in text for text in run.reports.values())
    assert "tests/t/shot.png" in run.reports["index.html"], "the page shows what was copied"
    assert run.reports["job summary"].count("## ❌ Dress rehearsal") == 1
    assert run.out.getvalue().decode().count("::error title=Dress rehearsal") == 1
    left = [path.name for path in run.top.rglob("*.part")]
    assert left == []
    assert run.digests[1:] == [digest_of(run.reports["verdict.json"].encode())]


def test_finish__the_reports_name_what_was_left_out(run: Run) -> None:
    assert run.state.staged
    run.state.staged.left_out.add("tests/t/video.webm", 600_000_000, "it is large")
    run.finish(FAILED)
    notice = "tests/t/video.webm (600.0 MB) was left out: it is large."
    assert run.notices == [notice]
    assert all(notice in text for text in run.reports.values())
    assert f"notice:   {notice}" in run.out.getvalue().decode()


def test_finish__where_the_second_writing_fails_the_first_stays(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(*_: object, **__: object) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("rehearsal.evidence.folder.write_all", full)
        monkeypatch.setattr("rehearsal.outside.github.shutil.copymode", full)

    monkeypatch.setattr(finishing, "copy_files", fill_the_disk)
    run.finish(FAILED)
    assert run.notices == [BEFORE]
    assert run.reports["job summary"].count(BEFORE) == 1
    assert run.digests == [digest_of(run.reports["verdict.json"].encode())]
    assert "verdict.json could not be kept: No space left" in run.out.getvalue().decode()


def test_finish__a_fault_of_ours_in_the_copying_changes_no_verdict(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(finishing, "copy_files", fail)
    run.finish(FAILED)
    assert run.notices == [BEFORE]
    assert "RuntimeError: ours" in run.out.getvalue().decode()


def test_finish__a_fault_of_ours_in_the_trace_pages_costs_no_report(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(TracePages, "add_to", fail)
    run.finish(FAILED)
    assert run.notices == []
    assert "tests/t/shot.png" in run.reports["index.html"]
    assert "RuntimeError: ours" in run.out.getvalue().decode()


@pytest.mark.parametrize(
    "on_github, limit", [(True, CANCELLED_COPY_TIMEOUT), (False, LOCAL_COPY_TIMEOUT)]
)
def test_finish__a_cancelled_run_has_little_time_to_copy(
    on_github: bool, limit: float, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []
    run.state.stages.append(Stage(name="test", seconds=1.0, ok=False, started=0.0))
    monkeypatch.setattr(finishing, "copy_files", lambda *_, seconds: seen.append(seconds))
    run.finish(CANCELLED, on_github=on_github)
    assert seen == [limit]


def test_finish__writes_once_where_the_tests_left_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finishing, "copy_files", None)
    run.state.staged = StagedFiles(left_out=LeftOut(), limit=100)
    run.finish(FAILED)
    assert run.notices == []
    assert len(run.digests) == 1


def test_finish__copies_nothing_that_is_not_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishing, "copy_files", None)
    run.finish(FAILED, on_github=False, policy="never")
    assert not run.ending.keeps_evidence
