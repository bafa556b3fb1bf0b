import os
from pathlib import Path

import pytest

from rehearsal.evidence.verdict_file import read_verdict_file
from rehearsal.results.json_decoder import InvalidDocumentError
from rehearsal.results.verdict_json import MAX_SIZE

from ..fakes import write_verdict


def test_read_verdict_file(tmp_path: Path) -> None:
    assert read_verdict_file(write_verdict(tmp_path)).verdict.word == "passed"


@pytest.mark.parametrize(
    "content, words",
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"", "not JSON"),
        (b" " * (MAX_SIZE + 1), "larger than 16 MiB"),
    ],
    ids=["not text", "empty", "too large"],
)
def test_read_verdict_file__refuses_other_files(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "verdict.json").write_bytes(content)
    with pytest.raises(InvalidDocumentError, match=words):
        read_verdict_file(tmp_path)


def test_read_verdict_file__follows_no_link_and_waits_for_no_pipe(tmp_path: Path) -> None:
    write_verdict(tmp_path).joinpath("verdict.json").rename(tmp_path / "target")
    (tmp_path / "verdict.json").symlink_to("target")
    with pytest.raises(OSError, match="symbolic link"):
        read_verdict_file(tmp_path)
    (tmp_path / "verdict.json").unlink()
    os.mkfifo(tmp_path / "verdict.json")
    with pytest.raises(OSError, match="Not a regular file"):
        read_verdict_file(tmp_path)
