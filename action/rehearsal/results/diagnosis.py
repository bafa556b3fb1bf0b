"""A cause that fits a failure."""

from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.results.json_fields import Json


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """A cause that fits: what it is, what to do, what to paste, and the lines that show it."""

    id: Annotated[str, "The id of a known cause.", Json(pattern="^[a-z][a-z0-9-]*$", verbatim=True)]
    title: Annotated[str, "The cause in one line."]
    hint: Annotated[str, "What to do."]
    paste: Annotated[str, "YAML or Python to paste, or empty.", Json(uncut=True)] = ""
    background: Annotated[str, "Why it is so, or empty."] = ""
    file: Annotated[str, "The project's file at fault, relative to the checkout, or empty."] = ""
    line: Annotated[int, "The line of that file, from 1, or 0."] = 0
    matching_lines: Annotated[tuple[str, ...], "The lines that show it.", Json(key="evidence")] = ()
