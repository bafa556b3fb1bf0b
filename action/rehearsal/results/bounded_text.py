"""Cut texts and lists that are too long in their middle, and say how much is left out."""

from collections.abc import Sequence

# In characters. A parameter of a test may be a whole page.
MAX_NAME = 200


def cut_text(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters: its head and its tail.

    `limit` is 60 at least: what the cut says needs so many characters.
    """
    if len(text) <= limit:
        return text
    kept = limit - len(_text_gap(len(text)))
    gap = _text_gap(len(text) - kept)
    return f"{text[: kept - kept // 2]}{gap}{text[len(text) - kept // 2 :]}"


def cut_name(name: str) -> str:
    """Return a test's name for a sentence; the tables have the whole name."""
    return cut_text(name, MAX_NAME)


def cut_lines(lines: Sequence[str], limit: int) -> list[str]:
    """Return at most `limit` lines: the first, one that says how many are left out, the last."""
    if len(lines) <= limit:
        return list(lines)
    head = limit // 2
    tail = limit - head - 1
    gap = f"… {len(lines) - head - tail:,} lines are left out here …"
    return [*lines[:head], gap, *lines[len(lines) - tail :]]


def _text_gap(left_out: int) -> str:
    return f" … {left_out:,} characters are left out here … "
