"""The folders that a plan names, compared with the commit of the event."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.outside.event_commit import why_foreign

from .test_git import ENV, git


@pytest.fixture
def top(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "app").mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM scratch\n")
    (folder / "app/main.py").write_text("print('ours')\n")
    git(folder, "init", "--quiet")
    return commit(folder)


def commit(folder: Path) -> Path:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Some work")
    return folder


def head(folder: Path) -> str:
    return git(folder, "rev-parse", "HEAD")


def test_why_foreign__the_commit_itself(top: Path) -> None:
    (top / "static").mkdir()
    (top / "static/made-by-a-step.css").touch()
    (top / "app/main.py").touch()  # Its time has changed, its content has not.
    for path in (top, top / "app", top / "Dockerfile"):
        assert not why_foreign(path, head(top), ENV)


def test_why_foreign__a_sparse_checkout(top: Path) -> None:
    git(top, "sparse-checkout", "set", "--no-cone", "app")
    assert not (top / "Dockerfile").exists()
    assert not why_foreign(top / "app", head(top), ENV)


def test_why_foreign__another_commit(top: Path) -> None:
    before = head(top)
    (top / "app/main.py").write_text("print('theirs')\n")
    commit(top)
    assert "not checked out at the event's commit" in why_foreign(top, before, ENV)
    assert "not checked out at the event's commit" in why_foreign(top, "", ENV)


def change(top: Path) -> None:
    (top / "app/main.py").write_text("print('them')\n")


def change_and_stage(top: Path) -> None:
    change(top)
    git(top, "add", "--all")


def change_without_a_trace(top: Path) -> None:
    """Change a file, and tell git not to look at it."""
    change(top)
    git(top, "update-index", "--assume-unchanged", "app/main.py")


def replace_by_link(top: Path) -> None:
    (top / "app/main.py").unlink()
    (top / "app/main.py").symlink_to("/etc/hostname")


@pytest.mark.parametrize(
    "tamper", [change, change_and_stage, change_without_a_trace, replace_by_link]
)
def test_why_foreign__tracked_files_that_differ(top: Path, tamper: Callable[[Path], None]) -> None:
    tamper(top)
    for path in (top, top / "Dockerfile"):
        reason = why_foreign(path, head(top), ENV)
        assert "files differ from the event's commit ('app/main.py')" in reason


def test_why_foreign__names_three_files_at_most(top: Path) -> None:
    for number in range(5):
        (top / f"{number}.py").touch()
    commit(top)
    for number in range(5):
        (top / f"{number}.py").write_text("theirs")
    assert "('0.py', '1.py', '2.py' and 2 more)" in why_foreign(top, head(top), ENV)


@pytest.mark.parametrize("name", ["pr", "pr/Dockerfile"])
def test_why_foreign__untracked_files(top: Path, name: str) -> None:
    (top / "pr").mkdir()
    (top / "pr/Dockerfile").touch()
    assert why_foreign(top / name, head(top), ENV) == "is not part of the event's commit"


def test_why_foreign__a_link_to_a_folder_of_strangers(top: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (top / "link").symlink_to(tmp_path / "theirs")
    assert why_foreign(top / "link", head(top), ENV) == "is in no checkout of git"


def test_why_foreign__a_checkout_inside(top: Path) -> None:
    (top / "pr").mkdir()
    (top / "pr/Dockerfile").touch()
    git(top / "pr", "init", "--quiet")
    commit(top / "pr")
    assert "not checked out at the event's commit" in why_foreign(top / "pr", head(top), ENV)


def test_why_foreign__runs_no_program_of_the_checkout(top: Path, tmp_path: Path) -> None:
    """A checkout that a stranger packed has a configuration by that stranger."""
    sha = head(top)
    git(top, "config", "core.fsmonitor", f"touch {tmp_path}/fsmonitor; false")
    git(top, "config", "filter.evil.clean", f"touch {tmp_path}/filter; cat")
    (top / ".gitattributes").write_text("* filter=evil\n")
    (top / "app/main.py").write_text("print('them')\n")
    assert "files differ" in why_foreign(top, sha, ENV)
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_why_foreign__a_forged_head(top: Path) -> None:
    (top / ".git/HEAD").write_text("b" * 40)
    assert "could not be compared" in why_foreign(top, "b" * 40, ENV)
