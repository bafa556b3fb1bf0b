import json
import os
import stat
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.pipeline.run_folder import RUN_FILE, RunRecord, create_run, read_run, unfinished_runs


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_ATTEMPT": "2",
        "GITHUB_JOB": "unit",
    }


def test_new_run__writes_the_run_file(environ: dict[str, str]) -> None:
    run = create_run(environ)
    assert stat.S_IMODE(run.path.stat().st_mode) == 0o700
    assert read_run(run.folder) == run
    assert run.path.parent == Path(environ["RUNNER_TEMP"])
    assert run.pid == os.getpid()
    assert run.is_alive()


def test_new_run__unique_names(environ: dict[str, str]) -> None:
    first, second = create_run(environ), create_run(environ)
    assert first.id.startswith("77-2-")
    assert first.id != second.id
    assert first.label == f"dress-rehearsal={first.id}"
    assert first.env_marker == f"REHEARSAL_RUN={first.id}"
    assert first.artifact_name == f"rehearsal-unit-{first.id.removeprefix('77-')}"


def test_new_run__off_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run = create_run({})
    assert run.path.parent == tmp_path
    assert run.artifact_name == f"rehearsal-{run.id}"


def test_write__leaves_no_temporary_file(environ: dict[str, str]) -> None:
    run = replace(create_run(environ), cleaned_up=True, outputs={"verdict": "passed"})
    run.write()
    assert read_run(run.folder) == run
    assert [path.name for path in run.path.iterdir()] == [RUN_FILE]


def test_is_alive__false_after_the_end() -> None:
    child = subprocess.Popen(["sleep", "30"])
    run = RunRecord(id="x", folder="/", pid=child.pid, start_ticks=start_ticks(child.pid))
    assert run.is_alive()
    child.kill()
    time.sleep(0.1)
    assert not run.is_alive(), "a zombie is not alive"
    child.wait()
    assert not run.is_alive()


@pytest.mark.parametrize("ticks", ["", "1", "-"], ids=["unknown", "another", "strange"])
def test_is_alive__false_for_a_reused_process_id(ticks: str) -> None:
    assert not RunRecord(id="x", folder="/", pid=os.getpid(), start_ticks=ticks).is_alive()


def test_is_alive__process_name_with_parentheses(tmp_path: Path) -> None:
    odd = tmp_path / "a) R 1 (b"
    odd.symlink_to("/bin/sleep")
    with subprocess.Popen([odd, "30"]) as child:
        time.sleep(0.05)
        run = RunRecord(id="x", folder="/", pid=child.pid, start_ticks=start_ticks(child.pid))
        assert run.start_ticks.isdigit()
        assert int(run.start_ticks) > 100
        child.kill()


def test_unfinished_runs__oldest_first(environ: dict[str, str]) -> None:
    runs = [create_run(environ) for _ in range(3)]
    for age, run in enumerate(runs):
        os.utime(run.path / RUN_FILE, (1000 - age, 1000 - age))
    replace(runs[1], cleaned_up=True).write()
    assert list(unfinished_runs(environ)) == [runs[2], runs[0]]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b'{"version": 2}', b"null"],
    ids=["empty", "cut off", "a list", "binary", "another version", "null"],
)
def test_unfinished_runs__ignores_an_invalid_run_file(
    environ: dict[str, str], content: bytes
) -> None:
    run = create_run(environ)
    odd = run.path.parent / "rehearsal-odd"
    odd.mkdir()
    (odd / RUN_FILE).write_bytes(content)
    assert list(unfinished_runs(environ)) == [run]


def test_unfinished_runs__empty_without_runs(environ: dict[str, str]) -> None:
    assert list(unfinished_runs(environ)) == []


def test_run_file__has_only_the_known_fields(environ: dict[str, str]) -> None:
    content = json.loads((create_run({**environ, "KEY": "value"}).path / RUN_FILE).read_text())
    assert sorted(content) == sorted(RunRecord.__dataclass_fields__)
    assert "value" not in repr(content)


def start_ticks(pid: int) -> str:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return fields[19]
