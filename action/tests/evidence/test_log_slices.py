import io
from pathlib import Path
from typing import BinaryIO

import pytest

from rehearsal.evidence.capped_file import HEAD_SIZE
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log_index import LogIndex, read_index
from rehearsal.evidence.log_slices import (
    DELIVERY_DELAY,
    END_SIZE,
    ROUNDING,
    cut_slice,
    heading,
    split_log,
)
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.tests import Span


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, *pieces: tuple[float, bytes]) -> tuple[BinaryIO, LogIndex]:
    """Return a log and its index as `Log` writes them."""
    log, lines = io.BytesIO(), []
    for when, piece in pieces:
        lines.append(f"{when:.6f} out {log.tell()} {len(piece)}\n")
        log.write(piece)
    (folder / "container.log.index").write_text("".join(lines))
    return log, read_index(Folder(folder))


def exact(start: float, end: float) -> Span:
    return Span(start=start, end=end, exact=True)


def body(text: str) -> str:
    return text.partition("\n")[2]


PIECES = ((100.0, b"before\n"), (102.0, b"one\n"), (103.0, b"two\n"), (110.0, b"after\n"))


@pytest.mark.parametrize(
    "start, end, expected",
    [
        pytest.param(101, 104, "one\ntwo\n", id="what came between"),
        pytest.param(102, 102, "one\n", id="the very moments count"),
        pytest.param(0, 1000, "before\none\ntwo\nafter\n", id="all"),
        pytest.param(
            110 - 2 * DELIVERY_DELAY, 110 - DELIVERY_DELAY / 2, "after\n", id="on its way"
        ),
        pytest.param(104, 109, "# (the app wrote nothing)\n", id="nothing"),
        pytest.param(111, 112, "# (the app wrote nothing)\n", id="after all"),
    ],
)
def test_cut_slice__of_an_exact_span(folder: Path, start: float, end: float, expected: str) -> None:
    text = cut_slice(*write(folder, *PIECES), exact(start, end))
    assert text.startswith("# container.log between")
    assert body(text) == expected


def test_cut_slice__of_an_approximate_span_is_wider_and_says_so(folder: Path) -> None:
    span = Span(start=102 + ROUNDING, end=103 - ROUNDING / 2, exact=False)
    text = cut_slice(*write(folder, *PIECES), span)
    assert text.startswith("# approximate: ")
    assert "\n" not in heading(span)
    assert body(text) == "one\ntwo\n"


def test_cut_slice__of_a_test_that_began_late_in_its_second(folder: Path) -> None:
    """Its report says 108.0, it asked at 108.98, and the line came at 109.01."""
    log = write(folder, (100.0, b"before\n"), (109.01, b"its line\n"))
    assert body(cut_slice(*log, Span(start=108.0, end=108.0, exact=False))) == "its line\n"


def test_cut_slice__of_overlapping_tests(folder: Path) -> None:
    log, index = write(folder, *PIECES)
    assert "two" in cut_slice(log, index, exact(101, 104))
    assert "two" in cut_slice(log, index, exact(102.5, 105))


def test_cut_slice__keeps_head_and_tail_of_a_long_slice(folder: Path) -> None:
    log, index = write(folder, (1.0, b"first\n" + b"x" * 3 * END_SIZE + b"\nlast\n"))
    text = body(cut_slice(log, index, exact(0, 2)))
    assert text.startswith("first\n")
    assert text.endswith("\nlast\n")
    assert f"# ... {END_SIZE + 12} bytes are left out here; container.log has more ...\n" in text
    assert len(text) < 2 * END_SIZE + 200


@pytest.mark.parametrize(
    "when, before, after",
    [
        pytest.param(0, "", "onetwothree", id="all of it"),
        pytest.param(102, "one", "twothree", id="at an entry"),
        pytest.param(103, "onetwo", "three", id="between two"),
        pytest.param(999, "onetwothree", "", id="nothing since"),
    ],
)
def test_split_log(folder: Path, when: float, before: str, after: str) -> None:
    log, index = write(folder, (101, b"one"), (102, b"two"), (104, b"three"))
    assert split_log(log, index, when) == (before, after)


def test_split_log__keeps_head_and_tail(folder: Path) -> None:
    head, tail = (b"first\n" + b"x" * 3 * END_SIZE + b"\nlast\n" for _ in range(2))
    before, after = split_log(*write(folder, (1.0, head), (2.0, tail)), 2.0)
    assert (before[:5], len(before)) == ("first", END_SIZE)
    assert (after[:5], after[-5:], len(after)) == ("first", "last\n", 2 * END_SIZE + 1)


def test_cut_slice__is_empty_without_an_index(folder: Path) -> None:
    assert cut_slice(io.BytesIO(), read_index(Folder(folder)), exact(0, 1)) == ""


def test_cut_slice__of_binary_output(folder: Path) -> None:
    assert body(cut_slice(*write(folder, (1.0, b"\xff\x00a")), exact(0, 2))) == "\ufffd\x00a"


def test_read_index__ignores_broken_entries_and_a_clock_set_back(folder: Path) -> None:
    (folder / "container.log.index").write_bytes(
        b"100.5 out 0 5\n100.6 err 5\n\n... 30 bytes are left out here ...\n0.7 out 60 3\n"
        b"101.0 out 63 2\n99.0 out 65 5\n102.0 out 70 1\n103.0 out 71 "
    )
    index = read_index(Folder(folder))
    assert list(index.times) == sorted(index.times)
    assert index.between(101.0, 101.5) == (63, 70)
    assert index.total == 71


def test_cut_slice__of_a_log_with_a_gap(tmp_path: Path) -> None:
    """Offsets count all that came, the file does not hold it all."""
    evidence = Evidence(Folder(tmp_path), Redactor())
    log = evidence.log("container.log", timed=True)
    write_out = log.stream("out")
    write_out(b"head\n")
    line = b"y" * (1 << 20)
    for _ in range((HEAD_SIZE >> 20) + 40):
        write_out(line)
    write_out(b"\ntail\n")
    log.close()
    index = read_index(evidence.folder)
    last = index.times[-1]
    with evidence.folder.open_file("container.log") as file:
        assert index.total > file.seek(0, io.SEEK_END)
        assert body(cut_slice(file, index, exact(last, last))).endswith("\ntail\n")
        assert body(cut_slice(file, index, exact(0, index.times[0]))).startswith("head\n")
