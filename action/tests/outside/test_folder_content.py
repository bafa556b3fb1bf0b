import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.outside import folder_content
from rehearsal.outside.folder_content import find_difference, read_content

LIMIT = 10 << 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/python").symlink_to("/usr/bin/python3")
    (folder / "bin/tool").write_text("#!")
    (folder / "bin/tool").chmod(0o755)
    (folder / "lib/__pycache__").mkdir(parents=True)
    (folder / "lib/a.py").write_text("a")
    (folder / "lib/__pycache__/a.cpython-311.pyc").write_bytes(b"compiled")
    (folder / "lib/large").write_bytes(b"x" * (3 << 20))
    return folder


def test_read_content(folder: Path) -> None:
    files, size = read_content(folder, LIMIT)
    assert sorted(files) == [
        "bin/python", "bin/tool", "lib/__pycache__/a.cpython-311.pyc", "lib/a.py", "lib/large",
    ]  # fmt: skip
    assert size == len("/usr/bin/python3#!acompiled") + (3 << 20)
    assert (files, size) == read_content(folder, LIMIT)


def test_read_content__of_more_than_the_limit(folder: Path) -> None:
    os.truncate(folder / "lib/large", 1 << 40)
    files, size = read_content(folder, LIMIT)
    assert size > LIMIT
    assert "lib/large" not in files, "a terabyte takes long to read"


def change_content(folder: Path) -> None:
    """Change one byte, and neither the size nor the time."""
    file = folder / "lib/a.py"
    before = file.stat()
    file.write_text("b")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def change_end(folder: Path) -> None:
    with (folder / "lib/large").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"y")


def change_link(folder: Path) -> None:
    (folder / "bin/python").unlink()
    (folder / "bin/python").symlink_to("/usr/bin/python3.9")


def change_kind(folder: Path) -> None:
    (folder / "lib/a.py").unlink()
    os.mkfifo(folder / "lib/a.py")


@pytest.mark.parametrize(
    "change, difference",
    [
        (change_content, "'lib/a.py' was changed"),
        (change_end, "'lib/large' was changed"),
        (
            lambda folder: os.truncate(folder / "lib/large", 1 << 40),
            "'lib/large' was changed",
        ),
        (change_link, "'bin/python' was changed"),
        (change_kind, "'lib/a.py' was changed"),
        (lambda folder: (folder / "bin/tool").chmod(0o644), "'bin/tool' was changed"),
        (lambda folder: (folder / "lib/a.py").unlink(), "'lib/a.py' is missing"),
        (lambda folder: (folder / "lib/b.pth").touch(), "'lib/b.pth' was added"),
        (lambda folder: (folder / "lib/b.pyc").touch(), "'lib/b.pyc' was added"),
        (lambda folder: (folder / "lib/b").symlink_to("a.py"), "'lib/b' was added"),
        (
            lambda folder: (folder / "lib/__pycache__/a.cpython-311.pyc").write_bytes(b"planted"),
            "'lib/__pycache__/a.cpython-311.pyc' was changed",
        ),
        (lambda folder: (folder / "empty").mkdir(), ""),
        (lambda folder: (folder / "lib/a.py").touch(), ""),
    ],
)
def test_find_difference(folder: Path, change: Callable[[Path], None], difference: str) -> None:
    expected, _ = read_content(folder, LIMIT)
    change(folder)
    assert find_difference(folder, expected) == difference


def test_find_difference__new_compiled_modules_are_removed(folder: Path) -> None:
    """Python takes what is in such a file for the module's code, if it says so."""
    expected, _ = read_content(folder, LIMIT)
    compiled = folder / "lib/__pycache__"
    for name in ("b.cpython-311.pyc", "b.cpython-311-pytest-9.0.pyc", "b.cpython-311.pyc.140"):
        (compiled / name).write_bytes(b"planted")
    assert find_difference(folder, expected) == ""
    assert [path.name for path in compiled.iterdir()] == ["a.cpython-311.pyc"]
    (compiled / "b.py").touch()
    assert find_difference(folder, expected) == "'lib/__pycache__/b.py' was added"


def test_find_difference__of_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        find_difference(tmp_path / "nowhere", {})


def test_find_difference__of_too_many_folders(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_content, "MAX_FOLDERS", 9)
    expected, _ = read_content(folder, LIMIT)
    (folder / "a/b/c/d/e/f").mkdir(parents=True)
    with pytest.raises(OSError, match="more than 9 folders"):
        find_difference(folder, expected)
