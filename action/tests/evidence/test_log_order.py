from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.evidence.log_order import MAX_DURATION, Piece, join_pieces

TRACEBACK = (
    "Traceback (most recent call last):\n",
    '  File "a.py", line 1, in f\n',
    "    f()\n",
    "ValueError: no\n",
)
CHAINED = (
    "KeyError: 'x'\n",
    "\n",
    "During handling of the above exception, another exception occurred:\n",
    "\n",
    *TRACEBACK,
)


def pieces(*texts: tuple[str, str], pause: float = 0.001) -> list[Piece]:
    """Return pieces that came one after the other: `texts` are a stream and what it wrote."""
    return [
        Piece(time=100 + number * pause, stream=stream, data=text.encode())
        for number, (stream, text) in enumerate(texts)
    ]


def cut(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return lines of standard error with a line of standard output after each."""
    return [each for line in lines for each in (("e", line), ("o", "GET /\n"))]


@pytest.mark.parametrize(
    "texts, expected",
    [
        pytest.param([("o", "a\n"), ("e", "b\n"), ("o", "c\n")], "a\nb\nc\n", id="single lines"),
        pytest.param([("o", "a"), ("e", "b\n"), ("o", "c\n")], "ac\nb\n", id="a line in two"),
        pytest.param([("o", "a"), ("e", "b")], "ab", id="no end of line"),
        pytest.param(cut(TRACEBACK), "".join(TRACEBACK) + "GET /\n" * 4, id="traceback"),
        pytest.param(
            [("e", "  f()\n"), *cut(CHAINED)],
            "".join(("  f()\n", *CHAINED)) + "GET /\n" * 8,
            id="chained",
        ),
        pytest.param(
            [("e", "".join(TRACEBACK[:2])), ("o", "x\n"), ("e", "".join(TRACEBACK[2:]))],
            "".join(TRACEBACK) + "x\n",
            id="in two pieces",
        ),
        pytest.param(
            [("e", "a\n"), ("o", "x\n"), ("e", "b\n"), ("o", "y\n")],
            "a\nx\nb\ny\n",
            id="without indentation",
        ),
        pytest.param([], "", id="nothing"),
    ],
)
def test_join_pieces__keeps_what_belongs_together(
    texts: list[tuple[str, str]], expected: str
) -> None:
    assert join_pieces(pieces(*texts)).decode() == expected


def test_join_pieces__what_comes_later_stays_where_it_arrived() -> None:
    texts = (("o", "loading"), ("e", "x\n"), ("o", " done\n"))
    assert join_pieces(pieces(*texts, pause=MAX_DURATION / 4)) == b"loading done\nx\n"
    assert join_pieces(pieces(*texts, pause=MAX_DURATION)) == b"loadingx\n done\n"


def test_join_pieces__one_stream_is_unchanged() -> None:
    assert join_pieces(pieces(("o", "  a"), ("o", "b\r\n"), ("o", "\n  c"))) == b"  ab\r\n\n  c"


TEXTS = st.lists(
    st.tuples(st.sampled_from("oe"), st.text("ab \n\r", min_size=1, max_size=9)), max_size=20
)


@given(TEXTS, st.floats(0, 1))
def test_join_pieces__loses_nothing_and_keeps_the_order_of_each_stream(
    texts: list[tuple[str, str]], pause: float
) -> None:
    # Capitals tell the streams apart.
    written = [(stream, text.upper() if stream == "e" else text) for stream, text in texts]
    joined = join_pieces(pieces(*written, pause=pause)).decode()
    for stream, letters in (("o", "ab"), ("e", "AB")):
        expected = "".join(text for name, text in written if name == stream)
        assert [c for c in joined if c in letters] == [c for c in expected if c in letters]
    assert sorted(joined) == sorted("".join(text for _, text in written))
