"""What pages looked like during a test: their DOM, style sheets and pictures, within bounds."""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from typing import Any

from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.hidden import hide_in_address

# In characters, of all DOM and style sheets of a test.
_MAX_TEXT = 2_000_000
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
        self.clear()

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            # By SHA: the text, packed, and its length; the style sheets of a DOM, and if it is cut.
            self._texts: dict[str, tuple[bytes, int]] = {}
            self._doms: dict[str, tuple[list[str], bool]] = {}
            self._size = 0
            self._pictures: list[tuple[dict[str, Any], bytes]] = []
            self.left_out = {"dom": 0, "pictures": 0}
            self._spent = 0.0
            self._started = CLOCK.monotonic()

    def add_dom(self, html: str, css: list[str], *, is_cut: bool) -> str | None:
        """Keep a DOM with its style sheets' SHAs; return its SHA, None if there is no room."""
        with self._lock:
            sha = self._add(html)
            if sha is not None:
                self._doms[sha] = css, is_cut
            return sha

    def add_css(self, text: str) -> str | None:
        """Keep a style sheet; return its SHA, None if there is no room."""
        with self._lock:
            return self._add(text)

    def _add(self, text: str) -> str | None:
        data = text.encode("utf-8", "replace")
        sha = hashlib.sha256(data).hexdigest()[:16]
        if sha in self._texts:
            if sha in self._doms:
                # It is the newest again.
                self._doms[sha] = self._doms.pop(sha)
            return sha
        if len(text) > _MAX_TEXT:
            return None
        # The first page stays, and the newest ones.
        while self._size + len(text) > _MAX_TEXT and len(self._doms) > 1:
            oldest = list(self._doms)[1]
            del self._doms[oldest]
            self._size -= self._texts.pop(oldest)[1]
            self.left_out["dom"] += 1
        if self._size + len(text) > _MAX_TEXT:
            self.left_out["dom"] += 1
            return None
        self._texts[sha] = zlib.compress(data, 1), len(text)
        self._size += len(text)
        return sha

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
        return zlib.decompress(self._texts[sha][0]).decode("utf-8", "replace")


def _hide(html: str) -> str:
    shown = _ADDRESSES.sub(lambda found: f'{found["name"]}="{_hide_escaped(found["value"])}"', html)
    return _WHOLE_ADDRESSES.sub(lambda found: _hide_escaped(found[0]), shown)


def _hide_escaped(address: str) -> str:
    if address.startswith("data:"):
        return address
    shown = hide_in_address(address.replace("&#38;", "&"))
    return shown.replace("&", "&#38;")
