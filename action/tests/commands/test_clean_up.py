import io
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.commands.clean_up import clean_up
from rehearsal.commands.watchdog import SHUTDOWN_MESSAGE, watch
from rehearsal.evidence.policy import should_keep
from rehearsal.outside.github import Console
from rehearsal.pipeline.run_folder import RunRecord, create_run, read_run
from rehearsal.redaction.redactor import Redactor
from rehearsal.verdict import Verdict

from ..fake_docker import FakeDocker
from ..fakes import secret

SECRET = "planted-secret-value"
FINISHED = {"verdict": "tests-failed", "image": "app:1", "evidence-path": "/e"}


@pytest.fixture
def docker(tmp_path: Path) -> FakeDocker:
    return FakeDocker(tmp_path)


@pytest.fixture
def environ(tmp_path: Path, docker: FakeDocker) -> dict[str, str]:
    temp = tmp_path / "temp"
    temp.mkdir()
    return {
        "RUNNER_TEMP": str(temp),
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "PATH": docker.path,
    }


def killed_run(environ: dict[str, str], *, evidence: bool = True) -> RunRecord:
    """Make a run as a killed helper leaves it: with folders, but without a process."""
    run = replace(create_run(environ), pid=1, start_ticks="gone")
    run.write()
    for name in ("staging", "evidence"):
        (run.path / name).mkdir()
    (run.path / "staging" / "private").write_text(SECRET)
    if evidence:
        (run.path / "evidence" / "container.log").write_text("x")
    return run


def outputs(environ: dict[str, str]) -> dict[str, str]:
    found, lines = {}, iter(Path(environ["GITHUB_OUTPUT"]).read_text().splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        found[name] = "\n".join(iter(lambda: next(lines), end))
    return found


def run_clean_up(environ: dict[str, str]) -> str:
    out = io.BytesIO()
    redactor = Redactor([secret()])
    clean_up(environ, Console(environ, out, redactor), redactor)
    return out.getvalue().decode()


def test_clean_up__killed_run(environ: dict[str, str], docker: FakeDocker) -> None:
    run = killed_run(environ)
    docker.set("created", "running")
    assert run_clean_up(environ) == ""
    assert outputs(environ) == {
        "verdict": "cancelled",
        "evidence-path": str(run.path / "evidence"),
        "artifact-name": run.artifact_name,
        "upload": "true",
    }
    assert not docker.has_container
    assert not (run.path / "staging").exists()
    assert (run.path / "evidence" / "container.log").read_text() == "x"
    assert read_run(run.folder).cleaned_up


def test_clean_up__repeats_the_outputs_of_a_finished_run(environ: dict[str, str]) -> None:
    run = replace(killed_run(environ), outputs=FINISHED)
    run.write()
    run_clean_up(environ)
    assert outputs(environ) == {**FINISHED, "upload": "true"}
    assert read_run(run.folder) == replace(run, cleaned_up=True)


def test_clean_up__second_time_does_nothing(environ: dict[str, str], docker: FakeDocker) -> None:
    killed_run(environ)
    run_clean_up(environ)
    before = (outputs(environ), docker.calls)
    run_clean_up(environ)
    assert (outputs(environ), docker.calls) == before


def test_clean_up__without_killed_run(environ: dict[str, str], docker: FakeDocker) -> None:
    assert run_clean_up(environ) == ""
    assert docker.calls == []
    assert not Path(environ["GITHUB_OUTPUT"]).exists()


def test_clean_up__lists_only_its_own_label(environ: dict[str, str], docker: FakeDocker) -> None:
    """Other rehearsals may use the same engine."""
    run = killed_run(environ)
    run_clean_up(environ)
    lists = [call for call in docker.calls if call.startswith(("ps ", "volume ls "))]
    assert len(lists) == 2
    assert all(call.endswith(f"--filter label={run.label}") for call in lists)


@pytest.mark.parametrize("way", ["gone", "no client"])
def test_clean_up__uploads_evidence_without_an_engine(
    environ: dict[str, str], docker: FakeDocker, way: str
) -> None:
    killed_run(environ)
    if way == "gone":
        docker.set("gone")
    else:
        environ = {**environ, "PATH": "/nowhere"}
    assert "::warning title=Clean-up could not use the engine::" in run_clean_up(environ)
    assert outputs(environ)["upload"] == "true"


def test_clean_up__no_upload_without_evidence(environ: dict[str, str]) -> None:
    killed_run(environ, evidence=False)
    run_clean_up(environ)
    assert outputs(environ)["upload"] == "false"


def test_clean_up__sanitizes_the_evidence(environ: dict[str, str], tmp_path: Path) -> None:
    folder = killed_run(environ).path / "evidence"
    (folder / "leaked.txt").write_text(f"<{SECRET}>")
    (tmp_path / "private").write_text("private")
    (folder / "link").symlink_to(tmp_path / "private")
    output = run_clean_up(environ)
    assert (folder / "leaked.txt").read_text() == "<***>"
    assert not (folder / "link").is_symlink()
    assert "leaked.txt" in output
    assert "container.log" not in output
    assert SECRET not in output


@pytest.mark.parametrize("evidence", ["always", "on-failure", "never"])
@pytest.mark.parametrize("verdict", Verdict, ids=str)
def test_should_keep__verdicts(evidence: str, verdict: Verdict) -> None:
    expected = {"always": True, "on-failure": verdict is not Verdict.PASSED, "never": False}
    assert should_keep(evidence, {"verdict": str(verdict), "flaky": "0"}) is expected[evidence]
    assert should_keep(evidence, {"verdict": str(verdict), "flaky": ""}) is expected[evidence]
    assert should_keep(evidence, {"verdict": str(verdict)}) is expected[evidence]


@pytest.mark.parametrize(
    "evidence, kept", [("always", True), ("on-failure", True), ("never", False)]
)
def test_should_keep__flaky_pass(evidence: str, *, kept: bool) -> None:
    assert should_keep(evidence, {"verdict": "passed", "flaky": "1"}) is kept


IGNORES_SIGTERM = (
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(1, flush=True)\n"
)
DEFAULT_SIGNALS = "import time\nprint(1, flush=True)\n"


@pytest.mark.parametrize(
    "script, by",
    [(DEFAULT_SIGNALS, signal.SIGTERM), (IGNORES_SIGTERM, signal.SIGKILL)],
    ids=["SIGTERM", "SIGKILL"],
)
def test_clean_up__ends_a_running_helper(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, script: str, by: signal.Signals
) -> None:
    monkeypatch.setattr("rehearsal.commands.clean_up.SIGTERM_GRACE", 0.3)
    command = [sys.executable, "-I", "-S", "-c", f"{script}time.sleep(60)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as helper:
        assert helper.stdout
        helper.stdout.readline()
        fields = Path(f"/proc/{helper.pid}/stat").read_text().rpartition(")")[2].split()
        replace(killed_run(environ), pid=helper.pid, start_ticks=fields[19]).write()
        run_clean_up(environ)
        assert helper.wait(1) == -by
    assert outputs(environ)["verdict"] == "cancelled"


def test_clean_up__ignores_a_reused_process_id(environ: dict[str, str]) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        replace(killed_run(environ), pid=other.pid, start_ticks="12").write()
        run_clean_up(environ)
        assert other.poll() is None
        other.kill()


@pytest.mark.parametrize(
    "message, removed", [(b"", True), (SHUTDOWN_MESSAGE[:2], True), (SHUTDOWN_MESSAGE, False)],
    ids=["killed", "killed while writing", "finished"],
)  # fmt: skip
def test_watch__removes_everything_without_the_shutdown_message(
    environ: dict[str, str], docker: FakeDocker, message: bytes, removed: bool
) -> None:
    run = killed_run(environ)
    docker.set("created", "running")
    watch(run, environ, io.BytesIO(message))
    assert docker.has_container is not removed
    assert (run.path / "staging").exists() is not removed
    assert (run.path / "evidence" / "container.log").exists()


def test_watch__waits_for_the_end_of_the_helper(
    environ: dict[str, str], docker: FakeDocker
) -> None:
    run = killed_run(environ)
    docker.set("created", "running")
    read, write = os.pipe()
    with os.fdopen(read, "rb") as lifeline:
        thread = threading.Thread(target=watch, args=(run, environ, lifeline))
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        assert docker.has_container
        os.close(write)
        thread.join(5)
    assert not docker.has_container
