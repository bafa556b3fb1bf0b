"""A cause in plain text, and the snippets that it proposes."""

import re

from rehearsal.results.cause import CauseSummary

# A snippet for another file begins with a comment that names the file.
SNIPPET_BREAK = re.compile(r"\n\n(?=# )")


def as_text(cause: CauseSummary) -> str:
    """Return the whole cause as plain text, for those who read nothing else."""
    parts = [cause.hint, cause.paste.strip(), "" if cause.known else "\n".join(cause.lines)]
    parts += [f"What happened: {cause.message}"] if cause.message else []
    return "\n".join((cause.title, "\n\n".join(filter(None, parts)))).strip()


def snippets(paste: str) -> list[str]:
    """Return what is to be pasted, one snippet for each place or alternative."""
    return [each.strip("\n") for each in SNIPPET_BREAK.split(paste) if each.strip()]
