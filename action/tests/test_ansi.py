from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rehearsal.ansi import COLOUR_CODE, CONTROL, ColouredStream, coloured, visible

ATTACKS = {
    "\x1b]0;root@host\x07": r"\x1b]0;root@host\x07",  # sets the title of the window
    "\x1b]52;c;cm0gLXJm\x07": r"\x1b]52;c;cm0gLXJm\x07",  # writes to the clipboard
    "\x1b[2J": r"\x1b[2J",  # clears the screen
    "\x9b2J": r"\x9b2J",
    "a\x08b": r"a\x08b",
    "\u202egnp.exe": r"\u202egnp.exe",
}
TEXTS = st.text(alphabet="\x1b[]0;1mJ\x07\x9b\r\n\té\u202e", max_size=40)


def test_visible__shows_what_a_terminal_would_obey() -> None:
    for text, shown in ATTACKS.items():
        assert (visible(text), coloured(text)) == (shown, shown)


def test_visible__drops_colours() -> None:
    assert visible("\x1b[1;31mred\x1b[0m\tline\n") == "red\tline\n"


def test_coloured__keeps_colours() -> None:
    assert coloured("\x1b[31mred\x1b[0m\x1b[2K") == "\x1b[31mred\x1b[0m\\x1b[2K"


@given(text=TEXTS)
def test_coloured__leaves_no_other_control_character(text: str) -> None:
    assert not CONTROL.search(COLOUR_CODE.sub("", coloured(text)))
    assert not CONTROL.search(visible(text))


@given(text=TEXTS, cuts=st.lists(st.integers(0, 60), max_size=4))
def test_coloured_stream__is_the_same_in_pieces(text: str, cuts: list[int]) -> None:
    data, whole, pieces = text.encode(), ColouredStream(), ColouredStream()
    places = [0, *sorted(cuts), len(data)]
    out = "".join(pieces.feed(data[start:end]) for start, end in pairwise(places))
    assert out + pieces.feed(b"", final=True) == whole.feed(data, final=True)


def test_coloured_stream__a_progress_bar_becomes_lines() -> None:
    assert ColouredStream().feed(b"10 %\r20 %\r\nend", final=True) == "10 %\n20 %\nend"
