import os
from pathlib import Path

import pytest

from rehearsal.outside.folder import Folder
from rehearsal.pipeline.older_evidence import (
    KEPT_MARK,
    MARK,
    OlderEvidence,
    newest_evidence,
    older_runs,
    remove_older,
)

PROJECT = "/home/me/project"
SECONDS = 10.0


def run_of(temp: Path, number: int, *, project: str = PROJECT, mark: str = "") -> Path:
    """Make the folder of a run that ended `number` seconds after the first."""
    folder = temp / f"rehearsal-0000000{number}"
    (folder / "evidence/tests").mkdir(parents=True)
    (folder / "evidence/verdict.json").write_text("{}")
    (folder / MARK).write_text(mark or f"{1000 + number}.5 {project}")
    return folder


def names(temp: Path) -> list[str]:
    return sorted(path.name[-1] for path in temp.iterdir())


def this_run(temp: Path) -> OlderEvidence:
    """Make the run that ends now, whose private files are not removed yet."""
    folder = temp / "rehearsal-00000009"
    (folder / "evidence").mkdir(parents=True)
    (folder / "staging").mkdir()
    return OlderEvidence(temp=Folder(temp), run=folder.name, project=PROJECT)


def test_limit__keeps_the_newest_three(tmp_path: Path) -> None:
    for number in (3, 1, 4, 2):
        run_of(tmp_path, number)
    ended = this_run(tmp_path)
    assert ended.limit() == (
        "The evidence of 2 earlier failed rehearsals is removed; that of the newest 3 stays."
    )
    assert sorted(ended.surplus) == ["rehearsal-00000001", "rehearsal-00000002"]
    remove_older(ended.temp, ended.run, SECONDS)
    assert names(tmp_path) == ["3", "4", "9"]


def test_limit__says_nothing_where_nothing_is_too_many(tmp_path: Path) -> None:
    for number in (1, 2):
        run_of(tmp_path, number)
    ended = this_run(tmp_path)
    assert ended.limit() == ""
    remove_older(ended.temp, ended.run, SECONDS)
    assert names(tmp_path) == ["1", "2", "9"]


def test_limit__an_unknown_project_has_no_mark(tmp_path: Path) -> None:
    ended = this_run(tmp_path)
    ended.project = ""
    assert ended.limit() == ""
    assert not (tmp_path / ended.run / MARK).exists()


def test_older_runs__only_what_is_ours(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        run_of(tmp_path, number)
    # None of these counts, and none is removed.
    run_of(tmp_path, 4, project="/home/me/other")
    (run_of(tmp_path, 5) / "staging").mkdir()
    (run_of(tmp_path, 6) / MARK).unlink()
    run_of(tmp_path, 7, mark="yesterday /home/me/project")
    run_of(tmp_path, 8).rename(tmp_path / "rehearsal-7-1-00000008")
    (tmp_path / "rehearsal-0000000a").symlink_to(tmp_path / "rehearsal-00000001")
    (tmp_path / "rehearsal-0000000b").write_text("a file")
    assert older_runs(Folder(tmp_path), PROJECT, "rehearsal-00000009") == ["rehearsal-00000001"]


def test_older_runs__not_those_of_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        run_of(tmp_path, number)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert older_runs(Folder(tmp_path), PROJECT, "rehearsal-00000009") == []


def test_remove_older__leaves_what_somebody_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3, 4):
        run_of(tmp_path, number)
    ended = this_run(tmp_path)
    ended.limit()
    monkeypatch.setattr(
        "rehearsal.pipeline.older_evidence.processes_holding",
        lambda folder: [7] if folder.path.name.endswith("1") else [],
    )
    remove_older(ended.temp, ended.run, SECONDS)
    assert names(tmp_path) == ["1", "3", "4", "9"]


def with_page(run: Path) -> Path:
    (run / "evidence/index.html").touch()
    return run


def newest(temp: Path, place: str = PROJECT) -> str:
    found = newest_evidence(Folder(temp), Path(place))
    return found[0].path.parent.name[-1] if found else ""


def test_newest_evidence__is_the_projects_last_with_a_page(tmp_path: Path) -> None:
    for number in (2, 3, 1):
        with_page(run_of(tmp_path, number))
    run_of(tmp_path, 4)
    with_page(run_of(tmp_path, 5, project="/home/me/other"))
    assert newest(tmp_path) == "3"
    assert newest(tmp_path, f"{PROJECT}/src") == "3"
    assert newest(tmp_path, "/home/me/project-2") == ""
    found = newest_evidence(Folder(tmp_path), Path(PROJECT))
    assert found
    assert found[1] == 1003.5


def test_newest_evidence__that_somebody_asked_to_keep(tmp_path: Path) -> None:
    with_page(run_of(tmp_path, 3))
    ended = this_run(tmp_path)
    (tmp_path / ended.run / "evidence/index.html").touch()
    ended.mark_kept()
    assert newest(tmp_path) == "9"
    assert not older_runs(ended.temp, PROJECT, "rehearsal-0000000a")


def test_newest_evidence__of_the_inner_project(tmp_path: Path) -> None:
    with_page(run_of(tmp_path, 3))
    with_page(run_of(tmp_path, 2, project=f"{PROJECT}/inner"))
    assert newest(tmp_path, f"{PROJECT}/inner/src") == "2"
    assert newest(tmp_path) == "3"


def test_mark_kept__not_if_it_may_be_removed(tmp_path: Path) -> None:
    ended = this_run(tmp_path)
    ended.limit()
    ended.mark_kept()
    assert not (tmp_path / ended.run / KEPT_MARK).exists()
