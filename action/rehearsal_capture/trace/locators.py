"""Name elements by the locator with which the test found them."""

from __future__ import annotations

import re
from typing import Any

from rehearsal_capture.trace.hidden import cut

# W3C's name for an element in JSON, and for a shadow root.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
SHADOW = "shadow-6066-11e4-a52e-4f735466cecf"
_MAX_LENGTH = 300
_MAX_ELEMENTS = 2000
# Selenium sends By.ID, By.NAME and By.CLASS_NAME as CSS.
_AS_CSS = (
    (re.compile(r'\[id="((?:[^"\\]|\\.)*)"\]'), "id"),
    (re.compile(r'\[name="((?:[^"\\]|\\.)*)"\]'), "name"),
    (re.compile(r"\.((?:[\w-]|\\.)+)"), "class"),
)
_NAMES = {
    "css selector": "css",
    "link text": "link",
    "partial link text": "link with",
    "tag name": "tag",
}


def locator(using: str, value: str) -> str:
    """Return a locator as the test wrote it: `id=new_item`, `css=.list li`."""
    if using == "css selector":
        for pattern, name in _AS_CSS:
            found = pattern.fullmatch(value)
            if found:
                plain = re.sub(r"\\(.)", r"\1", found[1])
                return cut(f"{name}={plain}", _MAX_LENGTH)
    return cut(f"{_NAMES.get(using, using)}={value}", _MAX_LENGTH)


class Locators:
    """The locators of the elements that were found, by the elements' IDs."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def remember(self, params: dict[str, Any], value: Any) -> None:
        """Note the elements in a reply with the locator of the command."""
        name = locator(str(params.get("using")), str(params.get("value")))
        parent = self.name(params)
        if parent:
            name = cut(f"{parent} → {name}", _MAX_LENGTH)
        is_list = isinstance(value, list)
        for number, each in enumerate(value if is_list else [value], start=1):
            found = element_id(each)
            if found:
                self._names.pop(found, None)
                self._names[found] = f"{name} [{number}]" if is_list else name
        # A browser may serve all tests of a suite.
        while len(self._names) > _MAX_ELEMENTS:
            del self._names[next(iter(self._names))]

    def name(self, params: dict[str, Any]) -> str:
        """Return the locator of a command's element; empty if the command has no element."""
        found = params.get("id") or params.get("shadowId")
        if isinstance(found, dict):
            found = element_id(found)
        return self._names.get(found, "an element") if isinstance(found, str) else ""


def element_id(value: Any) -> str | None:
    """Return the ID of an element in JSON, None of anything else."""
    if isinstance(value, dict):
        found = value.get(ELEMENT) or value.get(SHADOW)
        return found if isinstance(found, str) else None
    found = getattr(value, "id", None)
    return found if isinstance(found, str) else None
