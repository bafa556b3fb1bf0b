import os
from pathlib import Path

import pytest

from rehearsal.outside import files
from rehearsal.outside.files import (
    MAX_DOCKERFILE_SIZE,
    MAX_TEXT_SIZE,
    open_regular_file,
    read_dockerfile,
    read_head_and_tail,
    read_start,
    read_text,
    text_files,
)


def write(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path, _ in text_files(folder, ".html")]


def test_text_files__nearest_to_the_top_first(tmp_path: Path) -> None:
    for name in ("b/c.html", "b/a.html", "z.html", "a.py", "a/d/e.html"):
        write(tmp_path / name, name)
    assert found(tmp_path) == ["z.html", "a/d/e.html", "b/a.html", "b/c.html"]
    assert dict(text_files(tmp_path, ".html"))[tmp_path / "b/c.html"] == "b/c.html"


@pytest.mark.parametrize("folder", [".venv", ".git", "node_modules", "a/site-packages", "venv"])
def test_text_files__skips_third_party_code(tmp_path: Path, folder: str) -> None:
    write(tmp_path / folder / "x/a.html")
    assert found(tmp_path) == []


def test_text_files__skips_a_virtual_environment_by_any_name(tmp_path: Path) -> None:
    write(tmp_path / "python/pyvenv.cfg")
    write(tmp_path / "python/lib/a.html")
    assert found(tmp_path) == []


def test_text_files__skips_a_copy_of_the_action(tmp_path: Path) -> None:
    for name in ("action.yml", "verdict.schema.json", "predicate.schema.json", "rehearsal/a.html"):
        write(tmp_path / "tools" / name)
    write(tmp_path / "zoo/action.yml")
    write(tmp_path / "zoo/b.html")
    assert found(tmp_path) == ["zoo/b.html"]


def test_text_files__skips_links_pipes_and_large_files(tmp_path: Path) -> None:
    top = tmp_path / "top"
    write(tmp_path / "outside/a.html", "secret")
    write(top / "big.html", "x" * (MAX_TEXT_SIZE + 1))
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


def test_text_files__limits_folders_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        write(tmp_path / f"{number}/{number}.html")
    monkeypatch.setattr(files, "MAX_FILES", 3)
    assert len(found(tmp_path)) == 3
    monkeypatch.setattr(files, "MAX_FOLDERS", 2)
    assert found(tmp_path) == ["0/0.html"]


@pytest.mark.parametrize("name", ["none", "a\0b", "x" * 300], ids=["none", "NUL", "too long"])
def test_read_text__none_if_it_cannot_be_read(tmp_path: Path, name: str) -> None:
    assert read_text(tmp_path / name) is None


def test_open_regular_file__refuses_links_pipes_and_folders(tmp_path: Path) -> None:
    with open_regular_file(write(tmp_path / "file")) as file:
        assert file.read() == b"x"
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="symbolic link"):
        open_regular_file(tmp_path / "link")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(OSError, match="Not a regular file"):
            open_regular_file(path)


def test_read_start__of_a_longer_file(tmp_path: Path) -> None:
    path = write(tmp_path / "file", "12345")
    assert read_start(path, 5) == b"12345"
    assert read_start(path, 4) == b"1234"


@pytest.mark.parametrize(
    "head, tail, expected",
    [
        pytest.param(9, 9, (b"0123456789", b"", 0), id="shorter"),
        pytest.param(4, 6, (b"0123456789", b"", 0), id="exactly as long"),
        pytest.param(4, 5, (b"0123", b"56789", 1), id="longer"),
        pytest.param(0, 3, (b"", b"789", 7), id="tail only"),
        pytest.param(3, 0, (b"012", b"", 7), id="head only"),
    ],
)
def test_read_head_and_tail(
    tmp_path: Path, head: int, tail: int, expected: tuple[bytes, bytes, int]
) -> None:
    with write(tmp_path / "log", "0123456789").open("rb") as file:
        assert read_head_and_tail(file, head, tail) == expected


def test_read_dockerfile__of_a_size_that_people_write(tmp_path: Path) -> None:
    file = write(tmp_path / "app/Dockerfile", "x" * MAX_DOCKERFILE_SIZE)
    assert read_dockerfile(tmp_path, "app/Dockerfile") == "x" * MAX_DOCKERFILE_SIZE
    write(file, "x" * (MAX_DOCKERFILE_SIZE + 1))
    assert read_dockerfile(tmp_path, "app/Dockerfile") is None
    assert read_dockerfile(tmp_path, "") is None
