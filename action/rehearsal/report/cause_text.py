"""A cause in plain text, and the snippets that it proposes."""

from rehearsal.regex import regex
from rehearsal.results.cause import CauseSummary

# A snippet for another file begins with a comment that names the file.
SNIPPET_BREAK = regex(r"\n\n(?=# )")


def cause_text(cause: CauseSummary) -> str:
    """Return a cause as plain text, without its background; a known one without its lines.

    The last line of a traceback is left out where the title has it.
    """
    lines = () if cause.known else cause.lines
    if lines and lines[-1] in cause.title:
        lines = lines[:-1]
    parts = [cause.hint, cause.paste.strip(), "\n".join(lines)]
    parts += [f"What happened: {cause.message}"] if cause.message else []
    return "\n".join((cause.title, "\n\n".join(filter(None, parts)))).strip()


def split_snippets(paste: str) -> list[str]:
    """Return the text to paste as one snippet for each file or alternative."""
    return [each.strip("\n") for each in SNIPPET_BREAK.split(paste) if each.strip()]


def split_comment(snippet: str) -> tuple[str, str]:
    """Return the sentence that says where a snippet belongs, and when, and what to paste there.

    The sentence is empty where the snippet has none.
    """
    comment, _, rest = snippet.partition("\n")
    if not rest or not comment.startswith("# ") or not comment.endswith(":"):
        return "", snippet
    return comment[2:3].upper() + comment[3:], rest
