import os
import subprocess
from pathlib import Path

import pytest

from rehearsal.outside.git import (
    REMOTE,
    GitCheckout,
    NoCheckoutError,
    find_checkout,
    head_commit,
    is_ignored,
)

ENV = {
    "PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Mona", "GIT_AUTHOR_EMAIL": "m@example.com",
    "GIT_COMMITTER_NAME": "Mona", "GIT_COMMITTER_EMAIL": "m@example.com",
}  # fmt: skip


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env=ENV, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "url, host, name",
    [
        ("https://github.com/OWNER/shop.git", "github.com", "OWNER/shop"),
        ("https://github.com/OWNER/shop", "github.com", "OWNER/shop"),
        ("https://user:token@ghe.example.com/OWNER/shop.git/", "ghe.example.com", "OWNER/shop"),
        ("git@github.com:OWNER/shop.git", "github.com", "OWNER/shop"),
        ("ssh://git@github.com/OWNER/shop.git", "github.com", "OWNER/shop"),
        ("ssh://git@ghe.example.com:2222/OWNER/my.shop.git", "ghe.example.com", "OWNER/my.shop"),
    ],
)
def test_remote(url: str, host: str, name: str) -> None:
    found = REMOTE.fullmatch(url)
    assert found
    assert (found["host"], found["name"]) == (host, name)


@pytest.mark.parametrize("url", ["", "/srv/shop.git", "../shop", "https://example.com/a/b/c"])
def test_remote__not_on_github(url: str) -> None:
    assert not REMOTE.fullmatch(url)


def test_find_checkout__from_a_subfolder(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "side/branch")
    git(tmp_path, "remote", "add", "origin", "https://ghe.example.com/OWNER/shop")
    git(tmp_path, "config", "user.name", "Mona")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "First")
    below = tmp_path / "a/b"
    below.mkdir(parents=True)
    found = find_checkout(below, ENV)
    assert found == GitCheckout(
        top=tmp_path.resolve(),
        sha=git(tmp_path, "rev-parse", "HEAD"),
        ref="refs/heads/side/branch",
        repository="OWNER/shop",
        host="ghe.example.com",
        actor="Mona",
        message="First",
    )
    context = found.context()
    assert context["ref_name"] == "side/branch"
    assert context["api_url"] == "https://ghe.example.com/api/v3"
    assert head_commit(below, ENV) == found.sha


def test_find_checkout__fields_that_git_does_not_know_are_empty(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    found = find_checkout(tmp_path, ENV)
    assert found == GitCheckout(top=tmp_path.resolve(), ref="refs/heads/main")
    assert not {"sha", "repository", "actor", "event.after"} & found.context().keys()


def test_find_checkout__raises_outside_a_checkout(tmp_path: Path) -> None:
    with pytest.raises(NoCheckoutError, match="not a git repository"):
        find_checkout(tmp_path, {**ENV, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    with pytest.raises(NoCheckoutError, match="there is no git on PATH"):
        find_checkout(tmp_path, {"PATH": "/nowhere"})
    assert head_commit(tmp_path, {"PATH": "/nowhere"}) == ""


def test_is_ignored__what_the_commits_leave_out(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("data/\n")
    for name in ("data", "init"):
        (tmp_path / name).mkdir()
    assert is_ignored(tmp_path / "data", ENV)
    assert not is_ignored(tmp_path / "init", ENV)
    assert not is_ignored(Path("/etc/hosts"), ENV)
