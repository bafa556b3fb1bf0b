import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.outside.folder_content import drop_new_compiled, first_difference, read_content


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
    content = read_content(folder)
    assert sorted(content.files) == [
        "bin/python", "bin/tool", "lib/__pycache__/a.cpython-311.pyc", "lib/a.py", "lib/large",
    ]  # fmt: skip
    assert content.size == len("#!acompiled") + (3 << 20)
    assert content == read_content(folder)


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
def test_first_difference(folder: Path, change: Callable[[Path], None], difference: str) -> None:
    expected = read_content(folder).files
    change(folder)
    assert first_difference(expected, read_content(folder).files) == difference


def test_drop_new_compiled(folder: Path) -> None:
    """Python takes what is in such a file for the module's code, if it says so."""
    expected = read_content(folder).files
    compiled = folder / "lib/__pycache__"
    for name in ("b.cpython-311.pyc", "b.cpython-311-pytest-9.0.pyc", "b.cpython-311.pyc.140"):
        (compiled / name).write_bytes(b"planted")
    (compiled / "b.py").touch()
    left = drop_new_compiled(folder, expected, read_content(folder).files)
    assert sorted(path.name for path in compiled.iterdir()) == ["a.cpython-311.pyc", "b.py"]
    assert left.keys() - expected.keys() == {"lib/__pycache__/b.py"}
    assert left == read_content(folder).files


def test_read_content__of_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        read_content(tmp_path / "nowhere")
