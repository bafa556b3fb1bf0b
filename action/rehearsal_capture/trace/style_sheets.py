"""The style sheets of the pages of all tests in a process."""

from __future__ import annotations

from typing import Any, NamedTuple

from rehearsal_capture.trace.packed_text import PackedText

# The text is in characters, of all style sheets.
_MAX_TEXT = 2_000_000
_MAX_SHEETS = 100


class _StyleSheet(NamedTuple):
    text: PackedText
    rules: int
    is_whole: bool


class StyleSheets:
    """What `page_script` returned of style sheets, by address; the newest are kept.

    To read one costs a browser more than the page that uses it, and an app serves the same ones all
    the time. So they stay for the next tests.
    """

    def __init__(self) -> None:
        self._sheets: dict[str, _StyleSheet] = {}

    def start_test(self) -> None:
        """Drop what a busy browser has returned in part: it may have more time now."""
        self._sheets = {each: sheet for each, sheet in self._sheets.items() if sheet.is_whole}

    def known(self) -> dict[str, int]:
        """Return how many rules each has: with another number it is read again."""
        return {address: sheet.rules for address, sheet in self._sheets.items()}

    def add(self, address: str, found: dict[str, Any]) -> None:
        """Keep one, and drop the oldest ones if there are too many."""
        self._sheets.pop(address, None)
        text = PackedText.of(found["text"])
        self._sheets[address] = _StyleSheet(text, found["rules"], found["whole"])
        while len(self._sheets) > _MAX_SHEETS or self._length() > _MAX_TEXT:
            del self._sheets[next(iter(self._sheets))]

    def _length(self) -> int:
        return sum(sheet.text.length for sheet in self._sheets.values())

    def texts(self, addresses: list[str]) -> list[PackedText]:
        """Return the texts of those that are kept and not empty."""
        found = (self._sheets.get(each) for each in addresses)
        return [sheet.text for sheet in found if sheet and sheet.text.length]
