"""What changed since the baseline, in the job summary."""

from collections.abc import Iterator, Sequence

from rehearsal.report import markdown
from rehearsal.report.since_words import (
    COMPARE,
    MAX_LISTED,
    NOTHING_NEW,
    baseline_line,
    commits_text,
    failure_groups,
    image_line,
    is_nothing_new,
    since_title,
    slower_cells,
)
from rehearsal.report.web_links import compare_url
from rehearsal.results.comparison import Comparison
from rehearsal.results.origin import Origin

# The others are folded.
MAX_OPEN = 10
COLUMNS = ("slower test", "baseline", "now")


def since_lines(since: Comparison | None, origin: Origin) -> Iterator[str]:
    """Yield the section; nothing without a baseline."""
    if not since:
        return
    yield f"**{markdown.escape(since_title(since))}**"
    yield ""
    if commits := commits_text(since, origin):
        address = compare_url(origin, since.commit)
        yield f"{commits}{f' · {markdown.link(COMPARE, address)}' if address else ''}"
        yield ""
    if is_nothing_new(since):
        yield NOTHING_NEW
        yield ""
    for title, names in failure_groups(since):
        yield from _group(title, names)
    rows = [[markdown.name_cell(each.name), *slower_cells(each)] for each in since.slower]
    yield from markdown.table(
        COLUMNS,
        rows[:MAX_OPEN],
        numbers=COLUMNS[1:],
        more=len(rows) - MAX_OPEN,
        note="the page has them",
    )
    if text := image_line(since):
        yield markdown.escape(text)
        yield ""
    yield f"<sub>{markdown.escape(baseline_line(since))}</sub>"
    yield ""


def _group(title: str, names: Sequence[str]) -> Iterator[str]:
    if len(names) > MAX_OPEN:
        yield from markdown.collapsible(title, names[:MAX_LISTED], collapsed=True)
        return
    yield f"{markdown.escape(title)}:"
    yield ""
    yield from (f"- {markdown.cell(name)}" for name in names)
    yield ""
