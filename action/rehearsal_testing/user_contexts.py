"""The user contexts of a browser, of which one may be made ahead."""

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal_testing.background import Background


@dataclass(frozen=True, kw_only=True)
class UserContext:
    """A user context by its ID, and the ID of its first window."""

    name: str
    window: str


class UserContexts:
    """Makes user contexts; the next one is made while a test uses the one before.

    To open a window takes most of what a test waits for otherwise.
    """

    def __init__(self, make: Callable[[], UserContext]) -> None:
        self._make = make
        self._next: Background[UserContext] | None = None

    def make_next(self) -> None:
        """Begin to make the next one, and do not wait."""
        if self._next is None:
            self._next = Background(self._make)

    def take(self) -> UserContext:
        """Return a user context that nobody has used. Raises what making it raises."""
        made = self._next and self._next.result()
        self._next = None
        return made or self._make()

    def unused_windows(self) -> frozenset[str]:
        """Return the windows of which tests must not know; wait for one that is opening."""
        made = self._next and self._next.result()
        return frozenset({made.window}) if made else frozenset()
