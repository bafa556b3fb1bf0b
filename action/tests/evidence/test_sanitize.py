import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.evidence.sanitize import sanitize_folder
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import RedactingStream, Redactor
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
        "tests/one/trace.html": b"<script>container</script>",
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


@pytest.mark.parametrize("chunk", [1, 7, 20, 50, 1 << 20])
def test_sanitize_folder__replaces_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """As there may be no room for a second copy: no file is created."""
    monkeypatch.setattr("rehearsal.evidence.sanitize.CHUNK", chunk)
    monkeypatch.setattr(Folder, "create_file", None)
    file = tmp_path / "container.log"
    text = b"".join(b"%d " % number * 30 + HUSH * (number % 3) for number in range(9))
    file.write_bytes(text)
    inode = file.stat().st_ino
    assert sanitize_folder(Folder(tmp_path), REDACTOR) == ["container.log"]
    assert file.read_bytes() == text.replace(HUSH, b"***")
    assert file.stat().st_ino == inode


@given(pieces=st.lists(st.sampled_from([b"ab", b"x" * 9, b"secret"]), max_size=20))
def test_sanitize_folder__in_place_even_if_a_file_grows(pieces: list[bytes]) -> None:
    class Grows(Redactor):
        def stream(self) -> RedactingStream:
            return GrowingStream(self)

    class GrowingStream(RedactingStream):
        def feed(self, piece: bytes) -> bytes:
            return super().feed(piece).replace(b"ab", b"longer")

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("rehearsal.evidence.sanitize.CHUNK", 2)
        file = Path(folder, "a.log")
        file.write_bytes(b"".join(pieces))
        expected = b""
        data = file.read_bytes()
        for at in range(0, len(data), 2):
            expected += data[at : at + 2].replace(b"ab", b"longer")
        sanitize_folder(Folder(Path(folder)), Grows())
        assert file.read_bytes() == expected


def test_sanitize_folder__changes_no_file_that_has_another_name(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_bytes(HUSH)
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "linked.log").hardlink_to(foreign)
    assert sanitize_folder(Folder(evidence), REDACTOR) == ["linked.log"]
    assert files(tmp_path) == {"foreign": HUSH}


def test_sanitize_folder__removes_a_file_that_cannot_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Folder, "open_for_update", refuse)
    (tmp_path / "a.log").write_bytes(HUSH)
    assert sanitize_folder(Folder(tmp_path), REDACTOR) == ["a.log"]
    assert files(tmp_path) == {}


def test_sanitize_folder__changes_no_report_for_programs(tmp_path: Path) -> None:
    document = tmp_path / "verdict.json"
    document.write_bytes(HUSH)
    before = document.stat()
    assert sanitize_folder(Folder(tmp_path), REDACTOR) == []
    after = document.stat()
    assert document.read_bytes() == HUSH
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_sanitize_folder__up_to_a_size(tmp_path: Path) -> None:
    (tmp_path / "video.webm").write_bytes(b"12345")
    assert sanitize_folder(Folder(tmp_path), REDACTOR, max_size=5) == []
    assert sanitize_folder(Folder(tmp_path), REDACTOR, max_size=4) == ["video.webm"]


def test_sanitize_folder__raises_if_something_unsafe_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".unsafe").mkdir()
    monkeypatch.setattr(
        "rehearsal.evidence.sanitize.remove_tree", lambda *_: "Operation not permitted"
    )
    with pytest.raises(OSError, match="Operation not permitted"):
        sanitize_folder(Folder(tmp_path), REDACTOR)
