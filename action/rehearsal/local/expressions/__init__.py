"""Evaluate GitHub's expressions, `${{ … }}`, on a laptop. No effects: text in, value out.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from rehearsal.local.expressions.template import interpolate, split_template
from rehearsal.local.expressions.values import (
    ExpressionContext,
    ExpressionError,
    UnknownValueError,
    Value,
)

__all__ = [
    "ExpressionContext",
    "ExpressionError",
    "UnknownValueError",
    "Value",
    "interpolate",
    "split_template",
]
