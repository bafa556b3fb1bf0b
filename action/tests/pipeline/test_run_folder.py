import os
from pathlib import Path

import pytest

from rehearsal.outside.folder import Folder
from rehearsal.pipeline.run_folder import (
    RunReference,
    default_artifact_name,
    new_run,
    newest_ended_run,
    temp_folder,
)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_ATTEMPT": "2",
        "GITHUB_JOB": "unit",
    }


def test_new_run__unique_names(environ: dict[str, str]) -> None:
    first, second = new_run(environ), new_run(environ)
    assert first.id.startswith("77-2-")
    assert first.id != second.id
    assert first.label == f"dress-rehearsal={first.id}"
    assert first.env_marker == f"REHEARSAL_RUN={first.id}"
    own = first.id.removeprefix("77-")
    assert default_artifact_name(first, environ) == f"rehearsal-unit-{own}"


def test_new_run__off_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run = new_run({})
    assert run.path({}).parent == temp_folder({}).path == tmp_path
    assert default_artifact_name(run, {}) == f"rehearsal-{run.id}"


@pytest.mark.parametrize(
    "odd", [{"GITHUB_RUN_ID": "a/b"}, {"GITHUB_RUN_ATTEMPT": "../x"}, {"GITHUB_RUN_ATTEMPT": ""}]
)
def test_new_run__is_always_a_valid_name(environ: dict[str, str], odd: dict[str, str]) -> None:
    run = new_run(environ | odd)
    assert RunReference.parse(str(run)) == run


def test_reference__as_text() -> None:
    run = RunReference(id="77-2-0123abcd", evidence=5, staging=18446744073709551615)
    assert str(run) == "77-2-0123abcd/5/18446744073709551615"
    assert RunReference.parse(str(run)) == run


@pytest.mark.parametrize(
    "text",
    ["", "/", "77-2-0123abcd", "77-2-0123abcd/1", "../x/1/2", "77-2-0123abcd/1/2\n",
     "77-2-0123abcd/1/2/3", "0123ABCD/1/2", "77-0123abcd/1/2", "0123abcd/-1/2",
     "0123abcd/1/\u0662"],
)  # fmt: skip
def test_reference__of_any_other_text(text: str) -> None:
    """The first step's outputs go through a file that the tests can write."""
    assert RunReference.parse(text) is None


def make_run(environ: dict[str, str], run: RunReference, age: int) -> Folder:
    folder = temp_folder(environ).folder(run.folder_name, make=True)
    folder.folder("staging", make=True)
    os.utime(folder.path, (1000 - age, 1000 - age))
    return folder


def hold(monkeypatch: pytest.MonkeyPatch, *held: Folder) -> None:
    inodes = [folder.inode for folder in held]
    monkeypatch.setattr(
        "rehearsal.pipeline.run_folder.processes_holding",
        lambda folder: [1] if folder.inode in inodes else [],
    )


def test_newest_ended_run(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    older, newest, running = (new_run(environ) for _ in range(3))
    make_run(environ, older, 3)
    make_run(environ, newest, 2)
    hold(monkeypatch, make_run(environ, running, 1))
    for other in ({"GITHUB_RUN_ID": "78"}, {"GITHUB_RUN_ATTEMPT": "1"}, {"GITHUB_RUN_ID": ""}):
        make_run(environ, new_run(environ | other), 0)
    cleaned_up = temp_folder(environ).folder(new_run(environ).folder_name, make=True)
    assert cleaned_up.modified > 1000
    (temp_folder(environ).path / new_run(environ).folder_name).symlink_to("/etc")
    (temp_folder(environ).path / "rehearsal-odd").mkdir()
    assert newest_ended_run(environ) == newest


def test_newest_ended_run__without_any(environ: dict[str, str]) -> None:
    assert newest_ended_run(environ) is None
