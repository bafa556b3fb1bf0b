import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.outside.image_record import MAX_SIZE, BuiltImage, record_path, update_record

IMAGE = BuiltImage(
    repository="o/n", engine="unix:///e", id="sha256:1", name="rehearsed/n:1", built=1.5
)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "state/images.jsonl"


def add(record: Path, image: BuiltImage = IMAGE) -> None:
    update_record(record, lambda known: [*known, image])


def read(record: Path) -> list[BuiltImage]:
    found: list[BuiltImage] = []

    def keep(known: list[BuiltImage]) -> list[BuiltImage]:
        found.extend(known)
        return known

    update_record(record, keep)
    return found


@pytest.mark.parametrize(
    "environ, path",
    [
        ({"XDG_STATE_HOME": "/state", "HOME": "/h"}, "/state/dress-rehearsal/images.jsonl"),
        ({"XDG_STATE_HOME": "state", "HOME": "/h"}, "/h/.local/state/dress-rehearsal/images.jsonl"),
        ({"HOME": "/h"}, "/h/.local/state/dress-rehearsal/images.jsonl"),
    ],
    ids=["given", "relative", "default"],
)
def test_record_path(environ: dict[str, str], path: str) -> None:
    assert record_path(environ) == Path(path)


def test_update_record__reads_what_was_written(record: Path) -> None:
    other = replace(IMAGE, id="sha256:2", built=2.0)
    add(record)
    add(record, other)
    assert read(record) == [IMAGE, other]
    update_record(record, lambda known: known[1:])
    assert read(record) == [other]
    assert record.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"null", b"\xff\0", b"{}", b"[" * 100_000,
     b'{"repository": 1, "engine": "e", "id": "i", "name": "rehearsed/n:1", "built": 1.5}',
     b'{"repository": "r", "engine": "e", "id": "i", "name": "rehearsed/n:1", "built": "1"}',
     b'{"repository": "r", "engine": "e", "id": "i", "name": "postgres:16", "built": 1.5}',
     b'{"repository": "r", "engine": "e", "id": "i", "name": "rehearsed/n:1", "built": 1, "x": 1}'],
    ids=["empty", "cut off", "list", "null", "binary", "no fields", "deep", "number", "text",
         "another's", "more"],
)  # fmt: skip
def test_update_record__drops_what_it_cannot_read(record: Path, line: bytes) -> None:
    add(record)
    record.write_bytes(line + b"\n" + record.read_bytes() + line)
    assert read(record) == [IMAGE]
    assert len(record.read_bytes().splitlines()) == 1


def test_update_record__of_a_long_file(record: Path) -> None:
    add(record)
    record.write_bytes(b"x" * 2 * MAX_SIZE + b"\n" + record.read_bytes())
    assert read(record) == [IMAGE]


def test_update_record__at_the_same_time(record: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add(record, replace(IMAGE, id=f"{n}")), range(40)))
    assert {image.id for image in read(record)} == {f"{n}" for n in range(40)}


def test_update_record__waits_no_longer(record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.outside.image_record.LOCK_TIMEOUT", 0.1)
    add(record)
    with record.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError):
            add(record)


@pytest.mark.parametrize("way", ["link", "pipe", "folder"])
def test_update_record__regular_files_only(record: Path, tmp_path: Path, way: str) -> None:
    record.parent.mkdir()
    if way == "link":
        (tmp_path / "other").write_text("other")
        record.symlink_to(tmp_path / "other")
    elif way == "pipe":
        os.mkfifo(record)
    else:
        record.mkdir()
    with pytest.raises(OSError):  # noqa: PT011  (each kind has its own)
        add(record)
    if way == "link":
        assert (tmp_path / "other").read_text() == "other"
