"""GitHub's expressions, `${{ … }}`, worked out on a laptop: pure, text in, value out.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from rehearsal.local.expressions.template import fill, pieces
from rehearsal.local.expressions.values import Context, ExpressionError, Unknown, Value

__all__ = ["Context", "ExpressionError", "Unknown", "Value", "fill", "pieces"]
