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
from rehearsal.pipeline.run import Run, new_run, read_run
from rehearsal.redaction.redactor import Redactor
from rehearsal.verdict import Verdict

from ..fake_docker import FakeDocker
from ..fakes import secret

HUSH = "planted-secret-value"
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


def a_run(environ: dict[str, str], *, evidence: bool = True) -> Run:
    """Make a run as a killed helper leaves it: its process is gone, its folders are not."""
    run = replace(new_run(environ), pid=1, start_ticks="gone")
    run.write()
    for name in ("staging", "evidence"):
        (run.path / name).mkdir()
    (run.path / "staging" / "private").write_text(HUSH)
    if evidence:
        (run.path / "evidence" / "container.log").write_text("x")
    return run


def outputs(environ: dict[str, str]) -> dict[str, str]:
    found, lines = {}, iter(Path(environ["GITHUB_OUTPUT"]).read_text().splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        found[name] = "\n".join(iter(lambda: next(lines), end))
    return found


def tidy(environ: dict[str, str]) -> str:
    out = io.BytesIO()
    redactor = Redactor([secret()])
    clean_up(environ, Console(environ, out, redactor), redactor)
    return out.getvalue().decode()


def test_clean_up__of_a_killed_run(environ: dict[str, str], docker: FakeDocker) -> None:
    run = a_run(environ)
    docker.set("created", "running")
    assert tidy(environ) == ""
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


def test_clean_up__of_a_finished_run_repeats_its_outputs(environ: dict[str, str]) -> None:
    run = replace(a_run(environ), outputs=FINISHED)
    run.write()
    tidy(environ)
    assert outputs(environ) == {**FINISHED, "upload": "true"}
    assert read_run(run.folder) == replace(run, cleaned_up=True)


def test_clean_up__twice_does_nothing_more(environ: dict[str, str], docker: FakeDocker) -> None:
    a_run(environ)
    tidy(environ)
    before = (outputs(environ), docker.calls)
    tidy(environ)
    assert (outputs(environ), docker.calls) == before


def test_clean_up__where_nothing_ran(environ: dict[str, str], docker: FakeDocker) -> None:
    assert tidy(environ) == ""
    assert docker.calls == []
    assert not Path(environ["GITHUB_OUTPUT"]).exists()


def test_clean_up__asks_for_what_the_run_itself_labelled(
    environ: dict[str, str], docker: FakeDocker
) -> None:
    """Neighbours on a shared engine are not ours to touch."""
    run = a_run(environ)
    tidy(environ)
    asked = [call for call in docker.calls if call.startswith(("ps ", "volume ls "))]
    assert len(asked) == 2
    assert all(call.endswith(f"--filter label={run.label}") for call in asked)


@pytest.mark.parametrize("way", ["gone", "no client"])
def test_clean_up__without_an_engine_the_evidence_is_offered_all_the_same(
    environ: dict[str, str], docker: FakeDocker, way: str
) -> None:
    a_run(environ)
    if way == "gone":
        docker.set("gone")
    else:
        environ = {**environ, "PATH": "/nowhere"}
    assert "::warning title=Clean-up could not ask the engine::" in tidy(environ)
    assert outputs(environ)["upload"] == "true"


def test_clean_up__no_evidence_no_upload(environ: dict[str, str]) -> None:
    a_run(environ, evidence=False)
    tidy(environ)
    assert outputs(environ)["upload"] == "false"


def test_clean_up__looks_through_the_evidence_once_more(
    environ: dict[str, str], tmp_path: Path
) -> None:
    folder = a_run(environ).path / "evidence"
    (folder / "written-past-us.txt").write_text(f"<{HUSH}>")
    (tmp_path / "private").write_text("private")
    (folder / "link").symlink_to(tmp_path / "private")
    said = tidy(environ)
    assert (folder / "written-past-us.txt").read_text() == "<***>"
    assert not (folder / "link").is_symlink()
    assert "written-past-us.txt" in said
    assert "container.log" not in said
    assert HUSH not in said


@pytest.mark.parametrize("evidence", ["always", "on-failure", "never"])
@pytest.mark.parametrize("verdict", Verdict, ids=str)
def test_wanted__decides_on_the_upload(evidence: str, verdict: Verdict) -> None:
    expected = {"always": True, "on-failure": verdict is not Verdict.PASSED, "never": False}
    assert should_keep(evidence, {"verdict": str(verdict), "flaky": "0"}) is expected[evidence]
    assert should_keep(evidence, {"verdict": str(verdict), "flaky": ""}) is expected[evidence]
    assert should_keep(evidence, {"verdict": str(verdict)}) is expected[evidence]


@pytest.mark.parametrize(
    "evidence, kept", [("always", True), ("on-failure", True), ("never", False)]
)
def test_wanted__of_a_flaky_pass_as_of_a_failure(evidence: str, *, kept: bool) -> None:
    assert should_keep(evidence, {"verdict": "passed", "flaky": "1"}) is kept


STUBBORN = (
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(1, flush=True)\n"
)
MEEK = "import time\nprint(1, flush=True)\n"


@pytest.mark.parametrize(
    "script, by", [(MEEK, signal.SIGTERM), (STUBBORN, signal.SIGKILL)], ids=["meek", "stubborn"]
)
def test_clean_up__ends_a_helper_that_still_lives(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, script: str, by: signal.Signals
) -> None:
    monkeypatch.setattr("rehearsal.commands.clean_up.GRACE", 0.3)
    command = [sys.executable, "-I", "-S", "-c", f"{script}time.sleep(60)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as helper:
        assert helper.stdout
        helper.stdout.readline()
        fields = Path(f"/proc/{helper.pid}/stat").read_text().rpartition(")")[2].split()
        replace(a_run(environ), pid=helper.pid, start_ticks=fields[19]).write()
        tidy(environ)
        assert helper.wait(1) == -by
    assert outputs(environ)["verdict"] == "cancelled"


def test_clean_up__a_reused_process_id_is_left_alone(environ: dict[str, str]) -> None:
    with subprocess.Popen(["sleep", "60"]) as bystander:
        replace(a_run(environ), pid=bystander.pid, start_ticks="12").write()
        tidy(environ)
        assert bystander.poll() is None
        bystander.kill()


@pytest.mark.parametrize(
    "last_words, removed", [(b"", True), (SHUTDOWN_MESSAGE[:2], True), (SHUTDOWN_MESSAGE, False)],
    ids=["killed", "killed while speaking", "farewell"],
)  # fmt: skip
def test_watch__removes_everything_unless_it_heard_farewell(
    environ: dict[str, str], docker: FakeDocker, last_words: bytes, removed: bool
) -> None:
    run = a_run(environ)
    docker.set("created", "running")
    watch(run, environ, io.BytesIO(last_words))
    assert docker.has_container is not removed
    assert (run.path / "staging").exists() is not removed
    assert (run.path / "evidence" / "container.log").exists()


def test_watch__waits_for_the_helpers_end(environ: dict[str, str], docker: FakeDocker) -> None:
    run = a_run(environ)
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
