"""A text with expressions in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rehearsal.local.expressions.evaluation import evaluate
from rehearsal.local.expressions.syntax import parse
from rehearsal.local.expressions.values import Context, ExpressionError, as_text, known

OPEN, CLOSE = "${{", "}}"
# GitHub refuses longer ones, too.
LONGEST = 21000


@dataclass(frozen=True)
class Piece:
    """A stretch of plain text, or an expression without its braces."""

    text: str
    is_expression: bool


def fill(text: str, contexts: Mapping[str, Context]) -> str:
    """Return the text with each expression's value in its place. Raises `ExpressionError`."""
    return "".join(
        _value(piece.text, contexts) if piece.is_expression else piece.text
        for piece in pieces(text)
    )


def pieces(text: str) -> Iterator[Piece]:
    """Take a text apart into plain stretches and expressions. Raises `ExpressionError`."""
    at = 0
    while (start := text.find(OPEN, at)) != -1:
        yield Piece(text[at:start], is_expression=False)
        end = _end(text, start + len(OPEN))
        yield Piece(text[start + len(OPEN) : end].strip(), is_expression=True)
        at = end + len(CLOSE)
    yield Piece(text[at:], is_expression=False)


def _end(text: str, at: int) -> int:
    """Return where the expression that begins at `at` is closed, braces in its texts left out."""
    quoted = False
    for place in range(at, len(text)):
        quoted ^= text[place] == "'"
        if not quoted and text.startswith(CLOSE, place):
            return place
    raise ExpressionError("it is never closed by }}")


def _value(expression: str, contexts: Mapping[str, Context]) -> str:
    if len(expression) > LONGEST:
        raise ExpressionError(f"it is longer than {LONGEST} characters")
    value = known(evaluate(parse(expression), contexts))
    if isinstance(value, list | dict):
        kind = "list" if isinstance(value, list) else "mapping"
        raise ExpressionError(f"it is a {kind}, and a text is needed (toJSON makes one)")
    return as_text(value)
