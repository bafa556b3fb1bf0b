"""The causes in a job summary: what went wrong, what to do, and the lines that show it."""

from collections.abc import Iterable, Iterator

from rehearsal.report import markdown
from rehearsal.report.cause_text import split_comment, split_snippets
from rehearsal.report.words import ALSO_NEEDED, ALSO_NEEDED_NOTE, ALSO_NEEDED_PASTE
from rehearsal.results.cause import CauseSummary
from rehearsal.results.next_need import NextNeeds


def cause_lines(
    cause: CauseSummary, *, shards: str = "", other_titles: Iterable[str] = ()
) -> Iterator[str]:
    """Yield one cause. `shards` names those that have it; `other_titles` are other causes."""
    titles = f" ({markdown.cell(shards)})" if shards else ""
    yield f"**{markdown.paragraph(cause.title)}**{titles}"
    yield ""
    if cause.hint or cause.paste:
        yield f"**What to do:** {markdown.paragraph(cause.hint)}"
        yield ""
    yield from _snippets(cause.paste)
    if cause.lines and (cause.known or cause.location):
        yield f"**Evidence:** {markdown.paragraph(cause.location)}".rstrip()
    yield from markdown.preformatted(cause.lines)
    for label, text in (("Why", cause.background), ("What happened", cause.message)):
        if text:
            yield f"**{label}:** {markdown.paragraph(text)}"
            yield ""
    for title in other_titles:
        yield f"Another possible cause: {markdown.paragraph(title)}."
        yield ""


def also_needed_lines(found: NextNeeds) -> Iterator[str]:
    """Yield what the next rehearsals would stop at, and one text to paste for all of it."""
    if not found:
        return
    yield f"**{ALSO_NEEDED}**"
    yield ""
    for need in found.needs:
        yield f"- {markdown.cell(f'{need.text} {need.hint}'.strip())}"
    yield ""
    if found.paste:
        yield ALSO_NEEDED_PASTE
        yield ""
    yield from _snippets(found.paste)
    yield f"<sub>{ALSO_NEEDED_NOTE}</sub>"
    yield ""


def _snippets(paste: str) -> Iterator[str]:
    for where, text in map(split_comment, split_snippets(paste)):
        if where:
            yield markdown.paragraph(where)
            yield ""
        yield from markdown.preformatted(text.splitlines(), whole=True)
