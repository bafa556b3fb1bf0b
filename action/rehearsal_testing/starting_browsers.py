"""Browsers that start while a test uses another one."""

from collections.abc import Callable
from functools import partial

from rehearsal_testing.background import Background
from rehearsal_testing.shared_browser import SharedBrowser

# In seconds: how long the end of the process, or a fork, waits for a browser.
_TIMEOUT = 10.0


class StartingBrowsers:
    """At most one browser of each kind, from the beginning of its start until a test takes it."""

    def __init__(self) -> None:
        self._starting: dict[object, Background[SharedBrowser]] = {}

    def start(self, kind: object, start: Callable[[], SharedBrowser]) -> None:
        """Begin to start a browser, unless there is one of this kind."""
        if kind not in self._starting:
            self._starting[kind] = Background(start)

    def take(self, kind: object) -> SharedBrowser | None:
        """Wait for the browser of this kind and return it; None if none starts, or it has failed.

        If a time limit of the test ends the wait, the browser is kept for the next test.
        """
        starting = self._starting.get(kind)
        started = starting.result() if starting else None
        self._starting.pop(kind, None)
        return started

    def wait(self) -> None:
        """Wait until those that start have started."""
        for starting in self._starting.values():
            starting.wait(_TIMEOUT)

    def drop_all(self) -> list[SharedBrowser]:
        """Return those that have started; one that starts later is closed then."""
        starting = list(self._starting.values())
        self._starting.clear()
        late = [each for each in starting if not each.wait(0)]
        for each in late:
            Background(partial(_close, each))
        return [found for each in starting if each not in late and (found := each.result())]


def _close(starting: Background[SharedBrowser]) -> None:
    if started := starting.result():
        started.browser.close()
