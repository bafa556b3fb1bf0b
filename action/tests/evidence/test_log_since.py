from rehearsal.evidence.log import TAIL_SIZE, Log


def test_since__the_lines_that_came_later(log: Log) -> None:
    out, err = log.stream("out"), log.stream("err")
    out(b"before\n")
    received = log.received
    assert log.since(received) == ()
    out(b"one\ntw")
    err(b"\nthree\r\n")
    out(b"o\n")
    assert sorted(log.since(received)) == ["one", "three", "two"]
    assert log.since(0)[0] == "before"


def test_since__of_a_long_log_the_end(log: Log) -> None:
    out = log.stream()
    for number in range(TAIL_SIZE // 4):
        out(b"line %d\n" % number)
    lines = log.since(0)
    assert lines[-1] == f"line {TAIL_SIZE // 4 - 1}"
    assert len("\n".join(lines)) < 2 * TAIL_SIZE
