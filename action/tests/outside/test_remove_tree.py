import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rehearsal.outside.folder import Folder
from rehearsal.outside.remove_tree import NO_TIME, remove_tree

DEPTH = 1500  # Python's recursion ends at 1000, a path at 4096 bytes.


@pytest.fixture
def parent(tmp_path: Path) -> Folder:
    (tmp_path / "parent/tree").mkdir(parents=True)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign/file").write_text("foreign")
    return Folder(tmp_path / "parent")


def deep(tree: Path) -> None:
    place = os.open(tree, os.O_RDONLY)
    for _ in range(DEPTH):
        os.mkdir("folder", dir_fd=place)
        os.symlink("..", "loop", dir_fd=place)
        inner = os.open("folder", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)


def wide(tree: Path) -> None:
    for number in range(500):
        (tree / f"{number}").touch()


def odd(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tree / "socket"))
    (tree / "dangling").symlink_to("nowhere")
    (tree / "sparse").touch()
    os.truncate(tree / "sparse", 300 << 30)
    (tree / "caf\udce9\n").touch()


def unreadable(tree: Path) -> None:
    inner = tree / "a/b"
    inner.mkdir(parents=True)
    (inner / "file").touch(mode=0)
    for folder in (inner, inner.parent, tree):
        folder.chmod(0)


def links(tree: Path) -> None:
    foreign = tree.parent.parent / "foreign"
    (tree / "to-folder").symlink_to(foreign)
    (tree / "inner").mkdir()
    (tree / "inner/to-file").symlink_to(foreign / "file")


@pytest.mark.parametrize("make", [deep, wide, odd, unreadable, links])
def test_remove_tree(parent: Folder, make: Callable[[Path], None]) -> None:
    make(parent.path / "tree")
    assert remove_tree(parent, "tree") == ""
    assert not list(parent.path.iterdir())
    assert (parent.path.parent / "foreign/file").read_text() == "foreign"


def test_remove_tree__leaves_a_link_in_its_place(parent: Folder) -> None:
    (parent.path / "tree").rmdir()
    (parent.path / "tree").symlink_to("../foreign")
    assert remove_tree(parent, "tree") == "Not a directory"
    assert (parent.path / "tree").is_symlink()
    assert (parent.path / "tree/file").read_text() == "foreign"


def test_remove_tree__of_nothing(parent: Folder) -> None:
    assert remove_tree(parent, "nothing") == ""


def test_remove_tree__together_with_others(parent: Folder) -> None:
    """The watchdog and the clean-up step may remove the same folder."""
    for number in range(60):
        inner = parent.path / f"tree/{number}" / "/".join("abcdefgh")
        inner.mkdir(parents=True)
        (inner / "file").touch()
    with ThreadPoolExecutor(4) as pool:
        left = list(pool.map(lambda _: remove_tree(parent, "tree"), range(4)))
    assert left == [""] * 4
    assert not list(parent.path.iterdir())


def test_remove_tree__ends_when_its_time_is_over(parent: Folder) -> None:
    wide(parent.path / "tree")
    assert remove_tree(parent, "tree", seconds=0) == NO_TIME
    assert remove_tree(parent, "tree") == ""


def test_remove_tree__removes_the_rest(parent: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if two files were immutable."""
    unlink = os.unlink

    def refuse(name: str, *, dir_fd: int) -> None:
        if name.startswith("kept"):
            raise PermissionError(1, "Operation not permitted")
        unlink(name, dir_fd=dir_fd)

    inner = parent.path / "tree/a/b"
    inner.mkdir(parents=True)
    for name in ("kept-1", "kept-2", "other"):
        (inner / name).touch()
    monkeypatch.setattr(os, "unlink", refuse)
    left = remove_tree(parent, "tree")
    # The two files, the folder that holds them, and the tree.
    assert left == "Operation not permitted (3 more)"
    assert {path.name for path in parent.path.rglob("*") if path.is_file()} == {"kept-1", "kept-2"}
