"""A line of the project's own code in a traceback."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ProjectFrame:
    """The project's own line that says most of an exception.

    `file` is relative to the checkout, `text` the traceback without installed code, `request` what
    was being answered.
    """

    file: str
    line: int
    function: str
    error: str
    text: str
    request: str = ""
