"""What pages looked like during a test: their DOM, style sheets and pictures, within bounds."""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from typing import Any, NamedTuple

from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.hidden import hide_in_address

# In characters: of all DOM and style sheets of a test, and of the style sheets that stay.
_MAX_TEXT = 2_000_000
_MAX_SHEETS = 100
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


class _Text(NamedTuple):
    """A text, packed, and its length in characters."""

    sha: str
    packed: bytes
    length: int


class Pages:
    """The DOM, style sheets and pictures of one test, of all its browsers.

    Style sheets stay for the next tests. To read one costs a browser far more than the page that
    uses it, and the app under test serves the same ones all the time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # By address; None if it has no text, or is another server's.
        self._sheets: dict[str, _Text | None] = {}
        self.clear()

    def clear(self) -> None:
        """Drop everything but the style sheets."""
        with self._lock:
            # By SHA: the texts; the style sheets of a DOM, and if it is cut.
            self._texts: dict[str, _Text] = {}
            self._doms: dict[str, tuple[list[str], bool]] = {}
            self._size = 0
            self._pictures: list[tuple[dict[str, Any], bytes]] = []
            self.left_out = {"dom": 0, "pictures": 0}
            self._spent = 0.0
            self._started = CLOCK.monotonic()
            length = sum(each.length for each in self._sheets.values() if each)
            if length > _MAX_TEXT or len(self._sheets) > _MAX_SHEETS:
                self._sheets.clear()

    def sheets(self) -> list[str]:
        """Return the addresses of the style sheets whose text need not be asked for."""
        with self._lock:
            return list(self._sheets)

    def add(self, found: dict[str, Any]) -> str | None:
        """Keep what `page_script` returned; return the SHA of the DOM, None if there is no room."""
        with self._lock:
            for address, text in found["sheets"].items():
                self._sheets[address] = _pack(text) if text else None
            used = [self._sheets.get(each) for each in found["css"] if isinstance(each, str)]
            css = [each.sha for each in used if each and self._keep(each)]
            html = _pack(found["html"])
            if not self._keep(html):
                return None
            # If it was there, it is the newest again.
            self._doms.pop(html.sha, None)
            self._doms[html.sha] = css, found["cut"]
            return html.sha

    def _keep(self, text: _Text) -> bool:
        """Keep a text, and return whether there is room for it."""
        if text.sha in self._texts:
            return True
        if text.length > _MAX_TEXT:
            return False
        # The first page stays, and the newest ones.
        while self._size + text.length > _MAX_TEXT and len(self._doms) > 1:
            oldest = list(self._doms)[1]
            del self._doms[oldest]
            self._size -= self._texts.pop(oldest).length
            self.left_out["dom"] += 1
        if self._size + text.length > _MAX_TEXT:
            self.left_out["dom"] += 1
            return False
        self._texts[text.sha] = text
        self._size += text.length
        return True

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
                    line = {"k": "dom", "sha": sha, "html": _hide(self._text(sha)), "css": kept}
                    found.append({**line, "cut": True} if is_cut else line)
            texts = {sha: _hide(self._text(sha)) for sha in sheets}
            return found + [{"k": "css", "sha": sha, "text": text} for sha, text in texts.items()]

    def _text(self, sha: str) -> str:
        return zlib.decompress(self._texts[sha].packed).decode("utf-8", "replace")


def _pack(text: str) -> _Text:
    data = text.encode("utf-8", "replace")
    return _Text(hashlib.sha256(data).hexdigest()[:16], zlib.compress(data, 1), len(text))


def _hide(html: str) -> str:
    shown = _ADDRESSES.sub(lambda found: f'{found["name"]}="{_hide_escaped(found["value"])}"', html)
    return _WHOLE_ADDRESSES.sub(lambda found: _hide_escaped(found[0]), shown)


def _hide_escaped(address: str) -> str:
    if address.startswith("data:"):
        return address
    shown = hide_in_address(address.replace("&#38;", "&"))
    return shown.replace("&", "&#38;")
