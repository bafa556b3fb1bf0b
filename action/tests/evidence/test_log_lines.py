from io import BytesIO

from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.log_lines import HEAD_SIZE, MAX_LINES, TAIL_SIZE, read_lines


def index_of(*pieces: tuple[float, str, bytes]) -> tuple[BytesIO, LogIndex]:
    index, data = LogIndex(), b""
    for when, stream, piece in pieces:
        index.times.append(when)
        index.starts.append(len(data))
        data += piece
        index.ends.append(len(data))
        index.streams.append(ord(stream))
    return BytesIO(data), index


def test_read_lines__each_with_its_time_and_a_traceback_as_one() -> None:
    log, index = index_of(
        (1.0, "o", b"before\n"),
        (5.0, "e", b"Traceback (most recent call last):\n"),
        (5.1, "o", b"POST /\n"),
        (5.2, "e", b"  File 1\nKeyError: 'text'\n"),
        (6.0, "o", b"one\ntwo\r\n"),
        (9.0, "o", b"after\n"),
    )
    found = read_lines(log, index, "container.log", 5.0, 7.0)
    assert [(each.time, each.text, each.is_error) for each in found.lines] == [
        (5.0, "Traceback (most recent call last):\n  File 1\nKeyError: 'text'", True),
        (5.1, "POST /", False),
        (6.0, "one", False),
        (6.0, "two", False),
    ]
    assert found.left_out == 0


def test_read_lines__nothing_where_the_times_are_not_known() -> None:
    log, index = index_of((1.0, "o", b"one\n"), (2.0, "o", b"two\n"))
    assert read_lines(log, LogIndex(), "l", 0, 9).lines == ()
    assert read_lines(BytesIO(b"on"), index, "l", 0, 9).lines == ()
    index.starts[1] += 1
    assert read_lines(log, index, "l", 0, 9).lines == ()


def test_read_lines__of_a_long_part_head_and_tail() -> None:
    line = b"x" * 999 + b"\n"
    log, index = index_of(*((float(each), "o", line) for each in range(2000)))
    found = read_lines(log, index, "l", 0, 9999)
    assert found.left_out == 2_000_000 - HEAD_SIZE - TAIL_SIZE
    assert found.lines[0].time == 0.0
    assert found.lines[-1].time == 1999.0
    assert sum(len(each.text) for each in found.lines) < HEAD_SIZE + TAIL_SIZE


def test_read_lines__only_so_many() -> None:
    log, index = index_of((1.0, "o", b"ab\n" * (MAX_LINES + 10)))
    found = read_lines(log, index, "l", 0, 9)
    assert len(found.lines) == MAX_LINES
    assert found.left_out == 20
