import io
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.commands.clean_up import clean_up
from rehearsal.commands.watchdog import Left, last_message, watch
from rehearsal.evidence.policy import should_keep
from rehearsal.outside.github import Console
from rehearsal.pipeline.older_evidence import MARK
from rehearsal.pipeline.run_folder import RunReference, new_run, temp_folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.digest_format import digest_of
from rehearsal.verdict import Verdict

from ..fake_docker import FakeDocker
from ..fakes import secret

SECRET = "planted-secret-value"
FINISHED = {"verdict": "tests-failed", "artifact-name": "named"}


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


def killed_run(environ: dict[str, str], *, evidence: bool = True) -> RunReference:
    """Make a run as a killed helper leaves it: with folders, but without a process."""
    run = new_run(environ)
    folder = temp_folder(environ).folder(run.folder_name, make=True)
    folders = {name: folder.folder(name, make=True) for name in ("evidence", "staging")}
    folders["staging"].create_file("private").close()
    if evidence:
        (folders["evidence"].path / "container.log").write_text("x")
    return replace(run, evidence=folders["evidence"].inode, staging=folders["staging"].inode)


def outputs(environ: dict[str, str]) -> dict[str, str]:
    found, lines = {}, iter(Path(environ["GITHUB_OUTPUT"]).read_text().splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        found[name] = "\n".join(iter(lambda: next(lines), end))
    return found


def run_clean_up(
    environ: dict[str, str],
    run: RunReference | None,
    *,
    inputs: Mapping[str, str] | None = None,
    known: Mapping[str, str] | None = None,
) -> str:
    """Run the clean-up step; `known` are outputs of the first step."""
    out = io.BytesIO()
    redactor = Redactor([secret()])
    outputs = {"run": str(run)} if run else {}
    outputs.update(known or {})
    clean_up(inputs or {}, outputs, environ, Console(environ, out, redactor), redactor)
    return out.getvalue().decode()


def test_clean_up__killed_run(environ: dict[str, str], docker: FakeDocker) -> None:
    run = killed_run(environ)
    docker.set("created", "running")
    assert run_clean_up(environ, run) == ""
    assert outputs(environ) == {
        "verdict": "cancelled",
        "evidence-path": str(run.path(environ) / "evidence"),
        "artifact-name": f"rehearsal-{run.id}",
        "upload": "true",
    }
    assert not docker.has_container
    assert not (run.path(environ) / "staging").exists()
    assert (run.path(environ) / "evidence" / "container.log").read_text() == "x"


def test_clean_up__repeats_the_outputs_of_a_finished_run(environ: dict[str, str]) -> None:
    run = killed_run(environ)
    run_clean_up(environ, run, known=FINISHED)
    path = str(run.path(environ) / "evidence")
    assert outputs(environ) == {**FINISHED, "evidence-path": path, "upload": "true"}


@pytest.mark.parametrize(
    "content, told, left",
    [
        (b"as it was written", True, True),
        (b"edited", True, False),
        (b"edited", False, True),
        (None, True, False),
    ],
    ids=["unchanged", "changed", "digest not known", "missing"],
)
def test_clean_up__removes_a_verdict_that_was_changed(
    environ: dict[str, str], *, content: bytes | None, told: bool, left: bool
) -> None:
    run = killed_run(environ)
    file = run.path(environ) / "evidence/verdict.json"
    if content is not None:
        file.write_bytes(content)
    known = {"verdict-digest": digest_of(b"as it was written")} if told else {}
    log = run_clean_up(environ, run, known=known)
    assert file.exists() is left
    changed = content == b"edited" and told
    assert ("verdict.json was not the file that the rehearsal wrote" in log) is changed
    assert log.count("::warning") == changed
    assert outputs(environ)["upload"] == "true"


@pytest.mark.parametrize(
    "inputs, name, upload",
    [
        ({}, "rehearsal-RUN", "true"),
        ({"evidence": "never", "artifact-name": "mine"}, "mine", "false"),
        ({"evidence": "sometimes", "artifact-name": "/etc"}, "rehearsal-RUN", "true"),
    ],
    ids=["none", "given", "invalid"],
)
def test_clean_up__obeys_the_inputs(
    environ: dict[str, str], inputs: dict[str, str], name: str, upload: str
) -> None:
    run = killed_run(environ)
    run_clean_up(environ, run, inputs=inputs)
    assert outputs(environ)["artifact-name"] == name.replace("RUN", run.id)
    assert outputs(environ)["upload"] == upload


def test_clean_up__finds_a_run_that_was_not_named(
    environ: dict[str, str], docker: FakeDocker
) -> None:
    run = killed_run(environ)
    docker.set("created", "running")
    run_clean_up(environ, None)
    assert not docker.has_container
    assert outputs(environ)["evidence-path"] == str(run.path(environ) / "evidence")


def test_clean_up__touches_no_other_run(environ: dict[str, str], docker: FakeDocker) -> None:
    """Other rehearsals may use the same engine and the same RUNNER_TEMP."""
    other, run = killed_run(environ), killed_run(environ)
    run_clean_up(environ, run)
    lists = [call for call in docker.calls if " ls " in call or call.startswith("ps ")]
    assert len(lists) == 3
    assert all(call.endswith(f"--filter label={run.label}") for call in lists)
    assert (other.path(environ) / "staging/private").exists()
    assert not (run.path(environ) / "staging").exists()


def test_clean_up__without_killed_run(environ: dict[str, str], docker: FakeDocker) -> None:
    assert run_clean_up(environ, None) == ""
    assert docker.calls == []
    assert not Path(environ["GITHUB_OUTPUT"]).exists()


def test_clean_up__without_its_folder(environ: dict[str, str], docker: FakeDocker) -> None:
    """Tests can remove it; a container may be left all the same."""
    run = killed_run(environ)
    shutil.rmtree(run.path(environ))
    docker.set("created", "running")
    output = run_clean_up(environ, run)
    assert not docker.has_container
    assert output.count("\n") == 1
    assert "check the evidence, so it stays on this machine: No such file or directory" in output
    assert outputs(environ)["upload"] == "false"


@pytest.mark.parametrize("way", ["gone", "no client"])
def test_clean_up__uploads_evidence_without_an_engine(
    environ: dict[str, str], docker: FakeDocker, way: str
) -> None:
    run = killed_run(environ)
    if way == "gone":
        docker.set("gone")
    else:
        environ = {**environ, "PATH": "/nowhere"}
    output = run_clean_up(environ, run)
    assert output.count("\n") == 1
    assert "::warning title=Clean-up incomplete::The clean-up could not remove the " in output
    assert f"%0Adocker ps --all --quiet --filter label=dress-rehearsal={run.id} | " in output
    assert outputs(environ)["upload"] == "true"


def test_clean_up__no_upload_without_evidence(environ: dict[str, str]) -> None:
    run_clean_up(environ, killed_run(environ, evidence=False))
    assert outputs(environ)["upload"] == "false"


def test_clean_up__sanitizes_the_evidence(environ: dict[str, str], tmp_path: Path) -> None:
    run = killed_run(environ)
    folder = run.path(environ) / "evidence"
    (folder / "leaked.txt").write_text(f"<{SECRET}>")
    (tmp_path / "private").write_text("private")
    (folder / "link").symlink_to(tmp_path / "private")
    output = run_clean_up(environ, run)
    assert (folder / "leaked.txt").read_text() == "<***>"
    assert not (folder / "link").is_symlink()
    assert "leaked.txt" in output
    assert "container.log" not in output
    assert SECRET not in output


def test_clean_up__changes_no_verdict(environ: dict[str, str]) -> None:
    run = killed_run(environ)
    file = run.path(environ) / "evidence/verdict.json"
    file.write_text(f'{{"verdict": "{SECRET}"}}')
    before = file.stat()
    run_clean_up(environ, run, known=FINISHED)
    after = file.stat()
    assert file.read_text() == f'{{"verdict": "{SECRET}"}}'
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("limit, stays", [("1", True), ("0", False), ("wrong", True)])
def test_clean_up__keeps_files_up_to_the_limit(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, limit: str, *, stays: bool
) -> None:
    monkeypatch.setattr("rehearsal.commands.clean_up.MAX_FILE_SIZE", 10)
    run = killed_run(environ)
    video = run.path(environ) / "evidence/video.webm"
    video.write_bytes(bytes(1000))
    run_clean_up(environ, run, known=FINISHED, inputs={"evidence-limit": limit})
    assert video.exists() is stays


@pytest.mark.parametrize("way", ["link", "folder"])
@pytest.mark.parametrize("name", ["evidence", "staging", ""])
def test_clean_up__leaves_alone_what_is_not_its_own(
    environ: dict[str, str], tmp_path: Path, docker: FakeDocker, name: str, way: str
) -> None:
    run = killed_run(environ)
    docker.set("created", "running")
    replaced, foreign = run.path(environ) / name, tmp_path / "foreign"
    replaced.rename(tmp_path / "moved")
    place = foreign if way == "link" else replaced
    for inner in ("", "evidence", "staging"):
        (place / inner).mkdir(parents=True, exist_ok=True)
        (place / inner / "-foreign").write_text(SECRET)
    if way == "link":
        replaced.symlink_to(foreign)
    before = sorted(place.rglob("*"))
    output = run_clean_up(environ, run)
    assert not docker.has_container
    assert outputs(environ)["upload"] == ("true" if name == "staging" else "false")
    assert "::warning title=Clean-up incomplete::" in output
    assert sorted(place.rglob("*")) == before
    assert (place / "-foreign").read_text() == SECRET


class BrokenError(Exception):
    """An exception that nobody expects."""


@pytest.mark.parametrize(
    "error", [BrokenError("x"), RecursionError("x"), OSError(5, "x"), SystemExit(2)]
)
@pytest.mark.parametrize(
    "step", ["end_helper", "find_engine", "end_processes_with_env", "remove_tree"]
)
def test_clean_up__each_step_stands_alone(
    environ: dict[str, str],
    docker: FakeDocker,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    error: BaseException,
) -> None:
    def fail(*_: object) -> None:
        raise error

    run = killed_run(environ)
    docker.set("created", "running")
    module = "clean_up" if step == "end_helper" else "remove_everything"
    monkeypatch.setattr(f"rehearsal.commands.{module}.{step}", fail)
    output = run_clean_up(environ, run)
    assert output.count("\n") == 1
    assert "::warning title=Clean-up incomplete::The clean-up could not " in output
    assert outputs(environ)["upload"] == "true"
    assert docker.has_container is (step == "find_engine")
    assert (run.path(environ) / "staging").exists() is (step == "remove_tree")


def test_clean_up__waits_for_no_step(
    environ: dict[str, str], docker: FakeDocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    run = killed_run(environ)
    docker.set("created", "running")
    monkeypatch.setattr("rehearsal.commands.clean_up.HELPER_TIMEOUT", 0.1)
    monkeypatch.setattr("rehearsal.commands.clean_up.end_helper", lambda *_: over.wait())
    output = run_clean_up(environ, run)
    over.set()
    assert "end the rehearsal's own process: it was not done after 0 s" in output
    assert not docker.has_container


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
    monkeypatch.setattr("rehearsal.commands.remove_everything.SIGTERM_GRACE", 0.3)
    run = killed_run(environ)
    held = f"import os\nos.open({str(run.path(environ))!r}, os.O_RDONLY)\n"
    command = [sys.executable, "-I", "-S", "-c", f"{held}{script}time.sleep(60)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as helper:
        assert helper.stdout
        helper.stdout.readline()
        run_clean_up(environ, run)
        assert helper.wait(1) == -by
    assert outputs(environ)["verdict"] == "cancelled"


@pytest.mark.parametrize(
    "message, removed", [(b"", True), (b"do", True), (b"done", False)],
    ids=["killed", "killed while writing", "finished"],
)  # fmt: skip
def test_watch__removes_everything_without_the_shutdown_message(
    environ: dict[str, str], docker: FakeDocker, message: bytes, removed: bool
) -> None:
    run = killed_run(environ)
    docker.set("created", "running")
    watch(run, environ, io.BytesIO(message))
    assert docker.has_container is not removed
    assert (run.path(environ) / "staging").exists() is not removed
    assert (run.path(environ) / "evidence" / "container.log").exists()


@pytest.mark.parametrize(
    "to_remove, left",
    [([Left.STAGING], ["evidence"]), ([Left.FOLDER], None), ([], ["evidence", "staging"])],
)
def test_watch__removes_what_a_finished_rehearsal_left(
    environ: dict[str, str], docker: FakeDocker, to_remove: list[Left], left: list[str] | None
) -> None:
    run = killed_run(environ)
    docker.set("created", "running")
    watch(run, environ, io.BytesIO(last_message(to_remove)))
    folder = run.path(environ)
    assert (sorted(path.name for path in folder.iterdir()) if folder.exists() else None) == left
    assert docker.has_container, "it is not asked about the engine"


def test_watch__removes_the_evidence_of_earlier_rehearsals(environ: dict[str, str]) -> None:
    runs = [RunReference(id=f"0000000{number}") for number in range(5)]
    for number, each in enumerate(runs):
        (each.path(environ) / "evidence").mkdir(parents=True)
        (each.path(environ) / MARK).write_text(f"{number}.5 /project")
    watch(runs[-1], environ, io.BytesIO(last_message([Left.OLDER])))
    assert [each.path(environ).exists() for each in runs] == [False, False, True, True, True]


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
