"""A line of the project's own code in a traceback, or of a Dockerfile in the log of a build."""

from typing import Annotated

from rehearsal.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class ProjectFrame:
    """The project's own line that says most about an exception, or about a failed build.

    `text` is the traceback without installed code, `request` the request that was being answered.
    `repeated` says that it was asked for again, since the app had not logged why it failed.
    """

    file: Annotated[str, "Relative to the checkout."]
    line: Annotated[int, "Its number, from 1."]
    function: Annotated[str, "The function that it stands in."]
    error: Annotated[str, "The last line of the traceback: the exception and its message."]
    text: str = ""
    request: str = ""
    repeated: bool = False
