import errno
import os
import signal
from io import FileIO
from pathlib import Path

import pytest

from rehearsal.evidence.copy_files import copy_files
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.left_out import LeftOut
from rehearsal.evidence.staged_files import StagedFiles, open_staged
from rehearsal.outside.files import write_all
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor

from ..fakes import secret

MB = 1_000_000


class Suite:
    """What tests have staged, and the evidence."""

    def __init__(self, top: Path) -> None:
        self.notices: list[str] = []
        self.evidence = Evidence(Folder(top), Redactor([secret()]), self.notices.append)

    def stage(self, name: str, size: int = 1, *, data: bytes = b"") -> Path:
        path = self.evidence.staging_folder("traces") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.truncate(path, max(size, len(data)))
        return path

    def listed(self, limit: int = 500 * MB) -> StagedFiles:
        folders = open_staged(self.evidence, "traces", "tests", variable="X")
        return StagedFiles(folders=tuple(folders), left_out=LeftOut(), limit=limit)

    def kept(self) -> dict[str, int]:
        folder = self.evidence.folder.path
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.stat().st_size for path in files}


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return Suite(tmp_path)


def test_copy_files__redacts(suite: Suite) -> None:
    suite.stage("t/page.html", data=b"<p>" + secret().value.encode())
    copy_files(suite.listed(), suite.evidence)
    assert (suite.evidence.folder.path / "tests/t/page.html").read_bytes() == b"<p>***"
    assert suite.notices == []


def test_copy_files__names_what_the_limit_leaves_out(suite: Suite) -> None:
    suite.stage("t/screenshot.png", MB // 2)
    suite.stage("t/video.webm", 2 * MB)
    os.truncate(suite.stage("core"), 300 << 30)  # It takes no room: a sparse file.
    copy_files(suite.listed(2 * MB), suite.evidence)
    assert suite.kept() == {"tests/t/screenshot.png": MB // 2}
    reason = "the files of the tests may have 2.0 MB together (evidence-limit)"
    assert suite.notices == [
        f"tests/core (322,122.5 MB) was left out: {reason}.",
        f"tests/t/video.webm (2.0 MB) was left out: {reason}.",
    ]


def test_copy_files__nothing_with_a_limit_of_zero(suite: Suite) -> None:
    suite.stage("a.txt")
    suite.stage("empty.txt", 0)
    copy_files(suite.listed(0), suite.evidence)
    assert suite.kept() == {"tests/empty.txt": 0}


def test_copy_files__a_third_of_what_is_free(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Folder, "free_space", 3 * MB)
    suite.stage("a.bin", MB)
    suite.stage("b.bin", MB + 1)
    copy_files(suite.listed(), suite.evidence)
    assert suite.kept() == {"tests/a.bin": MB}
    (notice,) = suite.notices
    assert notice == (
        "tests/b.bin (1.0 MB) was left out: "
        "the files of the tests may have a third of the 3.0 MB that are free."
    )


def test_copy_files__a_disk_that_fills_costs_the_largest(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process fills the disk meanwhile: 2.5 MB are left of what was free."""
    left = [2 * MB + MB // 2]

    def write_until_full(out: FileIO, data: bytes) -> None:
        if len(data) > left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= len(data)
        write_all(out, data)

    monkeypatch.setattr("rehearsal.evidence.folder.write_all", write_until_full)
    suite.stage("video.webm", 3 * MB)
    for name in ("page.html", "trace.zip"):
        suite.stage(name, MB)
    copy_files(suite.listed(), suite.evidence)
    assert suite.kept() == {"tests/page.html": MB, "tests/trace.zip": MB}, "no part of a file"
    assert suite.notices == [
        "tests/video.webm (3.0 MB) was left out: No space left on device.",
    ]


def test_copy_files__does_not_begin_what_no_longer_fits(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter((30 * MB, 1))
    monkeypatch.setattr(Folder, "free_space", property(lambda _: next(free)))
    suite.stage("a.bin", MB)
    copy_files(suite.listed(), suite.evidence)
    assert suite.kept() == {}
    assert suite.notices == ["tests/a.bin (1.0 MB) was left out: no space was left on the disk."]


def test_copy_files__goes_on_after_a_file_that_is_gone_or_was_replaced(suite: Suite) -> None:
    gone, grown, link = (suite.stage(name) for name in ("a", "b", "c"))
    suite.stage("d")
    files = tuple(suite.listed().list_files(suite.evidence))
    staged = StagedFiles(attachments=files, left_out=LeftOut(), limit=MB)
    gone.unlink()
    grown.write_bytes(b"more than it was")
    link.unlink()
    link.symlink_to("/etc/passwd")
    copy_files(staged, suite.evidence)
    assert suite.kept() == {"tests/d": 1}
    assert suite.notices == [
        "tests/a (1 bytes) was left out: No such file or directory.",
        "tests/b (1 bytes) was left out: it is larger than 1 bytes.",
        "tests/c (1 bytes) was left out: Too many levels of symbolic links.",
    ]


@pytest.mark.parametrize("number", [signal.SIGALRM, signal.SIGTERM], ids=lambda each: each.name)
def test_copy_files__a_cancellation_leaves_out_the_rest(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    suite.stage("a.html", 10)
    for name in ("b.bin", "c.bin"):
        suite.stage(name, MB)
    feed = suite.evidence.redactor.stream

    def cancelled_in_the_second() -> object:
        if len(suite.kept()) > 1:
            signal.raise_signal(number)
        return feed()

    monkeypatch.setattr(suite.evidence.redactor, "stream", cancelled_in_the_second)
    staged = suite.listed()
    (suite.evidence.folder.path / "container.log").touch()
    copy_files(staged, suite.evidence, seconds=60)
    assert suite.kept() == {"container.log": 0, "tests/a.html": 10}
    reason = "was left out: the rehearsal was cancelled."
    assert suite.notices == [f"tests/b.bin (1.0 MB) {reason}", f"tests/c.bin (1.0 MB) {reason}"]


def test_copy_files__may_be_cancelled_while_it_lists_them(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled(*_: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    suite.stage("a.bin")
    staged = suite.listed()
    monkeypatch.setattr(suite.evidence, "safe_target", cancelled)
    copy_files(staged, suite.evidence, seconds=60)
    assert suite.kept() == {}
    assert suite.notices == ["No files of the tests were kept: the rehearsal was cancelled."]


def test_is_empty(suite: Suite) -> None:
    suite.evidence.staging_folder("traces")
    assert suite.listed().is_empty
    suite.stage("folder/a.bin")
    assert not suite.listed().is_empty
    assert not StagedFiles(reports=lambda: (), left_out=LeftOut(), limit=1).is_empty


def test_listed__says_what_cannot_be_listed(suite: Suite) -> None:
    suite.stage("/".join(("d",) * 34) + "/x")
    os.mkfifo(suite.evidence.staging_folder("traces") / "pipe")
    copy_files(suite.listed(), suite.evidence)
    assert suite.kept() == {}
    (notice,) = suite.notices
    assert notice.endswith("/d' was left out: It is below 32 other folders.")
