"""Plain data: an exception that a log shows, and the lines of code that led to it."""

from rehearsal.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One line of code in a traceback, with the path that the app knows; `code` is its text."""

    file: str
    line: int
    function: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Traceback:
    """One traceback: its frames, the failing one last, and the line of the exception.

    `request` is the request during which it was raised, or empty if the log does not say;
    `repeated` says that we asked for it again.
    """

    frames: tuple[Frame, ...]
    error: str
    text: str
    request: str = ""
    repeated: bool = False
