import gc
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rehearsal.evidence.capped_file import CappedFile, read_range
from rehearsal.outside.folder import Folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_write__a_short_file_is_complete_at_once(path: Path) -> None:
    file = CappedFile(Folder(path.parent), path.name, head=10, segment=4)
    file.write(b"0123")
    assert path.read_bytes() == b"0123"
    file.write(b"456789")
    file.close()
    assert path.read_bytes() == b"0123456789"
    assert list(path.parent.iterdir()) == [path]


def test_close__a_file_in_a_cycle_is_closed_in_silence(path: Path) -> None:
    for _ in range(20):
        cycle: list[object] = [CappedFile(Folder(path.parent), path.name, head=10, segment=4)]
        cycle.append(cycle)
        del cycle
        gc.collect()  # pytest makes an error of a warning that a file was not closed.


def test_close__says_how_many_bytes_are_left_out(path: Path) -> None:
    file = CappedFile(Folder(path.parent), path.name, head=10, segment=4)
    for byte in range(100):
        file.write(bytes([byte]))
    file.close()
    assert file.closed
    tail = bytes(range(94, 100))
    assert path.read_bytes() == bytes(range(10)) + b"\n... 84 bytes are left out here ...\n" + tail
    assert list(path.parent.iterdir()) == [path]


def test_write__is_on_disk_without_close(path: Path) -> None:
    file = CappedFile(Folder(path.parent), path.name, head=2, segment=4)
    file.write(b"0123456789")
    kept = sorted((each.name, each.read_bytes()) for each in path.parent.iterdir())
    assert kept == [("log", b"01"), ("log.tail-1", b"2345"), ("log.tail-2", b"6789")]
    file.close()
    assert path.read_bytes() == b"0123456789"


def restored(path: Path, change: str, *, head: int = 10) -> tuple[bool, int, bytes]:
    """Write 18 bytes, change the file with a script in between, and restore it.

    Return whether the file was written again, what is lost of it, and its content.
    """
    folder = Folder(path.parent)
    file = CappedFile(folder, path.name, head=head, segment=4)
    file.write(b"012345678")
    subprocess.run(["bash", "-ec", change], cwd=path.parent, check=True)
    file.write(b"abcdefghi")
    file.close()
    again = file.restore(folder)
    return again, file.lost, path.read_bytes()


@pytest.mark.parametrize("head", [10, 100], ids=["in parts", "whole"])
@pytest.mark.parametrize(
    "change",
    [
        "rm log",
        "mv log moved; echo other >log",
        "mv log moved; ln -s moved log",
        "rm log; mkdir log; touch log/x",
        "rm -f log; mkfifo log",
        "cp log copy; mv copy log",
    ],
)
def test_restore__writes_again_what_was_replaced(path: Path, change: str, head: int) -> None:
    assert restored(path, change, head=head) == (True, 0, b"012345678abcdefghi")
    assert path.is_file()
    assert not path.is_symlink()


def test_restore__leaves_alone_what_is_there(path: Path) -> None:
    assert restored(path, "true") == (False, 0, b"012345678abcdefghi")


@pytest.mark.parametrize("head", [10, 100], ids=["in parts", "whole"])
def test_restore__knows_how_much_was_cut_off(path: Path, head: int) -> None:
    found = restored(path, "truncate --size 3 log", head=head)
    assert found == (False, 6, b"012abcdefghi")


def test_restore__knows_how_much_was_cut_off_a_removed_file(path: Path) -> None:
    assert restored(path, ": >log; rm log", head=100) == (True, 9, b"abcdefghi")


def test_restore__knows_how_much_was_added(path: Path) -> None:
    found = restored(path, "printf xyz >>log", head=100)
    assert found == (False, -3, b"012345678xyzabcdefghi")


@given(st.lists(st.binary(max_size=9), max_size=12))
def test_close__keeps_head_and_tail(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("capped") / "log"
    file = CappedFile(Folder(path.parent), path.name, head=10, segment=5)
    for piece in pieces:
        file.write(piece)
    file.close()
    everything, kept = b"".join(pieces), path.read_bytes()
    assert file.received == len(everything)
    if len(everything) <= 20:
        assert kept == everything
    else:
        head, _, tail = kept.partition(b"\n... ")
        tail = tail.partition(b" ...\n")[2]
        if not kept[10:].startswith(b"\n... "):
            assert kept == everything
        else:
            assert (head, everything.endswith(tail)) == (everything[:10], True)
            assert 5 <= len(tail) <= 10


@example(sizes=[6, 9, 9, 9, 9, 9], start=0, length=12)  # 36 bytes, and a line of 36 for them.
@example(sizes=[9] * 6, start=20, length=0)  # Nothing of the gap.
@given(
    sizes=st.lists(st.integers(min_value=0, max_value=9), max_size=40),
    start=st.integers(min_value=0, max_value=200),
    length=st.integers(min_value=0, max_value=200),
)
def test_read_range__of_any_range(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], start: int, length: int
) -> None:
    path = tmp_path_factory.mktemp("room") / "log"
    data = bytes(index % 251 for index in range(sum(sizes)))
    file, at = CappedFile(Folder(path.parent), path.name, head=10, segment=4), 0
    for size in sizes:
        file.write(data[at : at + size])
        at += size
    file.close()
    with path.open("rb") as written:
        found = read_range(written, file.received, start, start + length, head=10)
    before, gap, after = found.partition(b"\n... ")
    if not gap:
        assert found == data[start : start + length]
        return
    assert data[start : start + length].startswith(before)
    tail = after.partition(b" ...\n")[2]
    assert data[start : start + length].endswith(tail)
    assert len(before) + len(tail) < length
