"""Characters that are repeated: lines of dashes, indents, fillers."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.redaction.choice import HEAD
from rehearsal.redaction.spellings import spellings

from .test_redactor import in_pieces, redactor

CHARACTERS = ["-", "!", "\\", "'", "é", "\n", " "]


@pytest.mark.parametrize("count", [HEAD, HEAD + 1, 2 * HEAD, 70])
@pytest.mark.parametrize("character", CHARACTERS, ids=ascii)
def test_redactor__a_run_in_each_spelling(character: str, count: int) -> None:
    r = redactor(f"abc{character * count}xyz")
    for spelling in spellings(character):
        assert r.redact_bytes(b"<abc" + spelling * count + b"xyz>") == b"<***>"
        fewer = b"<abc" + spelling * (count - 1) + b"xyz>"
        # Two backslashes are also one that is escaped.
        assert character == "\\" or r.redact_bytes(fewer) == fewer


@pytest.mark.parametrize("before, after", [("", ""), ("abc", ""), ("", "xyz")])
def test_redactor__a_run_at_every_offset(before: str, after: str) -> None:
    value = f"{before}{'-' * 20}{after}"
    r = redactor(value)
    for at in range(9):
        assert r.redact(f"{'.' * at}{value}.") == f"{'.' * at}***."
    assert r.redact(f"{before}{'-' * 19}.{after}") == f"{before}{'-' * 19}.{after}"


PIECES = ["abc", "xyz", "-", "-" * 7, "-" * 20, "%2D" * 9, "%2", "\\", "\\" * 17, "\\x5c" * 9, "x"]


@given(data=st.data(), text=st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_redactor__any_split_of_runs_gives_the_same_output(data: st.DataObject, text: str) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=9)))
    r = redactor("abc" + "-" * 20 + "xyz", "-" * 11, "\\" * 9)
    assert in_pieces(r, text.encode(), cuts) == r.redact(text).encode()


@pytest.mark.parametrize("character", ["!", "\\"])
@pytest.mark.parametrize("more", ["", "abc"])
def test_redactor__a_long_run_takes_no_square_of_its_time(character: str, more: str) -> None:
    run = character * 20_000
    r = redactor(run + more)
    started = time.process_time()
    assert r.redact(run + more) == "***"
    assert r.redact(run[1:]) == run[1:]
    # It is a second at most. Comparing the run bit by bit took a minute, backslashes hours.
    assert time.process_time() - started < 20
