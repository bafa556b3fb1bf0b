"""What pages looked like during a test: their DOM, style sheets and pictures, within bounds."""

from __future__ import annotations

import re
import threading
from typing import Any

from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.hidden import hide_in_address
from rehearsal_capture.trace.packed_text import PackedText
from rehearsal_capture.trace.style_sheets import StyleSheets

# In characters, of all DOM and style sheets of a test, and of the style sheets alone.
_MAX_TEXT = 2_000_000
_MAX_STYLE = 1_000_000
_MAX_PICTURES = 60
_FIRST_PICTURES = 10
# In bytes, of one picture; and the part of the test's time that pictures may take.
_MAX_PICTURE = 500_000
_PART_OF_TIME = 0.02
# As `page_script` writes them: no value has a quote.
_ADDRESSES = re.compile(
    r'(?<= )(?P<name>[\w:.-]+)="(?P<value>\.{0,2}[/?#][^"]*|[\w.~-]+[/?][^"\s]*)"'
)
# In any attribute, in style sheets and in what the page says.
_WHOLE_ADDRESSES = re.compile(r"\b(?!data:)[a-z][a-z0-9+.-]*://[^\s\"'<>()]+", re.IGNORECASE)


class Pages:
    """The DOM, style sheets and pictures of one test, of all its browsers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sheets = StyleSheets()
        self.clear()

    def clear(self) -> None:
        """Drop everything but the style sheets, which the next test may need."""
        with self._lock:
            self._sheets.start_test()
            # By SHA: the texts; the style sheets of a DOM, and if it is cut.
            self._texts: dict[str, PackedText] = {}
            self._doms: dict[str, tuple[list[str], bool]] = {}
            self._size = self._style_size = 0
            # The SHAs of style sheets without room.
            self._refused: set[str] = set()
            self._pictures: list[tuple[dict[str, Any], bytes]] = []
            self.left_out = {"dom": 0, "pictures": 0}
            self._spent = 0.0
            self._started = CLOCK.monotonic()

    def sheets(self) -> dict[str, int]:
        """Return the style sheets that need not be asked for, with the number of their rules."""
        with self._lock:
            return self._sheets.known()

    def add(self, found: dict[str, Any]) -> str | None:
        """Keep what `page_script` returned; return the SHA of the DOM, None if there is no room."""
        with self._lock:
            for address, sheet in found["sheets"].items():
                self._sheets.add(address, sheet)
            used = self._sheets.texts([each for each in found["css"] if isinstance(each, str)])
            css = [each.sha for each in used if self._keep_sheet(each)]
            html = PackedText.of(found["html"])
            if html.sha not in self._texts and not self._keep_dom(html):
                return None
            # If it was there, it is the newest again.
            self._doms.pop(html.sha, None)
            self._doms[html.sha] = css, found["cut"]
            return html.sha

    def _keep_sheet(self, text: PackedText) -> bool:
        """Keep a style sheet if there is room for it; no DOM is dropped for it."""
        if text.sha in self._texts:
            return True
        has_room = self._style_size + text.length <= _MAX_STYLE
        if has_room and self._size + text.length <= _MAX_TEXT:
            self._style_size += text.length
            self._put(text)
            return True
        if text.sha not in self._refused:
            self._refused.add(text.sha)
            self.left_out["dom"] += 1
        return False

    def _keep_dom(self, text: PackedText) -> bool:
        """Keep a DOM: the first one stays, and the newest ones."""
        while self._size + text.length > _MAX_TEXT and len(self._doms) > 1:
            oldest = list(self._doms)[1]
            del self._doms[oldest]
            self._size -= self._texts.pop(oldest).length
            self.left_out["dom"] += 1
        if self._size + text.length > _MAX_TEXT:
            self.left_out["dom"] += 1
            return False
        self._put(text)
        return True

    def _put(self, text: PackedText) -> None:
        self._texts[text.sha] = text
        self._size += text.length

    def has_time(self) -> bool:
        """Whether a picture may be taken now: only a part of the test's time is for them."""
        return self._spent <= (CLOCK.monotonic() - self._started) * _PART_OF_TIME

    def add_picture(self, line: dict[str, Any], picture: bytes, seconds: float) -> None:
        """Keep the picture of a line, which took `seconds`."""
        with self._lock:
            self._spent += seconds
            if len(picture) > _MAX_PICTURE:
                self.left_out["pictures"] += 1
                return
            # Of a step the newest: the last one is looked at again when the test ends.
            self._pictures = [each for each in self._pictures if each[0] is not line]
            self._pictures.append((line, picture))
            if len(self._pictures) > _MAX_PICTURES:
                del self._pictures[_FIRST_PICTURES]
                self.left_out["pictures"] += 1

    def pictures(self) -> list[tuple[dict[str, Any], bytes]]:
        """Return each picture with its line."""
        with self._lock:
            return list(self._pictures)

    def lines(self, wanted: list[str]) -> list[dict[str, Any]]:
        """Return the lines of the DOMs that are kept, of those that are wanted."""
        with self._lock:
            found: list[dict[str, Any]] = []
            sheets: dict[str, None] = {}
            for sha in dict.fromkeys(wanted):
                if sha in self._doms:
                    css, is_cut = self._doms[sha]
                    kept = [each for each in css if each in self._texts]
                    sheets.update(dict.fromkeys(kept))
                    line = {
                        "k": "dom",
                        "sha": sha,
                        "html": _hide(str(self._texts[sha])),
                        "css": kept,
                    }
                    found.append({**line, "cut": True} if is_cut else line)
            texts = {sha: _hide(str(self._texts[sha])) for sha in sheets}
            return found + [{"k": "css", "sha": sha, "text": text} for sha, text in texts.items()]


def _hide(html: str) -> str:
    shown = _ADDRESSES.sub(lambda found: f'{found["name"]}="{_hide_escaped(found["value"])}"', html)
    return _WHOLE_ADDRESSES.sub(lambda found: _hide_escaped(found[0]), shown)


def _hide_escaped(address: str) -> str:
    if address.startswith("data:"):
        return address
    shown = hide_in_address(address.replace("&#38;", "&"))
    return shown.replace("&", "&#38;")
