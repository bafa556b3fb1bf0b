import time
from pathlib import Path

import pytest

from rehearsal.evidence.capped_file import CappedFile
from rehearsal.evidence.collect import read_indexes
from rehearsal.evidence.excerpts import ARRIVAL_NOTE, BLOCKS_NOTE, read_log_excerpt
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.evidence.log_index import OWN_REMARK, read_ends, read_index
from rehearsal.evidence.log_lines import read_lines
from rehearsal.evidence.log_slices import ARRIVAL_REMARK, cut_slice, split_log
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.tests import Span

LINES = ("Traceback (most recent call last):\n", "  in f\n", "ValueError: no\n")
TRACEBACK = "".join(LINES)
ALL = Span(start=0, end=1e10, exact=True)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(Folder(tmp_path), Redactor())


def write(evidence: Evidence, *, times: int = 1) -> Log:
    """Write a log in which a traceback is cut by lines of the other stream."""
    log = evidence.log("container.log", timed=True)
    out, err = log.stream("out"), log.stream("err")
    for _ in range(times):
        for line in LINES:
            err(line.encode())
            out(b"GET /\n")
    log.close()
    return log


def test_read_log_excerpt__tracebacks_are_whole_and_the_file_is_raw(evidence: Evidence) -> None:
    log = write(evidence)
    excerpt = read_log_excerpt(evidence.folder)
    assert excerpt
    assert (excerpt.text, excerpt.note) == (TRACEBACK + "GET /\n" * 3, BLOCKS_NOTE)
    raw = (evidence.folder.path / "container.log").read_text()
    assert raw == "".join(f"{line}GET /\n" for line in LINES)
    assert log.tail(99) == (*TRACEBACK.splitlines(), *["GET /"] * 3)


def test_read_log_excerpt__one_stream_needs_no_note(evidence: Evidence) -> None:
    log = evidence.log("container.log", timed=True)
    log.stream("err")(TRACEBACK.encode())
    log.close()
    excerpt = read_log_excerpt(evidence.folder)
    assert excerpt
    assert (excerpt.text, excerpt.note) == (TRACEBACK, "")


def test_slices__tracebacks_are_whole(evidence: Evidence) -> None:
    write(evidence)
    index = read_index(evidence.folder)
    with evidence.folder.open_file("container.log") as file:
        assert TRACEBACK in cut_slice(file, index, ALL)
        assert TRACEBACK in split_log(file, index, 0)[1]
        assert TRACEBACK in split_log(file, index, 1e10)[0]


def test_read_ends__are_cut_as_the_file_would_be(evidence: Evidence) -> None:
    write(evidence, times=9)
    raw = (evidence.folder.path / "container.log").read_bytes()
    with evidence.folder.open_file("container.log") as file:
        head, tail, left_out = read_ends(file, read_index(evidence.folder), 100, 80)
    assert (len(head), len(tail), left_out) == (100, 80, len(raw) - 180)
    for part, cut in ((head, raw[:100]), (tail, raw[-80:])):
        assert sorted(part) == sorted(cut)
        assert TRACEBACK.encode() in part
        assert TRACEBACK.encode() not in cut


def test_read_index__what_came_after_our_own_requests_is_of_no_test(evidence: Evidence) -> None:
    log = evidence.log("container.log", timed=True)
    log.stream()(b"GET /lists/1/\n")
    log.mark_own_requests()
    log.stream()(b"Not Found: /\n")
    log.close()
    evidence.write("workers/w.log", "Not Found: /\n")
    evidence.write("workers/w.log.index", f"{time.time():.6f} out 0 13\n")
    indexes = read_indexes(evidence.folder)
    for name, slice_of_test in (("container.log", "GET /lists/1/\n"), ("workers/w.log", "")):
        with evidence.folder.open_file(name) as file:
            assert cut_slice(file, indexes[name], ALL, name).partition("\n")[2] == slice_of_test
            lines = read_lines(file, indexes[name], name, 0, 1e10).lines
            assert "".join(f"{each.text}\n" for each in lines) == slice_of_test
    # The whole log has it, and keeps its order.
    assert indexes["container.log"].is_complete
    assert indexes["container.log"].total == len("GET /lists/1/\nNot Found: /\n")


@pytest.mark.parametrize("damage", ["added to", "cut", "no first entry", "a gap", "no index"])
def test_read_log_excerpt__as_it_arrived_where_the_index_does_not_fit(
    damage: str, evidence: Evidence
) -> None:
    write(evidence)
    log, index = (evidence.folder.path / f"container.log{suffix}" for suffix in ("", ".index"))
    if damage == "no index":
        index.unlink()
    elif damage in {"no first entry", "a gap"}:
        entries = index.read_text().splitlines(keepends=True)
        del entries[0 if damage == "no first entry" else 2]
        index.write_text("".join(entries))
    else:
        log.write_bytes(log.read_bytes() + b"x" if damage == "added to" else log.read_bytes()[:-1])
    excerpt = read_log_excerpt(evidence.folder)
    assert excerpt
    assert (excerpt.text, excerpt.note) == (log.read_text(), ARRIVAL_NOTE)


@pytest.mark.parametrize("is_long", [True, False])
def test_as_it_arrived__is_told(
    is_long: bool, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_long:
        monkeypatch.setattr(CappedFile.__init__, "__kwdefaults__", {"head": 200, "segment": 100})
    write(evidence, times=20)
    excerpt = read_log_excerpt(evidence.folder)
    assert excerpt
    assert (excerpt.note == ARRIVAL_NOTE) is is_long
    index = read_index(evidence.folder)
    with evidence.folder.open_file("container.log") as file:
        first = cut_slice(file, index, ALL).partition("\n")[0]
    assert first.endswith(ARRIVAL_REMARK) is is_long


@pytest.mark.parametrize("number", [str(1 << 64), "9" * 5000], ids=["large", "endless"])
def test_read_index__numbers_that_the_tests_made_up(evidence: Evidence, number: str) -> None:
    write(evidence)
    with (evidence.folder.path / "container.log.index").open("a") as file:
        file.write(f"1.0 out {number} 5\n1.0 out 5 {number}\n{number}.0 out 5 5\n")
    assert read_index(evidence.folder).total == len(TRACEBACK + "GET /\n" * 3)


@pytest.mark.parametrize("streams", [("out", "out"), ("out", "err")])
def test_log__a_remark_stands_where_our_own_requests_begin(
    evidence: Evidence, streams: tuple[str, str]
) -> None:
    log = evidence.log("container.log", timed=True)
    sinks = {name: log.stream(name) for name in streams}
    first, second = (sinks[name] for name in streams)
    first(b"of a test\n")
    second(b"of a test, too\n")
    assert OWN_REMARK not in log.tail(9)
    log.mark_own_requests()
    assert OWN_REMARK not in log.tail(9), "nothing came since"
    first(b"GET /ours\n")
    second(b"bye\n")
    log.close()
    lines = ("of a test", "of a test, too", OWN_REMARK, "GET /ours", "bye")
    assert log.tail(9) == lines
    for count, since in ((3, 1), (2, 2)):
        assert log.tail(count) == lines[since:], "the remark takes the place of no line"
    assert log.tail(1) == (OWN_REMARK, "bye")
    excerpt = read_log_excerpt(evidence.folder)
    assert excerpt
    assert tuple(excerpt.text.splitlines()) == lines
    assert OWN_REMARK not in (evidence.folder.path / "container.log").read_text()


def test_read_index__our_own_requests_after_the_clock_was_set_back(evidence: Evidence) -> None:
    evidence.write("container.log", "of a test\nof a test, too\nGET /ours\n")
    entries = ("1000.0 out 0 10", "1001.0 out 10 15", "999.5 asks 25 0", "999.6 out 25 10")
    evidence.write("container.log.index", "".join(f"{each}\n" for each in entries))
    excerpt = read_log_excerpt(evidence.folder)
    assert excerpt
    assert excerpt.text == f"of a test\nof a test, too\n{OWN_REMARK}\nGET /ours\n"
    with evidence.folder.open_file("container.log") as file:
        lines = read_lines(file, read_index(evidence.folder), "container.log", 0, 1e10).lines
    assert [each.text for each in lines] == ["of a test", "of a test, too"]


@pytest.mark.parametrize(
    "before, shown",
    [
        (0, "{remark}\n0\n1\n...\n8\n9\n"),
        (1, "0\n{remark}\n1\n...\n8\n9\n"),
        (2, "0\n1\n...\n{remark}\n8\n9\n"),
        (5, "0\n1\n...\n{remark}\n8\n9\n"),
        (8, "0\n1\n...\n{remark}\n8\n9\n"),
        (9, "0\n1\n...\n8\n{remark}\n9\n"),
        (10, "0\n1\n...\n8\n9\n"),
    ],
)
def test_read_ends__a_remark_where_our_own_requests_begin(
    evidence: Evidence, before: int, shown: str
) -> None:
    log = evidence.log("container.log", timed=True)
    app = log.stream()
    for number in range(10):
        if number == before:
            log.mark_own_requests()
        app(b"%d\n" % number)
    log.close()
    with evidence.folder.open_file("container.log") as file:
        head, tail, left_out = read_ends(file, read_index(evidence.folder), 4, 4)
    assert left_out == 12
    assert b"...\n".join((head, tail)).decode() == shown.format(remark=OWN_REMARK)
