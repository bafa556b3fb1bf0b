"""ANSI escape sequences, and how to print the text of others on a terminal."""

import codecs
import re

from rehearsal.regex import regex

# Colours: many programs print them on CI services (ECMA-48, SGR).
COLOUR_CODE = regex(r"\x1b\[[0-9;]*m")
# All control sequences and links: the colours, and what moves the cursor (ECMA-48, CSI and OSC).
CONTROL_SEQUENCE = regex(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
COLOUR_BEGINNING = regex(r"\x1b(\[[0-9;]{0,40})?\Z")
# All but tab and line feed. The last two ranges change the direction of text.
CONTROL = regex(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COLOUR_OR_CONTROL = regex(f"{COLOUR_CODE.pattern}|{CONTROL.pattern}")


def visible(text: str) -> str:
    """Return a text without colours, its other control characters shown as escapes.

    A terminal obeys control characters: they set its title, clear it, or hide what was printed.
    """
    return _visible(COLOUR_CODE.sub("", text))


def coloured(text: str) -> str:
    """Return a text with its colours, its other control characters shown as escapes."""

    def visible_part(part: re.Match[str]) -> str:
        return part[0] if COLOUR_CODE.match(part[0]) else _visible(part[0])

    return COLOUR_OR_CONTROL.sub(visible_part, text)


class ColouredStream:
    """Makes a text that comes in pieces of bytes safe for a terminal, as `coloured` does."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, piece: bytes, *, final: bool = False) -> str:
        """Add a piece; return what no later piece can change."""
        text = self._rest + self._decoder.decode(piece, final)
        cut = None if final else re.search(r"\r\Z", text) or COLOUR_BEGINNING.search(text)
        self._rest = text[cut.start() :] if cut else ""
        # A bar that a program draws again and again over itself becomes lines.
        lines = text[: len(text) - len(self._rest)].replace("\r\n", "\n").replace("\r", "\n")
        return coloured(lines)


def _visible(text: str) -> str:
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
