import os
from pathlib import Path

import pytest

from rehearsal.outside import files
from rehearsal.outside.files import LARGEST, read_text, text_files


def write(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path, _ in text_files(folder, ".html")]


def test_texts_below__the_project_s_own_nearest_first(tmp_path: Path) -> None:
    for name in ("b/c.html", "b/a.html", "z.html", "a.py", "a/d/e.html"):
        write(tmp_path / name, name)
    assert found(tmp_path) == ["z.html", "a/d/e.html", "b/a.html", "b/c.html"]
    assert dict(text_files(tmp_path, ".html"))[tmp_path / "b/c.html"] == "b/c.html"


@pytest.mark.parametrize("folder", [".venv", ".git", "node_modules", "a/site-packages", "venv"])
def test_texts_below__not_other_people_s(tmp_path: Path, folder: str) -> None:
    write(tmp_path / folder / "x/a.html")
    assert found(tmp_path) == []


def test_texts_below__not_a_virtual_environment_s_whatever_its_name(tmp_path: Path) -> None:
    write(tmp_path / "python/pyvenv.cfg")
    write(tmp_path / "python/lib/a.html")
    assert found(tmp_path) == []


def test_texts_below__hostile_files_are_passed_over(tmp_path: Path) -> None:
    top = tmp_path / "top"
    write(tmp_path / "outside/a.html", "secret")
    write(top / "big.html", "x" * (LARGEST + 1))
    (top / "folder.html").mkdir()
    (top / "link.html").symlink_to(tmp_path / "outside/a.html")
    (top / "loop").symlink_to(top)
    (top / "away").symlink_to(tmp_path / "outside")
    os.mkfifo(top / "pipe.html")
    assert found(top) == []
    (top / "bytes.html").write_bytes(b"\xff\xfe")
    assert found(top) == ["bytes.html"]
    os.close(os.open(os.fsencode(top) + b"/\xff.html", os.O_CREAT))
    assert len(found(top)) == 2


def test_texts_below__no_more_than_are_quickly_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        write(tmp_path / f"{number}/{number}.html")
    monkeypatch.setattr(files, "MOST_TEXTS", 3)
    assert len(found(tmp_path)) == 3
    monkeypatch.setattr(files, "MOST_FOLDERS", 2)
    assert found(tmp_path) == ["0/0.html"]


@pytest.mark.parametrize("name", ["none", "a\0b", "x" * 300], ids=["none", "NUL", "too long"])
def test_text_of__nothing_that_can_be_read(tmp_path: Path, name: str) -> None:
    assert read_text(tmp_path / name) is None
