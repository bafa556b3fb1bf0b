"""A cause in plain text, and the snippets that it proposes."""

from dataclasses import replace

from rehearsal.regex import regex
from rehearsal.results.cause import CauseSummary
from rehearsal.results.file_names import PAGE_FILE

PASTE_TOO_LONG = (
    f"What to paste is too long for here: it is in the job summary and on the page, {PAGE_FILE} in "
    "the evidence."
)

# A snippet for another file begins with a comment that names the file.
SNIPPET_BREAK = regex(r"\n\n(?=# )")


def cause_text(cause: CauseSummary, *, limit: int = 0) -> str:
    """Return a cause as plain text, without its background; a known one without its lines.

    The last line of a traceback is left out where the title has it. If the text would be longer
    than `limit` characters, there is a pointer instead of what is to be pasted: a part of that may
    mean anything.
    """
    text = _text(cause)
    if cause.paste and limit and len(text) > limit:
        return _text(replace(cause, paste=PASTE_TOO_LONG))
    return text


def _text(cause: CauseSummary) -> str:
    lines = () if cause.known else cause.lines
    if lines and lines[-1] in cause.title:
        lines = lines[:-1]
    parts = [cause.hint, cause.paste.strip("\n"), "\n".join(lines)]
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
