"""Show what a test types into a field, if the field is known to hold no secret."""

from __future__ import annotations

import re
from typing import Any

from rehearsal_capture.trace.hidden import SECRET_NAME, cut

# All but these may say what a field is for: frameworks have names of their own.
_UNNAMED = ("value", "class", "style")
# An element's ID as Chrome's driver writes it; the last number is the DevTools' own.
_ELEMENT = re.compile(r"f\.(?P<frame>\w+)\.d\.\w+\.e\.(?P<node>\d+)")
# Keys without a character are in this range of Unicode; some of them by name.
_KEY = re.compile("[\ue000-\uf8ff]")
_KEYS = {
    "\ue003": "Backspace", "\ue004": "Tab", "\ue006": "Enter", "\ue007": "Enter",
    "\ue008": "Shift", "\ue009": "Control", "\ue00c": "Escape", "\ue012": "Left",
    "\ue013": "Up", "\ue014": "Right", "\ue015": "Down", "\ue017": "Delete",
}  # fmt: skip
_MAX_TEXT = 200


def backend_node(params: dict[str, Any], frame: str) -> int | None:
    """Return the number of a command's element in Chrome's DevTools, if it is in this frame.

    A frame of another site has a process of its own, which counts from 1 as well.
    """
    found = _ELEMENT.fullmatch(str(params.get("id")))
    return int(found["node"]) if found and found["frame"] == frame else None


class TypedText:
    """What is typed, shown in its step once the browser has described the field."""

    def __init__(self, params: dict[str, Any]) -> None:
        self._params = params
        self._is_plain = False
        self._step: dict[str, Any] | None = None

    def is_of(self, params: dict[str, Any]) -> bool:
        """Whether these are the parameters of the same command."""
        return self._params is params

    def answer(self, node: dict[str, Any]) -> None:
        """Take the field's node, as CDP describes it; it may come before the step or after it."""
        self._is_plain = is_plain(node)
        self._show()

    def show_in(self, step: dict[str, Any]) -> None:
        """Show the text in this step, now or later."""
        self._step = step
        self._show()

    def _show(self) -> None:
        if self._is_plain and self._step is not None:
            text = _KEY.sub(_key_name, str(self._params.get("text", "")))
            self._step["text"] = cut(text, _MAX_TEXT)


def _key_name(found: re.Match[str]) -> str:
    return f"[{_KEYS.get(found[0], 'key')}]"


def is_plain(node: dict[str, Any]) -> bool:
    """Whether a node of the DOM is a field of plain text that names no secret."""
    pairs = node.get("attributes") or []
    attributes = dict(zip(pairs[::2], pairs[1::2]))
    tag = str(node.get("localName", "")).lower()
    kind = str(attributes.get("type", "text")).lower()
    is_text = tag == "textarea" or (tag == "input" and kind in ("text", "search", ""))
    # One box for each digit is that of a code.
    is_box = attributes.get("maxlength") == "1"
    named = (str(value) for name, value in attributes.items() if name not in _UNNAMED)
    return is_text and not is_box and not any(map(SECRET_NAME.search, named))
