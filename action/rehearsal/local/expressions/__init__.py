"""Evaluate GitHub's expressions, `${{ … }}`, on a laptop. No effects: text in, value out.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""
