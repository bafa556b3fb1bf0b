import os
import socket
from pathlib import Path

import pytest

from rehearsal.outside.folder import MAX_DEPTH, Entry, Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "held/inner").mkdir(parents=True)
    (tmp_path / "held/inner/file").write_text("ours")
    (tmp_path / "foreign/inner").mkdir(parents=True)
    (tmp_path / "foreign/inner/file").write_text("foreign")
    return Folder(tmp_path / "held")


def replace_by_link(folder: Folder, name: str) -> None:
    """Do what a hostile test does: move a folder away, and put a link there."""
    (folder.path / name).rename(folder.path.parent / "moved")
    (folder.path / name).symlink_to(folder.path.parent / "foreign" / name)


def walk(folder: Folder) -> tuple[list[str], dict[str, str]]:
    errors: dict[str, str] = {}

    def note(entry: Entry, error: OSError) -> None:
        errors[entry.path] = str(error.strerror)

    return [entry.path for entry in folder.walk(note)], errors


def test_folder__stays_what_was_opened(folder: Folder, tmp_path: Path) -> None:
    replace_by_link(folder, "")
    with folder.open_file("inner/file") as file:
        assert file.read() == b"ours"
    folder.create_file("new").close()
    assert (tmp_path / "moved/new").exists()


def test_folder__refuses_a_link(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder.path)
    with pytest.raises(NotADirectoryError):
        Folder(tmp_path / "link")


def test_folder__follows_no_link_inside(folder: Folder, tmp_path: Path) -> None:
    replace_by_link(folder, "inner")
    for attempt in (
        lambda: folder.folder("inner"),
        lambda: folder.open_file("inner/file"),
        lambda: folder.create_file("inner/file", replace=True),
        lambda: folder.rename("inner/file", "inner/other"),
        lambda: folder.unlink("inner/file"),
    ):
        with pytest.raises(NotADirectoryError):
            attempt()
    assert (tmp_path / "foreign/inner/file").read_text() == "foreign"
    assert not folder.exists("inner/file")


def test_folder__enters_no_mount_point() -> None:
    with pytest.raises(OSError, match="Another file system is mounted there"):
        Folder(Path("/")).folder("proc")


@pytest.mark.parametrize(
    "name",
    ["..", "../foreign/inner/file", "inner/../inner/file", "inner/..", "/etc/passwd", "//etc/hosts",
     "inner/file\0", "inner\0/file", "inner/\ud800", "\ud800/file"],
    ids=ascii,
)  # fmt: skip
def test_folder__a_name_leads_nowhere_else(folder: Folder, name: str) -> None:
    for attempt in (
        lambda: folder.folder(name),
        lambda: folder.folder(name, make=True),
        lambda: folder.open_file(name),
        lambda: folder.open_for_update(name),
        lambda: folder.create_file(name),
        lambda: folder.rename("inner/file", name),
        lambda: folder.unlink(name),
    ):
        with pytest.raises(OSError, match="No path below the folder"):
            attempt()
    assert not folder.exists(name)


def test_folder__a_name_that_is_not_utf_8(folder: Folder) -> None:
    (folder.path / os.fsdecode(b"\xff")).write_text("odd")
    (entry,) = (each for each in folder.entries() if each.is_file)
    with entry.open() as file:
        assert file.read() == b"odd"


@pytest.mark.parametrize("kind", ["link", "pipe", "socket", "folder"])
def test_open_file__regular_files_only(folder: Folder, kind: str) -> None:
    """A pipe without a writer would be waited for."""
    path = folder.path / "odd"
    if kind == "link":
        path.symlink_to("inner/file")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(f"/proc/self/fd/{folder.descriptor}/odd")
    else:
        path.mkdir()
    with pytest.raises(OSError):  # noqa: PT011  (each kind has its own)
        folder.open_file("odd")


def test_create_file__replaces_a_link_and_not_its_target(folder: Folder, tmp_path: Path) -> None:
    (folder.path / "log").symlink_to(tmp_path / "foreign/inner/file")
    with pytest.raises(FileExistsError):
        folder.create_file("log")
    with folder.create_file("log", replace=True) as file:
        file.write(b"ours")
    assert (tmp_path / "foreign/inner/file").read_text() == "foreign"
    assert (folder.path / "log").read_text() == "ours"


@pytest.mark.parametrize("way", ["same", "link", "other", "gone"])
def test_require(folder: Folder, tmp_path: Path, way: str) -> None:
    inner = folder.folder("inner")
    if way == "link":
        replace_by_link(folder, "inner")
    elif way != "same":
        (folder.path / "inner").rename(tmp_path / "moved")
    if way == "other":
        (folder.path / "inner").mkdir()
    if way == "same":
        folder.require("inner", inner.inode)
        return
    with pytest.raises(OSError):  # noqa: PT011  (each way has its own)
        folder.require("inner", inner.inode)


@pytest.mark.parametrize("way", ["same", "link", "other", "gone"])
def test_reclaim(folder: Folder, tmp_path: Path, way: str) -> None:
    inner = folder.folder("inner")
    if way == "same":
        inner.path.chmod(0)
        assert folder.reclaim("inner", inner) is inner
        assert inner.path.stat().st_mode & 0o777 == 0o700
        return
    if way == "link":
        replace_by_link(folder, "inner")
    else:
        inner.path.rename(tmp_path / "moved")
    if way == "other":
        inner.path.mkdir()
    found = folder.reclaim("inner", inner)
    folder.require("inner", found.inode)
    assert not found.entries()
    assert len(folder.entries()) == (1 if way == "gone" else 2)
    assert (tmp_path / "foreign/inner/file").read_text() == "foreign"


def test_walk__each_folder_before_its_content(folder: Folder) -> None:
    (folder.path / "a.txt").touch()
    (folder.path / "inner/loop").symlink_to(folder.path)
    assert walk(folder) == (["a.txt", "inner", "inner/file", "inner/loop"], {})


def test_walk__skips_a_folder_that_was_removed(folder: Folder) -> None:
    for entry in folder.walk(lambda *_: pytest.fail("it was entered")):
        folder.unlink("inner/file")
        (folder.path / entry.path).rmdir()


def test_walk__reports_what_is_too_deep(folder: Folder) -> None:
    (folder.path / "inner" / "/".join("d" * (MAX_DEPTH + 5))).mkdir(parents=True)
    paths, errors = walk(folder)
    assert max(path.count("/") for path in paths) == MAX_DEPTH - 1
    assert errors == {"/".join(("inner", *"d" * (MAX_DEPTH - 1))): "It is below 32 other folders"}


def test_walk__reports_what_it_cannot_enter(folder: Folder) -> None:
    inner = folder.path / "inner"
    inner.chmod(0)
    is_root = os.access(inner, os.R_OK)  # For root there are no permissions.
    paths, errors = walk(folder)
    inner.chmod(0o700)
    expected = (["inner", "inner/file"], []) if is_root else (["inner"], ["inner"])
    assert (paths, list(errors)) == expected
