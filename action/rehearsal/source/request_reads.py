"""Where code of Django reads a field of a request by its name."""

from collections.abc import Iterator

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.text_lines import split_lines

# `request.POST["name"]`, or `self.request.GET.get("name"` with whatever follows.
READ = regex(
    r"""[\w.]{1,60}\.(?P<data>POST|GET|FILES)(?:\[|\.get\()(?P<quote>["'])(?P<field>[^"']{1,100})"""
    r"""(?P=quote)\]?"""
)
# A longer line was made by a program.
MAX_LINE = 500


@dataclass(frozen=True, kw_only=True)
class RequestRead:
    """A field that is read, and the code that reads it, in a line (from 1)."""

    data: str
    field: str
    line: int
    code: str

    def of(self, field: str) -> str:
        """Return the code that reads another field in the same way."""
        before, _, after = self.code.rpartition(self.field)
        return f"{before}{field}{after}"


def request_reads(text: str) -> Iterator[RequestRead]:
    """Yield what the text of a module reads, line by line."""
    for number, line in enumerate(split_lines(text), 1):
        if len(line) <= MAX_LINE and not line.lstrip().startswith("#"):
            for found in READ.finditer(line):
                yield RequestRead(
                    data=found["data"], field=found["field"], line=number, code=found[0]
                )
