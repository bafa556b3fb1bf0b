"""Look at a page shortly after a step: its address, DOM and style sheets, and a picture of it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.hidden import hide_in_address
from rehearsal_capture.trace.pages import Pages

# How many looks may be under way: a page that does not answer gets no more.
_MAX_LOOKS = 2
# In seconds: a page that has not answered then is not waited for.
_GIVEN_UP = 2.0


class PageLooks:
    """The looks at one page: `describe` asks it for its DOM, `take_picture` for a picture.

    `describe` gets the style sheets that are known, too, with the number of their rules.
    """

    def __init__(
        self,
        describe: Callable[[dict[str, int], Callable[[dict[str, Any] | None], None]], None],
        take_picture: Callable[[Callable[[str | None], None]], None],
    ) -> None:
        self._ask = describe
        self._take_picture = take_picture
        # Nothing is asked while a dialog is open.
        self.has_dialog = False
        self.start_test()

    def start_test(self) -> None:
        """Begin again for another test."""
        # When each look began that is not answered.
        self._looks: dict[object, float] = {}
        self._pictured: float | None = None

    def is_looking(self) -> bool:
        """Whether an answer is still to come."""
        started = [*list(self._looks.values()), *filter(None, (self._pictured,))]
        return not self.has_dialog and any(map(_is_awaited, started))

    def look(self, line: dict[str, Any], pages: Pages, *, with_picture: bool) -> None:
        """Add to a line what the page looks like shortly after it; do not wait for that."""
        if self.has_dialog or sum(map(_is_awaited, list(self._looks.values()))) >= _MAX_LOOKS:
            return
        look, looks = object(), self._looks
        looks[look] = CLOCK.monotonic()
        self._describe(line, pages, lambda: looks.pop(look, None), attempts=2)
        if with_picture and not (self._pictured and _is_awaited(self._pictured)):
            self._picture(line, pages)

    def _describe(
        self, line: dict[str, Any], pages: Pages, end: Callable[[], object], *, attempts: int
    ) -> None:
        def described(found: dict[str, Any] | None) -> None:
            if found is None and attempts > 1:
                # A navigation came between: the new document has a world of its own.
                self._describe(line, pages, end, attempts=attempts - 1)
                return
            if found is not None:
                self._keep(line, pages, found)
            end()

        self._ask(pages.sheets(), described)

    def _keep(self, line: dict[str, Any], pages: Pages, found: dict[str, Any]) -> None:
        line["url"] = hide_in_address(found["url"])
        line["ready"] = found["ready"]
        line["shot"] = round(CLOCK.time() * 1000)
        sha = pages.add(found)
        if sha is not None:
            line["dom"] = sha

    def _picture(self, line: dict[str, Any], pages: Pages) -> None:
        started = self._pictured = CLOCK.monotonic()

        def taken(data: str | None) -> None:
            self._pictured = None
            if data:
                pages.add_picture(line, base64.b64decode(data), CLOCK.monotonic() - started)

        self._take_picture(taken)


def _is_awaited(started: float) -> bool:
    return started + _GIVEN_UP > CLOCK.monotonic()
