"""Where code of Django reads a field of a request by its name."""

import ast
from collections.abc import Iterator

from rehearsal.dataclass import dataclass

KINDS = frozenset({"POST", "GET", "FILES"})


@dataclass(frozen=True, kw_only=True)
class RequestRead:
    """A field that is read, and the code that reads it, in a line (from 1).

    The code is `request.POST["name"]`, or `self.request.GET.get("name"` without what follows.
    """

    data: str
    field: str
    line: int
    code: str

    def of(self, field: str) -> str:
        """Return the code that reads another field in the same way."""
        before, _, after = self.code.rpartition(self.field)
        return f"{before}{field}{after}"


def request_reads(text: str) -> Iterator[RequestRead]:
    """Yield what a module reads; nothing of one that is not valid here."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = text.encode().splitlines()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(
                value=ast.Attribute(attr=data), slice=ast.Constant(value=str(field))
            ):
                last: ast.expr = node
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr=data), attr="get"),
                args=[ast.Constant(value=str(field)) as last, *_],
            ):
                pass
            case _:
                continue
        code = lines[node.lineno - 1][node.col_offset : last.end_col_offset].decode()
        # Not if it takes several lines, or if the name is made of several strings.
        if data in KINDS and node.lineno == last.end_lineno and field in code:
            yield RequestRead(data=data, field=field, line=node.lineno, code=code)
