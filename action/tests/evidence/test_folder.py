import io
import os
import re
import shutil
import stat
import threading
import time
from hashlib import sha256
from pathlib import Path

import pytest

from rehearsal.evidence.capped_file import CappedFile
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.left_out import MAX_NAMED, LeftOut
from rehearsal.evidence.log import Log
from rehearsal.evidence.staged_files import list_folder, open_staged
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor

from ..fakes import secret

HUSH = b"planted-secret-value"
SAFE_PATH = re.compile(r"[A-Za-z0-9._/-]+")


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(Folder(tmp_path), Redactor([secret()]))


def kept(evidence: Evidence) -> dict[str, bytes]:
    """Return every file that is kept, by its path in the evidence folder."""
    files = (path for path in evidence.folder.path.rglob("*") if not path.is_dir())
    return {str(path.relative_to(evidence.folder.path)): path.read_bytes() for path in files}


def stage(evidence: Evidence, name: str, data: bytes = b"x") -> Path:
    path = evidence.staging_folder("traces") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_evidence__folders_are_private(evidence: Evidence) -> None:
    junit = evidence.staging_folder("junit")
    for path in (evidence.folder.path, evidence.staging.path, junit):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_write__redacts_and_replaces(evidence: Evidence) -> None:
    evidence.write("summary.md", "first")
    evidence.write("summary.md", f"a {HUSH.decode()} é")
    assert kept(evidence) == {"summary.md": "a *** é".encode()}


def test_write_document__returns_the_digest_of_what_it_wrote(evidence: Evidence) -> None:
    found = evidence.write_document("verdict.json", "wörter \udc80")
    written = (evidence.folder.path / "verdict.json").read_bytes()
    assert found == f"sha256:{sha256(written).hexdigest()}"


def test_copy_folder__copies_subfolders(evidence: Evidence) -> None:
    stage(evidence, "t.T.test_a/page.html", b"<p>")
    stage(evidence, "t.T.test_a/deeper/x.png", b"\x89PNG\0\xff")
    evidence.copy_folder(evidence.staging.folder("traces"), "tests")
    assert kept(evidence) == {
        "tests/t.T.test_a/page.html": b"<p>",
        "tests/t.T.test_a/deeper/x.png": b"\x89PNG\0\xff",
    }


def test_copy_folder__redacts(evidence: Evidence) -> None:
    stage(evidence, "page.html", b"<input value='" + HUSH + b"'>")
    evidence.copy_folder(evidence.staging.folder("traces"), "tests")
    assert kept(evidence) == {"tests/page.html": b"<input value='***'>"}


def test_copy_folder__redacts_across_chunks(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.evidence.folder.CHUNK", 7)
    stage(evidence, "page.html", b"0123" + HUSH + b"4567" + HUSH)
    evidence.copy_folder(evidence.staging.folder("traces"), "tests")
    assert kept(evidence) == {"tests/page.html": b"0123***4567***"}


def test_copy_folder__skips_links(evidence: Evidence, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir()
    (private / "key").write_text("private")
    good = stage(evidence, "good.txt")
    (good.parent / "file").symlink_to(private / "key")
    (good.parent / "folder").symlink_to(private)
    (good.parent / "dangling").symlink_to("nowhere")
    evidence.copy_folder(Folder(good.parent), "tests")
    assert list(kept(evidence)) == ["tests/good.txt"]


def test_copy_folder__skips_pipes(evidence: Evidence) -> None:
    good = stage(evidence, "good.txt")
    os.mkfifo(good.parent / "pipe")
    evidence.copy_folder(Folder(good.parent), "tests")
    assert list(kept(evidence)) == ["tests/good.txt"]


@pytest.mark.parametrize(
    "name, expected",
    [
        ("screenshot.png", r"screenshot\.png"),
        ("functional_tests.test_a.T.test_b", r"functional_tests\.test_a\.T\.test_b"),
        ("a b.png", r"a_b-[0-9a-f]{8}\.png"),
        ("a:b|c?*<>.html", r"a_b_c_-[0-9a-f]{8}\.html"),
        ("no dot at all", r"no_dot_at_all-[0-9a-f]{8}"),
        (".hidden", r"hidden-[0-9a-f]{8}"),
        ("-rf", r"rf-[0-9a-f]{8}"),
        ("é", r"file-[0-9a-f]{8}"),
        ("line\nbreak.txt", r"line_break-[0-9a-f]{8}\.txt"),
        ("caf\udce9.txt", r"caf_-[0-9a-f]{8}\.txt"),
        ("x" * 150, r"x{80}-[0-9a-f]{8}"),
        ("x" * 150 + ".png", r"x{80}-[0-9a-f]{8}\.png"),
    ],
    ids=ascii,
)
def test_copy__under_a_safe_name(evidence: Evidence, name: str, expected: str) -> None:
    source = stage(evidence, name)
    evidence.copy_folder(Folder(source.parent), "tests")
    (path,) = kept(evidence)
    assert re.fullmatch(f"tests/{expected}", path)
    assert SAFE_PATH.fullmatch(path)


def test_copy__different_names_stay_different(evidence: Evidence) -> None:
    for name in ("a b", "a:b", "a\tb", "x" * 120 + "1", "x" * 120 + "2"):
        stage(evidence, name)
    evidence.copy_folder(evidence.staging.folder("traces"), "tests")
    assert len(kept(evidence)) == 5


def test_copy__no_secret_in_a_name(evidence: Evidence) -> None:
    stage(evidence, f"{HUSH.decode()}/{HUSH.decode()}.txt")
    evidence.copy_folder(evidence.staging.folder("traces"), "tests")
    assert HUSH.decode() not in "".join(kept(evidence))


def test_copy__replaces_no_file(evidence: Evidence) -> None:
    evidence.log("tests/output.log").close()
    for name in ("output.log", f"a {HUSH.decode()}.txt", "a ***.txt"):
        stage(evidence, name, name.encode())
    evidence.copy_folder(evidence.staging.folder("traces"), "tests")
    assert len(kept(evidence)) == 4
    assert kept(evidence)["tests/output.log"] == b""
    assert kept(evidence)["tests/output-2.log"] == b"output.log"


def test_drop_staging(evidence: Evidence) -> None:
    stage(evidence, "t/page.html")
    assert not evidence.drop_staging(0)
    assert (evidence.staging.path / "traces/t/page.html").exists()
    for _ in range(2):
        assert evidence.drop_staging(10)
        assert not evidence.staging.path.exists()


def test_log__keeps_the_bytes(evidence: Evidence) -> None:
    log = evidence.log("tests/output.log")
    sink = log.stream()
    for piece in (b"\xff\0binary", b"\r\n", "é".encode()):
        sink(piece)
    log.close()
    assert kept(evidence) == {"tests/output.log": b"\xff\0binary\r\n\xc3\xa9"}


def test_log__redacts_across_writes_and_streams(evidence: Evidence) -> None:
    log = evidence.log("container.log")
    out, err = log.stream("out"), log.stream("err")
    out(b"<" + HUSH[:5])
    err(HUSH[:9])
    out(HUSH[5:] + b">")
    err(b" no secret")
    err(HUSH)
    log.close()
    data = kept(evidence)["container.log"]
    assert HUSH not in data
    assert b"***>" in data
    assert data.count(b"***") == 2
    assert HUSH[:9] + b" no secret" in data


def test_log__close_writes_the_rest(evidence: Evidence) -> None:
    log = evidence.log("a.log")
    log.stream()(b"end: " + HUSH[:6])
    log.close()
    assert kept(evidence)["a.log"] == b"end: " + HUSH[:6]


def test_log__a_reader_gets_what_is_written(evidence: Evidence) -> None:
    """The redactor may hold back the last bytes; `flush` hands them on."""
    read: list[bytes] = []
    log = evidence.log("a.log")
    sink = log.stream(reader=read.append)
    sink(HUSH + b"\nOK " + HUSH[:6])
    assert b"".join(read) == b"***\nOK "
    log.flush()
    assert b"".join(read) == b"***\nOK " + HUSH[:6] == kept(evidence)["a.log"]
    log.close()
    assert b"".join(read) == kept(evidence)["a.log"]


def test_log__echo_gets_redacted_bytes(evidence: Evidence) -> None:
    echoed: list[bytes] = []
    log = evidence.log("a.log", echo=echoed.append)
    log.stream()(b"a " + HUSH)
    log.close()
    assert b"".join(echoed) == b"a ***" == kept(evidence)["a.log"]


def test_log__index_has_time_and_offset(evidence: Evidence) -> None:
    log = evidence.log("container.log", timed=True)
    log.stream("out")(b"one\n")
    log.stream("err")(b"two\n")
    log.close()
    lines = [line.split() for line in kept(evidence)["container.log.index"].decode().splitlines()]
    assert [line[1:] for line in lines] == [["out", "0", "4"], ["err", "4", "4"]]
    assert float(lines[0][0]) <= float(lines[1][0])


def test_log__has_no_index_by_default(evidence: Evidence) -> None:
    evidence.log("build.log").close()
    assert list(kept(evidence)) == ["build.log"]


def test_log__ignores_writes_after_close(evidence: Evidence) -> None:
    log = evidence.log("a.log")
    sink = log.stream()
    log.close()
    sink(b"late")
    log.close()
    assert kept(evidence)["a.log"] == b""


def test_log__two_streams_at_once(evidence: Evidence) -> None:
    log = evidence.log("a.log", timed=True)
    sinks = [log.stream(name) for name in ("out", "err")]

    def flood(number: int) -> None:
        for _ in range(500):
            sinks[number](b"%d" % number * 50 + b"\n")

    threads = [threading.Thread(target=flood, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    files = kept(evidence)
    assert sorted(files["a.log"].split()) == [b"0" * 50] * 500 + [b"1" * 50] * 500
    offset = 0
    for line in files["a.log.index"].decode().splitlines():
        _, stream, start, length = line.split()
        assert int(start) == offset
        piece = files["a.log"][offset : offset + int(length)]
        assert set(piece) <= set(b"0\n" if stream == "out" else b"1\n")
        offset += int(length)


def test_tail__returns_the_last_lines_that_are_not_blank(evidence: Evidence) -> None:
    log = evidence.log("a.log")
    log.stream()(b"one\n\ntwo \r\n\n  three\n\xff\n")
    assert log.tail(2) == ("  three", "\N{REPLACEMENT CHARACTER}")
    assert log.tail(9) == ("one", "two", "  three", "\N{REPLACEMENT CHARACTER}")
    log.close()


def test_tail__reads_only_the_end(evidence: Evidence) -> None:
    log = evidence.log("a.log")
    log.stream()(b"x" * 5_000_000 + b"\nlast\n")
    assert log.tail(1) == ("last",)
    assert sum(map(len, log.tail(99))) < 100_000
    log.close()


def test_tail__of_a_log_whose_end_is_in_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CappedFile.__init__, "__kwdefaults__", {"head": 10, "segment": 10})
    log = Evidence(Folder(tmp_path), Redactor()).log("app.log")
    write = log.stream()
    for number in range(50):
        write(f"line {number}\n".encode())
    assert log.tail(1) == ("line 49",)
    log.close()
    assert log.tail(1) == ("line 49",)


class AddsWhileItIsRead(io.BufferedReader):
    """A file that another process writes to as fast as it is read."""

    def __init__(self, file: io.FileIO, path: Path) -> None:
        super().__init__(file)
        self._path = path

    def read(self, size: int | None = -1, /) -> bytes:
        with self._path.open("ab") as more:
            more.write(b"more" * 100)
        return super().read(size)


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_write__warns_of_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    evidence = Evidence(Folder(tmp_path), Redactor(), warnings.append)
    monkeypatch.setattr("rehearsal.evidence.folder.write_all", full)
    evidence.write("verdict.json", "x")
    assert warnings == ["verdict.json could not be kept: No space left on device"]


def test_write__an_earlier_one_stays_if_the_disk_is_full(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence.write("verdict.json", "first")
    monkeypatch.setattr("rehearsal.evidence.folder.write_all", full)
    evidence.write("verdict.json", "second")
    assert kept(evidence) == {"verdict.json": b"first"}, "and nothing of the second"


def test_copy_opened__leaves_nothing_of_a_file_that_does_not_fit(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.evidence.folder.write_all", full)
    with stage(evidence, "a.txt").open("rb") as file, pytest.raises(OSError, match="No space"):
        evidence.copy_opened(file, "tests/a.txt", limit=10)
    assert kept(evidence) == {}


def test_copy_opened__not_what_is_added_meanwhile(evidence: Evidence) -> None:
    path = stage(evidence, "a.txt", b"one")
    with path.open("rb", buffering=0) as file:
        endless = AddsWhileItIsRead(file, path)
        evidence.copy_opened(endless, "tests/a.txt", limit=10)
    assert kept(evidence) == {"tests/a.txt": b"one"}


def test_write__accepts_invalid_unicode(evidence: Evidence) -> None:
    evidence.write("a.md", "caf\udce9")
    assert kept(evidence)["a.md"].startswith(b"caf")


def test_copy_folder__warns_of_one_file_and_copies_the_others(evidence: Evidence) -> None:
    warnings: list[str] = []
    evidence.warn = warnings.append
    evidence.write("a", "a file where a folder belongs")
    stage(evidence, "a/b.txt")
    stage(evidence, "good.txt")
    evidence.copy_folder(evidence.staging.folder("traces"), "")
    assert kept(evidence)["good.txt"] == b"x"
    assert len(warnings) == 1
    assert warnings[0].startswith("'a/b.txt' could not be kept: ")


def test_log__warns_once_of_a_full_disk_and_still_echoes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.evidence.capped_file.CappedFile.write", full)
    warnings: list[str] = []
    echoed: list[bytes] = []
    log = Log(
        Folder(tmp_path),
        Redactor(),
        name="build.log",
        warn=warnings.append,
        echo=echoed.append,
        timed=False,
    )
    sink = log.stream()
    sink(b"one")
    sink(b"two")
    log.close()
    assert b"".join(echoed) == b"onetwo"
    assert warnings == ["build.log is incomplete: No space left on device"]


def test_log__warns_if_it_cannot_be_opened(evidence: Evidence) -> None:
    warnings: list[str] = []
    evidence.warn = warnings.append
    evidence.write("tests", "a file where a folder belongs")
    log = evidence.log("tests/output.log")
    log.stream()(b"one\n")
    assert log.tail(3) == ("one",), "the reports have it all the same"
    log.close()
    assert len(warnings) == 1
    assert warnings[0].startswith("tests/output.log is incomplete: ")


@pytest.fixture
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the tests must not lead us to."""
    folder = tmp_path_factory.mktemp("foreign")
    (folder / "traces").mkdir()
    for name in ("verdict.json", "traces/private.txt"):
        (folder / name).write_text("foreign")
    return folder


def put_in_place(path: Path, foreign: Path, way: str) -> None:
    """Replace a folder as hostile tests do."""
    path.rename(path.parent.parent / "moved")
    if way == "link":
        path.symlink_to(foreign)
    elif way == "folder":
        (path / "traces").mkdir(parents=True)
        (path / "traces/new.txt").touch()
    elif way == "older folder":
        foreign.rename(path)


@pytest.mark.parametrize("way", ["link", "folder", "older folder", "nothing"])
@pytest.mark.parametrize("replaced", ["staging", "staging/traces"])
def test_open_staged__tells_of_a_replaced_folder(
    tmp_path: Path, foreign: Path, replaced: str, way: str
) -> None:
    warnings: list[str] = []
    time.sleep(0.02)  # The clock of file systems moves each 4 to 10 ms.
    evidence = Evidence(Folder(tmp_path).folder("run", make=True), Redactor(), warnings.append)
    stage(evidence, "trace.txt")
    inside = Path(replaced).relative_to("staging")
    put_in_place(evidence.root.path / replaced, foreign / inside, way)
    opened = open_staged(evidence, "traces", "tests", variable="REHEARSAL_EVIDENCE")
    found = (list_folder(each.folder, each.target, evidence, LeftOut()) for each in opened)
    targets = [each.target for files in found for each in files]
    if (replaced, way) == ("staging/traces", "folder"):
        # Playwright removes its folder for results at the start, and makes it again.
        assert targets == ["tests/traces/new.txt"]
        assert not warnings
        return
    assert targets == []
    assert len(warnings) == 1
    assert warnings[0].startswith("Nothing of REHEARSAL_EVIDENCE was kept: the tests ")


@pytest.mark.parametrize("way", ["link", "folder", "nothing"])
def test_drop_staging__removes_nothing_else(tmp_path: Path, foreign: Path, way: str) -> None:
    warnings: list[str] = []
    evidence = Evidence(Folder(tmp_path).folder("run", make=True), Redactor(), warnings.append)
    put_in_place(evidence.staging.path, foreign, way)
    assert evidence.drop_staging(10)
    assert (foreign / "traces/private.txt").exists()
    assert (evidence.staging.path / "traces/new.txt").exists() is (way == "folder")
    assert len(warnings) == (way != "nothing")


def test_write__into_the_folder_that_was_opened(evidence: Evidence, foreign: Path) -> None:
    log = evidence.log("container.log")
    put_in_place(evidence.folder.path, foreign, "link")
    evidence.write("verdict.json", "ours")
    log.stream()(b"x" * 10)
    log.close()
    assert sorted(path.name for path in foreign.iterdir()) == ["traces", "verdict.json"]
    assert (foreign / "verdict.json").read_text() == "foreign"
    assert log.tail(1) == ("x" * 10,)


def write_logs(evidence: Evidence) -> list[Log]:
    logs = [evidence.log("build.log"), evidence.log("container.log", timed=True)]
    for log in logs:
        log.stream()(log.name.encode())
    return logs


def restore(evidence: Evidence, logs: list[Log]) -> bool:
    for log in logs:
        log.close()
    return evidence.restore(Folder(evidence.root.path.parent))


@pytest.fixture
def told(tmp_path: Path) -> tuple[Evidence, list[str]]:
    """Return an evidence folder, and what is told about it."""
    warnings: list[str] = []
    root = Folder(tmp_path).folder("run", make=True)
    return Evidence(root, Redactor(), warnings.append), warnings


def test_restore__has_nothing_to_do(told: tuple[Evidence, list[str]]) -> None:
    evidence, warnings = told
    assert not restore(evidence, write_logs(evidence))
    assert warnings == []


def test_restore__writes_logs_again(told: tuple[Evidence, list[str]], foreign: Path) -> None:
    evidence, warnings = told
    logs, folder = write_logs(evidence), evidence.folder.path
    (folder / "build.log").unlink()
    (folder / "container.log").rename(folder / "moved")
    (folder / "container.log").symlink_to(foreign / "verdict.json")
    assert not restore(evidence, logs)
    assert kept(evidence)["build.log"] == b"build.log"
    assert kept(evidence)["container.log"] == b"container.log"
    assert not (folder / "container.log").is_symlink()
    assert (foreign / "verdict.json").read_text() == "foreign"
    (warning,) = warnings
    assert warning == (
        "Removed or replaced while the tests ran: build.log, container.log. What was logged is "
        "there again."
    )


def test_restore__says_what_is_lost(told: tuple[Evidence, list[str]]) -> None:
    evidence, warnings = told
    logs, folder = write_logs(evidence), evidence.folder.path
    os.truncate(folder / "build.log", 2)
    with (folder / "container.log").open("ab") as file:
        file.write(b"forged")
    restore(evidence, logs)
    assert warnings == [
        "While the tests ran, 7 bytes were cut off build.log.",
        "While the tests ran, 6 bytes were added to container.log.",
    ]


@pytest.mark.parametrize("way", ["link", "folder", "nothing"])
def test_restore__makes_the_folder_anew(
    told: tuple[Evidence, list[str]], foreign: Path, way: str
) -> None:
    """With the logs and what the engine said, but with nothing else: that may be large."""
    evidence, warnings = told
    logs, path = write_logs(evidence), evidence.folder.path
    put_in_place(path, foreign, way)
    evidence.write("container.json", "{}")
    evidence.write("video.webm", "large")
    assert restore(evidence, logs)
    assert evidence.folder.path == path
    assert not path.is_symlink()
    found = kept(evidence)
    assert sorted(found) == ["build.log", "container.json", "container.log", "container.log.index"]
    assert found["container.log"] == b"container.log"
    (warning,) = warnings
    assert warning.startswith("The tests removed the evidence folder or put something else in its")


def test_restore__after_all_was_removed(told: tuple[Evidence, list[str]]) -> None:
    evidence, warnings = told
    logs = write_logs(evidence)
    shutil.rmtree(evidence.root.path)
    assert restore(evidence, logs)
    assert sorted(kept(evidence)) == ["build.log", "container.log", "container.log.index"]
    assert len(warnings) == 1


def test_restore__a_disk_that_is_full_loses_a_log_and_says_so(
    told: tuple[Evidence, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence, warnings = told
    logs = write_logs(evidence)
    (evidence.folder.path / "build.log").unlink()
    monkeypatch.setattr("rehearsal.evidence.capped_file.write_all", full)
    restore(evidence, logs)
    assert warnings == ["build.log was replaced, and is lost: No space left on device."]


def test_copy_folder__leaves_out_what_is_too_deep_or_too_large(evidence: Evidence) -> None:
    warnings: list[str] = []
    evidence.warn = warnings.append
    stage(evidence, f"{'d/' * 40}deep.txt")
    os.truncate(stage(evidence, "sparse"), 300 << 30)
    stage(evidence, "good.txt")
    evidence.copy_folder(evidence.staging.folder("traces"), "tests")
    assert list(kept(evidence)) == ["tests/good.txt"]
    assert warnings == [
        f"'{'/'.join('d' * 32)}' could not be kept: It is below 32 other folders",
        "'sparse' could not be kept: it is larger than 512.0 MB",
    ]


def test_copy_folder__names_some_of_many_failures(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    evidence.warn = warnings.append
    for number in range(30):
        stage(evidence, f"{number}.txt")
    monkeypatch.setattr("rehearsal.evidence.folder.write_all", full)
    evidence.copy_folder(evidence.staging.folder("traces"), "tests")
    assert len(warnings) == MAX_NAMED + 1
    assert warnings[-1] == "20 more files or folders could not be kept."
