import os
from pathlib import Path

import pytest

from rehearsal.evidence.sanitize import sanitize_folder
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret

from ..fakes import secret

HUSH = b"planted-secret-value"
REDACTOR = Redactor([secret()])


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if not path.is_dir())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_sanitize_folder__removes_unsafe_files_and_redacts(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    for name in ("good.log", "bad.log", "tests/good.xml", "new\nline", HUSH.decode()):
        (tmp_path / name).write_bytes(b"text " + (HUSH if name == "bad.log" else b""))
    (tmp_path / "tests/file").symlink_to("/etc/passwd")
    (tmp_path / "tests/folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "tests/pipe")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_bytes(HUSH)
    found = sanitize_folder(Folder(tmp_path), REDACTOR)
    assert files(tmp_path) == {
        "good.log": b"text ",
        "bad.log": b"text ***",
        "tests/good.xml": b"text ",
    }
    assert {"bad.log", "tests/file", "tests/folder", "tests/pipe", "new\nline", "***"} <= set(found)
    assert not {"good.log", "tests", "tests/good.xml"} & set(found)
    assert not sanitize_folder(Folder(tmp_path), REDACTOR)
    assert Path("/etc/passwd").exists()


def test_sanitize_folder__our_own_files_stay(tmp_path: Path) -> None:
    """A secret may be a word of a name of ours, or of what programs read."""
    words = ("container", "screenshot", "verdict", "tests-failed")
    redactor = Redactor(Secret(name="WORD", value=word) for word in words)
    (tmp_path / "tests/one").mkdir(parents=True)
    content = {
        "container.log": b"the container",
        "verdict.json": b'{"verdict": "tests-failed"}',
        "index.html": b"<a href='container.log'>",
        "tests/one/screenshot.png": b"",
        "tests/one/my-screenshot.png": b"",
    }
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    found = sanitize_folder(Folder(tmp_path), redactor)
    assert sorted(found) == ["***.log", "tests/one/my-***.png"]
    del content["tests/one/my-screenshot.png"]
    assert files(tmp_path) == content | {"container.log": b"the ***"}


def test_sanitize_folder__removes_what_it_cannot_check(tmp_path: Path) -> None:
    (tmp_path / "deep" / "/".join("d" * 40)).mkdir(parents=True)
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 300 << 30)
    (tmp_path / "good.log").touch()
    found = sanitize_folder(Folder(tmp_path), REDACTOR)
    assert found == ["/".join(("deep", *"d" * 31)), "sparse"]
    assert list(files(tmp_path)) == ["good.log"]


def test_sanitize_folder__raises_if_something_unsafe_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".unsafe").mkdir()
    monkeypatch.setattr(
        "rehearsal.evidence.sanitize.remove_tree", lambda *_: "Operation not permitted"
    )
    with pytest.raises(OSError, match="Operation not permitted"):
        sanitize_folder(Folder(tmp_path), REDACTOR)
