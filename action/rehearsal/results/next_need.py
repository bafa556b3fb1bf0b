"""What the next rehearsals would stop at, as the project's files show it."""

from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.results.json_fields import Json

KINDS = (
    "variable", "allowed-hosts", "tables", "static-files", "test-package", "browser", "display",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NextNeed:
    """One thing that is missing, too: a statement about the source, and what to do."""

    id: Annotated[str, "What kind of thing it is.", Json(enum=KINDS, verbatim=True)]
    text: Annotated[str, "What the source says, in one sentence."]
    hint: Annotated[str, "What to do."] = ""
    file: Annotated[str, "The project's file, relative to the checkout, or empty."] = ""
    line: Annotated[int, "The line of that file, from 1, or 0."] = 0


@dataclass(frozen=True, kw_only=True)
class NextNeeds:
    """All that is missing, too, and what to paste for it, if that is known."""

    needs: Annotated[tuple[NextNeed, ...], "Each thing, in the order in which it is needed."] = ()
    paste: Annotated[
        str,
        "YAML or code to paste for all of them, together with what the first diagnosis proposes; "
        "or empty.",
        Json(uncut=True),
    ] = ""

    def __bool__(self) -> bool:
        """Whether anything is missing."""
        return bool(self.needs)
