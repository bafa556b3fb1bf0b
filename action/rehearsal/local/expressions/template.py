"""Text that contains expressions: `py${{ matrix.python }}`."""

from collections.abc import Iterator

from rehearsal.dataclass import dataclass
from rehearsal.local.expressions.evaluation import evaluate
from rehearsal.local.expressions.syntax import parse
from rehearsal.local.expressions.values import Contexts, ExpressionError, as_text, require_known

OPEN, CLOSE = "${{", "}}"
# GitHub's own limit, in characters.
MAX_LENGTH = 21000


@dataclass(frozen=True)
class Segment:
    """Plain text, or an expression without its `${{` and `}}`."""

    text: str
    is_expression: bool


def interpolate(text: str, contexts: Contexts) -> str:
    """Replace each expression in the text by its value. Raises `ExpressionError`."""
    return "".join(
        _evaluate_to_text(segment.text, contexts) if segment.is_expression else segment.text
        for segment in split_template(text)
    )


def split_template(text: str) -> Iterator[Segment]:
    """Split a text into plain text and expressions. Raises `ExpressionError`."""
    position = 0
    while (start := text.find(OPEN, position)) != -1:
        yield Segment(text[position:start], is_expression=False)
        end = _find_end(text, start + len(OPEN))
        yield Segment(text[start + len(OPEN) : end].strip(), is_expression=True)
        position = end + len(CLOSE)
    yield Segment(text[position:], is_expression=False)


def _find_end(text: str, start: int) -> int:
    """Return the position of the `}}` that closes an expression; a `}}` in quotes does not."""
    quoted = False
    for position in range(start, len(text)):
        quoted ^= text[position] == "'"
        if not quoted and text.startswith(CLOSE, position):
            return position
    raise ExpressionError("it is never closed by }}")


def _evaluate_to_text(expression: str, contexts: Contexts) -> str:
    if len(expression) > MAX_LENGTH:
        raise ExpressionError(f"it is longer than {MAX_LENGTH} characters")
    value = require_known(evaluate(parse(expression), contexts))
    if isinstance(value, list | dict):
        kind = "list" if isinstance(value, list) else "mapping"
        raise ExpressionError(f"it is a {kind}, and a text is needed (toJSON makes one)")
    return as_text(value)
